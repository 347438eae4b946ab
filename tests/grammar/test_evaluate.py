"""Evaluation: hand-worked cases, and properties on random rules."""

from __future__ import annotations

import datetime as dt
import json
import time

import numpy as np
import pytest
from hypothesis import given, settings

from grammar.errors import RuleCheckError, UnsupportedRuleError
from grammar.evaluate import evaluate
from grammar.evaluation.predicates import period
from grammar.nodes import PERIODS, Not, Rule
from grammar.parse import parse
from grammar.table import Table
from tests.grammar.cases.load import pairs
from tests.grammar.strategies import TODAY, conditions, tables


@pytest.mark.parametrize(("case", "rows"), pairs("evaluate.txt"))
def test_cases(case: str, rows: str) -> None:
    columns, text = case.split(" | ", 1)
    bare = text.startswith("excel:")
    data = json.loads(columns)
    table = Table.from_rows([[f"H{k}" for k in range(len(data))], *zip(*data, strict=True)])
    rule = parse(text.removeprefix("excel:"))
    found = evaluate(rule, table, today=TODAY, blanks="excel" if bare else "skip")
    assert [i + 1 for i in np.flatnonzero(found)] == [int(row) for row in rows.split() if row != "-"]


def one_column(*cells: object) -> Table:
    return Table.from_rows([["H"], *([cell] for cell in cells)])  # type: ignore[list-item]  # cells of a test


def test_cell_is_the_column_it_is_told() -> None:
    table = Table.from_rows([["A", "B"], [1, 9], [9, 1]])
    assert evaluate(parse("GreaterThan(5)"), table, today=TODAY, cell=1).tolist() == [True, False]
    assert evaluate(parse("GreaterThan(5)"), one_column(1, 9), today=TODAY).tolist() == [False, True]
    with pytest.raises(RuleCheckError, match="which column is meant"):
        evaluate(parse("GreaterThan(5)"), table, today=TODAY)


def test_missing_column() -> None:
    with pytest.raises(RuleCheckError, match=r"no column D \(c\[3\]\): the table has 1 columns"):
        evaluate(parse("Blanks(c[3])"), one_column(1), today=TODAY)


def test_formula_is_refused() -> None:
    with pytest.raises(UnsupportedRuleError):
        evaluate(parse('Formula("=A1>1")'), one_column(1), today=TODAY)


def test_no_rows() -> None:
    table = Table.from_rows([["A", "B"]])
    for text in (
        "Top(c[0], 3)",
        "AboveAverage(c[0])",
        "GreaterThan(c[0], AVERAGE(c[1]))",
        'TextContains(c[0], "x")',
        "Unique(c[1])",
    ):
        assert evaluate(parse(text), table, today=TODAY).shape == (0,)


@pytest.mark.parametrize("name", PERIODS)
def test_periods_are_whole_weeks_and_months(name: str) -> None:
    for day in range(800):
        today = dt.date(2024, 1, 1) + dt.timedelta(days=day)
        first, last = period(name, today)
        if name.endswith("Week"):
            assert (first.isoweekday(), (last - first).days) == (7, 6)
        if name.endswith("Month"):
            assert (first.day, (last + dt.timedelta(days=1)).day, first.month) == (1, 1, last.month)
        if name.startswith("This"):
            assert first <= today <= last


@settings(max_examples=300, deadline=None)
@given(rule=conditions, table=tables())
def test_a_rule_and_its_negation_never_both_match(rule: Rule, table: Table) -> None:
    for blanks in ("skip", "excel"):
        yes = evaluate(rule, table, today=TODAY, blanks=blanks, cell=0)
        no = evaluate(Not(rule), table, today=TODAY, blanks=blanks, cell=0)
        assert yes.shape == (table.rows,)
        assert yes.dtype == np.bool_
        assert not (yes & no).any()


def test_a_hundred_thousand_rows_take_milliseconds() -> None:
    table = Table.from_rows([["A", "S"], *([k % 977, "Paid" if k % 3 else "Open"] for k in range(100_000))])
    rule = parse('AND(GreaterThan(c[0], 500), NOT(TextEquals(c[1], "Paid")))')
    evaluate(rule, table, today=TODAY)
    start = time.perf_counter()
    evaluate(rule, table, today=TODAY)
    assert time.perf_counter() - start < 0.2  # about 4 ms on an idle core; the margin is for a busy machine
