"""Spans of the utterance as literals, read in their place: beside a column, and among the words around them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from grammar import nodes as n
from grammar.codec.column_cache import once_per_column
from grammar.codec.literal_types import Expected, read_literal, read_span
from grammar.codec.literals import read_number
from grammar.codec.ranges import CONNECTOR, number_ends, share_suffix, shared_period
from grammar.codec.signs import read_sign
from grammar.codec.units import convert, counts_whole_money, read_coins
from grammar.codec.view import View
from grammar.table import Column, Table

SIGN_TESTS = frozenset({"TextContains", "StartsWith", "EndsWith"})
_ENDS = ("START", "FINISH")
_EARLIEST, _LATEST = 1500, 2200


@dataclass(frozen=True, slots=True)
class Place:
    """Where a literal stands: the value it is compared with, and the text test it is the text of."""

    beside: n.Value | None = None
    test: str | None = None


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class SpanReader:
    """Reads spans (first and last word) of one view on one day."""

    view: View
    today: dt.date

    def read(self, first: int, last: int, expected: Expected, modifier: str | None, place: Place = NOWHERE) -> n.Value | None:
        """The span as decoding reads it; None when it says nothing that the modifier can be applied to."""
        text = self.view.slice(first, last)
        if expected is Expected.NUMBER:
            number = self.number(text, modifier, place.beside)
            return number if number is not None or modifier else read_span(text, Expected.TEXT, self.today)
        if expected is Expected.DATE and (modifier is None or modifier in _ENDS):
            day = self.day(first, last, modifier)
            return day if day is not None or modifier else read_span(text, expected, self.today)
        if expected is Expected.TEXT and place.test in SIGN_TESTS:
            sign = self.sign(text, place.beside)
            if sign is not None:
                return n.Text(sign)
        return read_span(text, expected, self.today, modifier)

    def number(self, text: str, modifier: str | None, beside: n.Value | None) -> n.Value | None:
        """A number, in the unit of the column it is compared with; START and FINISH take an end of a range."""
        if modifier in _ENDS:
            ends = number_ends(text, _holds_years(beside, self.view.table))
            if ends:
                return n.Number(ends[modifier == "FINISH"], ends[2])
        if modifier is None:
            converted = self._measure(text, beside)
            if converted is not None:
                return n.Number(converted)
        return read_literal(text, Expected.NUMBER, self.today, modifier)

    def _measure(self, text: str, beside: n.Value | None) -> float | None:
        coins = read_coins(text)
        if coins is not None:
            column = _column_of(beside, self.view.table)
            return coins if column is not None and counts_whole_money(column) else None
        if read_number(text) is not None:
            return None
        column = _column_of(beside, self.view.table)
        return None if column is None else convert(text, column.header)

    def day(self, first: int, last: int, modifier: str | None) -> n.Value | None:
        """A day; one that leaves its month or year to a later day takes it from there."""
        words, utterance = self.view.words, self.view.utterance
        text = self.view.slice(first, last)
        period = None
        if last - first < _SHARED_WORDS:
            period = shared_period(text, utterance[: words[first].start], utterance[words[last].end :], self.today)
        if period is None:
            return read_literal(text, Expected.DATE, self.today, modifier)
        day = period[modifier == "FINISH"]
        return n.Date(day.year, day.month, day.day)

    def sign(self, text: str, beside: n.Value | None) -> str | None:
        """The character that a text test of the column names."""
        column = _column_of(beside, self.view.table)
        return None if column is None else read_sign(text, column)

    def shared_low(self, low: tuple[int, int], high: tuple[int, int], expected: Expected, place: Place) -> n.Value | None:
        """The low end of `20 to 30k` (20000), from the spans of both ends; None when it shares nothing with the high end."""
        words = self.view.words
        if expected not in (Expected.NUMBER, Expected.DAYS) or not low[1] < high[0] <= high[1] < len(words):
            return None
        if not CONNECTOR.fullmatch(self.view.utterance[words[low[1]].end : words[high[0]].start]):
            return None
        shared = share_suffix(self.view.slice(*low), self.view.slice(*high))
        if shared is None:
            return None
        if expected is Expected.NUMBER:
            return self.number(shared, None, place.beside)
        return read_literal(shared, expected, self.today)


def span_of(tokens: Sequence[str]) -> tuple[int, int] | None:
    """First and last word of tokens that are a plain span."""
    if len(tokens) != 2 or not all(token[:1] == "w" and token[1:].isdecimal() for token in tokens):
        return None
    return int(tokens[0][1:]), int(tokens[1][1:])


_SHARED_WORDS = 4


def _column_of(value: n.Value | None, table: Table) -> Column | None:
    """The column whose unit a literal beside `value` has; of a sum, a difference or a quotient the first one's."""
    match value:
        case n.Column(index):
            return table.columns[index] if index < len(table.columns) else None
        case n.Call("AVERAGE" | "MEDIAN" | "MIN" | "MAX" | "ABS", argument):
            return _column_of(argument, table)
        case n.Arithmetic(operator, left, _) if operator != "*":
            return _column_of(left, table)
        case _:
            return None


def _holds_years(value: n.Value | None, table: Table) -> bool:
    match value:
        case n.Call("YEAR", _):
            return True
        case n.Column(index) if index < len(table.columns):
            return _is_year_column(table.columns[index])
        case _:
            return False


@once_per_column
def _is_year_column(column: Column) -> bool:
    numbers = column.numbers[column.numbers == column.numbers]  # without NaN
    return bool(len(numbers)) and bool(((numbers >= _EARLIEST) & (numbers <= _LATEST)).all())
