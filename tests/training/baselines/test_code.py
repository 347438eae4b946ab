"""Bash and Python: how candidates are merged, and the figures."""

from __future__ import annotations

import pytest

from training.baselines.code import Written, figures, measure_code_text, written_of
from training.baselines.interface import Answer
from training.corpus.code_splits import Pair

pytest.importorskip("bashlex", reason="it reads Bash (extra `train`)")


def test_samples_are_ordered_by_votes_and_beams_by_score() -> None:
    said, scores = ["a", "b", "b", "c", "c"], [-0.1, -3.0, -2.0, -1.0, -4.0]
    assert written_of(said, scores, ranks=False).ranked == ["c", "b", "a"]
    assert written_of(said, scores, ranks=True).ranked == ["a", "c", "b"]


def test_figures_of_bash() -> None:
    pairs = [Pair("list", "ls -l a"), Pair("count", "wc -l b")]
    written = [Written(["ls -l x", "pwd"], ["ls -l x", "pwd"]), Written(["cat (", "x", "wc -l c"], ["cat (", "x", "wc -l c"])]
    found = figures(pairs, written, "bash")
    assert [found[f"template{k}"][0] for k in (1, 3, 5)] == [50, 100, 100]  # type: ignore[index]  # mean, low, high
    assert found["exact1"][0] == 0  # type: ignore[index]
    assert found["valid1"][0] == 50  # type: ignore[index]
    assert found["valid"][0] == pytest.approx(100 * (1 + 2 / 3) / 2, abs=0.01)  # type: ignore[index]
    assert found["nlc2cmd"] == 100


def test_figures_of_python() -> None:
    pairs = [Pair("sum", "sum(d for d in x)"), Pair("join", "','.join(names)")]
    written = [Written([], ["sum(e for e in x)"]), Written([], ["x = (", '",".join( names )'])]
    said = [Written(w.ranked, w.ranked) for w in written]
    found = figures(pairs, said, "python")
    assert [found[f"exact{k}"][0] for k in (1, 3)] == [0, 50]  # type: ignore[index]
    assert [found[f"ast{k}"][0] for k in (1, 3)] == [50, 100]  # type: ignore[index]
    assert found["bleu5"] > found["bleu1"]  # type: ignore[operator]
    assert found["valid1"][0] == 50  # type: ignore[index]


class Parrot:
    """Knows one command."""

    name, ranks = "parrot", True

    def answers(self, question: str, count: int, seed: int) -> list[Answer]:
        assert count == 3
        return [Answer("ls -l", -1.0)] if question == "list" else []


def test_a_system_of_texts() -> None:
    found = measure_code_text(Parrot(), [Pair("list", "ls -l"), Pair("else", "pwd")], "bash", count=3)
    assert found["template1"][0] == 50  # type: ignore[index]
    assert found["valid1"][0] == 50  # type: ignore[index]
    assert len(found["seconds"]) == 3  # type: ignore[arg-type]
