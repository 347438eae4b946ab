"""Values of the rule language as Excel formula text (en-US, as files store it)."""

from __future__ import annotations

from grammar import nodes as n
from grammar.excel.context import Context
from grammar.excel.rule import quote
from grammar.target import AGGREGATES

_PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2}


def value_formula(value: n.Value, context: Context, *, dollar: bool = True) -> str:
    """The value for the first row of the data, as formula text without `=`."""
    match value:
        case n.Number(number, _):
            return number_formula(number)
        case n.Text(text):
            return quote(text)
        case n.Bool(flag):
            return "TRUE" if flag else "FALSE"
        case n.Date(year, month, day):
            return f"DATE({year},{month},{day})"
        case n.TodayValue():
            return "TODAY()"
        case n.Column() | n.Cell():
            return context.reference(value, dollar=dollar)
        case n.Call(name, argument):
            inner = context.whole(argument) if name in AGGREGATES else value_formula(argument, context, dollar=dollar)
            return f"{name}({inner})"
        case n.Arithmetic():
            return _arithmetic(value, context, dollar)


def number_formula(number: float) -> str:
    """Shortest text Excel reads back as the same number: 4000, 0.1, 1E-20."""
    if number == int(number) and abs(number) < 1e15:
        return str(int(number))
    return repr(number).upper().replace("E+", "E")


def _arithmetic(value: n.Arithmetic, context: Context, dollar: bool) -> str:
    rank = _PRECEDENCE[value.operator]
    left, right = (value_formula(side, context, dollar=dollar) for side in (value.left, value.right))
    if isinstance(value.left, n.Arithmetic) and _PRECEDENCE[value.left.operator] < rank:
        left = f"({left})"
    right_is_looser = isinstance(value.right, n.Arithmetic) and _PRECEDENCE[value.right.operator] <= rank
    if right_is_looser or right.startswith("-"):
        right = f"({right})"
    return f"{left}{value.operator}{right}"
