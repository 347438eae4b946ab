"""Diversity of the first candidates and edit distances."""

from __future__ import annotations

import numpy as np
import pytest

from training.metrics.diversity import (
    Diversity,
    code_tokens,
    distinct_ngrams,
    diversity,
    edit_distance,
    mean_diversity,
    mean_edit_distance,
    mean_similarity,
    normalised_edit_distance,
)


def test_tokens_of_any_language() -> None:
    assert code_tokens("GreaterThan(c[1], 40)") == ["GreaterThan", "(", "c", "[", "1", "]", ",", "40", ")"]
    assert code_tokens("find . -name '*.py'") == ["find", ".", "-", "name", "'", "*", ".", "py", "'"]
    assert code_tokens("a_b1  ") == ["a", "_", "b", "1"]
    assert code_tokens("") == []


@pytest.mark.parametrize(
    ("left", "right", "distance"),
    [("a b c", "a b c", 0), ("a b c", "a c", 1), ("a b", "b a", 2), ("", "a b", 2), ("", "", 0), ("a b c d", "x b y d", 2)],
)
def test_edit_distance(left: str, right: str, distance: int) -> None:
    a, b = left.split(), right.split()
    assert edit_distance(a, b) == edit_distance(b, a) == distance
    assert normalised_edit_distance(a, b) == (distance / max(len(a), len(b)) if a or b else 0)


def test_tokens_are_compared_whole() -> None:
    assert edit_distance(["sort"], ["sorted"]) == 1


def test_distinct_ngrams() -> None:
    candidates = [["a", "b"], ["a", "b"], ["b", "c"]]
    assert distinct_ngrams(candidates, 1) == 3 / 6
    assert distinct_ngrams(candidates, 2) == 2 / 3
    assert distinct_ngrams(candidates, 3) == 0


def test_mean_edit_distance() -> None:
    assert mean_edit_distance([["a"], ["a"], ["b"]]) == pytest.approx(2 / 3)
    assert mean_edit_distance([["a"]]) == 0


def test_mean_similarity() -> None:
    vectors = np.array([[2.0, 0.0], [1.0, 0.0], [0.0, 3.0]])
    assert mean_similarity(vectors) == pytest.approx(1 / 3)
    assert mean_similarity(vectors[:1]) == 1
    assert mean_similarity(np.array([[1.0, 0.0], [-1.0, 0.0]])) == pytest.approx(-1)
    with pytest.raises(ValueError, match="zeros"):
        mean_similarity(np.zeros((2, 3)))
    with pytest.raises(ValueError, match="shape"):
        mean_similarity(np.ones(3))


def test_only_the_first_five_count() -> None:
    same = diversity(["ls"] * 5 + ["cat a b c"])
    assert same == Diversity((1 / 5, 0.0, 0.0), 0.0)
    varied = diversity(["ls", "cat", "wc", "rm", "mv"], np.eye(5))
    assert varied == Diversity((1.0, 0.0, 0.0), 1.0, 0.0)
    assert diversity(["ls"] * 5 + ["cat"], np.vstack([np.ones((5, 2)), [[1, -1]]])).similarity == pytest.approx(1)


def test_nothing_to_measure() -> None:
    with pytest.raises(ValueError, match="0 candidates"):
        diversity([])
    with pytest.raises(ValueError, match="2 candidates, 1 vectors"):
        diversity(["a", "b"], np.ones((1, 2)))
    with pytest.raises(ValueError, match="no request"):
        mean_diversity([])


def test_mean_over_requests() -> None:
    found = [Diversity((1.0, 0.5, 0.0), 0.2, 0.5), Diversity((0.0, 0.5, 1.0), 0.4, 0.7)]
    mean = mean_diversity(found)
    assert mean.distinct == (0.5, 0.5, 0.5)
    assert (mean.distance, mean.similarity) == (pytest.approx(0.3), pytest.approx(0.6))
    assert mean_diversity([*found, Diversity((0.0, 0.0, 0.0), 0.0)]).similarity is None
