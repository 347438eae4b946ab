"""A benchmark's JSON as results files."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from training.report.benchmark import entries, main
from training.report.results import Figure, ResultsError, read_results

ROW = {"n": 40, "top1": [64.8, 61.8, 67.7], "top3": [75.8, 73.1, 78.4], "top5": [78.7, 76.1, 81.3]}
ACCURACY: dict[str, Any] = {
    "bundle": "small", "seeds": 16, "seconds": 9.0, "all": ROW, "abstained_rightly": 65.9, "abstained_wrongly": 1.0,
    "candidates": 200, "valid_candidates": 199, "groups": {"set:dev": ROW, "tag:dates": ROW},
}  # fmt: skip
TIMES = {"requests": 100, "total": {"p50": 31.0, "p99": 60.0}}
LATENCY: dict[str, Any] = {
    "rows": 1000, "threads": 2, "ours": {"load_ms": 300, "cold": TIMES, "warm": TIMES},
    "autoregressive": {"parameters": 27_000_000, **TIMES},
}  # fmt: skip


def convert(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, found: Any) -> Path:
    (tmp_path / "found.json").write_text(json.dumps(found), encoding="utf-8")
    results = tmp_path / "results"
    given = [str(tmp_path / "found.json"), "--label", "small", "--name", "x", "--results", str(results)]
    monkeypatch.setattr(sys, "argv", ["benchmark", *given])
    main()
    return results


def test_accuracy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (result,) = read_results(convert(monkeypatch, tmp_path, ACCURACY))
    assert (result.experiment, result.label, result.evaluated, result.config["bundle"]) == ("bundle", "small", 40, "small")
    assert result.metrics["top1"] == Figure(64.8, 61.8, 67.7)
    assert result.metrics["valid"] == Figure(99.5)
    assert list(result.tags) == ["dates"]
    assert result.tags["dates"].metrics["top5"] == Figure(78.7, 76.1, 81.3)


def test_latency(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = read_results(convert(monkeypatch, tmp_path, LATENCY))
    assert [result.label for result in results] == ["small, cold", "small, warm", "autoregressive T5, random weights, beam 5"]
    assert all(result.metrics == {"latency_p50_ms": Figure(31.0), "latency_p99_ms": Figure(60.0)} for result in results)
    assert results[2].parameters == 27_000_000


@pytest.mark.parametrize("found", [{}, {"ours": {}}, [], {"all": 3}])
def test_something_else(found: Any) -> None:
    with pytest.raises(ResultsError, match="neither of"):
        entries(found, "small")
