"""Rules that say nothing are refused, rules that look alike are not."""

from __future__ import annotations

import pytest

from grammar.check import check
from grammar.errors import RuleCheckError
from grammar.parse import parse
from grammar.table import Table

TABLE = Table.from_rows([["Name", "Jan", "Feb", "Due"], ["Ann", 5, 6, "2026-06-01"], ["Bob", 7, 8, "2026-06-02"]])


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("GreaterThan(c[1], c[1])", "itself"),
        ("TextEquals(c[0], c[0])", "itself"),
        ("GreaterThan(c[1] - c[1], 4)", "every row"),
        ("GreaterThan(c[2] / c[2], 4)", "every row"),
        ('AND(TextEquals(c[0], "Ann"), NOT(TextEquals(c[0], "Ann")))', "opposite"),
        ("OR(Blanks(c[0]), NOT(Blanks(c[0])))", "opposite"),
        ('AND(TextEquals(c[0], "Ann"), TextEquals(c[0], "Bob"))', "two texts"),
        ("OR(Blanks(c[1]), Blanks(c[1]))", "twice"),
    ],
)
def test_refused(rule, said):
    with pytest.raises(RuleCheckError, match=said):
        check(parse(rule), TABLE)


@pytest.mark.parametrize(
    "rule",
    [
        "GreaterThan(c[1] * c[1], 4)",
        "GreaterThan(c[1], AVERAGE(c[1]))",
        'OR(TextEquals(c[0], "Ann"), TextEquals(c[0], "Bob"))',
        "AND(GreaterThan(c[1], 1), NOT(GreaterThan(c[2], 1)))",
        'AND(TextContains(c[0], "a"), TextContains(c[0], "n"))',
    ],
)
def test_kept(rule):
    check(parse(rule), TABLE)
