"""Values of the rule language over a table: `Value` -> `Vector`.

Arithmetic is Excel's: an empty cell is 0, a truth value 1 or 0, text that reads as a number or an ISO date is that number,
other text is #VALUE!, division by zero is #DIV/0!; an error goes through everything. AVERAGE, MEDIAN, MIN and MAX go over
the whole column and take its numbers only, as they do on a range.
"""

from __future__ import annotations

import datetime as dt

import numpy as np

from grammar import nodes as n
from grammar.errors import RuleCheckError
from grammar.evaluation.compare import CLOSE
from grammar.evaluation.vectors import Bools, Floats, Vector, literal, numbers, of_column
from grammar.table import Class, Table, column_letter, read_date, read_number, serial
from grammar.target import AGGREGATES

_LAST_DAY = 2_958_465  # 31 December 9999


def vector(value: n.Value, table: Table, today: dt.date, cell: int | None) -> Vector:
    """The value for every row.

    Raises:
        RuleCheckError: a column the table does not have, or a left-out column (`Cell()`) and `cell` is None.
    """
    match value:
        case n.Column(index):
            return _column(index, table)
        case n.Cell():
            if cell is None and len(table.columns) > 1:
                raise RuleCheckError("The rule leaves its column out, and it was not said which column is meant.")
            return _column(cell or 0, table)
        case n.Number(number, _):
            return literal(number)
        case n.Text(text):
            return literal(text)
        case n.Bool(flag):
            return literal(flag)
        case n.Date():
            return literal(serial(day_of(value)))
        case n.TodayValue():
            return literal(serial(today))
        case n.Arithmetic(operator, left, right):
            return _arithmetic(operator, vector(left, table, today, cell), vector(right, table, today, cell))
        case n.Call(name, argument):
            return _call(name, vector(argument, table, today, cell))


def day_of(date: n.Date) -> dt.date:
    """The day DATE() gives; a day past the end of its month runs on into the next, as in Excel."""
    return dt.date(date.year, date.month, 1) + dt.timedelta(days=date.day - 1)


def as_numbers(of: Vector) -> tuple[Floats, Bools]:
    """Excel's conversion in arithmetic: numbers, and where there is none (#VALUE! or an error passed on). Both (rows,)."""
    values = np.where(of.blanks, 0.0, of.numbers)
    texts = of.has(Class.TEXT)
    if texts.any():
        values = np.where(texts, _read(of), values)
    return values, np.isnan(values)


def _column(index: int, table: Table) -> Vector:
    if index >= len(table.columns):
        raise RuleCheckError(
            f"There is no column {column_letter(index)} (c[{index}]): the table has {len(table.columns)} columns."
        )
    return of_column(table.columns[index])


def _read(of: Vector) -> Floats:
    found = np.array([_number_in(text) for text in of.texts.distinct], dtype=np.float64)
    return found[of.texts.codes]


def _number_in(text: str) -> float:
    number = read_number(text)
    if number is not None:
        return number
    day = read_date(text)
    return serial(day) if day else float("nan")


def _arithmetic(operator: str, left: Vector, right: Vector) -> Vector:
    (a, bad_a), (b, bad_b) = as_numbers(left), as_numbers(right)
    with np.errstate(all="ignore"):
        match operator:
            case "+" | "-":
                result = a + b if operator == "+" else a - b
                # 1.1 - 1 - 0.1 is 0 in Excel and LibreOffice: what is left over below the 48th bit is dropped
                result = np.where(np.abs(result) <= CLOSE * np.maximum(np.abs(a), np.abs(b)), 0.0, result)
            case "*":
                result = a * b
            case _:
                result = a / b
    return numbers(result, bad_a | bad_b)


def _call(name: str, argument: Vector) -> Vector:
    if name in AGGREGATES:
        return _aggregate(name, argument)
    if name == "LEN":
        return numbers(argument.lengths, argument.errors)
    values, bad = as_numbers(argument)
    if name == "ABS":
        return numbers(np.abs(values), bad)
    days = np.floor(values)
    bad = bad | ~((days >= 0) & (days <= _LAST_DAY))
    days = np.where(bad, 61.0, days)
    return numbers(_part(name, days), bad)


def _part(name: str, days: Floats) -> Floats:
    """YEAR, MONTH, DAY or WEEKDAY (Sunday 1) of serial days, the days 0 and 60 of the 1900 system included."""
    if name == "WEEKDAY":
        return (days - 1) % 7 + 1
    shifted = np.where(days >= 61, days, days + 1).astype("timedelta64[D]")
    moments = np.datetime64("1899-12-30") + shifted
    months = moments.astype("datetime64[M]")
    match name:
        case "YEAR":
            return np.where(days == 0, 1900.0, moments.astype("datetime64[Y]").astype(np.float64) + 1970)
        case "MONTH":
            month = months.astype(np.float64) % 12 + 1
            return np.where(days == 0, 1.0, np.where(days == 60, 2.0, month))
        case _:
            day = (moments - months.astype("datetime64[D]")).astype(np.float64) + 1
            return np.where(days == 0, 0.0, np.where(days == 60, 29.0, day))


def _aggregate(name: str, argument: Vector) -> Vector:
    found = argument.numbers[argument.numeric]
    if argument.errors.any() or (not found.size and name in ("AVERAGE", "MEDIAN")):
        return numbers(np.full(1, np.nan))
    if not found.size:
        return literal(0.0)
    match name:
        case "AVERAGE":
            result = np.mean(found)
        case "MEDIAN":
            result = np.median(found)
        case "MIN":
            result = np.min(found)
        case _:
            result = np.max(found)
    return literal(float(result))
