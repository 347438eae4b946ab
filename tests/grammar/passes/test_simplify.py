"""Simplification: pairs of the case file, and meaning kept on random tables."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grammar.evaluate import evaluate
from grammar.nodes import Rule
from grammar.parse import parse
from grammar.passes import PIPELINE, simplify
from grammar.printer import show
from grammar.table import Table
from grammar.target import target_column
from tests.grammar.cases.load import pairs
from tests.grammar.strategies import TODAY, conditions, tables


@pytest.mark.parametrize(("before", "after"), pairs("simplify.txt"))
def test_cases(before: str, after: str) -> None:
    assert show(simplify(parse(before))) == after


@pytest.mark.parametrize("text", [after for _, after in pairs("simplify.txt")])
def test_canonical_rules_stay(text: str) -> None:
    assert show(simplify(parse(text))) == text


@settings(max_examples=300, deadline=None)
@given(rule=conditions, table=tables(), skip=st.booleans())
def test_meaning_is_kept(rule: Rule, table: Table, skip: bool) -> None:
    blanks = "skip" if skip else "excel"
    expected = evaluate(rule, table, today=TODAY, blanks=blanks, cell=1).tolist()
    for simplifier in (*PIPELINE, simplify):
        changed = simplifier(rule)
        assert evaluate(changed, table, today=TODAY, blanks=blanks, cell=1).tolist() == expected, (simplifier, show(changed))


@settings(max_examples=200, deadline=None)
@given(rule=conditions)
def test_simplify_is_idempotent(rule: Rule) -> None:
    once = simplify(rule)
    assert simplify(once) == once


@settings(max_examples=200, deadline=None)
@given(rule=conditions)
def test_target_column_is_kept(rule: Rule) -> None:
    assert target_column(simplify(rule), cell=1) == target_column(rule, cell=1)
