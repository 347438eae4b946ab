"""POST /v1/workbooks/apply."""

from __future__ import annotations

import io
import json

import openpyxl
import pytest

from tests.addin_backend.api.conftest import ROWS, problem_of

PATH = "/v1/workbooks/apply"
RULE = "GreaterThan(c[1], 4000)"


def formats_of(response):
    """The workbook's conditional formats on its first sheet: {range: [rules]}."""
    book = openpyxl.load_workbook(io.BytesIO(response.data))
    return {str(area.sqref): area.rules for area in book.worksheets[0].conditional_formatting}


def test_it_works(send):
    response = send(PATH, rule=RULE, format="fill=#00FF00,bold", today="2026-06-15")
    assert response.status_code == 200
    assert response.content_type == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert "book-formatted.xlsx" in response.headers["Content-Disposition"]
    (rule,) = formats_of(response)["B2:B4"]
    assert (rule.type, rule.operator, rule.formula) == ("cellIs", "greaterThan", ["4000"])
    assert rule.dxf.fill.bgColor.rgb[-6:] == "00FF00"
    assert rule.dxf.font.b


def test_the_report_says_what_was_put_in(send):
    report = json.loads(send(PATH, rule=RULE).headers["X-Rule-Report"])
    assert report["rule"] == RULE
    assert report["matches"] == {"count": 2, "of": 3}
    assert (report["sheet"], report["range"], report["applies_to"]) == ("Data", "A1:B4", "B2:B4")


def test_a_rule_that_matches_nothing_says_so(send):
    report = json.loads(send(PATH, rule="GreaterThan(c[1], 999999)").headers["X-Rule-Report"])
    assert report["matches"]["count"] == 0
    assert any("None of the 3" in note for note in report["notes"])


def test_whole_rows(send):
    assert list(formats_of(send(PATH, rule=RULE, scope="row"))) == ["A2:B4"]


def test_the_values_stay(send):
    book = openpyxl.load_workbook(io.BytesIO(send(PATH, rule=RULE).data))
    assert [[cell.value for cell in row] for row in book["Data"]] == ROWS


def test_a_table_gets_a_new_workbook(client):
    table = [["Country", "Due", "=1+1"], ["Peru", "2026-06-01", "=HYPERLINK(1)"], ["Chile", "2026-07-01", "x\x07y"]]
    response = client.post(PATH, json={"table": table, "rule": "LessThan(c[1], DATE(2026, 6, 15))"})
    assert response.status_code == 200
    assert list(formats_of(response)) == ["B2:B3"]
    sheet = openpyxl.load_workbook(io.BytesIO(response.data)).active
    assert sheet["B2"].is_date
    assert (sheet["C2"].value, sheet["C2"].data_type) == ("=HYPERLINK(1)", "s")
    assert sheet["C3"].value == "xy"


def test_odd_names_are_made_safe(send):
    response = send(PATH, rule=RULE, name="../../etc/pass\twd «é».xlsx")
    assert response.status_code == 200, response.data
    assert "\n" not in response.headers["Content-Disposition"]
    assert ".." not in response.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "invalid-request"),
        ({"rule": "Greater("}, "bad-rule"),
        ({"rule": "GreaterThan(c[9], 1)"}, "bad-rule"),
        ({"rule": "GreaterThan(c[0], 1)"}, "bad-rule"),
        ({"rule": RULE, "format": "fill=notacolour"}, "bad-rule"),
        ({"rule": RULE, "scope": "sheet"}, "invalid-request"),
        ({"rule": RULE, "sheet": "Nope"}, "no-such-sheet"),
        ({"rule": RULE, "range": "A1:"}, "bad-range"),
    ],
)
def test_refusals(send, fields, code):
    response = send(PATH, **fields)
    assert response.status_code == 422
    assert problem_of(response)["code"] == code


def test_a_syntax_error_keeps_its_place(send):
    body = problem_of(send(PATH, rule="GreaterThan(c[1] 4)"))
    assert body["reason"] == "syntax"
    assert body["column"] > 1


def test_other_content_types_are_refused(client):
    assert client.post(PATH, data="x", content_type="text/plain").status_code == 415


def test_nothing_is_left_behind(send, monkeypatch, tmp_path):
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    send(PATH, rule=RULE)
    send(PATH, rule="Greater(")
    send(PATH, content=b"junk", rule=RULE)
    assert list(tmp_path.iterdir()) == []
