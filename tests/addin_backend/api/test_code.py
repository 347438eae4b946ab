"""POST /v1/code."""

from __future__ import annotations

import threading

import pytest

from addin_backend.app import create_app
from addin_backend.settings import Settings
from export.runtime.generator import Generator
from tests.addin_backend.api.conftest import problem_of
from tests.addin_backend.code_fakes import FakeWriter
from tests.export.make_fake_bundle import FOLDER

PATH = "/v1/code"
GOOD = {"language": "bash", "utterance": "list all files"}


@pytest.fixture
def generator():
    return FakeWriter()


def test_it_works(client, generator):
    response = client.post(PATH, json=GOOD)
    assert response.status_code == 200
    assert response.get_json() == {"language": "bash", "candidates": ["ls -la", "ls"], "confidences": [0.6, 0.3]}
    assert generator.described == ["list all files"]


def test_fewer_candidates(client):
    assert client.post(PATH, json={**GOOD, "k": 1}).get_json()["candidates"] == ["ls -la"]


def test_an_abstention_is_an_answer(client, generator):
    generator.other = ()
    body = client.post(PATH, json=GOOD).get_json()
    assert body["candidates"] == body["confidences"] == []
    assert "Bash" in body["abstained"]


def test_words_are_cleaned_and_what_is_not_read_is_said(client, generator):
    body = client.post(PATH, json={**GOOD, "utterance": "  list\tall\u200e " + "word " * 100}).get_json()
    assert generator.described[0].startswith("list all word")
    assert "first 64 words" in body["notes"][0]


@pytest.mark.parametrize("languages", [["cf"], ["cf", "python"]])
def test_a_language_that_the_bundle_lacks(client, generator, languages):
    generator.info["languages"] = languages
    response = client.post(PATH, json=GOOD)
    assert response.status_code == 409
    body = problem_of(response)
    assert body["code"] == "language-unavailable"
    assert body["languages"] == languages
    assert "does not write bash" in body["detail"]
    assert "conditional-formatting rules" in body["detail"]


def test_a_bundle_of_rules_says_what_it_can_do():
    client = create_app(Settings(log_level="error"), generator=Generator.load(FOLDER, threads=1)).test_client()
    body = problem_of(client.post(PATH, json=GOOD))
    assert (body["status"], body["languages"]) == (409, ["cf"])


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"language": "perl"}, 422, "invalid-request"),
        ({"language": None}, 422, "invalid-request"),
        ({"utterance": ""}, 422, "empty-utterance"),
        ({"utterance": "…?!"}, 422, "empty-utterance"),
        ({"utterance": "x" * 20_001}, 422, "utterance-too-long"),
        ({"utterance": 5}, 422, "invalid-request"),
        ({"k": 0}, 422, "invalid-request"),
        ({"k": 21}, 422, "invalid-request"),
        ({"k": "5"}, 422, "invalid-request"),
        ({"execute": True}, 422, "invalid-request"),
    ],
)
def test_refusals(client, change, status, code):
    response = client.post(PATH, json={**GOOD, **change})
    assert response.status_code == status
    assert problem_of(response)["code"] == code


def test_the_hint_is_about_code(client):
    assert "command" in problem_of(client.post(PATH, json={**GOOD, "utterance": " "}))["detail"]


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[]", b'"text"', b"[" * 50_000])
def test_broken_bodies(client, data):
    response = client.post(PATH, data=data, content_type="application/json")
    assert response.status_code in (400, 422)
    problem_of(response)


def test_other_content_types_and_methods(client):
    assert problem_of(client.post(PATH, data="x", content_type="text/plain"))["status"] == 415
    assert problem_of(client.get(PATH))["status"] == 405


def test_a_request_past_its_time(generator):
    gate = threading.Event()
    generator.waiting = lambda: gate.wait(20)
    client = create_app(Settings(log_level="error", request_timeout=0.1), generator=generator).test_client()
    response = client.post(PATH, json=GOOD)
    gate.set()
    assert problem_of(response)["status"] == 504


def test_it_is_described(client):
    document = client.get("/openapi.json").get_json()
    operation = document["paths"][PATH]["post"]
    assert set(operation["requestBody"]["content"]) == {"application/json"}
    body = document["components"]["schemas"]["CodeBody"]
    assert body["properties"]["language"]["enum"] == ["bash", "python"]
    assert set(body["required"]) == {"language", "utterance"}
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    assert answer.endswith("/CodeAnswer")
