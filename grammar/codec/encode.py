"""(rule, scope, look words) -> output tokens, for training. The inverse is `decode`.

A literal becomes, in this order of preference: a value of its column (text equality), a span of the utterance, a value, a
constant token. A rule that needs a literal which none of these gives raises `EncodingError`: the pair cannot be learnt.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from operator import add, mul, sub, truediv

from rapidfuzz import fuzz

from grammar import nodes as n
from grammar.codec.literal_types import Expected, expected_beside, operand_expected, read_span
from grammar.codec.literals import read_period
from grammar.codec.signs import LONGEST, PUNCTUATION, sign_named
from grammar.codec.spans import NOWHERE, SIGN_TESTS, Place, SpanReader, span_of
from grammar.codec.turns import names_period
from grammar.codec.view import Link, View
from grammar.codec.vocabulary import ABSTAIN, LOOK_KEYS, RULES, YEARS
from grammar.errors import GrammarError

MAX_SPAN = 9


class EncodingError(GrammarError):
    """The rule cannot be said with the words, columns and values of the view."""


def encode(
    rule: n.Rule | None, view: View, *, scope: str | None = None, look: Mapping[str, object] | None = None, today: dt.date
) -> list[str]:
    """Token texts of the rule (None: abstain), then scope, then the look."""
    encoder = Encoder(view, today)
    tokens = [ABSTAIN] if rule is None else encoder.rule(rule)
    return tokens + ([{"row": "ROW", "cells": "CELLS"}[scope]] if scope else []) + encoder.look(look or {})


class Encoder:
    """Walks a rule and a look; `number`, `date` and `text` say where literals come from (pre-training puts others there)."""

    def __init__(self, view: View, today: dt.date) -> None:
        self.view = view
        self.today = today
        self.reader = SpanReader(view, today)
        self.place = NOWHERE
        self.slots = {index: slot for slot, index in enumerate(view.columns)}
        count = len(view.words)
        self.spans = [(a, a + length) for length in range(min(MAX_SPAN, count)) for a in range(count - length)]

    # -- rules ---------------------------------------------------------------------------------------------------

    def rule(self, rule: n.Rule) -> list[str]:
        self.place = NOWHERE
        match rule:
            case n.And(items) | n.Or(items):
                name = "AND" if isinstance(rule, n.And) else "OR"
                tokens = self.rule(items[-1])
                for item in reversed(items[:-1]):
                    tokens = [name, *self.rule(item), *tokens]
                return tokens
            case n.Not(item):
                return ["NOT", *self.rule(item)]
            case n.Compare(name, left, right):
                beside = expected_beside(left, self.view.table)
                head = [name, *self.value(left, Expected.NUMBER)]
                self.place = Place(left)
                return [*head, *self.value(right, beside, left)]
            case n.Between(name, value, low, high):
                head = [name, *self.value(value, Expected.NUMBER)]
                self.place = Place(value)
                return [*head, *self._ends(low, high, value)]
            case n.TextTest(name, value, text):
                head = [name, *self.value(value, Expected.TEXT)]
                self.place = Place(value, name)
                return [*head, *self.text(name, text, value)]
            case n.State(name, value) | n.Period(name, value):
                return [name, *self.value(value, Expected.NUMBER)]
            case n.Rank(name, value, count):
                return [name, *self.value(value, Expected.NUMBER), *self.number(float(count), Expected.NUMBER)]
            case n.Average(name, value, deviations):
                tail = self.number(float(deviations), Expected.NUMBER) if deviations else []
                return [name, *self.value(value, Expected.NUMBER), *tail]
            case n.Visual(name, value, style):
                if style is not None and style not in RULES.ids:
                    raise EncodingError(f"no token for the style {style}")
                return [name, *self.value(value, Expected.NUMBER), *([style] if style else [])]
            case _:
                raise EncodingError(f"{type(rule).__name__} has no tokens")

    def _ends(self, low: n.Value, high: n.Value, beside: n.Value) -> list[str]:
        """The two ends of a range; a low end that takes its unit from the high end is said without it (`20` of `20-30k`)."""
        expected = expected_beside(beside, self.view.table)
        last = self.value(high, expected, beside)
        high_span = span_of(last)
        decade = span_of(last[1:]) if last[0] == "FINISH" and expected is Expected.NUMBER else None
        if decade and self.reader.read(*decade, expected, "START", self.place) == low:
            return ["START", *last[1:], *last]
        try:
            first = self.value(low, expected, beside)
        except EncodingError:
            shared = self._shared_low(low, high_span, expected)
            if shared is None:
                raise
            return [*shared, *last]
        low_span = span_of(first)
        if low_span is None:
            first = self._shared_low(low, high_span, expected) or first
        elif high_span and self.reader.shared_low(low_span, high_span, expected, self.place) is not None:
            first = ["START", *first]  # as it is written
        return [*first, *last]

    def _shared_low(self, low: n.Value, high: tuple[int, int] | None, expected: Expected) -> list[str] | None:
        folded = _fold_constants(low)
        if high is None or not isinstance(folded, n.Number):
            return None
        return self._find(lambda a, b: _same_number(self.reader.shared_low((a, b), high, expected, self.place), folded))

    # -- values --------------------------------------------------------------------------------------------------

    def value(self, value: n.Value, expected: Expected, beside: n.Value | None = None) -> list[str]:
        folded = _fold_constants(value)
        match folded:
            case n.Column(index):
                if index not in self.slots:
                    raise EncodingError(f"column {index} is not shown")
                return [f"c{self.slots[index]}"]
            case n.TodayValue():
                return ["TODAY()"]
            case n.Bool(flag):
                return ["TRUE" if flag else "FALSE"]
            case n.Number(number):
                return self._product(value, number, expected)
            case n.Date():
                return self.date(folded)
            case n.Text():
                return self.text("Equals", folded, beside, expected)
            case n.Call(name, argument):
                return [name, *self.value(argument, Expected.NUMBER)]
            case n.Arithmetic(operator, left, right):
                operand = operand_expected(left, operator, self.view.table)
                if isinstance(value, n.Arithmetic):  # as it was written: a part may be sayable in no other way
                    left, right = value.left, value.right
                return [operator, *self.value(left, Expected.NUMBER), *self.value(right, operand)]
            case _:
                raise EncodingError(f"{type(value).__name__} has no tokens")

    def _product(self, value: n.Value, number: float, expected: Expected) -> list[str]:
        """A number, or the arithmetic it was written as (`65 * 365` of `over 65`) when only its parts can be said."""
        try:
            return self.number(number, expected)
        except EncodingError:
            if not isinstance(value, n.Arithmetic):
                raise
            return [value.operator, *self.value(value.left, Expected.NUMBER), *self.value(value.right, Expected.NUMBER)]

    def number(self, number: float, expected: Expected) -> list[str]:
        span = self._number_span(number, expected)
        if span:
            return span
        for modifier in ("UP", "DOWN", "NEGATIVE"):
            span = self._number_span(number, expected, modifier)
            if span and number not in (1, 2):
                return [modifier, *span]
        for modifier in ("START", "FINISH"):
            span = self._number_span(number, expected, modifier)
            if span:
                return [modifier, *span]
        for year, offset in YEARS.items():
            if number == self.today.year + offset:
                return [year]
        constant = f"#{number:g}"
        if constant in RULES.ids:
            return [constant]
        raise EncodingError(f"the number {number:g} is not in the utterance")

    def _number_span(self, number: float, expected: Expected, modifier: str | None = None) -> list[str] | None:
        wanted = n.Number(number)

        def same(a: int, b: int) -> bool:
            if expected is Expected.NUMBER:
                return _same_number(self.reader.number(self.view.slice(a, b), modifier, self.place.beside), wanted)
            return _same_number(read_span(self.view.slice(a, b), expected, self.today, modifier), wanted)

        return self._find(same)

    def date(self, date: n.Date) -> list[str]:
        for turns in (False, True):  # days that are named first
            for modifier in (None, "START", "FINISH"):
                span = self._date_span(date, modifier, turns)
                if span:
                    return [modifier, *span] if modifier else span
        raise EncodingError(f"the day {date} is not in the utterance")

    def _date_span(self, date: n.Date, modifier: str | None, turns: bool) -> list[str] | None:
        def same(a: int, b: int) -> bool:
            text = self.view.slice(a, b)
            if not turns:
                period = read_period(text, self.today)
                if period is None or (modifier is None and period[0] != period[1]):
                    return False
            elif modifier is None and names_period(text, self.today):
                return False
            return self.reader.day(a, b, modifier) == date

        return self._find(same, longest=not turns)

    def text(self, name: str, text: n.Value, beside: n.Value | None, expected: Expected = Expected.TEXT) -> list[str]:
        if not isinstance(text, n.Text):
            return self.value(text, Expected.TEXT)
        folded = text.value.casefold()
        slot = self.slots.get(beside.index) if isinstance(beside, n.Column) else None
        nodes = [v for v in self.view.values if v.column == slot and v.text.casefold() == folded]
        if nodes and name in ("TextEquals", "Equals", "NotEquals") and nodes[0].whole:
            return [f"v{nodes[0].slot}"]
        sign = self._sign(name, text.value)
        span = sign if text.value in PUNCTUATION else None
        span = span or self._find(lambda a, b: self._text_at(a, b, expected) == text) or sign
        span = span or self._find(lambda a, b: _folded_text(self._text_at(a, b, expected)) == folded)
        if span:
            return span
        if nodes:
            return [f"v{nodes[0].slot}"]
        raise EncodingError(f"the text {text.value!r} is neither in the utterance nor among the values shown")

    def _text_at(self, first: int, last: int, expected: Expected) -> n.Value | None:
        return self.reader.read(first, last, expected, None, self.place)

    def _sign(self, name: str, sign: str) -> list[str] | None:
        if name not in SIGN_TESTS or len(sign) != 1 or sign.isalnum():
            return None

        def same(a: int, b: int) -> bool:
            text = self.view.slice(a, b)
            return b - a < LONGEST and sign_named(text) == sign and self.reader.sign(text, self.place.beside) == sign

        return self._find(same)

    def look(self, look: Mapping[str, object]) -> list[str]:
        tokens: list[str] = []
        for token, key in LOOK_KEYS.items():
            wanted = look.get(key)
            if not wanted:
                continue
            if wanted is True:
                tokens.append(token)
                continue
            span = self._colour(str(wanted).casefold())
            if span:
                tokens += [token, *span]
        return tokens

    def _colour(self, wanted: str) -> list[str] | None:
        span = self._find(lambda a, b: self.view.slice(a, b).casefold() == wanted)
        if span:
            return span
        near = [
            (fuzz.ratio(self.view.slice(a, b).casefold(), wanted), -a, a, b)
            for a, b in self.spans
            if b - a <= wanted.count(" ")
        ]
        best = max(near, default=(0, 0, 0, 0))
        return [f"w{best[2]}", f"w{best[3]}"] if best[0] >= 75 else None

    def _find(self, same: Callable[[int, int], bool], longest: bool = False) -> list[str] | None:
        found = [(a, b) for a, b in (reversed(self.spans) if longest else self.spans) if same(a, b)]
        if not found:
            return None
        length = found[0][1] - found[0][0]
        alike = [(a, b) for a, b in found if b - a == length]
        free = [(a, b) for a, b in alike if not self._is_header(a, b)]
        first, last = min(free or alike)
        return [f"w{first}", f"w{last}"]

    def _is_header(self, first: int, last: int) -> bool:
        count_w = len(self.view.words)
        block = self.view.links[first : last + 1, count_w : count_w + len(self.view.columns)]
        return bool((block == Link.HEADER_FULL).all(axis=0).any())


_FOLD: dict[str, Callable[[float, float], float]] = {"+": add, "-": sub, "*": mul, "/": truediv}


def _same_number(read: n.Value | None, wanted: n.Number) -> bool:
    return isinstance(read, n.Number) and abs(read.value - wanted.value) <= 1e-9 * max(1.0, abs(wanted.value))


def _folded_text(read: n.Value | None) -> str | None:
    return read.value.casefold() if isinstance(read, n.Text) else None


def _fold_constants(value: n.Value) -> n.Value:
    """`2 * 365` -> 730."""
    if isinstance(value, n.Arithmetic):
        left, right = _fold_constants(value.left), _fold_constants(value.right)
        if isinstance(left, n.Number) and isinstance(right, n.Number) and (right.value or value.operator != "/"):
            return n.Number(round(_FOLD[value.operator](left.value, right.value), 12))
        return n.Arithmetic(value.operator, left, right)
    return value
