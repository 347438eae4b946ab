"""Rebuilding a rule from the leaves up, for passes that look at one node at a time."""

from __future__ import annotations

from collections.abc import Callable

from grammar.nodes import And, Not, Or, Rule


def bottom_up(rule: Rule, change: Callable[[Rule], Rule]) -> Rule:
    """`change` applied to every sub-rule and then to the rule itself."""
    match rule:
        case And(items):
            return change(And(tuple(bottom_up(item, change) for item in items)))
        case Or(items):
            return change(Or(tuple(bottom_up(item, change) for item in items)))
        case Not(item):
            return change(Not(bottom_up(item, change)))
        case _:
            return change(rule)


def junction(kind: type[And] | type[Or], items: tuple[Rule, ...]) -> Rule:
    """AND or OR over the items; a single item stands for itself."""
    return items[0] if len(items) == 1 else kind(items)
