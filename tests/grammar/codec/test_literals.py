"""What slices of utterances say: a case file, and readers that never raise."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar import nodes as n
from grammar.codec.literal_types import Expected, read_literal
from grammar.codec.literals import read_days, read_month, read_number, read_period, read_weekday
from tests.grammar.cases.load import pairs

TODAY = dt.date(2026, 6, 15)
CASES = pairs("literals.txt")
MODIFIERS = {"up": "UP", "down": "DOWN", "negative": "NEGATIVE", "start": "START", "finish": "FINISH"}


def said(kind: str, text: str) -> str:
    match kind:
        case "number" | "percent":
            read = read_number(text)
            return "none" if read is None or read[1] != (kind == "percent") else f"{read[0]:.15g}"
        case "period":
            period = read_period(text, TODAY)
            return "none" if period is None else f"{period[0]}..{period[1]}"
        case "text" | "days" | "month" | "weekday":
            return plain(read_literal(text, Expected(kind), TODAY))
        case "start" | "finish":
            return plain(read_literal(text, Expected.DATE, TODAY, MODIFIERS[kind]))
        case _:
            return plain(read_literal(text, Expected.NUMBER, TODAY, MODIFIERS[kind]))


def plain(value: n.Value | None) -> str:
    match value:
        case None:
            return "none"
        case n.Date(year, month, day):
            return f"{year}-{month:02}-{day:02}"
        case n.Number(number):
            return f"{number:.15g}"
        case n.Text(text):
            return text
        case _:
            return repr(value)


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 150


@pytest.mark.parametrize(("left", "expected"), CASES)
def test_cases(left: str, expected: str) -> None:
    kind, _, text = left.partition(" | ")
    assert said(kind, text) == expected


pieces = st.sampled_from((
    "1e", "999", "12", "-", "−", "%", "k", "million", "June", "the", "th", "/", ".", ",", "'", "½", "٣", "²", "Ⅷ", "half",
    "two", "and", "days", "week", "Q", "4", "2026", "31", " ", " ", "\u0301", "🙂", "مرحبا", "point", "hundred",
))  # fmt: skip
texts = st.one_of(st.text(max_size=20), st.lists(pieces, max_size=8).map("".join))


@given(texts)
def test_no_text_makes_a_reader_raise(text: str) -> None:
    read_days(text)
    read_month(text)
    read_weekday(text)
    read_period(text, TODAY)
    number = read_number(text)
    assert number is None or abs(number[0]) < float("inf")
    for expected in Expected:
        for modifier in (None, *MODIFIERS.values()):
            read_literal(text, expected, TODAY, modifier)
