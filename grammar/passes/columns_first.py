"""`GreaterThan(5, c[1])` -> `LessThan(c[1], 5)`: the value with a cell in it stands first."""

from __future__ import annotations

from grammar.nodes import Compare, Rule
from grammar.passes.walk import bottom_up
from grammar.target import has_row_cell

MIRRORED = {
    "Equals": "Equals",
    "NotEquals": "NotEquals",
    "GreaterThan": "LessThan",
    "GreaterThanEqual": "LessThanEqual",
    "LessThan": "GreaterThan",
    "LessThanEqual": "GreaterThanEqual",
}


def columns_first(rule: Rule) -> Rule:
    """Swap comparisons whose left side reads no cell of the row while the right side does."""
    return bottom_up(rule, _swap)


def _swap(rule: Rule) -> Rule:
    match rule:
        case Compare(name, left, right) if has_row_cell(right) and not has_row_cell(left):
            return Compare(MIRRORED[name], right, left)
        case _:
            return rule
