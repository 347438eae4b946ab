"""Rules and values as text, in the one canonical form: `parse(show(rule)) == rule`."""

from __future__ import annotations

from decimal import Decimal

from grammar.nodes import (
    And,
    Arithmetic,
    Average,
    Between,
    Bool,
    Call,
    Cell,
    Column,
    Compare,
    Date,
    Formula,
    Not,
    Number,
    Or,
    Period,
    Rank,
    Rule,
    State,
    Text,
    TextTest,
    TodayValue,
    Value,
    Visual,
)  # fmt: skip

_MIN_EXPONENT, _MAX_EXPONENT = -15, 20  # decimal exponents that are written out
_PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2}


def show(rule: Rule) -> str:
    """The rule as one line of canonical text."""
    match rule:
        case And(items):
            return _call("AND", *map(show, items))
        case Or(items):
            return _call("OR", *map(show, items))
        case Not(item):
            return _call("NOT", show(item))
        case Compare(name, left, right) | TextTest(name, left, right):
            return _call(name, show_value(left), show_value(right))
        case Between(name, value, low, high):
            return _call(name, *map(show_value, (value, low, high)))
        case State(name, value) | Period(name, value):
            return _call(name, show_value(value))
        case Rank(name, value, count):
            return _call(name, show_value(value), str(count))
        case Average(name, value, deviations):
            return _call(name, show_value(value), str(deviations) if deviations else "")
        case Visual(name, value, style):
            return _call(name, show_value(value), _quote(style) if style else "")
        case Formula(text):
            return f"Formula({_quote('=' + text)})"


def show_value(value: Value) -> str:
    """The value as canonical text; empty for the cell being formatted."""
    match value:
        case Number(number, percent):
            return _decimal(Decimal(repr(number)) * 100) + "%" if percent else show_number(number)
        case Text(text):
            return _quote(text)
        case Bool(flag):
            return "TRUE" if flag else "FALSE"
        case Date(year, month, day):
            return f"DATE({year}, {month}, {day})"
        case TodayValue():
            return "TODAY()"
        case Column(index):
            return f"c[{index}]"
        case Cell():
            return ""
        case Call(name, argument):
            return f"{name}({show_value(argument)})"
        case Arithmetic():
            return _arithmetic(value)


def show_number(number: float) -> str:
    """Shortest decimal text that is read back as the same number: 4000, 0.9, 0.000001; 1E-50 where zeros would be many."""
    return _decimal(Decimal(repr(number)))


def _decimal(number: Decimal) -> str:
    number = number.normalize()
    if number == 0:
        return "0"
    if _MIN_EXPONENT <= number.adjusted() <= _MAX_EXPONENT:
        return f"{number:f}"
    return f"{number:E}"


def _arithmetic(value: Arithmetic) -> str:
    rank = _PRECEDENCE[value.operator]
    left, right = show_value(value.left), show_value(value.right)
    if isinstance(value.left, Arithmetic) and _PRECEDENCE[value.left.operator] < rank:
        left = f"({left})"
    if isinstance(value.right, Arithmetic) and _PRECEDENCE[value.right.operator] <= rank:
        right = f"({right})"
    if right.startswith("-"):
        right = f"({right})"
    return f"{left} {value.operator} {right}"


def _call(name: str, *arguments: str) -> str:
    return f"{name}({', '.join(argument for argument in arguments if argument)})"


def _quote(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
