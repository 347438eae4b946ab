"""An Excel conditional format, as openpyxl reads it, in the rule language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from openpyxl.formatting.rule import Rule

from grammar import nodes as n
from grammar.errors import FormulaSyntaxError, UnsupportedRuleError
from grammar.evaluate import Blanks
from grammar.excel.natives import OPERATORS
from grammar.excel.periods import NATIVE
from grammar.excel.read_formula import read_formula
from grammar.excel.read_values import Frame
from grammar.excel.rule import Place
from grammar.excel.visuals import color_scale_style, data_bar_style
from grammar.formula import parse_formula
from grammar.target import row_columns

_OPERATORS = {excel: name for name, excel in OPERATORS.items()}
_PERIODS = {excel: name for name, excel in NATIVE.items()}
_BLACK = "#000000"


def read_back(rule: Rule, sqref: str, place: Place) -> n.Rule:
    """The rule in its bare Excel meaning (`blanks="excel"`); c[0] is the sheet column `place.first_column`.

    A range of several columns gives a rule about `Cell()`, the cell being formatted. Of a colour scale, data bar or icon
    set only kind, colours and icons can be said; their thresholds are lost. See `without_guards` for what this project wrote.

    Raises:
        UnsupportedRuleError: a rule the language cannot say; `Formula("=…")` still holds an `expression`.
    """
    reader = _READERS.get(rule.type)
    if reader is None:
        raise UnsupportedRuleError(f"Rules of the kind '{rule.type}' cannot be said in the rule language.")
    try:
        return reader(rule, Frame.of(sqref, place))
    except FormulaSyntaxError as error:
        raise UnsupportedRuleError(f"The rule's formula cannot be read: {error.message}") from None


def without_guards(rule: n.Rule) -> tuple[n.Rule, Blanks]:
    """A rule that was read back, with its guards against empty cells taken off, and what it then means about them.

    AND(NotEquals(x, ""), LessThan(x, 15)) is LessThan(x, 15) under "skip"; a rule without a guard stays under "excel".
    """
    bare = _strip(rule)
    return bare, "excel" if bare == rule else "skip"


def _strip(rule: n.Rule) -> n.Rule:
    match rule:
        case n.Not(item):
            return n.Not(_strip(item))
        case n.Or(items):
            return n.Or(tuple(_strip(item) for item in items))
        case n.And(items):
            kept = tuple(_strip(item) for item in items if not _guards_another(item, items))
            return kept[0] if len(kept) == 1 else n.And(kept)
        case _:
            return rule


def _guards_another(item: n.Rule, items: tuple[n.Rule, ...]) -> bool:
    match item:
        case n.Compare("NotEquals", (n.Column() | n.Cell()) as value, n.Text("")):
            return any(other != item and _reads(other, value) for other in items)
        case _:
            return False


def _reads(rule: n.Rule, value: n.Value) -> bool:
    everything = -1  # stands for the left-out column
    index = value.index if isinstance(value, n.Column) else everything
    return index in row_columns(rule, everything)


# -- one reader per kind ---------------------------------------------------------------------------------------------------


def _cell_is(rule: Rule, frame: Frame) -> n.Rule:
    operator = rule.operator
    if operator not in _OPERATORS:
        raise UnsupportedRuleError(f"A cellIs rule with the operator '{operator}' cannot be said.")
    name = _OPERATORS[operator]
    wanted = 2 if name in n.RANGES else 1
    if len(rule.formula) < wanted or not all(rule.formula[:wanted]):
        raise UnsupportedRuleError(f"A cellIs rule '{operator}' needs {wanted} formulas.")
    values = [frame.value(parse_formula(formula)) for formula in rule.formula[:wanted]]
    return n.Between(name, frame.own, *values) if wanted == 2 else n.Compare(name, frame.own, values[0])


def _text(name: str, *, negated: bool = False) -> Callable[[Rule, Frame], n.Rule]:
    def read(rule: Rule, frame: Frame) -> n.Rule:
        if rule.text is None:
            return _expression(rule, frame)
        found = n.TextTest(name, frame.own, n.Text(rule.text))
        return n.Not(found) if negated else found

    return read


def _state(name: str, *, negated: bool = False) -> Callable[[Rule, Frame], n.Rule]:
    def read(_: Rule, frame: Frame) -> n.Rule:
        found = n.State(name, frame.own)
        return n.Not(found) if negated else found

    return read


def _top(rule: Rule, frame: Frame) -> n.Rule:
    name = ("Bottom" if rule.bottom else "Top") + ("Percent" if rule.percent else "")
    return n.Rank(name, frame.own, rule.rank or 10)


def _average(rule: Rule, frame: Frame) -> n.Rule:
    above = rule.aboveAverage is not False
    if rule.equalAverage:
        return n.Compare("GreaterThanEqual" if above else "LessThanEqual", frame.own, n.Call("AVERAGE", frame.own))
    return n.Average("AboveAverage" if above else "BelowAverage", frame.own, rule.stdDev or 0)


def _period(rule: Rule, frame: Frame) -> n.Rule:
    if rule.timePeriod not in _PERIODS:
        return _expression(rule, frame)
    return n.Period(_PERIODS[rule.timePeriod], frame.own)


def _expression(rule: Rule, frame: Frame) -> n.Rule:
    if not rule.formula or not rule.formula[0]:
        raise UnsupportedRuleError("The rule has no formula.")
    return read_formula(rule.formula[0], frame)


def _color_scale(rule: Rule, frame: Frame) -> n.Rule:
    colors = tuple(_rgb(color) for color in rule.colorScale.color) if rule.colorScale else ()
    return n.Visual("ColorScale", frame.own, color_scale_style(colors))


def _data_bar(rule: Rule, frame: Frame) -> n.Rule:
    return n.Visual("DataBar", frame.own, data_bar_style(_rgb(rule.dataBar.color)) if rule.dataBar else None)


def _icon_set(rule: Rule, frame: Frame) -> n.Rule:
    return n.Visual("IconSet", frame.own, rule.iconSet.iconSet if rule.iconSet else None)


def _rgb(color: Any) -> str:
    """A colour as "#RRGGBB"; theme and indexed colours, which need the workbook to be known, as black."""
    value = color.rgb if color is not None and color.type == "rgb" else None
    return f"#{value[-6:].upper()}" if isinstance(value, str) else _BLACK


_READERS: dict[str, Callable[[Rule, Frame], n.Rule]] = {
    "cellIs": _cell_is,
    "expression": _expression,
    "containsText": _text("TextContains"),
    "notContainsText": _text("TextContains", negated=True),
    "beginsWith": _text("StartsWith"),
    "endsWith": _text("EndsWith"),
    "containsBlanks": _state("Blanks"),
    "notContainsBlanks": _state("Blanks", negated=True),
    "containsErrors": _state("Errors"),
    "notContainsErrors": _state("Errors", negated=True),
    "duplicateValues": _state("Duplicates"),
    "uniqueValues": _state("Unique"),
    "top10": _top,
    "aboveAverage": _average,
    "timePeriod": _period,
    "colorScale": _color_scale,
    "dataBar": _data_bar,
    "iconSet": _icon_set,
}
