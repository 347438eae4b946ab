"""Order and confidence of candidates."""

from __future__ import annotations

import pytest

from addin_backend.ranking import RankingWeights, Signs, confidence, orders_text, plausibility, rank_value
from grammar.parse import parse

WEIGHTS = RankingWeights()


def signs(probability=0.5, matched=5, rows=20, visual=False):
    return Signs(probability, 8, 16, matched, rows, visual)


def test_the_likelier_reading_comes_first():
    assert rank_value(signs(0.6), WEIGHTS) > rank_value(signs(0.3), WEIGHTS)


@pytest.mark.parametrize("matched", [0, 20])
def test_nothing_and_everything_are_doubted(matched):
    assert rank_value(signs(matched=matched), WEIGHTS) < rank_value(signs(), WEIGHTS)
    assert confidence(signs(matched=matched), WEIGHTS) < confidence(signs(), WEIGHTS)


def test_the_doubt_is_mild():
    assert rank_value(signs(0.8, matched=0), WEIGHTS) > rank_value(signs(0.1), WEIGHTS)


def test_a_look_colours_every_cell_without_doubt():
    assert plausibility(signs(matched=20, visual=True), WEIGHTS) == 1


def test_confidence_is_a_share():
    assert confidence(signs(1.0), WEIGHTS) == 1
    assert 0 < confidence(signs(0.1, matched=0), WEIGHTS) < 0.1


def test_a_probability_of_nothing_can_be_ranked():
    assert rank_value(signs(0.0), WEIGHTS) < rank_value(signs(0.01), WEIGHTS)


@pytest.mark.parametrize("wrong", [{"nothing": 0}, {"everything": 1.5}, {"abstain": 0}])
def test_wrong_weights_are_refused(wrong):
    with pytest.raises(ValueError, match="weights"):
        RankingWeights(**wrong)


@pytest.mark.parametrize(
    ("rule", "doubted"),
    [
        ('LessThan(c[3], "Overdue")', True),
        ('AND(Blanks(c[0]), Between(c[2], "dec", "zec"))', True),
        ('LessThan(c[3], "07:00")', False),
        ('Equals(c[3], "Overdue")', False),
        ("LessThan(c[3], 7)", False),
    ],
)
def test_words_are_hardly_ever_compared_by_their_order(rule, doubted):
    assert orders_text(parse(rule)) is doubted
    assert (plausibility(Signs(0.5, 8, 16, 5, 20, ordered_text=doubted), WEIGHTS) < 1) is doubted
