"""Output tokens -> (rule, scope, look words): the words are filled back in and read as the place asks for.

The token sequence comes from a model and may be nonsense; whatever cannot be read raises `DecodingError`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from grammar import nodes as n
from grammar.codec.literal_types import Expected, expected_beside, operand_expected, read_literal
from grammar.codec.spans import NOWHERE, Place, SpanReader, span_of
from grammar.codec.view import View
from grammar.codec.vocabulary import ABSTAIN, ICON_STYLES, LOOK_KEYS, MODIFIERS, PAD, RULES, YEARS
from grammar.errors import GrammarError

MAX_NODES = 60


class DecodingError(GrammarError):
    """The tokens are no sentence of the output language."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a token sequence says: `rule` None means abstain; `look` as the words were written."""

    rule: n.Rule | None
    scope: str | None
    look: dict[str, str | bool]


def decode(tokens: Sequence[str], view: View, *, today: dt.date) -> Decoded:
    """Read a token sequence, cut at the first pad.

    Raises:
        DecodingError: the sequence is malformed, or a sentinel points to nothing, or a literal cannot be read.
    """
    cut = list(tokens)
    if PAD in cut:
        cut = cut[: cut.index(PAD)]
    reader = _Reader(cut, view, today)
    rule = reader.top()
    scope, look = reader.look()
    return Decoded(rule, scope, look)


class _Reader:
    def __init__(self, tokens: list[str], view: View, today: dt.date) -> None:
        self.tokens = tokens
        self.view = view
        self.today = today
        self.at = 0
        self.spans = SpanReader(view, today)
        self.place = NOWHERE
        self.column: int | None = None
        self.read_nodes = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else PAD

    def take(self) -> str:
        read = self.peek()
        if not read or read == PAD:
            raise DecodingError("the sequence ends too early")
        self.at += 1
        return read

    def count(self) -> None:
        self.read_nodes += 1
        if self.read_nodes > MAX_NODES:
            raise DecodingError("the rule is too large")

    def top(self) -> n.Rule | None:
        if self.peek() == ABSTAIN:
            self.take()
            return None
        return self.rule()

    # -- rules ---------------------------------------------------------------------------------------------------

    def rule(self) -> n.Rule:
        self.count()
        self.place = NOWHERE
        name = self.take()
        if name in ("AND", "OR"):
            left, right = self.rule(), self.rule()
            kind = n.And if name == "AND" else n.Or
            tail = right.items if isinstance(right, kind) else (right,)
            return kind((left, *tail))
        if name == "NOT":
            return n.Not(self.rule())
        if name in n.COMPARISONS:
            first = self.value(Expected.NUMBER)
            self.place = Place(first)
            return n.Compare(name, first, self.value(expected_beside(first, self.view.table)))
        if name in n.RANGES:
            return self._between(name)
        if name in n.TEXT_TESTS:
            value = self.value(Expected.TEXT)
            self.place = Place(value, name)
            return n.TextTest(name, value, self.value(Expected.TEXT))
        return self._simple(name)

    def _between(self, name: str) -> n.Rule:
        value = self.value(Expected.NUMBER)
        self.place = Place(value)
        beside = expected_beside(value, self.view.table)
        start = self.at
        low = self.value(beside)
        middle = self.at
        high = self.value(beside)
        spans = span_of(self.tokens[start:middle]), span_of(self.tokens[middle : self.at])
        if spans[0] and spans[1]:
            low = self.spans.shared_low(spans[0], spans[1], beside, self.place) or low
        return n.Between(name, value, low, high)

    def _simple(self, name: str) -> n.Rule:
        if name in n.STATES:
            return n.State(name, self.value(Expected.NUMBER))
        if name in n.PERIODS:
            return n.Period(name, self.value(Expected.NUMBER))
        if name in n.RANKS:
            return n.Rank(name, self.value(Expected.NUMBER), self.whole())
        if name in n.AVERAGES:
            value = self.value(Expected.NUMBER)
            more = self.peek() in _CONSTANTS or _is_word(self.peek())
            return n.Average(name, value, self.whole() if more else 0)
        if name in n.VISUALS:
            value = self.value(Expected.NUMBER)
            style = self.take() if self.peek() in ICON_STYLES else None
            if style is not None and name != "IconSet":
                raise DecodingError(f"{name} and the style {style} do not go together")
            return n.Visual(name, value, style)
        raise DecodingError(f"{name} is no predicate")

    # -- values --------------------------------------------------------------------------------------------------

    def value(self, expected: Expected) -> n.Value:
        self.count()
        name = self.take()
        if name in _SLOTS:
            kind, slot = _SLOTS[name]
            if kind == "c":
                return self._column(slot)
            return self._span(slot, expected, None) if kind == "w" else self._value_of_column(slot, expected)
        if name in _CONSTANTS:
            return n.Number(_CONSTANTS[name])
        if name in YEARS:
            return n.Number(float(self.today.year + YEARS[name]))
        if name in MODIFIERS:
            return self._span(self._word("a span needs two words"), expected, name)
        if name == "TODAY()":
            return n.TodayValue()
        if name in ("TRUE", "FALSE"):
            return n.Bool(name == "TRUE")
        if name in n.FUNCTIONS:
            return n.Call(name, self.value(Expected.NUMBER))
        if name in n.OPERATORS:
            left = self.value(Expected.NUMBER)
            return n.Arithmetic(name, left, self.value(operand_expected(left, name, self.view.table)))
        raise DecodingError(f"{name} is no value")

    def whole(self) -> int:
        value = self.value(Expected.NUMBER)
        if not isinstance(value, n.Number):
            raise DecodingError("a count must be a number")
        number = round(value.value * 100, 9) if value.percent else value.value
        if number != int(number):
            raise DecodingError("a count must be a whole number")
        return int(number)

    def _column(self, slot: int) -> n.Value:
        if slot >= len(self.view.columns):
            raise DecodingError(f"there is no column in slot {slot}")
        self.column = slot
        return n.Column(self.view.columns[slot])

    def _value_of_column(self, slot: int, expected: Expected) -> n.Value:
        text = None if self.column is None else self.view.value_text(self.column, slot)
        if text is None:
            raise DecodingError(f"there is no value in slot {slot}")
        if expected in (Expected.NUMBER, Expected.DAYS):
            return read_literal(text, expected, self.today) or n.Text(text)
        return n.Text(text)

    def _word(self, complaint: str) -> int:
        """Take a word sentinel; its number."""
        kind, number = _SLOTS.get(self.take(), ("", 0))
        if kind != "w":
            raise DecodingError(complaint)
        return number

    def _span(self, first: int, expected: Expected, modifier: str | None) -> n.Value:
        last = self._word("a span needs two words")
        if not first <= last < len(self.view.words):
            raise DecodingError(f"there is no span from word {first} to word {last}")
        text = self.view.slice(first, last)
        value = self.spans.read(first, last, expected, modifier, self.place)
        if value is None:
            raise DecodingError(f"{text!r} cannot be read as a {expected}")
        return value

    # -- scope and look ------------------------------------------------------------------------------------------

    def look(self) -> tuple[str | None, dict[str, str | bool]]:
        scope: str | None = None
        look: dict[str, str | bool] = {}
        while self.at < len(self.tokens):
            name = self.take()
            if name in ("ROW", "CELLS"):
                scope = "row" if name == "ROW" else "cells"
            elif name in LOOK_KEYS and _is_word(self.peek()):
                first = self._word("a look needs words")
                last = self._word("a look needs words") if _is_word(self.peek()) else first
                if first <= last < len(self.view.words):
                    look[LOOK_KEYS[name]] = self.view.slice(first, last)
            elif name in ("BOLD", "ITALIC", "UNDERLINE", "STRIKE", "BORDER"):
                look[LOOK_KEYS[name]] = True
            else:
                raise DecodingError(f"{name} cannot stand after the rule")
        return scope, look


_CONSTANTS = {name: float(name[1:]) for name in RULES.tokens if name[0] == "#"}
_SLOTS = {name: (name[0], int(name[1:])) for name in RULES.tokens if name[0] in "cvw" and name[1:].isdigit()}


def _is_word(name: str) -> bool:
    return name in _SLOTS and name[0] == "w"
