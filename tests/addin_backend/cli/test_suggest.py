"""cf-assistant suggest, on a workbook."""

from __future__ import annotations

import json

import openpyxl
import pytest

ASK = "profits over 4000 in green"


def test_it_works(run, book, generator):
    result = run("suggest", book, ASK)
    assert result.exit_code == 0
    assert "Candidates for Data!A1:B4" in result.stdout
    assert "Profit is greater than 4,000" in result.stdout
    assert "2 of 3" in result.stdout
    assert "1 of 3 rows" in result.stdout
    assert "GreaterThan(c[1], 4000)" in result.stdout
    assert "*5200" in result.stdout  # without colours a mark shows the matching cells
    assert "*1300" not in result.stdout


def test_colours_are_the_rules(run, book, generator, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "140")
    assert "48;2;0;176;80m" in run("suggest", book, ASK).stdout  # #00B050, the fill that "green" stands for


def test_json(run, book, generator):
    values = json.loads(run("suggest", book, ASK, "--json", "--today", "2026-06-15").stdout)
    assert (values["sheet"], values["range"]) == ("Data", "A1:B4")
    assert values["candidates"][0]["matches"] == {"count": 2, "of": 3, "cells": ["B2", "B4"]}
    assert str(generator.todays[0]) == "2026-06-15"


def test_all_cells(run, tmp_path, generator):
    workbook = openpyxl.Workbook()
    for row in [["a", "Profit"], *(["x", 5000 + k] for k in range(40))]:
        workbook.active.append(row)
    workbook.save(tmp_path / "long.xlsx")
    for options, count in (((), 20), (("--all-cells",), 40)):
        values = json.loads(run("suggest", tmp_path / "long.xlsx", ASK, "--json", *options).stdout)
        assert len(values["candidates"][0]["matches"]["cells"]) == count


def test_apply(run, book, generator, tmp_path):
    out = tmp_path / "out.xlsx"
    before = book.read_bytes()
    result = run("suggest", book, ASK, "--apply", "2", "-o", out)
    assert result.exit_code == 0
    assert "Written:" in result.stdout
    sheet = openpyxl.load_workbook(out)["Data"]
    assert [str(area.sqref) for area in sheet.conditional_formatting] == ["A2:B4"]
    assert book.read_bytes() == before


def test_apply_in_json(run, book, generator, tmp_path):
    values = json.loads(run("suggest", book, ASK, "--apply", "1", "-o", tmp_path / "o.xlsx", "--json").stdout)
    assert values["applied"]["rule"] == "GreaterThan(c[1], 4000)"


def test_fewer_candidates_and_a_scope(run, book, generator):
    values = json.loads(run("suggest", book, ASK, "--json", "-k", "1", "--scope", "row").stdout)
    assert [each["scope"] for each in values["candidates"]] == ["row"]


def test_an_abstention_ends_with_1(run, book, generator, tmp_path):
    generator.otherwise = [(None, 16)]
    out = tmp_path / "out.xlsx"
    result = run("suggest", book, "hello there", "--apply", "1", "-o", out)
    assert result.exit_code == 1
    assert "Name a column" in result.stdout
    assert not out.exists()
    assert run("suggest", book, "hello there", "--json").exit_code == 1


def test_a_rule_that_matches_nothing_is_said(run, book, generator):
    generator.otherwise = [("GreaterThan(c[1], 999999)", 16)]
    result = run("suggest", book, ASK)
    assert "0 of 3" in result.stdout
    assert "Nothing matches now" in result.stdout


def test_markup_in_cells_is_text(run, tmp_path, generator):
    workbook = openpyxl.Workbook()
    for row in [["[red]a[/red]", "[/]"], ["[bold]", 5000], ["\u202eabc", 1]]:
        workbook.active.append(row)
    workbook.save(tmp_path / "markup.xlsx")
    result = run("suggest", tmp_path / "markup.xlsx", ASK)
    assert result.exit_code == 0
    assert "[bold]" in result.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [("", "no words"), ("🔴🔴", "no words"), ("\x07", "no words"), ("x" * 20_001, "too long")],
    ids=["empty", "emoji", "control", "long"],
)
def test_words_that_are_refused(run, book, words, said):  # before any model is loaded
    result = run("suggest", book, words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert said in result.stderr


@pytest.mark.parametrize("words", ["ظلل فوق 4000", "over 4000 🔥", "over\x00 4000", "word " * 3_000])
def test_words_that_are_taken(run, book, generator, words):
    assert run("suggest", book, words).exit_code == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--sheet", "Nope"], "sheet"),
        (["--range", "A1:"], "range"),
        (["--range", "ZZ1:ZZ9"], "no data"),
    ],
)
def test_places_that_are_not_there(run, book, generator, options, said):
    result = run("suggest", book, ASK, *options)
    assert result.exit_code == 2
    assert said in result.stderr.lower()
    assert result.stderr.startswith("cf-assistant: ")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["only-a-book.xlsx"],
        ["book.xlsx", "x", "--apply", "1"],
        ["book.xlsx", "x", "-o", "out.xlsx"],
        ["book.xlsx", "x", "-k", "0"],
        ["book.xlsx", "x", "--today", "15.6.2026"],
        ["book.xlsx", "x", "--scope", "sheet"],
        ["book.xlsx", "--jsonl"],
    ],
)
def test_wrong_use(run, arguments):
    result = run("suggest", *arguments)
    assert result.exit_code == 2
    assert "Error" in result.stderr


def test_a_candidate_that_is_not_there(run, book, generator, tmp_path):
    result = run("suggest", book, ASK, "--apply", "9", "-o", tmp_path / "o.xlsx")
    assert result.exit_code == 2
    assert "no candidate 9; there are 2" in result.stderr
    assert not (tmp_path / "o.xlsx").exists()


@pytest.mark.parametrize("content", [None, b"", b"hello", b"PK\x03\x04"])
def test_what_is_no_workbook(run, tmp_path, generator, content):
    path = tmp_path / "bad.xlsx"
    if content is not None:
        path.write_bytes(content)
    result = run("suggest", path, ASK)
    assert result.exit_code == 2
    assert "bad.xlsx" in result.stderr or "workbook" in result.stderr


def test_a_missing_bundle(run, book, tmp_path):
    result = run("suggest", book, ASK, "--bundle", tmp_path)
    assert result.exit_code == 2
    assert "model is not available" in result.stderr
    assert "bundle.json" in result.stderr
