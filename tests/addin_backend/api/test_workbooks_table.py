"""POST /v1/workbooks/table."""

from __future__ import annotations

import io

import openpyxl

from tests.addin_backend.api.conftest import ROWS, problem_of

PATH = "/v1/workbooks/table"


def test_it_works(send):
    body = send(PATH).get_json()
    assert body["rows"] == ROWS
    assert (body["sheet"], body["sheets"], body["range"]) == ("Data", ["Data", "Empty"], "A1:B4")
    assert (body["first_row"], body["first_column"], body["of"]) == (2, 1, 3)


def test_a_range_may_be_given(send):
    body = send(PATH, range="B1:B3").get_json()
    assert body["rows"] == [["Profit"], [5200], [1300]]
    assert (body["first_row"], body["first_column"]) == (2, 2)


def test_only_so_many_rows(send):
    body = send(PATH, rows="1").get_json()
    assert len(body["rows"]) == 2
    assert body["of"] == 3


def test_dates_are_iso_text(send):
    import datetime as dt

    book = openpyxl.Workbook()
    book.active.append(["Due", "Paid"])
    book.active.append([dt.date(2026, 6, 1), True])
    stream = io.BytesIO()
    book.save(stream)
    assert send(PATH, content=stream.getvalue()).get_json()["rows"][1] == ["2026-06-01", True]


def test_json_is_refused(client):
    response = client.post(PATH, json={})
    assert response.status_code == 415
    problem_of(response)


def test_an_empty_sheet_is_refused(send):
    assert problem_of(send(PATH, sheet="Empty"))["code"] == "empty-table"
