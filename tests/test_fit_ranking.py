"""Learning the order of candidates."""

from __future__ import annotations

import numpy as np
import pytest

from addin_backend.ranking import PlainRanking, ranking_of
from addin_backend.signs import NAMES
from benchmarks.fit_ranking import Case, accuracy, as_info, fit, load, save

UNUSED, LOG_P = NAMES.index("unused_numbers"), NAMES.index("log_probability")


def cases(count: int, seed: int) -> list[Case]:
    """Requests whose right reading is the one that uses the numbers, which is never the likeliest."""
    rng, result = np.random.default_rng(seed), []
    for _ in range(count):
        signs = rng.normal(0, 0.1, (4, len(NAMES))).astype(np.float32)
        signs[:, LOG_P] = np.log([0.5, 0.3, 0.15, 0.05])
        right = np.zeros(4, bool)
        right[rng.integers(1, 4)] = True
        signs[:, UNUSED] = ~right
        result.append(Case(signs, right, 0.01, nothing=False))
    return result


def test_what_tells_right_from_wrong_is_learnt():
    ranking = fit(cases(60, seed=0), hidden=4, epochs=400, decay=1e-3)
    other = cases(40, seed=1)
    assert accuracy(other, PlainRanking())["top1"][0] < 25
    assert accuracy(other, ranking)["top1"][0] == 100


def test_an_abstention_is_the_models_own():
    signs = cases(1, seed=2)[0].signs
    silent = [Case(signs, np.zeros(4, bool), 0.9, nothing=True), Case(signs, np.array([1, 0, 0, 0], bool), 0.9, nothing=False)]
    assert accuracy(silent, PlainRanking())["top1"][0] == 50


def test_the_weights_survive_the_bundle():
    ranking = fit(cases(20, seed=0), hidden=3, epochs=2, decay=0.0)
    signs = cases(1, seed=3)[0].signs
    np.testing.assert_allclose(ranking_of({"ranking": as_info(ranking)}).scores(signs), ranking.scores(signs), atol=1e-3)


def test_candidates_are_kept_as_they_were(tmp_path):
    given = cases(3, seed=0)
    save(tmp_path / "candidates.npz", given)
    found = load(tmp_path / "candidates.npz")
    assert [case.abstention for case in found] == [0.01] * 3
    np.testing.assert_array_equal(found[2].signs, given[2].signs)


def test_candidates_with_other_signs_are_refused(tmp_path):
    save(tmp_path / "candidates.npz", cases(1, seed=0))
    kept = dict(np.load(tmp_path / "candidates.npz"))
    np.savez_compressed(tmp_path / "candidates.npz", **{**kept, "names": np.array(["probability"])})
    with pytest.raises(ValueError, match="collect again"):
        load(tmp_path / "candidates.npz")
