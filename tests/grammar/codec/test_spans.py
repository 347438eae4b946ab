"""Spans read in their place: shared units, months and years, decades, turns of periods, units of headers, named signs."""

from __future__ import annotations

import datetime as dt

import pytest

from grammar.codec.decode import decode
from grammar.codec.encode import EncodingError, encode
from grammar.codec.ranges import decade, number_ends, share_suffix
from grammar.codec.signs import sign_named
from grammar.codec.turns import read_turn
from grammar.codec.units import convert, header_unit, read_coins
from grammar.codec.view import make_view
from grammar.parse import parse
from grammar.table import Table

TODAY = dt.date(2026, 6, 15)  # a Monday
TABLE = Table.from_rows([
    ["Name", "Amount", "Due", "duration_s", "Gross kg", "Queue h", "Cost (€)", "Rate", "Built", "Lead time (days)",
     "Alarm min"],
    ["Ann-Lee", 5, "2026-06-12", 1200, 25000, 1, 0.15, 0.1, 1961, 10, 5],
    ["Bob O'Hara", 40000, "2026-06-13", 30, 900, 2.5, 12, 0.2, 1975, 21, 12],
])  # fmt: skip
CASES = [
    ("amount between 2 and 3 grand", "Between(c[1], 2000, 3000)", "Between c1 w2 w2 w4 w5"),
    ("amount 20-30k", "Between(c[1], 20000, 30000)", "Between c1 w1 w1 w3 w4"),
    ("amount 25 to 30k", "Between(c[1], 25000, 30000)", "Between c1 w1 w1 w3 w4"),
    ("amount between forty and 150 thousand", "Between(c[1], 40000, 150000)", "Between c1 w2 w2 w4 w5"),
    ("amount 500 to 2k", "Between(c[1], 500, 2000)", "Between c1 w1 w1 w3 w4"),
    ("amount really 2 to 3k", "Between(c[1], 2, 3000)", "Between c1 START w2 w2 w4 w5"),
    ("rate ten to thirty-three percent", "Between(c[7], 10%, 33%)", "Between c7 w1 w1 w3 w6"),
    ("rate 60 to 67 %", "Between(c[7], 60%, 67%)", "Between c7 w1 w1 w3 w4"),
    ("rate 8 or 9 per cent", "OR(Equals(c[7], 8%), Equals(c[7], 9%))", "OR Equals c7 START w1 w5 Equals c7 w3 w5"),
    ("due between 7 and 13 June 2025", "Between(c[2], DATE(2025, 6, 7), DATE(2025, 6, 13))", "Between c2 w2 w2 w4 w6"),
    ("due 13-14 June", "Between(c[2], DATE(2026, 6, 13), DATE(2026, 6, 14))", "Between c2 w1 w1 w3 w4"),
    ("due 12, 13 or 14 June", "Equals(c[2], DATE(2026, 6, 12))", "Equals c2 w1 w1"),
    ("due June 12 and 14", "Equals(c[2], DATE(2026, 6, 14))", "Equals c2 w4 w4"),
    ("due Sep to Nov 2025", "Between(c[2], DATE(2025, 9, 1), DATE(2025, 11, 30))", "Between c2 START w1 w1 FINISH w3 w4"),
    ("due Nov to Feb 2026", "Between(c[2], DATE(2025, 11, 1), DATE(2026, 2, 28))", "Between c2 START w1 w1 FINISH w3 w4"),
    ("due in the seventies", "Between(YEAR(c[2]), 1970, 1979)", "Between YEAR c2 START w3 w3 FINISH w3 w3"),
    ("built in the 80s", "Between(c[8], 1980, 1989)", "Between c8 START w3 w4 FINISH w3 w4"),
    ("amount in the 140s", "Between(c[1], 140, 149)", "Between c1 START w3 w4 FINISH w3 w4"),
    ("amount 4xx", "Between(c[1], 400, 499)", "Between c1 START w1 w2 FINISH w1 w2"),
    ("built in the sixties or seventies", "Between(c[8], 1960, 1979)", "Between c8 START w3 w3 FINISH w5 w5"),
    ("due 2025 or before", "LessThan(c[2], DATE(2026, 1, 1))", "LessThan c2 w1 w3"),
    ("due in May or earlier", "LessThan(c[2], DATE(2026, 6, 1))", "LessThan c2 w2 w4"),
    ("due 2025 or before", "LessThanEqual(c[2], DATE(2025, 12, 31))", "LessThanEqual c2 FINISH w1 w1"),
    ("due by the end of the month", "LessThanEqual(c[2], DATE(2026, 6, 30))", "LessThanEqual c2 w3 w6"),
    ("not since new year", "LessThan(c[2], DATE(2026, 1, 1))", "LessThan c2 w2 w3"),
    ("due last weekend", "Between(c[2], DATE(2026, 6, 13), DATE(2026, 6, 14))", "Between c2 START w1 w2 FINISH w1 w2"),
    ("longer than 20 minutes", "GreaterThan(c[3], 1200)", "GreaterThan c3 w2 w3"),
    ("over 25 tonnes", "GreaterThan(c[4], 25000)", "GreaterThan c4 w1 w2"),
    ("between 15 and 22 tonnes", "Between(c[4], 15000, 22000)", "Between c4 w1 w1 w3 w4"),
    ("queue over half an hour", "GreaterThan(c[10], 30)", "GreaterThan c10 w2 w4"),
    ("two days in the queue", "GreaterThan(c[5], 48)", "GreaterThan c5 w0 w1"),
    ("10 weeks", "Equals(c[9], 70)", "Equals c9 w0 w1"),
    ("over 20 minutes", "GreaterThan(c[3], 20)", "GreaterThan c3 w1 w1"),
    ("at least 15 cents", "GreaterThanEqual(c[6], 0.15)", "GreaterThanEqual c6 w2 w3"),
    ("over 65", "LessThan(c[2], TODAY() - 65 * 365)", "LessThan c2 - TODAY() * w1 w1 #365"),
    ("with a hyphen", 'TextContains(c[0], "-")', "TextContains c0 w2 w2"),
    ("ends in a question mark", 'EndsWith(c[0], "?")', "EndsWith c0 w3 w4"),
    ("no space", 'NOT(TextContains(c[0], " "))', "NOT TextContains c0 w1 w1"),
    ("has ' in it", 'TextContains(c[0], "\'")', "TextContains c0 w1 w1"),
]  # fmt: skip


@pytest.mark.parametrize(("utterance", "rule", "tokens"), CASES)
def test_tokens_and_back(utterance: str, rule: str, tokens: str) -> None:
    view = make_view(utterance, TABLE)
    assert " ".join(encode(parse(rule), view, today=TODAY)) == tokens
    assert decode(tokens.split(), view, today=TODAY).rule == parse(rule)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("end of March", "2026-03-31 2026-04-01"),
        ("month end", "2026-06-30 2026-07-01"),
        ("end of this month", "2026-06-30 2026-07-01"),
        ("the month is out", "2026-06-30 2026-07-01"),
        ("end of the year", "2026-12-31 2027-01-01"),
        ("year end", "2026-12-31 2027-01-01"),
        ("new year's eve", "2025-12-31 2026-12-31"),
        ("the new year", "2026-01-01 2027-01-01"),
        ("Christmas day", "2025-12-25 2026-12-25"),
        ("christmas day 2016", "2016-12-25 2016-12-25"),
        ("last saturday", "2026-06-13 2026-06-13"),
        ("last Sunday", "2026-06-14 2026-06-14"),
        ("last Monday", "2026-06-08 2026-06-08"),
        ("weekend just gone", "2026-06-13 2026-06-14"),
        ("this quarter", "2026-04-01 2026-06-30"),
        ("next year", "2027-01-01 2027-12-31"),
        ("last month", "2026-05-01 2026-05-31"),
        ("Q3 of last year", "2025-07-01 2025-09-30"),
        ("2027 or later", "2026-12-31 2026-12-31"),
        ("mid-May 2026", "2026-05-15 2026-05-15"),
        ("the eighties", "1980-01-01 1989-12-31"),
    ],
)
def test_turns(text: str, days: str) -> None:
    read = read_turn(text, TODAY)
    assert read is not None
    assert " ".join(str(day) for day in read) == days


@pytest.mark.parametrize(
    "text", ["", "hello", "end of story", "the end", "last straw", "2025", "June", "9999 or earlier", "week end"]
)
def test_what_is_no_turn(text: str) -> None:
    assert read_turn(text, TODAY) is None


@pytest.mark.parametrize(
    ("text", "years", "ends"),
    [
        ("the seventies", True, (1970, 1979)),
        ("the seventies", False, (70, 79)),
        ("1980s", False, (1980, 1989)),
        ("80s", False, (80, 89)),
        ("2010s", True, (2010, 2019)),
        ("1900s", True, (1900, 1999)),
        ("2000s", True, (2000, 2009)),
        ("noughties", True, (2000, 2009)),
        ("200s", False, (200, 299)),
        ("the 140s", False, (140, 149)),
        ("37s", False, (37, 37)),
        ("4xx", False, (400, 499)),
        ("teens", False, (13, 19)),
        ("0s", False, None),
        ("seven", False, None),
        ("80", True, None),
    ],
)
def test_decades(text: str, years: bool, ends: tuple[int, int] | None) -> None:
    assert decade(text, years) == ends


def test_a_unit_is_shared_only_by_a_smaller_bare_number() -> None:
    assert share_suffix("2", "3 grand") == "2 grand"
    assert share_suffix("20%", "30%") is None
    assert share_suffix("500", "2k") is None
    assert share_suffix("name", "2k") is None
    assert number_ends("20 to 30k", False) == (20000, 30000, False)
    assert number_ends("20 to 30", False) is None


@pytest.mark.parametrize(
    ("text", "header", "value"),
    [
        ("20 minutes", "duration_s", 1200),
        ("half an hour", "Lost min", 30),
        ("1.5 km", "Trip (m)", 1500),
        ("three weeks", "Days", 21),
        ("500 ml", "Volume l", 0.5),
        ("20 minutes", "Duration", None),
        ("20 minutes", "Gross kg", None),
        ("20", "Gross kg", None),
        ("minutes", "duration_s", None),
    ],
)
def test_conversion_to_the_unit_of_the_header(text: str, header: str, value: float | None) -> None:
    assert convert(text, header) == value


def test_headers_without_a_unit_of_their_own() -> None:
    assert header_unit("Hb g/L") is None
    assert header_unit("Teams") is None
    assert header_unit("Weight (kg)") == ("mass", 1000)


def test_coins_and_signs() -> None:
    assert read_coins("50p") == 0.5
    assert read_coins("50") is None
    assert sign_named("Question marks") == "?"
    assert sign_named("mark") is None


def test_a_sign_named_in_a_cell_is_the_word() -> None:
    table = Table.from_rows([["Item"], ["dash cam"], ["lamp"]])
    view = make_view("has a dash", table)
    assert decode(["TextContains", "c0", "w2", "w2"], view, today=TODAY).rule == parse('TextContains(c[0], "dash")')
    with pytest.raises(EncodingError):
        encode(parse('TextContains(c[0], "-")'), view, today=TODAY)
