"""The likeliest sequences without a grammar, and the candidates read out of them."""

from __future__ import annotations

import numpy as np
import pytest

from grammar.codec.automaton import START, Automaton
from grammar.codec.code.pieces import FIRST_PIECE, CodePieces
from grammar.codec.code.reading import read_candidates
from grammar.codec.code.search import best_sequences
from grammar.codec.view import make_view
from grammar.codec.vocabulary import RULES
from grammar.table import Table
from tests.grammar.codec.code.test_codec import values

PIECES = CodePieces(values())
W0 = RULES.first_word


def choices(*positions: dict[int, float], seeds: int = 4, length: int = 6):
    """(tokens, log-probabilities) of seeds that agree; a position is {token: probability}, the rest are pads."""
    tokens = np.tile(np.array([0, 901, 902], np.int64), (seeds, length, 1))
    probabilities = np.full((seeds, length, 3), 1e-9, np.float32)
    probabilities[:, :, 0] = 1
    for k, position in enumerate(positions):
        for rank, (token, probability) in enumerate(position.items()):
            tokens[:, k, rank], probabilities[:, k, rank] = token, probability
    return tokens, np.log(probabilities)


def both(one, two):
    return np.concatenate([one[0], two[0]]), np.concatenate([one[1], two[1]])


def letter(sign: str) -> int:
    return PIECES.ids(sign)[0]


def test_best_first_with_runners_up() -> None:
    found = best_sequences(*choices({300: 0.9, 301: 0.1}, {302: 0.8, 0: 0.2}))
    assert [s.tokens for s in found] == [(300, 302), (300,), (301, 302), (301,)]
    assert [round(s.mass, 2) for s in found] == [0.72, 0.18, 0.08, 0.02]
    assert [s.votes for s in found] == [4, 0, 0, 0]


def test_what_fills_every_position_needs_no_pad() -> None:
    assert best_sequences(*choices({300: 1}, {301: 1}, length=2))[0].tokens == (300, 301)


def test_silence_is_no_candidate() -> None:
    assert best_sequences(*choices({0: 1})) == []


def test_seeds_add_up() -> None:
    found = best_sequences(*both(choices({300: 1}, seeds=3), choices({301: 0.6, 300: 0.4}, seeds=1)))
    assert {s.tokens: round(s.mass, 2) for s in found} == {(300,): 0.85, (301,): 0.15}
    assert [s.votes for s in found] == [3, 1]


def read(found, utterance: str, language: str, **options):
    return read_candidates(*found, utterance, language, PIECES, limit=5, **options)


def test_equal_texts_are_one_candidate() -> None:
    (only,) = read(choices({W0: 0.5, W0 + 1: 0.5}), "ls ls", "bash")
    assert (only.code, only.probability, only.votes, only.seeds) == ("ls", pytest.approx(1), 4, 4)


@pytest.mark.parametrize(("language", "sign"), [("bash", "'"), ("python", "(")])
def test_what_is_not_valid_gives_way(language: str, sign: str) -> None:
    found = choices({W0: 1}, {letter(sign): 0.7, 0: 0.3})
    assert [one.code for one in read(found, "x", language)] == ["x"]
    assert [one.code for one in read(found, "x", language, checked=False)] == ["x" + sign, "x"]
    assert read(choices({letter(sign): 1}), "x", language) == []


def test_what_cannot_be_decoded_is_left_out() -> None:
    found = choices({RULES.ids["AND"]: 0.6, W0 + 5: 0.3, letter("y"): 0.1})
    assert [one.code for one in read(found, "x", "python")] == ["y"]


def test_pieces_have_no_place_in_a_rule() -> None:
    automaton = Automaton(make_view("profit over 4", Table.from_rows([["Profit"], [5]])))
    assert automaton.step(START, RULES.ids["GreaterThan"]) is not None
    assert automaton.step(START, FIRST_PIECE) is None


def test_no_more_than_wanted() -> None:
    found = choices({letter("a"): 0.5, letter("b"): 0.3, letter("c"): 0.2})
    assert [one.code for one in read_candidates(*found, "x", "python", PIECES, limit=2)] == ["a", "b"]
