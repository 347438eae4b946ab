"""encode -> decode: single cases, every hand-written request, and sequences that no encoder wrote."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.codec.decode import DecodingError, decode
from grammar.codec.encode import EncodingError, encode
from grammar.codec.view import make_view
from grammar.codec.vocabulary import RULES
from grammar.errors import GrammarError
from grammar.evaluate import evaluate
from grammar.parse import parse
from grammar.passes import simplify
from grammar.printer import show
from grammar.table import Table

TODAY = dt.date(2026, 6, 15)
REQUESTS = Path(__file__).parents[3] / "training" / "corpora" / "requests"
TABLE = Table.from_rows([
    ["Name", "Amount", "Due", "Done", "Sex", "Share"],
    ["Ann Lee", 5, "2026-06-12", True, "F", 0.5],
    ["Bob's", 4000, "2026-06-13", False, "M", 0.25],
    ["Cem", -7, None, True, "F", 0.1],
])  # fmt: skip


@pytest.mark.parametrize(
    ("utterance", "rule", "tokens"),
    [
        ("amount over 4000", "GreaterThan(c[1], 4000)", "GreaterThan c1 w2 w2"),
        ("over $4,000 in red", "GreaterThan(c[1], 4000)", "GreaterThan c1 w2 w2"),
        ("more than two thousand", "GreaterThan(c[1], 2000)", "GreaterThan c1 w2 w3"),
        ("female", 'TextEquals(c[4], "F")', "TextEquals c4 v0"),
        ("name is cem", 'TextEquals(c[0], "Cem")', "TextEquals c0 v0"),
        ('has "Lee" in it', 'TextContains(c[0], "Lee")', "TextContains c0 w2 w2"),
        ("due in the last two weeks", "GreaterThan(c[2], TODAY() - 14)", "GreaterThan c2 - TODAY() w4 w5"),
        ("due before 1 July", "LessThan(c[2], DATE(2026, 7, 1))", "LessThan c2 w2 w3"),
        ("due in Q3", "Between(c[2], DATE(2026, 7, 1), DATE(2026, 9, 30))", "Between c2 START w2 w3 FINISH w2 w3"),
        ("10% above name", "GreaterThan(c[1], c[5] * 1.1)", "GreaterThan c1 * c5 UP w0 w0"),
        ("lost more than 3", "LessThan(c[1], -3)", "LessThan c1 NEGATIVE w3 w3"),
        ("top five", "Top(c[1], 5)", "Top c1 w1 w1"),
        ("the best", "Top(c[1], 1)", "Top c1 #1"),
        ("done and overdue", "AND(Equals(c[3], TRUE), LessThan(c[2], TODAY()))", "AND Equals c3 TRUE LessThan c2 TODAY()"),
        ("not done, not blank", "AND(NOT(Equals(c[3], TRUE)), NOT(Blanks(c[2])))", "AND NOT Equals c3 TRUE NOT Blanks c2"),
        ("shade by amount", "ColorScale(c[1])", "ColorScale c1"),
        ("traffic lights", 'IconSet(c[1], "3TrafficLights1")', "IconSet c1 3TrafficLights1"),
        ("two deviations above", "AboveAverage(c[1], 2)", "AboveAverage c1 w0 w0"),
        ("above average", "AboveAverage(c[1])", "AboveAverage c1"),
        ("twice nothing", "GreaterThan(c[1], 5 / 0)", "GreaterThan c1 / #5 w1 w1"),
        ("this year", "Equals(YEAR(c[2]), 2026)", "Equals YEAR c2 YEAR+0"),
    ],
)
def test_tokens_and_back(utterance: str, rule: str, tokens: str) -> None:
    view = make_view(utterance, TABLE)
    assert encode(parse(rule), view, today=TODAY) == tokens.split()
    assert decode(tokens.split(), view, today=TODAY).rule == parse(rule)


def test_scope_and_look() -> None:
    view = make_view("whole row bold light red when blank", TABLE)
    tokens = encode(parse("Blanks(c[1])"), view, scope="row", look={"fill": "light red", "bold": True}, today=TODAY)
    assert tokens == ["Blanks", "c1", "ROW", "FILL", "w3", "w4", "BOLD"]
    read = decode([*tokens, "<pad>", "AND", "nonsense"], view, today=TODAY)
    assert (read.scope, read.look) == ("row", {"fill": "light red", "bold": True})


def test_abstention() -> None:
    view = make_view("make it nice", TABLE)
    assert encode(None, view, today=TODAY) == ["<abstain>"]
    assert decode(["<abstain>"], view, today=TODAY).rule is None


@pytest.mark.parametrize(
    "rule", ['TextEquals(c[0], "Zoe")', "GreaterThan(c[1], 1234)", "LessThan(c[2], DATE(2020, 1, 1))", 'Formula("=A1>1")']
)
def test_what_the_request_does_not_hold_cannot_be_encoded(rule: str) -> None:
    with pytest.raises(EncodingError):
        encode(parse(rule), make_view("hello", TABLE), today=TODAY)


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        ("", "ends too early"),
        ("GreaterThan c1", "ends too early"),
        ("GreaterThan c9 w0 w0", "no column in slot 9"),
        ("GreaterThan c1 w1 w0", "no span"),
        ("GreaterThan c1 w0 w60", "no span"),
        ("GreaterThan c1 w0 c1", "two words"),
        ("TextEquals c0 v11", "no value"),
        ("TextEquals v0 v0", "no value"),
        ("Top c1 TRUE", "must be a number"),
        ("Top c1 #2.5", "whole number"),
        ("DataBar c1 3Arrows", "do not go together"),
        ("c1 c1", "no predicate"),
        ("Blanks ROW", "no value"),
        ("Blanks c1 Blanks c1", "cannot stand after the rule"),
        ("GreaterThan c1 START w0 w0", "cannot be read"),
        ("nonsense", "no predicate"),
        ("NOT " * 80 + "Blanks c1", "too large"),
        ("GreaterThan " + "+ " * 500, "too large"),
    ],
)
def test_malformed_sequences(tokens: str, message: str) -> None:
    with pytest.raises(DecodingError, match=message):
        decode(tokens.split(), make_view("hello there", TABLE), today=TODAY)


HEADS = (
    "GreaterThan",
    "Between",
    "AND",
    "NOT",
    "TextEquals",
    "Top",
    "+",
    "UP",
    "START",
    "FILL",
    "w0",
    "w1",
    "w2",
    "c1",
    "c2",
    "v0",
    "#2",
)
sequences = st.lists(st.one_of(st.sampled_from(RULES.tokens), st.sampled_from(HEADS), st.text(max_size=4)), max_size=40)
VIEWS = [make_view(text, TABLE) for text in ("over 1e 999 bob's 12/13 ½ 🙂", "", "female due in two weeks 10% 31 June 2026")]


@given(sequences, st.sampled_from(VIEWS))
def test_no_sequence_makes_decode_crash(tokens: list[str], view: object) -> None:
    try:
        read = decode(tokens, view, today=TODAY)  # type: ignore[arg-type]  # one of the views above
    except DecodingError:
        return
    if read.rule is not None:
        assert show(read.rule)


def test_every_written_request() -> None:
    """Every 4th training request: 97 % can be encoded, and what is encoded comes back as the same rule or the same cells."""
    from training.corpus.requests import read_requests, training_files

    requests = read_requests(training_files())[::4]
    encoded, wrong = 0, []
    for request in requests:
        rule = None if request.rule is None else parse(request.rule)
        view = make_view(request.utterance, request.table)
        try:
            tokens = encode(rule, view, scope=request.scope, look=request.look, today=TODAY)
        except EncodingError:
            continue
        encoded += 1
        back = decode(tokens, view, today=TODAY)
        if back.scope != request.scope or not same(rule, back.rule, request.table):
            wrong.append((request.utterance, request.rule, tokens))
    assert not wrong, wrong[:5]
    assert len(requests) > 1000
    assert encoded / len(requests) >= 0.97, f"{encoded} of {len(requests)}"


def same(left: object, right: object, table: Table) -> bool:
    if left is None or right is None:
        return left is right
    if simplify(left) == simplify(right):  # type: ignore[arg-type]  # rules
        return True
    try:
        return bool((evaluate(left, table, today=TODAY) == evaluate(right, table, today=TODAY)).all())  # type: ignore[arg-type]  # rules
    except GrammarError:
        return False
