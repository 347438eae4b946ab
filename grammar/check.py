"""Does a rule fit a table? A refusal is a sentence for the person at the sheet, naming columns by their headers.

What is refused is what would match nothing, or everything, for a reason the words cannot have meant: a column that is not
there, numbers compared with words, a period of a column without dates. A column counts by what its cells are, so that one
`n/a` among numbers may be asked for by name; a column without any content accepts all.
"""

from __future__ import annotations

import datetime as dt

from grammar import nodes as n
from grammar.contradictions import refuse_contradictions
from grammar.describe import describe_value
from grammar.errors import FormulaSyntaxError, RuleCheckError
from grammar.evaluation import predicates
from grammar.evaluation.values import day_of, vector
from grammar.evaluation.vectors import literal, of_column
from grammar.formula import parse_formula
from grammar.printer import show, show_value
from grammar.table import Class, Column, Table, column_letter
from grammar.value_types import Type, main_types, type_of, words_for

ICON_SETS = (
    "3Arrows", "3ArrowsGray", "3Flags", "3TrafficLights1", "3TrafficLights2", "3Signs", "3Symbols", "3Symbols2", "4Arrows",
    "4ArrowsGray", "4RedToBlack", "4Rating", "4TrafficLights", "5Arrows", "5ArrowsGray", "5Rating", "5Quarters",
    "3Stars", "3Triangles", "5Boxes",
)  # fmt: skip
"""ECMA-376 part 1, 18.18.42 (ST_IconSetType), and the three of [MS-XLSX] 2.6.35."""

_PARTS = {"MONTH": (1, 12), "WEEKDAY": (1, 7), "DAY": (1, 31), "YEAR": (1900, 9999)}
_MAX_RANK = 1000
_SMALL_DATE = 20_000.0  # 3 October 1954: below it a bare number beside a date is a count of something, not a day


def check(rule: n.Rule, table: Table) -> None:
    """Refuse a rule that does not fit the table.

    Raises:
        RuleCheckError: with a message that says what is wrong and which column is meant.
    """
    _columns(rule, table)
    _rule(rule, table, top=True)
    refuse_contradictions(rule)


def _rule(rule: n.Rule, table: Table, *, top: bool) -> None:
    match rule:
        case n.And(items) | n.Or(items):
            for item in items:
                _rule(item, table, top=False)
        case n.Not(item):
            _rule(item, table, top=False)
        case n.Visual():
            _visual(rule, table, top=top)
        case n.Formula(text):
            try:
                parse_formula(text)
            except FormulaSyntaxError as error:
                raise RuleCheckError(error.message) from error
        case _:
            _leaf(rule, table)


def _leaf(rule: n.Rule, table: Table) -> None:
    _mentions_cell(rule)
    for value in n.children(rule):
        if not isinstance(value, n.Rule):
            _value(value, table)
    match rule:
        case n.Compare(name, left, right):
            _compare(name, left, right, table)
        case n.Between(name, value, low, high):
            _compare(name, value, low, table)
            _compare(name, value, high, table)
            _ends(rule)
        case n.TextTest():
            _text_test(rule, table)
        case n.Rank():
            _rank(rule, table)
        case n.Average(name, value, deviations):
            _needs(name, value, {Type.NUMBER, Type.DATE}, table)
            if not 0 <= deviations <= 3:
                raise RuleCheckError(f"{name} takes 1, 2 or 3 standard deviations, not {deviations}.")
        case n.Period(name, value):
            _needs(name, value, {Type.DATE}, table)


def _columns(rule: n.Rule, table: Table) -> None:
    width = len(table.columns)
    for index in n.columns_of(rule):
        if index >= width:
            last = _name_of(n.Column(width - 1), table)
            raise RuleCheckError(f"There is no column {column_letter(index)} (c[{index}]); the last one is {last}.")


def _mentions_cell(rule: n.Rule) -> None:
    if not n.columns_of(rule) and not _has_cell(rule):
        raise RuleCheckError(f"{show(rule)} compares no column with anything.")


def _has_today(node: n.Rule | n.Value) -> bool:
    return isinstance(node, n.TodayValue) or any(_has_today(child) for child in n.children(node))


def _has_cell(node: n.Rule | n.Value) -> bool:
    return isinstance(node, n.Cell) or any(_has_cell(child) for child in n.children(node))


# -- values ------------------------------------------------------------------------------------------------------------


def _value(value: n.Value, table: Table) -> None:
    for child in n.children(value):
        assert not isinstance(child, n.Rule)
        _value(child, table)
    match value:
        case n.Date():
            if day_of(value).day != value.day:
                raise RuleCheckError(f"There is no day {value.day} in month {value.month} of {value.year}.")
        case n.Arithmetic(operator, left, right):
            _arithmetic(operator, left, right, table)
        case n.Call("YEAR" | "MONTH" | "DAY" | "WEEKDAY", argument):
            _needs(value.name, argument, {Type.DATE}, table)
        case n.Call("ABS", argument):
            _needs("ABS", argument, {Type.NUMBER}, table)
        case n.Call("AVERAGE" | "MEDIAN" | "MIN" | "MAX", argument):
            _needs(value.name, argument, {Type.NUMBER, Type.DATE}, table)


def _arithmetic(operator: str, left: n.Value, right: n.Value, table: Table) -> None:
    for side in (left, right):
        _needs(f"'{operator}'", side, {Type.NUMBER, Type.DATE}, table)
    numeric = {Type.NUMBER, Type.DATE}
    days = tuple(type_of(side, table) & numeric == {Type.DATE} for side in (left, right))
    if all(days) and operator == "-":
        return
    words = describe_value(n.Arithmetic(operator, left, right), table)
    if (any(days) and operator in "*/") or all(days):
        raise RuleCheckError(f"Dates cannot be put together by '{operator}': {words}.")
    if days[1] and operator == "-":
        raise RuleCheckError(f"A date cannot be taken from a number: {words}.")


# -- comparisons -------------------------------------------------------------------------------------------------------


def _compare(name: str, left: n.Value, right: n.Value, table: Table) -> None:
    _part_of_date(left, right)
    _part_of_date(right, left)
    for one, other in ((left, right), (right, left)):
        if isinstance(other, n.Text) and (
            Type.TEXT in main_types(one, table) or _names_a_cell(one, other.value, "TextEquals", table)
        ):
            return
        if isinstance(other, n.Number) and Type.DATE in type_of(one, table) and other.value >= _SMALL_DATE:
            return
    a, b = type_of(left, table), type_of(right, table)
    if a & b and not isinstance(left, n.Text) and not isinstance(right, n.Text):
        return
    subject, other = (left, right) if n.columns_of(left) else (right, left)
    held, wanted = words_for(type_of(subject, table)), words_for(type_of(other, table))
    raise RuleCheckError(f"{_name_of(subject, table)} holds {held}; {name} with {_name_of(other, table)} needs {wanted}.")


def _part_of_date(value: n.Value, other: n.Value) -> None:
    if isinstance(value, n.Call) and value.name in _PARTS and isinstance(other, n.Number):
        low, high = _PARTS[value.name]
        if not low <= other.value <= high:
            raise RuleCheckError(f"{value.name} is a number from {low} to {high}, never {show_value(other)}.")


def _ends(rule: n.Between) -> None:
    if _has_today(rule.low) != _has_today(rule.high):
        return  # which end is the earlier one depends on the day
    low, high = constant(rule.low), constant(rule.high)
    if low is not None and high is not None and low > high:
        raise RuleCheckError(f"{rule.name} goes from {show_value(rule.low)} down to {show_value(rule.high)}: swap its ends.")


def constant(value: n.Value) -> float | None:
    """The number a value without columns comes to (TODAY() taken as some day), None for everything else."""
    if n.columns_of(value) or _has_cell(value):
        return None
    found = vector(value, Table((), 0), dt.date(2026, 1, 1), None)
    return float(found.numbers[0]) if found.has(Class.NUMBER)[0] else None


def _text_test(rule: n.TextTest, table: Table) -> None:
    _needs(rule.name, rule.text, {Type.TEXT, Type.NUMBER}, table)
    if Type.TEXT in main_types(rule.value, table):
        return
    text = rule.text.value if isinstance(rule.text, n.Text) else ""
    if rule.name != "TextEquals" and Type.NUMBER in type_of(rule.value, table) and any(c.isdigit() for c in text):
        return
    if not _names_a_cell(rule.value, text, rule.name, table):
        held = words_for(type_of(rule.value, table))
        raise RuleCheckError(f"{_name_of(rule.value, table)} holds {held}; {rule.name} needs text.")


def _names_a_cell(value: n.Value, text: str, test: str, table: Table) -> bool:
    """Whether a column that is not of text has a text cell the test holds for (`n/a` among numbers), or asks for none."""
    if not isinstance(value, n.Column):
        return False
    if not text:
        return True
    cells = of_column(table.columns[value.index])
    return bool((predicates.text_test(test, cells, literal(text)) & cells.has(Class.TEXT)).any())


# -- the column as a whole ---------------------------------------------------------------------------------------------


def _rank(rule: n.Rank, table: Table) -> None:
    _needs(rule.name, rule.value, {Type.NUMBER, Type.DATE}, table)
    if rule.name.endswith("Percent") and not 1 <= rule.count <= 100:
        raise RuleCheckError(f"{rule.name} takes a percentage from 1 to 100, not {rule.count}.")
    if not 1 <= rule.count <= _MAX_RANK:
        raise RuleCheckError(f"{rule.name} takes a count from 1 to {_MAX_RANK:,}, not {rule.count:,}.")


def _visual(rule: n.Visual, table: Table, *, top: bool) -> None:
    if not top:
        raise RuleCheckError(f"{rule.name} stands alone; it cannot be part of AND, OR or NOT.")
    if not isinstance(rule.value, n.Column | n.Cell):
        raise RuleCheckError(f"{rule.name} is drawn in one column, not over {describe_value(rule.value, table)}.")
    _needs(rule.name, rule.value, {Type.NUMBER, Type.DATE}, table)
    if rule.name == "IconSet" and rule.style is not None and rule.style not in ICON_SETS:
        raise RuleCheckError(f"There is no icon set called {rule.style!r}; there are {', '.join(ICON_SETS)}.")


def _needs(name: str, value: n.Value, wanted: set[Type], table: Table) -> None:
    held = type_of(value, table)
    if not held & wanted:
        raise RuleCheckError(f"{_name_of(value, table)} holds {words_for(held)}; {name} needs {words_for(wanted)}.")


def _name_of(value: n.Value, table: Table) -> str:
    if isinstance(value, n.Column):
        column: Column = table.columns[value.index]
        letter = column_letter(value.index)
        return f'"{column.header}" (column {letter})' if column.header else f"Column {letter}"
    return describe_value(value, table)
