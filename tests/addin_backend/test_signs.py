"""What speaks for and against a reading."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from addin_backend.signs import NAMES, Reading, signs
from grammar.codec.encode import encode
from grammar.codec.view import make_view
from grammar.evaluate import evaluate
from grammar.parse import parse
from grammar.table import Table

TODAY = dt.date(2026, 6, 15)
TABLE = Table.from_rows([
    ["Invoice", "Client", "Amount", "Status"],
    ["F-1", "Borealis", 1200, "Paid"], ["F-2", "Acme", 300, "Open"],
    ["F-3", "Borealis", 90, "Open"], ["F-4", "Zeta", 4000, "Paid"],
])  # fmt: skip


def reading(utterance: str, rule: str, probability: float = 0.5) -> Reading:
    parsed = parse(rule)
    tokens = encode(parsed, make_view(utterance, TABLE), scope=None, look={}, today=TODAY)
    return Reading(parsed, probability, -0.1, 0.5, tuple(tokens), evaluate(parsed, TABLE, today=TODAY), ordered_text=False)


def of(utterance: str, *rules: str, abstention: float = 0.0) -> list[dict[str, float]]:
    found = signs(make_view(utterance, TABLE), [reading(utterance, rule) for rule in rules], abstention)
    assert found.shape == (len(rules), len(NAMES))
    return [dict(zip(NAMES, row.tolist(), strict=True)) for row in found]


BOTH = 'AND(TextEquals(c[1], "Borealis"), GreaterThan(c[2], 100))'


def test_words_that_a_reading_leaves_unused_are_counted():
    whole, half, other = of("borealis with an amount over 100", BOTH, 'TextEquals(c[1], "Borealis")', "GreaterThan(c[2], 100)")
    assert (whole["unused_numbers"], whole["unused_values"], whole["unused_words"]) == (0, 0, pytest.approx(1 / 4))
    assert (half["unused_numbers"], half["unused_headers"]) == (1, 1)
    assert (other["unused_values"], other["named_columns"]) == (1, 1)
    assert (whole["conditions"], half["conditions"]) == (2, 1)


def test_a_column_that_no_word_speaks_of():
    named, unnamed = of("amount over 100", "GreaterThan(c[2], 100)", "GreaterThan(LEN(c[0]), 100)")
    assert (named["unlinked_columns"], unnamed["unlinked_columns"]) == (0, 1)


def test_what_is_coloured():
    some, none, everything = of("amount over 100", "GreaterThan(c[2], 100)", "LessThan(c[2], 0)", "GreaterThan(c[2], 0)")
    assert (some["nothing"], some["everything"], some["share"]) == (0, 0, 0.75)
    assert none["nothing"] == everything["everything"] == 1


def test_support_by_other_readings():
    first, second, third = of("amount over 100", "GreaterThan(c[2], 100)", "GreaterThanEqual(c[2], 100)", "Duplicates(c[1])")
    assert first["same_target"] == pytest.approx(2 / 3)
    assert first["mask_agreement"] > third["mask_agreement"]
    assert second["same_columns"] == pytest.approx(2 / 3)


def test_a_column_compared_with_itself():
    odd, average = of("amount over 1.1 average", "GreaterThan(c[2], c[2] * 1.1)", "GreaterThan(c[2], AVERAGE(c[2]))")
    assert (odd["compares_itself"], average["compares_itself"]) == (1, 0)


def test_a_likelier_abstention_is_what_a_reading_is_behind():
    (only,) = of("amount over 100", "GreaterThan(c[2], 100)", abstention=0.75)
    assert only["behind_best"] == pytest.approx(np.log(0.5 / 0.75))


def test_no_reading_at_all():
    assert of("hello", abstention=0.9) == []
