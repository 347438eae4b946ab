"""Order and confidence of candidates."""

from __future__ import annotations

import pytest

from addin_backend.ranking import RankingWeights, Signs, confidence, plausibility, rank_value

WEIGHTS = RankingWeights()


def signs(votes=8, score=-0.2, matched=5, rows=20, visual=False):
    return Signs(votes, 16, score, matched, rows, visual)


def test_more_votes_win():
    assert rank_value(signs(votes=9, score=-0.5), WEIGHTS) > rank_value(signs(votes=7, score=-0.1), WEIGHTS)


def test_the_score_decides_between_equal_votes():
    assert rank_value(signs(score=-0.1), WEIGHTS) > rank_value(signs(score=-0.9), WEIGHTS)


@pytest.mark.parametrize("matched", [0, 20])
def test_nothing_and_everything_are_doubted(matched):
    assert rank_value(signs(matched=matched), WEIGHTS) < rank_value(signs(), WEIGHTS)
    assert confidence(signs(matched=matched), WEIGHTS) < confidence(signs(), WEIGHTS)


def test_the_doubt_is_mild():
    assert rank_value(signs(votes=14, matched=0), WEIGHTS) > rank_value(signs(votes=2), WEIGHTS)


def test_a_look_colours_every_cell_without_doubt():
    assert plausibility(signs(matched=20, visual=True), WEIGHTS) == 1


def test_confidence_is_a_share():
    assert confidence(Signs(16, 16, 0.0, 3, 20), WEIGHTS) == 1
    assert 0 < confidence(Signs(1, 16, -3.0, 0, 20), WEIGHTS) < 0.1


@pytest.mark.parametrize("wrong", [{"nothing": 0}, {"everything": 1.5}, {"share_in_confidence": 2}, {"score": -1}])
def test_wrong_weights_are_refused(wrong):
    with pytest.raises(ValueError, match="weights"):
        RankingWeights(**wrong)
