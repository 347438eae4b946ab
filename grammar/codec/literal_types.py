"""What kind of literal may stand at a place of a rule, and how a slice of the utterance is read there."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from grammar import nodes as n
from grammar.codec.literals import read_days, read_month, read_number, read_period, read_weekday
from grammar.codec.turns import read_turn
from grammar.table import Kind, Table

_QUOTES = "\"“”'‘’"


class Expected(StrEnum):
    """The reading that the place asks for."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    DAYS = "days"
    MONTH = "month"
    WEEKDAY = "weekday"


def expected_beside(value: n.Value, table: Table) -> Expected:
    """What a literal compared with `value` is read as."""
    match value:
        case n.Column(index) if index < len(table.columns):
            kind = table.columns[index].kind
            return {Kind.DATE: Expected.DATE, Kind.NUMBER: Expected.NUMBER}.get(kind, Expected.TEXT)
        case n.TodayValue() | n.Date():
            return Expected.DATE
        case n.Call("MONTH", _):
            return Expected.MONTH
        case n.Call("WEEKDAY", _):
            return Expected.WEEKDAY
        case n.Call("AVERAGE" | "MEDIAN" | "MIN" | "MAX" | "ABS", argument):
            return expected_beside(argument, table)
        case n.Arithmetic(operator, left, right):
            kinds = (expected_beside(left, table), expected_beside(right, table))
            if operator == "-" and kinds == (Expected.DATE, Expected.DATE):
                return Expected.DAYS
            if operator in "+-" and Expected.DATE in kinds:
                return Expected.DATE
            return Expected.NUMBER
        case _:
            return Expected.NUMBER


def operand_expected(left: n.Value, operator: str, table: Table) -> Expected:
    """What a literal on the right of an arithmetic operator is read as."""
    if operator in "+-" and expected_beside(left, table) is Expected.DATE:
        return Expected.DAYS
    return Expected.NUMBER


def read_literal(text: str, expected: Expected, today: dt.date, modifier: str | None = None) -> n.Value | None:
    """The slice as a value of the expected kind; None when it says no such thing.

    `modifier`: UP and DOWN make a factor of a percentage (`10%` -> 1.1, 0.9); START and FINISH take an end of a period;
    NEGATIVE turns the sign (`lost more than 3`).
    """
    if modifier in ("UP", "DOWN"):
        return _factor(text, modifier)
    if modifier == "NEGATIVE":
        read = read_number(text)
        return n.Number(0.0 - read[0], read[1]) if read else None
    match expected:
        case Expected.TEXT:
            stripped = text.strip().strip(_QUOTES) or _quoted_quote(text.strip())
            return n.Text(stripped) if stripped else None
        case Expected.DATE:
            period = read_period(text, today) or read_turn(text, today)
            if period is None:
                return None
            day = period[1] if modifier == "FINISH" else period[0]
            return n.Date(day.year, day.month, day.day)
        case Expected.DAYS:
            return _number(read_days(text))
        case Expected.MONTH:
            return _number(read_month(text)) or _plain_number(text)
        case Expected.WEEKDAY:
            return _number(read_weekday(text)) or _plain_number(text)
        case Expected.NUMBER:
            return _plain_number(text)


def read_span(text: str, expected: Expected, today: dt.date, modifier: str | None = None) -> n.Value | None:
    """The slice as decoding reads it: as expected, else as a number, else as text; with a modifier only as expected."""
    readings = (expected, Expected.NUMBER, Expected.TEXT) if modifier is None else (expected,)
    values = (read_literal(text, reading, today, modifier) for reading in readings)
    return next((value for value in values if value is not None), None)


def _quoted_quote(text: str) -> str:
    """What is said by quotes alone: `'` itself, or the one between others."""
    return text[len(text) // 2] if len(text) % 2 else ""


def _plain_number(text: str) -> n.Number | None:
    read = read_number(text)
    return n.Number(*read) if read else None


def _number(value: float | None) -> n.Number | None:
    return None if value is None else n.Number(float(value))


def _factor(text: str, modifier: str) -> n.Number | None:
    read = read_number(text)
    if read is None:
        return None
    share = read[0] if read[1] or (0 < read[0] < 1 and not text.strip()[0].isdigit()) else read[0] / 100  # `by half`
    return n.Number(round(1 + share if modifier == "UP" else 1 - share, 12))
