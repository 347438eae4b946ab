"""The candidate object and its one JSON shape."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from addin_backend.candidates import SHOWN_CELLS, build_candidate, default_place
from grammar.errors import RuleCheckError
from grammar.excel.rule import Place
from grammar.look import Look
from grammar.parse import parse
from grammar.table import Table

TODAY = dt.date(2026, 6, 15)
TABLE = Table.from_rows([["Country", "Sales", "Profit"], *[[f"Land {k}", 1000 * k, 600 * k - 50] for k in range(1, 31)]])


def test_it_works() -> None:
    candidate = build_candidate(
        parse("GreaterThan(c[2], 16000)"),
        TABLE,
        default_place(TABLE),
        today=TODAY,
        look=Look.default(),
        confidence=0.93,
        votes=14,
        seeds=16,
    )
    shown = json.loads(json.dumps(candidate.as_dict()))
    assert list(shown) == [
        "rule", "explanation", "applies_to", "scope", "blanks", "format", "matches", "excel", "office_js", "confidence",
        "votes", "seeds",
    ]  # fmt: skip
    assert shown["rule"] == "GreaterThan(c[2], 16000)"
    assert shown["explanation"] == "Profit is greater than 16,000"
    assert shown["applies_to"] == "C2:C31"
    assert (shown["scope"], shown["blanks"]) == ("cells", "skip")
    assert (shown["format"]["fill"], shown["format"]["font_color"]) == ("#FFC7CE", "#9C0006")
    assert shown["matches"] == {"count": 4, "of": 30, "cells": ["C28", "C29", "C30", "C31"]}
    assert (shown["excel"]["type"], shown["excel"]["operator"], shown["excel"]["formulas"]) == (
        "cellIs",
        "greaterThan",
        ["16000"],
    )
    assert shown["office_js"]["type"]
    assert (shown["confidence"], shown["votes"], shown["seeds"]) == (0.93, 14, 16)


def test_cells_are_where_the_table_is() -> None:
    candidate = build_candidate(parse("Top(c[1], 2)"), TABLE, Place(11, 40, 4), today=TODAY, look=Look.default())
    assert candidate.applies_to == "E11:E40"
    assert candidate.matches.as_dict()["cells"] == ["E39", "E40"]


def test_rows_are_shown_whole() -> None:
    candidate = build_candidate(
        parse("Top(c[1], 2)"), TABLE, default_place(TABLE), today=TODAY, look=Look.default(), scope="row"
    )
    assert candidate.applies_to == "A2:C31"
    assert candidate.matches.as_dict() == {"count": 2, "of": 30, "cells": ["A30:C30", "A31:C31"]}


def test_only_the_first_cells_are_listed_unless_all_are_wanted() -> None:
    candidate = build_candidate(parse("GreaterThan(c[1], 0)"), TABLE, default_place(TABLE), today=TODAY, look=Look.default())
    assert candidate.as_dict()["matches"]["cells"] == [f"B{k}" for k in range(2, 2 + SHOWN_CELLS)]
    assert len(candidate.as_dict(all_cells=True)["matches"]["cells"]) == 30


def test_a_rule_that_does_not_fit_is_refused() -> None:
    with pytest.raises(RuleCheckError):
        build_candidate(parse("GreaterThan(c[7], 5)"), TABLE, default_place(TABLE), today=TODAY, look=Look.default())
