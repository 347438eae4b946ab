"""`AND(GreaterThanEqual(x, 1), LessThanEqual(x, 5))` -> `Between(x, 1, 5)`; OR of the outsides -> `NotBetween`.

Only for ends that are constants in the right order: Between takes its ends in either order, the pair does not.
"""

from __future__ import annotations

from grammar.evaluation.values import day_of
from grammar.nodes import And, Arithmetic, Between, Compare, Date, Number, Or, Rule, TodayValue, Value
from grammar.passes.walk import bottom_up, junction
from grammar.table import serial

_LOW = {And: ("GreaterThanEqual", "LessThanEqual"), Or: ("LessThan", "GreaterThan")}


def merge_ranges(rule: Rule) -> Rule:
    """Merge the first pair of each junction that has one; the pipeline comes back for the next."""
    return bottom_up(rule, _merge)


def _merge(rule: Rule) -> Rule:
    match rule:
        case And(items):
            return _merged(And, "Between", items) or rule
        case Or(items):
            return _merged(Or, "NotBetween", items) or rule
        case _:
            return rule


def _merged(kind: type[And] | type[Or], name: str, items: tuple[Rule, ...]) -> Rule | None:
    low_name, high_name = _LOW[kind]
    for i, low in enumerate(items):
        for j, high in enumerate(items):
            match low, high:
                case Compare(a, x, bottom), Compare(b, y, top) if (a, b) == (low_name, high_name) and x == y:
                    if _in_order(bottom, top):
                        merged: Rule = Between(name, x, bottom, top)
                        rest = [merged if k == min(i, j) else item for k, item in enumerate(items) if k != max(i, j)]
                        return junction(kind, tuple(rest))
    return None


def _in_order(low: Value, high: Value) -> bool:
    a, b = _constant(low), _constant(high)
    return a is not None and b is not None and a[0] == b[0] and a[1] <= b[1]


def _constant(value: Value) -> tuple[str, float] | None:
    """What a constant is counted from ("" or today) and its number; days and numbers are on one scale."""
    match value:
        case Number(number, _):
            return "", number
        case Date():
            return "", serial(day_of(value))
        case TodayValue():
            return "today", 0.0
        case Arithmetic(("+" | "-") as operator, TodayValue(), Number(number, _)):
            return "today", number if operator == "+" else -number
        case _:
            return None
