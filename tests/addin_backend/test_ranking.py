"""Order and confidence of candidates."""

from __future__ import annotations

import numpy as np
import pytest

from addin_backend.ranking import LearnedRanking, PlainRanking, confidences, orders_text, ranking_of
from addin_backend.signs import NAMES
from grammar.parse import parse

AT = {name: number for number, name in enumerate(NAMES)}


def rows(*readings: dict[str, float]) -> np.ndarray:
    """Signs of some readings by name, `log_probability` from `probability`."""
    signs = np.zeros((len(readings), len(NAMES)), np.float32)
    for row, reading in zip(signs, readings, strict=True):
        for name, value in reading.items():
            row[AT["log_probability" if name == "probability" else name]] = np.log(value) if name == "probability" else value
    return signs


def linear(**weights: float) -> LearnedRanking:
    matrix = np.zeros((len(NAMES), 1))
    for name, weight in weights.items():
        matrix[AT[name]] = weight
    return LearnedRanking(np.zeros(len(NAMES)), np.ones(len(NAMES)), ((matrix, np.zeros(1)),))


def test_the_likelier_reading_comes_first():
    first, second = PlainRanking().scores(rows({"probability": 0.6}, {"probability": 0.3}))
    assert first > second


@pytest.mark.parametrize("doubt", ["nothing", "everything", "ordered_text"])
def test_doubts_count_but_mildly(doubt):
    plain, doubted, unlikely = PlainRanking().scores(
        rows({"probability": 0.5}, {"probability": 0.5, doubt: 1}, {"probability": 0.04})
    )
    assert plain > doubted > unlikely


@pytest.mark.parametrize(("abstention", "silent"), [(0.6, True), (0.2, False)])
def test_a_likelier_abstention_wins(abstention, silent):
    assert PlainRanking().abstains(rows({"probability": 0.3}), abstention) is silent


def test_a_doubted_reading_gives_way_to_an_abstention():
    assert PlainRanking().abstains(rows({"probability": 0.3, "nothing": 1}), 0.2)


def test_without_readings_nothing_is_said():
    assert PlainRanking().abstains(rows(), 0.0)


@pytest.mark.parametrize("wrong", [{"nothing": 0}, {"everything": 1.5}])
def test_wrong_weights_are_refused(wrong):
    with pytest.raises(ValueError, match="weights"):
        PlainRanking(**wrong)


def test_a_learnt_ranking_weighs_the_signs():
    ranking = linear(log_probability=1, unused_numbers=-3)
    first, second = ranking.scores(rows({"probability": 0.5, "unused_numbers": 1}, {"probability": 0.3}))
    assert second > first
    assert first == pytest.approx(np.log(0.5) - 3)


def test_layers_with_tanh_between():
    ranking = LearnedRanking(
        np.zeros(len(NAMES)),
        np.ones(len(NAMES)),
        ((np.ones((len(NAMES), 2)), np.zeros(2)), (np.array([[1.0], [2.0]]), np.ones(1))),
    )
    assert ranking.scores(rows({"share": 0.5}))[0] == pytest.approx(3 * np.tanh(0.5) + 1)


def test_a_bundle_says_how_its_candidates_are_ranked():
    info = {
        "signs": list(NAMES),
        "mean": [0.0] * len(NAMES),
        "scale": [1.0] * len(NAMES),
        "layers": [[[[1.0]] * len(NAMES), [0.5]]],
    }
    scores = ranking_of({"ranking": info}).scores(rows({"share": 0.25}))
    assert scores[0] == pytest.approx(0.75)
    assert isinstance(ranking_of({}), PlainRanking)


@pytest.mark.parametrize(
    ("change", "says"),
    [({"signs": ["log_probability"]}, "other signs"), ({"layers": [[[[1.0]], [0.0]]]}, "do not fit together")],
)
def test_a_ranking_that_does_not_fit_is_refused(change, says):
    info = {
        "signs": list(NAMES),
        "mean": [0.0] * len(NAMES),
        "scale": [1.0] * len(NAMES),
        "layers": [[[[1.0]] * len(NAMES), [0.5]]],
    }
    with pytest.raises(ValueError, match=says):
        ranking_of({"ranking": info | change})


def test_confidences_are_shares():
    shares = confidences(np.array([2.0, 1.0, -30.0]))
    assert shares.sum() == pytest.approx(1)
    assert shares[0] > shares[1] > shares[2] >= 0


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
