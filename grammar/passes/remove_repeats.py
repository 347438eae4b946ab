"""`OR(a, b, a)` -> `OR(a, b)`: what is said twice is said once, at its first place."""

from __future__ import annotations

from grammar.nodes import And, Or, Rule
from grammar.passes.walk import bottom_up, junction


def remove_repeats(rule: Rule) -> Rule:
    """Drop equal items of a junction."""
    return bottom_up(rule, _drop)


def _drop(rule: Rule) -> Rule:
    match rule:
        case And(items):
            return junction(And, tuple(dict.fromkeys(items)))
        case Or(items):
            return junction(Or, tuple(dict.fromkeys(items)))
        case _:
            return rule
