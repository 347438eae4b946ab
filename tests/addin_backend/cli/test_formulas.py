"""cf-assistant formulas."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def file(tmp_path):
    def write(content):
        path = tmp_path / "formulas.txt"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_it_works(run, file):
    result = run("formulas", file("=SUM(A1:A9)\n\nIF(A1;2)\r\n'My Sheet'!A1\n"), "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert {key: found[key] for key in ("formulas", "parsed", "round_trip")} == {"formulas": 3, "parsed": 2, "round_trip": 2}
    (failure,) = found["failures"]
    assert (failure["line"], failure["formula"]) == (3, "IF(A1;2)")
    assert "Arguments are parted by commas" in failure["error"]


def test_a_summary_for_people(run, file):
    result = run("formulas", file("A1\nSUM(\n"))
    assert result.exit_code == 0
    assert "parsed      1   50.00 %" in result.stdout
    assert "it ends too early" in result.stdout


def test_many_failures_are_cut_short_for_people(run, file):
    result = run("formulas", file("SUM(\n" * 50))
    assert "50 failed" in result.stdout
    assert "and 30 more" in result.stdout
    assert len(json.loads(run("formulas", file("SUM(\n" * 50), "--json").stdout)["failures"]) == 50


def test_the_locale(run, file):
    path = file("IF(A1>1,5;2)\n")
    assert json.loads(run("formulas", path, "--json", "--locale", "eu").stdout)["round_trip"] == 1
    assert json.loads(run("formulas", path, "--json").stdout)["parsed"] == 0


def test_a_column_of_csv(run, file):
    found = json.loads(run("formulas", file('"SUM(A1)"\n"IF(A1=""x"",1)"\n"SUM(A1"\n'), "--json").stdout)
    assert (found["formulas"], found["parsed"]) == (3, 2)
    assert found["failures"][0]["formula"] == "SUM(A1"


def test_a_single_text_is_a_formula(run, file):
    assert json.loads(run("formulas", file('"SUM(A1"\n'), "--json").stdout)["parsed"] == 1


def test_an_empty_file(run, file):
    result = run("formulas", file("\n\n"))
    assert result.exit_code == 0
    assert "no formula" in result.stdout
    assert json.loads(run("formulas", file(""), "--json").stdout) == {
        "formulas": 0,
        "parsed": 0,
        "round_trip": 0,
        "failures": [],
    }


def test_bytes_that_are_not_utf8_are_said(run, file):
    result = run("formulas", file(b'A1\n"caf\xe9"&A1\n'), "--json")
    assert json.loads(result.stdout)["parsed"] == 2
    assert "line 2" in result.stderr


def test_a_byte_order_mark(run, file):
    assert json.loads(run("formulas", file(b"\xef\xbb\xbfA1\n"), "--json").stdout)["parsed"] == 1


def test_standard_input(run):
    assert json.loads(run("formulas", "-", "--json", data="A1+1").stdout)["round_trip"] == 1


def test_no_such_file(run, tmp_path):
    result = run("formulas", tmp_path / "none.txt")
    assert result.exit_code == 2
    assert "there is no such file" in result.stderr


def test_a_folder(run, tmp_path):
    assert run("formulas", tmp_path).exit_code == 2


def test_a_file_that_is_no_text(run, file):
    result = run("formulas", file(b"PK\x03\x04\0\0\0"))
    assert result.exit_code == 2
    assert "no text file" in result.stderr


def test_an_unknown_locale(run, file):
    assert run("formulas", file("A1"), "--locale", "xx").exit_code == 2
