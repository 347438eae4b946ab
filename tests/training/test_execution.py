"""Execution match, the order of candidates, votes, intervals."""

from __future__ import annotations

import pytest

from grammar.parse import parse
from grammar.table import Table
from training.corpus.requests import Request
from training.evaluate import vote
from training.metrics.execution import agree, first_match, interval

TABLE = Table.from_rows([
    ["Status", "Amount", "Due", "Rate"],
    ["Paid", 5, "2026-06-12", 1],
    ["Open", 40, "2026-06-20", 5],
    ["Open", 400, "2026-07-01", 9],
])  # fmt: skip
OPEN = Request("open ones", 'TextEquals(c[0], "Open")', None, {}, (), "t", TABLE, accept=("GreaterThan(c[1], 10)",))
NOTHING = Request("hello", None, None, {}, (), "t", TABLE)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("GreaterThan(c[1], 10)", "GreaterThan(c[1], 10)", True),
        ("GreaterThan(c[1], 10)", "GreaterThanEqual(c[1], 40)", True),
        ("GreaterThan(c[1], 10)", "GreaterThan(c[1], 100)", False),
        ("GreaterThan(c[1], 10)", "GreaterThan(c[3], 4)", False),
        ("GreaterThan(c[1], 10)", 'TextEquals(c[0], "Open")', False),
        ("Top(c[1], 1)", "GreaterThan(c[1], 100)", True),
        (
            'AND(GreaterThan(c[1], 10), TextEquals(c[0], "Open"))',
            'AND(TextEquals(c[0], "open"), GreaterThan(c[1], 10))',
            True,
        ),
        ("OR(Equals(c[1], 5), Equals(c[1], 40))", "OR(Equals(c[3], 1), Equals(c[3], 5))", False),
        ("ColorScale(c[1])", "ColorScale(c[1])", True),
        ("ColorScale(c[1])", "DataBar(c[1])", False),
        ("ColorScale(c[1])", "ColorScale(c[3])", False),
        ('IconSet(c[1], "3Arrows")', 'IconSet(c[1], "5Arrows")', True),
        ("ColorScale(c[1])", "GreaterThan(c[1], 1)", False),
        ("LessThan(c[2], TODAY())", "LessThan(c[2], DATE(2026, 6, 15))", True),
    ],
)
def test_agreement(left: str, right: str, same: bool) -> None:
    assert agree(parse(left), parse(right), TABLE) is same
    assert agree(parse(right), parse(left), TABLE) is same


def test_abstentions_agree_with_each_other_only() -> None:
    assert agree(None, None, TABLE)
    assert not agree(None, parse("Blanks(c[1])"), TABLE)


@pytest.mark.parametrize(
    ("candidates", "place"),
    [
        (['TextEquals(c[0], "open")'], 0),
        (["GreaterThan(c[1], 30)"], 0),  # as good by `accept`
        (["Blanks(c[1])", 'TextEquals(c[0], "Open")'], 1),
        (["Blanks(c[1])"], None),
        ([], None),
    ],
)
def test_place_of_the_first_right_candidate(candidates: list[str], place: int | None) -> None:
    assert first_match([parse(text) for text in candidates], OPEN) == place


def test_an_abstention_counts_only_in_the_first_place() -> None:
    rule = parse('TextEquals(c[0], "Open")')
    assert first_match([None], NOTHING) == 0
    assert first_match([None, rule], NOTHING) == 0
    assert first_match([rule, None], NOTHING) is None
    assert first_match([None, rule], OPEN) is None


def test_votes_go_to_what_executes_the_same() -> None:
    said = [("GreaterThan(c[1], 10)", -0.5), ("GreaterThanEqual(c[1], 40)", -0.1), ("Blanks(c[1])", -0.01)]
    ranked = vote([(parse(text), score) for text, score in said], OPEN)
    assert [(r.votes, r.score) for r in ranked] == [(2, -0.1), (1, -0.01)]
    assert ranked[0].rule == parse("GreaterThanEqual(c[1], 40)")  # the likeliest of its group


def test_interval() -> None:
    mean, low, high = interval([True] * 60 + [False] * 40)
    assert mean == 60
    assert 48 < low < 53
    assert 67 < high < 72
    assert interval([True] * 10) == (100, 100, 100)
    assert interval([True, False]) == interval([True, False])
    assert all(value != value for value in interval([]))  # noqa: PLR0124  # NaN
