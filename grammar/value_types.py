"""What a value of the rule language can be, in a given table: numbers, dates, text, truth values."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from enum import StrEnum
from weakref import WeakKeyDictionary

from grammar import nodes as n
from grammar.table import Cell, Class, Column, Table, classify


class Type(StrEnum):
    """A type of cell, and the word for it in messages."""

    NUMBER = "numbers"
    DATE = "dates"
    TEXT = "text"
    BOOL = "TRUE/FALSE"


Types = frozenset[Type]
ANY: Types = frozenset(Type)
_MAIN_SHARE = 0.2
_CALLS = {"YEAR", "MONTH", "DAY", "WEEKDAY", "LEN", "ABS"}
_COUNTS: WeakKeyDictionary[Column, Counter[Type]] = WeakKeyDictionary()


def type_of(value: n.Value, table: Table) -> Types:
    """All types that occur; ANY for a left-out column and for a column without content.

    Dates and numbers: a day less a day is a number, a day more or less a number is a day.
    """
    match value:
        case n.Number():
            return frozenset({Type.NUMBER})
        case n.Text():
            return frozenset({Type.TEXT})
        case n.Bool():
            return frozenset({Type.BOOL})
        case n.Date() | n.TodayValue():
            return frozenset({Type.DATE})
        case n.Cell():
            return ANY
        case n.Column(index):
            return frozenset(_counts(table.columns[index])) or ANY
        case n.Call(name, argument):
            return _of_call(name, type_of(argument, table))
        case n.Arithmetic(operator, left, right):
            return _of_arithmetic(operator, type_of(left, table), type_of(right, table))


def main_types(value: n.Value, table: Table) -> Types:
    """Like `type_of`, without what only a few cells of a column are (`n/a` among numbers)."""
    if not isinstance(value, n.Column):
        return type_of(value, table)
    counts = _counts(table.columns[value.index])
    return frozenset(t for t, count in counts.items() if count >= _MAIN_SHARE * counts.total()) or ANY


def words_for(types: Types | set[Type]) -> str:
    """`numbers or dates`."""
    return " or ".join(t.value for t in Type if t in types)


def _of_call(name: str, argument: Types) -> Types:
    if name in _CALLS:
        return frozenset({Type.NUMBER})
    return argument & {Type.NUMBER, Type.DATE} or frozenset({Type.NUMBER})


def _of_arithmetic(operator: str, left: Types, right: Types) -> Types:
    number, date = frozenset({Type.NUMBER}), Type.DATE
    if operator not in "+-":
        return number
    found: set[Type] = set()
    if operator == "-" and date in left and date in right:
        found.add(Type.NUMBER)
    if (date in left and Type.NUMBER in right) or (operator == "+" and date in right and Type.NUMBER in left):
        found.add(date)
    if Type.NUMBER in left and Type.NUMBER in right:
        found.add(Type.NUMBER)
    return frozenset(found) or number


def _counts(column: Column) -> Counter[Type]:
    counts = _COUNTS.get(column)
    if counts is None:
        counts = _COUNTS[column] = Counter(t for cell in column.cells if (t := _of_cell(cell)) is not None)
    return counts


def _of_cell(cell: Cell) -> Type | None:
    match classify(cell):
        case Class.NUMBER:
            return Type.DATE if isinstance(cell, dt.datetime) else Type.NUMBER
        case Class.TEXT:
            return Type.TEXT if str(cell).strip() else None
        case Class.BOOL:
            return Type.BOOL
        case _:
            return None
