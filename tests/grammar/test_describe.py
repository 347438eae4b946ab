"""Rules in words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from grammar.describe import describe
from grammar.nodes import Rule
from grammar.parse import parse
from grammar.table import Table
from tests.grammar.cases.load import pairs
from tests.grammar.strategies import rules, tables

TABLE = Table.from_rows([
    ["Name", "", "Profit", "Status", "Due", "Due"],
    ["Ann", 1, 5, "Paid", "2026-06-12", "2026-06-30"],
    ["Bob", 2, 6, None, "2026-06-13", "2026-06-30"],
])  # fmt: skip


@pytest.mark.parametrize(("text", "words"), pairs("describe.txt"))
def test_cases(text: str, words: str) -> None:
    prefix, separator, rest = text.partition(": ")
    prefix, rest = (prefix, rest) if separator and prefix in ("row", "excel") else ("", text)
    found = describe(
        parse(rest), TABLE, scope="row" if prefix == "row" else "cells", blanks="excel" if prefix == "excel" else "skip"
    )
    assert found == words


@settings(max_examples=200, deadline=None)
@given(rule=rules, table=tables())
def test_every_rule_has_words(rule: Rule, table: Table) -> None:
    assert describe(rule, table).strip()
