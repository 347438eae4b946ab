"""`AND(a, AND(b, c))` -> `AND(a, b, c)`, the same for OR; a junction of one item is the item."""

from __future__ import annotations

from grammar.nodes import And, Or, Rule
from grammar.passes.walk import bottom_up, junction


def flatten(rule: Rule) -> Rule:
    """Take junctions of the same kind apart, in order."""
    return bottom_up(rule, _open)


def _open(rule: Rule) -> Rule:
    match rule:
        case And(items):
            return junction(And, tuple(part for item in items for part in (item.items if isinstance(item, And) else (item,))))
        case Or(items):
            return junction(Or, tuple(part for item in items for part in (item.items if isinstance(item, Or) else (item,))))
        case _:
            return rule
