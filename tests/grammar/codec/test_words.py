"""Words with offsets, folding, stems and likeness."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.codec.words import EXACT, MAX_WORDS, NEAR, SHORT, STEM, fold, likeness, name_words, split_words


@pytest.mark.parametrize(
    ("utterance", "words"),
    [
        ("highlight profits over 4000", ["highlight", "profits", "over", "4000"]),
        ("over $1,200.50, please", ["over", "$", "1,200.50", ",", "please"]),
        ("1,20 is not one number", ["1", ",", "20", "is", "not", "one", "number"]),
        ("2k and Q3", ["2", "k", "and", "Q", "3"]),
        ("O'Neill's cases don’t count", ["O'Neill", "'s", "cases", "don’t", "count"]),
        ("A1:B2", ["A", "1", ":", "B", "2"]),
        ("größer als 5%", ["größer", "als", "5", "%"]),
        ("flag 🙂 in column_c", ["flag", "🙂", "in", "column", "_", "c"]),
        ("احمر اذا 5", ["احمر", "اذا", "5"]),
        ("12/06/2026", ["12", "/", "06", "/", "2026"]),
        ("   ", []),
        ("", []),
    ],
)
def test_words(utterance: str, words: list[str]) -> None:
    assert [word.text for word in split_words(utterance)] == words


@given(st.text(max_size=80))
def test_every_word_is_a_slice_and_nothing_but_space_is_left_out(utterance: str) -> None:
    words = split_words(utterance, 10_000)
    at, rest = 0, ""
    for word in words:
        assert utterance[word.start : word.end] == word.text
        assert word.start >= at
        rest += utterance[at : word.start]
        at = word.end
    assert not (rest + utterance[at:]).strip()


def test_at_most_the_limit() -> None:
    assert len(split_words("word " * 1000)) == MAX_WORDS
    assert len(split_words("word " * 1000, 3)) == 3


@given(st.text(min_size=1, max_size=10))
def test_a_folded_word_is_never_empty(text: str) -> None:
    assert fold(text)
    assert fold("\u0301") == "\u0301"  # an accent that stands alone


def test_fold() -> None:
    assert fold("ÉCOLE") == "ecole"
    assert fold("Straße") == "strasse"


def test_names_of_columns() -> None:
    assert name_words("UnitPrice_EUR (net)") == ("unit", "price", "eur", "net")
    assert name_words("Q3 2026") == ("q", "3", "2026")
    assert name_words("---") == ()


@pytest.mark.parametrize(
    ("left", "right", "how"),
    [
        ("profit", "profit", EXACT),
        ("profits", "profit", STEM),
        ("cancelled", "cancellations", STEM),
        ("overdue", "overdeu", NEAR),
        ("proft", "profit", NEAR),
        ("qty", "quantity", SHORT),
        ("dept", "department", SHORT),
        ("amt", "amount", SHORT),
        ("profit", "region", 0),
        ("cat", "dog", 0),
        ("5", "6", 0),
        ("4000", "4001", 0),
    ],
)
def test_likeness(left: str, right: str, how: int) -> None:
    assert likeness(left, right) == how
    assert likeness(right, left) == how
