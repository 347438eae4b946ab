"""NOT goes down to the predicates, and into those that have an opposite.

The three-valued answers of `grammar.evaluate` make this exact: a comparison over an error or a skipped empty cell is neither
true nor false, and so is its opposite. There is no opposite for the ranks, averages, periods and text tests.
"""

from __future__ import annotations

from grammar.nodes import And, Between, Compare, Not, Or, Rule, State

OPPOSITES = {
    "Equals": "NotEquals",
    "NotEquals": "Equals",
    "GreaterThan": "LessThanEqual",
    "LessThanEqual": "GreaterThan",
    "LessThan": "GreaterThanEqual",
    "GreaterThanEqual": "LessThan",
    "Between": "NotBetween",
    "NotBetween": "Between",
    "Duplicates": "Unique",
    "Unique": "Duplicates",
}


def push_negations(rule: Rule) -> Rule:
    """NOT(NOT(x)) -> x, De Morgan's laws, NOT(GreaterThan) -> LessThanEqual, NOT(Duplicates) -> Unique and so on."""
    match rule:
        case And(items):
            return And(tuple(push_negations(item) for item in items))
        case Or(items):
            return Or(tuple(push_negations(item) for item in items))
        case Not(item):
            return _negated(item)
        case _:
            return rule


def _negated(rule: Rule) -> Rule:
    match rule:
        case Not(item):
            return push_negations(item)
        case And(items):
            return Or(tuple(_negated(item) for item in items))
        case Or(items):
            return And(tuple(_negated(item) for item in items))
        case Compare(name, left, right):
            return Compare(OPPOSITES[name], left, right)
        case Between(name, value, low, high):
            return Between(OPPOSITES[name], value, low, high)
        case State(name, value) if name in OPPOSITES:
            return State(OPPOSITES[name], value)
        case _:
            return Not(rule)
