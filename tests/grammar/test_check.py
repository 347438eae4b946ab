"""The type check: every refusal with its words, and all hand-written rules fit their tables."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings

from grammar.check import check
from grammar.errors import RuleCheckError
from grammar.evaluate import evaluate
from grammar.nodes import Rule
from grammar.parse import parse
from grammar.table import Table
from tests.grammar.cases.load import pairs
from tests.grammar.strategies import TODAY, conditions, tables

TABLE = Table.from_rows([
    ["Name", "Amount", "Due", "Done", "Code", "Time", "Empty"],
    ["Ann", 5, "2026-06-12", True, 1201, "07:00", None],
    ["Bob", 6, "2026-06-13", False, 1302, "08:30", None],
    ["Cem", 7, None, True, 1403, "09:00", ""],
    ["Dai", 8, "2026-06-15", True, 1504, "10:00", None],
    ["Eve", 9, "2026-06-16", True, 1605, "10:00", None],
    ["Flo", "n/a", "2026-06-16", True, 1706, "10:00", None],
])  # fmt: skip
REQUESTS = Path(__file__).parents[2] / "training" / "corpora" / "requests"


@pytest.mark.parametrize(("text", "expected"), pairs("check.txt"))
def test_cases(text: str, expected: str) -> None:
    if expected == "fits":
        check(parse(text), TABLE)
        return
    with pytest.raises(RuleCheckError) as caught:
        check(parse(text), TABLE)
    assert str(caught.value).startswith(expected)


def test_column_without_a_header() -> None:
    with pytest.raises(RuleCheckError, match="Column B holds text"):
        check(parse("GreaterThan(c[1], 5)"), Table.from_rows([["A", None], [1, "x"]]))


@settings(max_examples=400, deadline=None)
@given(rule=conditions, table=tables())
def test_what_fits_can_be_evaluated(rule: Rule, table: Table) -> None:
    try:
        check(rule, table)
    except RuleCheckError:
        return  # any other exception fails the test
    assert evaluate(rule, table, today=TODAY, cell=0).shape == (table.rows,)


def test_hand_written_rules_fit() -> None:
    total, refused = 0, []
    for path in sorted(REQUESTS.glob("c*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            table = Table.from_rows(entry["table"])
            for request in entry["requests"]:
                if request["rule"] is None:
                    continue
                total += 1
                try:
                    check(parse(request["rule"]), table)
                except RuleCheckError as error:
                    refused.append(f"{entry['table_id']}: {request['rule']}: {error}")
    assert total > 8000
    assert not refused
