"""Replacing values inside a rule."""

from __future__ import annotations

from collections.abc import Callable

from grammar import nodes as n

Change = Callable[[n.Value], n.Value]


def replace_values(rule: n.Rule, change: Change) -> n.Rule:
    """The rule with `change` applied to every value in it, innermost first."""
    match rule:
        case n.And(items):
            return n.And(tuple(replace_values(item, change) for item in items))
        case n.Or(items):
            return n.Or(tuple(replace_values(item, change) for item in items))
        case n.Not(item):
            return n.Not(replace_values(item, change))
        case n.Compare(name, left, right):
            return n.Compare(name, _value(left, change), _value(right, change))
        case n.Between(name, value, low, high):
            return n.Between(name, _value(value, change), _value(low, change), _value(high, change))
        case n.TextTest(name, value, text):
            return n.TextTest(name, _value(value, change), _value(text, change))
        case n.State(name, value):
            return n.State(name, _value(value, change))
        case n.Period(name, value):
            return n.Period(name, _value(value, change))
        case n.Rank(name, value, count):
            return n.Rank(name, _value(value, change), count)
        case n.Average(name, value, deviations):
            return n.Average(name, _value(value, change), deviations)
        case n.Visual(name, value, style):
            return n.Visual(name, _value(value, change), style)
        case n.Formula():
            return rule


def _value(value: n.Value, change: Change) -> n.Value:
    match value:
        case n.Arithmetic(operator, left, right):
            return change(n.Arithmetic(operator, _value(left, change), _value(right, change)))
        case n.Call(name, argument):
            return change(n.Call(name, _value(argument, change)))
        case _:
            return change(value)
