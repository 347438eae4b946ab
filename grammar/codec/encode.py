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
from grammar.codec.literal_types import Expected, expected_beside, operand_expected, read_literal, read_span
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
        self.slots = {index: slot for slot, index in enumerate(view.columns)}
        count = len(view.words)
        self.spans = [(a, a + length) for length in range(min(MAX_SPAN, count)) for a in range(count - length)]

    # -- rules ---------------------------------------------------------------------------------------------------

    def rule(self, rule: n.Rule) -> list[str]:
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
                return [name, *self.value(left, Expected.NUMBER), *self.value(right, beside, left)]
            case n.Between(name, value, low, high):
                beside = expected_beside(value, self.view.table)
                return [
                    name,
                    *self.value(value, Expected.NUMBER),
                    *self.value(low, beside, value),
                    *self.value(high, beside, value),
                ]
            case n.TextTest(name, value, text):
                return [name, *self.value(value, Expected.TEXT), *self.text(name, text, value)]
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
                return self.number(number, expected)
            case n.Date():
                return self.date(folded)
            case n.Text():
                return self.text("Equals", folded, beside, expected)
            case n.Call(name, argument):
                return [name, *self.value(argument, Expected.NUMBER)]
            case n.Arithmetic(operator, left, right):
                operand = operand_expected(left, operator, self.view.table)
                return [operator, *self.value(left, Expected.NUMBER), *self.value(right, operand)]
            case _:
                raise EncodingError(f"{type(value).__name__} has no tokens")

    def number(self, number: float, expected: Expected) -> list[str]:
        span = self._number_span(number, expected)
        if span:
            return span
        for modifier in ("UP", "DOWN", "NEGATIVE"):
            span = self._number_span(number, expected, modifier)
            if span and number not in (1, 2):
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
            return _same_number(read_span(self.view.slice(a, b), expected, self.today, modifier), wanted)

        return self._find(same)

    def date(self, date: n.Date) -> list[str]:
        for modifier in (None, "START", "FINISH"):

            def same(a: int, b: int, modifier: str | None = modifier) -> bool:
                text = self.view.slice(a, b)
                if modifier is None and _is_period(text, self.today):
                    return False
                return read_literal(text, Expected.DATE, self.today, modifier) == date

            span = self._find(same, longest=True)
            if span:
                return [modifier, *span] if modifier else span
        raise EncodingError(f"the day {date} is not in the utterance")

    def text(self, name: str, text: n.Value, beside: n.Value | None, expected: Expected = Expected.TEXT) -> list[str]:
        if not isinstance(text, n.Text):
            return self.value(text, Expected.TEXT)
        folded = text.value.casefold()
        slot = self.slots.get(beside.index) if isinstance(beside, n.Column) else None
        nodes = [v for v in self.view.values if v.column == slot and v.text.casefold() == folded]
        if nodes and name in ("TextEquals", "Equals", "NotEquals") and nodes[0].whole:
            return [f"v{nodes[0].slot}"]
        span = self._find(lambda a, b: read_span(self.view.slice(a, b), expected, self.today) == text)
        span = span or self._find(lambda a, b: _folded_text(read_span(self.view.slice(a, b), expected, self.today)) == folded)
        if span:
            return span
        if nodes:
            return [f"v{nodes[0].slot}"]
        raise EncodingError(f"the text {text.value!r} is neither in the utterance nor among the values shown")

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


def _is_period(text: str, today: dt.date) -> bool:
    first = read_literal(text, Expected.DATE, today, "START")
    return first != read_literal(text, Expected.DATE, today, "FINISH")


def _fold_constants(value: n.Value) -> n.Value:
    """`2 * 365` -> 730."""
    if isinstance(value, n.Arithmetic):
        left, right = _fold_constants(value.left), _fold_constants(value.right)
        if isinstance(left, n.Number) and isinstance(right, n.Number) and (right.value or value.operator != "/"):
            return n.Number(round(_FOLD[value.operator](left.value, right.value), 12))
        return n.Arithmetic(value.operator, left, right)
    return value
