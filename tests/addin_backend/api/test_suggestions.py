"""POST /v1/suggestions."""

from __future__ import annotations

import json

import pytest

from tests.addin_backend.api.conftest import ROWS, problem_of

PATH = "/v1/suggestions"
GOOD = {"utterance": "profits over 4000 in green", "table": ROWS, "today": "2026-06-15"}


def test_it_works(client):
    response = client.post(PATH, json=GOOD)
    assert response.status_code == 200
    first, second = response.get_json()["candidates"]
    assert first["rule"] == "GreaterThan(c[1], 4000)"
    assert first["matches"] == {"count": 2, "of": 3, "cells": ["B2", "B4"]}
    assert first["excel"]["formulas"] == ["4000"]
    assert first["office_js"]["range"] == first["applies_to"] == "B2:B4"
    assert second["matches"]["cells"] == ["A2:B2"]


def test_a_workbook_works(send):
    body = send(PATH, utterance="profits over 4000", today="2026-06-15").get_json()
    assert (body["sheet"], body["range"]) == ("Data", "A1:B4")
    assert body["candidates"][0]["matches"]["count"] == 2


def test_utterances_that_look_like_json_stay_words(send, generator):
    for words in ("2026", "null x", "true", '"quoted"', "[1]"):
        assert send(PATH, utterance=words).status_code == 200
        assert generator.asked[-1][0] == words


def test_the_place_on_the_sheet(client):
    body = client.post(PATH, json={**GOOD, "range": "D10:E13"}).get_json()
    assert body["candidates"][0]["applies_to"] == "E11:E13"


def test_fewer_candidates(client, send):
    assert len(client.post(PATH, json={**GOOD, "k": 1}).get_json()["candidates"]) == 1
    assert len(send(PATH, utterance="x y", k="1").get_json()["candidates"]) == 1


def test_all_cells_on_request(client):
    table = [["a", "Profit"], *(["x", 5000 + k] for k in range(50))]
    for wanted, count in (("some", 20), ("all", 50)):
        body = client.post(PATH, json={**GOOD, "table": table, "cells": wanted}).get_json()
        assert len(body["candidates"][0]["matches"]["cells"]) == count


def test_an_abstention_is_an_answer(client, generator):
    generator.otherwise = [(None, 16)]
    body = client.post(PATH, json=GOOD).get_json()
    assert body["candidates"] == []
    assert "Country (A)" in body["abstained"]


@pytest.mark.parametrize("utterance", ["ظلل الأرباح فوق 4000", "סמן מעל 4000", "🔴 over 4000 🔥", "over\x00 4000\x1b"])
def test_other_scripts_emoji_and_control_characters(client, utterance):
    assert client.post(PATH, json={**GOOD, "utterance": utterance}).status_code == 200


def test_ten_thousand_words_are_cut_and_said(client):
    body = client.post(PATH, json={**GOOD, "utterance": "a " * 9_999}).get_json()
    assert any("64 words" in note for note in body["notes"])
    assert problem_of(client.post(PATH, json={**GOOD, "utterance": "word " * 10_000}))["code"] == "utterance-too-long"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"utterance": ""}, 422, "empty-utterance"),
        ({"utterance": "🔴"}, 422, "empty-utterance"),
        ({"utterance": 7}, 422, "invalid-request"),
        ({"table": []}, 422, "bad-table"),
        ({"table": [[None], [1]]}, 422, "bad-table"),
        ({"table": [["a"], [1, 2]]}, 422, "bad-table"),
        ({"table": [["a", "b"]]}, 422, "empty-table"),
        ({"table": 5}, 422, "invalid-request"),
        ({"today": "yesterday"}, 422, "invalid-request"),
        ({"k": 99}, 422, "invalid-request"),
        ({"range": "nowhere at all"}, 422, "bad-range"),
        ({"range": "A1:Z9"}, 422, "bad-range"),
    ],
)
def test_refusals(client, change, status, code):
    response = client.post(PATH, json={**GOOD, **change})
    assert response.status_code == status
    assert problem_of(response)["code"] == code


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e400", "9" * 5_000])
def test_numbers_that_are_none(client, number):
    data = json.dumps(GOOD).replace("5200", number)
    response = client.post(PATH, data=data, content_type="application/json")
    assert response.status_code in (400, 422)
    assert problem_of(response)["code"] in ("bad-request", "invalid-request")


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[" * 50_000, b'"text"', b"[]", b"null"])
def test_broken_bodies(client, data):
    response = client.post(PATH, data=data, content_type="application/json")
    assert response.status_code in (400, 422)
    problem_of(response)


def test_other_content_types_are_refused(client):
    for content_type in ("text/csv", "application/xml", ""):
        response = client.post(PATH, data="a,b", content_type=content_type)
        assert response.status_code == 415
        assert "multipart/form-data" in problem_of(response)["detail"]


def test_a_huge_body_is_refused(client):
    response = client.post(PATH, data=b"x" * 1_100_000, content_type="application/json")
    assert response.status_code == 413
    problem_of(response)


def test_a_form_without_a_workbook_is_refused(client):
    response = client.post(PATH, data={"utterance": "x"}, content_type="multipart/form-data")
    assert response.status_code == 400
    assert "file" in problem_of(response)["detail"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"utterance": ""}, "invalid-request"),
        ({"utterance": "x", "sheet": "Nope"}, "no-such-sheet"),
        ({"utterance": "x", "sheet": "Empty"}, "empty-table"),
        ({"utterance": "x", "range": "ZZ1:ZZ9"}, "empty-table"),
        ({"utterance": "x", "k": "many"}, "invalid-request"),
        ({"utterance": "x", "colour": "red"}, "invalid-request"),
    ],
)
def test_wrong_fields_of_a_form(send, fields, code):
    assert problem_of(send(PATH, **fields))["code"] == code


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04 cut", b"%PDF-1.7"])
def test_what_is_no_workbook(send, content):
    response = send(PATH, content=content, utterance="x")
    assert response.status_code in (415, 422)
    problem_of(response)
