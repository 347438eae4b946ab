"""The search for the likeliest well-formed sequences."""

from __future__ import annotations

import numpy as np
import pytest

from export.runtime.nbest import best_sequences
from grammar.codec.automaton import START, Automaton
from grammar.codec.view import make_view
from grammar.codec.vocabulary import RULES
from grammar.table import Table

TABLE = Table.from_rows([["Name", "Profit"], ["Ann", 5], ["Bob", 7]])
VIEW = make_view("profit over 4000", TABLE)


def choices(*positions, seeds=4, length=8):
    """(tokens, log-probabilities) of seeds that agree; a position is {token: probability}, the rest are pads."""
    tokens = np.zeros((seeds, length, 3), np.int64)
    probabilities = np.full((seeds, length, 3), 1e-9, np.float32)
    probabilities[:, :, 0] = 1
    for k, position in enumerate(positions):
        for rank, (token, probability) in enumerate(position.items()):
            tokens[:, k, rank] = RULES.ids[token]
            probabilities[:, k, rank] = probability
    return tokens, np.log(probabilities)


def texts(found):
    return [" ".join(RULES.tokens[t] for t in sequence.tokens) for sequence in found]


def test_best_first_with_runners_up():
    found = best_sequences(
        *choices({"GreaterThan": 0.9, "LessThan": 0.1}, {"c1": 0.8, "c0": 0.2}, {"w2": 1}, {"w2": 1}), Automaton(VIEW)
    )
    assert texts(found)[:3] == ["GreaterThan c1 w2 w2", "GreaterThan c0 w2 w2", "LessThan c1 w2 w2"]
    assert [round(s.probability, 2) for s in found[:3]] == [0.72, 0.18, 0.08]
    assert [s.votes for s in found[:2]] == [4, 0]


def test_an_ill_formed_first_choice_gives_way():
    found = best_sequences(
        *choices({"GreaterThan": 1}, {"w0": 0.6, "c1": 0.4}, {"w2": 1}, {"c1": 0.7, "w2": 0.3}), Automaton(VIEW)
    )
    assert texts(found) == ["GreaterThan c1 w2 w2"]
    assert found[0].probability == pytest.approx(1)
    assert found[0].votes == 0


def test_seeds_that_disagree_share_the_probability():
    one, two = choices({"Blanks": 1}, {"c0": 1}, seeds=3), choices({"Blanks": 1}, {"c1": 1}, seeds=1)
    found = best_sequences(np.concatenate([one[0], two[0]]), np.concatenate([one[1], two[1]]), Automaton(VIEW))
    assert [(t, round(s.probability, 2), s.votes) for t, s in zip(texts(found), found, strict=True)] == [
        ("Blanks c0", 0.75, 3),
        ("Blanks c1", 0.25, 1),
    ]


def test_nothing_well_formed_gives_nothing():
    assert best_sequences(*choices({"w0": 1}, {"w1": 1}), Automaton(VIEW)) == []


@pytest.mark.parametrize(
    ("tokens", "accepted"),
    [
        ("Blanks c0 <pad>", True),
        ("Blanks c2 <pad>", False),  # no such column
        ("TextEquals c0 v0 <pad>", True),
        ("TextEquals c1 v0 <pad>", False),  # a number column shows no values
        ("GreaterThan c1 w2 w1 <pad>", False),  # a span does not end before it starts
        ("GreaterThan c1 w2 w3 <pad>", False),  # no such word
        ("AND Blanks c0 NOT Blanks c1 <pad>", True),
        ("AND Blanks c0 <pad>", False),
        ("AND Blanks c0 ColorScale c1 <pad>", False),  # a look stands alone
        ("ColorScale c1 ROW <pad>", True),
        ("IconSet c1 3Arrows FILL w0 w0 BOLD <pad>", True),
        ("GreaterThan c1 + c1 UP w2 w2 <pad>", True),
        ("<abstain> <pad>", True),
        ("NOT <abstain> <pad>", False),
    ],
)
def test_automaton(tokens, accepted):
    automaton, state = Automaton(VIEW), START
    for token in tokens.split():
        state = automaton.step(state, RULES.ids[token])
        if state is None:
            break
    assert (state is not None and not state.stack) is accepted
