"""The column whose cells are coloured."""

from __future__ import annotations

import pytest

from grammar.parse import parse
from grammar.target import row_columns, target_column


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("GreaterThan(c[2], c[1])", 2),
        ('AND(TextEquals(c[3], "x"), GreaterThan(c[1], 5))', 3),
        ("NOT(Blanks(c[4]))", 4),
        ("GreaterThan(c[3] - c[2], 5)", 3),
        ("LessThan(AVERAGE(c[1]), c[2])", 2),
        ("LessThan(AVERAGE(c[1]), 5)", 1),
        ("Equals(YEAR(c[4]), 2025)", 4),
        ("ColorScale(c[1])", 1),
        ('Formula("=A1>1")', 0),
    ],
)
def test_first_column_mentioned(text: str, column: int) -> None:
    assert target_column(parse(text)) == column


def test_left_out_column() -> None:
    assert target_column(parse("GreaterThan(5)"), cell=2) == 2
    assert target_column(parse("AND(Blanks(), Blanks(c[1]))"), cell=2) == 2
    assert target_column(parse("GreaterThan(5)")) == 0
    assert target_column(parse('Formula("=A1>1")'), cell=3) == 3


def test_row_columns_leave_out_what_is_aggregated() -> None:
    assert row_columns(parse("AND(GreaterThan(c[2], AVERAGE(c[0])), Blanks(c[1]), Blanks(c[2]))")) == (2, 1)
    assert row_columns(parse("GreaterThan(AVERAGE())"), cell=1) == (1,)
