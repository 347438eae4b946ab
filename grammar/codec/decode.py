"""Output tokens -> (rule, scope, look words): the words are filled back in and read as the place asks for.

The token sequence comes from a model and may be nonsense; whatever cannot be read raises `DecodingError`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from grammar import nodes as n
from grammar.codec.literal_types import Expected, expected_beside, operand_expected, read_literal
from grammar.codec.view import View
from grammar.codec.vocabulary import ABSTAIN, ICON_STYLES, LOOK_KEYS, MODIFIERS, PAD, YEARS
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
        self.column: int | None = None
        self.read_nodes = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else PAD

    def take(self) -> str:
        token = self.peek()
        if token == PAD:
            raise DecodingError("the sequence ends too early")
        self.at += 1
        return token

    def top(self) -> n.Rule | None:
        if self.peek() == ABSTAIN:
            self.take()
            return None
        return self.rule()

    # -- rules ---------------------------------------------------------------------------------------------------

    def rule(self) -> n.Rule:
        self.read_nodes += 1
        if self.read_nodes > MAX_NODES:
            raise DecodingError("the rule is too large")
        name = self.take()
        if name in ("AND", "OR"):
            left, right = self.rule(), self.rule()
            kind = n.And if name == "AND" else n.Or
            tail = right.items if isinstance(right, kind) else (right,)
            return kind((left, *tail))
        if name == "NOT":
            return n.Not(self.rule())
        if name in n.COMPARISONS:
            left = self.value(Expected.NUMBER)
            return n.Compare(name, left, self.value(expected_beside(left, self.view.table)))
        if name in n.RANGES:
            value = self.value(Expected.NUMBER)
            beside = expected_beside(value, self.view.table)
            return n.Between(name, value, self.value(beside), self.value(beside))
        if name in n.TEXT_TESTS:
            return n.TextTest(name, self.value(Expected.TEXT), self.value(Expected.TEXT))
        return self._simple(name)

    def _simple(self, name: str) -> n.Rule:
        if name in n.STATES:
            return n.State(name, self.value(Expected.NUMBER))
        if name in n.PERIODS:
            return n.Period(name, self.value(Expected.NUMBER))
        if name in n.RANKS:
            return n.Rank(name, self.value(Expected.NUMBER), self.whole())
        if name in n.AVERAGES:
            value = self.value(Expected.NUMBER)
            more = self.peek()[0] == "#" or self._is_word(self.peek())
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
        self.read_nodes += 1
        token = self.take()
        if token[0] == "c" and token[1:].isdigit():
            return self._column(int(token[1:]))
        if self._is_word(token):
            return self._span(token, expected, None)
        if token[0] == "v" and token[1:].isdigit():
            return self._value_of_column(int(token[1:]), expected)
        if token[0] == "#":
            return n.Number(float(token[1:]))
        if token in YEARS:
            return n.Number(float(self.today.year + YEARS[token]))
        if token in MODIFIERS:
            return self._span(self.take(), expected, token)
        if token == "TODAY()":
            return n.TodayValue()
        if token in ("TRUE", "FALSE"):
            return n.Bool(token == "TRUE")
        if token in n.FUNCTIONS:
            return n.Call(token, self.value(Expected.NUMBER))
        if token in n.OPERATORS:
            left = self.value(Expected.NUMBER)
            return n.Arithmetic(token, left, self.value(operand_expected(left, token, self.view.table)))
        raise DecodingError(f"{token} is no value")

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

    def _span(self, first: str, expected: Expected, modifier: str | None) -> n.Value:
        if not (self._is_word(first) and self._is_word(self.peek())):
            raise DecodingError("a span needs two words")
        a, b = int(first[1:]), int(self.take()[1:])
        if not a <= b < len(self.view.words):
            raise DecodingError(f"there is no span from word {a} to word {b}")
        text = self.view.slice(a, b)
        readings = (expected, Expected.NUMBER, Expected.TEXT) if modifier is None else (expected,)
        for reading in readings:
            value = read_literal(text, reading, self.today, modifier)
            if value is not None:
                return value
        raise DecodingError(f"{text!r} cannot be read as a {expected}")

    @staticmethod
    def _is_word(token: str) -> bool:
        return token[0] == "w" and token[1:].isdigit()

    # -- scope and look ------------------------------------------------------------------------------------------

    def look(self) -> tuple[str | None, dict[str, str | bool]]:
        scope: str | None = None
        look: dict[str, str | bool] = {}
        while self.at < len(self.tokens):
            token = self.take()
            if token in ("ROW", "CELLS"):
                scope = "row" if token == "ROW" else "cells"
            elif token in LOOK_KEYS and self._is_word(self.peek()):
                a = int(self.take()[1:])
                b = int(self.take()[1:]) if self._is_word(self.peek()) else a
                if a <= b < len(self.view.words):
                    look[LOOK_KEYS[token]] = self.view.slice(a, b)
            elif token in ("BOLD", "ITALIC", "UNDERLINE", "STRIKE", "BORDER"):
                look[LOOK_KEYS[token]] = True
            else:
                raise DecodingError(f"{token} cannot stand after the rule")
        return scope, look
