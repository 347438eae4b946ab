"""The learning curve's results file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from training import checkpoint
from training.finetune import build
from training.learning_curve import collect


def run(folder: Path, encoded: int, top1: float, files: list[str]) -> Path:
    folder.mkdir()
    torch.manual_seed(0)
    model = build("tiny")
    figures = {
        name: [top1 + more, top1 + more - 2, top1 + more + 2] for name, more in (("top1", 0), ("top3", 10), ("top5", 20))
    }
    card = {"all": {"n": 100, **figures}, "abstained_rightly": 50.0}
    (folder / "figures.json").write_text(json.dumps(card), encoding="utf-8")
    (folder / "corpus.json").write_text(json.dumps({"encoded": encoded, "files": files}), encoding="utf-8")
    (folder / "log.jsonl").write_text('{"step": 20, "entropy": 1.5}\n{"step": 40, "entropy": 1.25}\n', encoding="utf-8")
    payload = {"config": model.config.as_dict(), "model": {}, "finetune": {"steps": 40, "batch": 64}}
    checkpoint.save(folder / "last.pt", payload)
    return folder


def test_points_by_the_number_of_written_requests(tmp_path):
    more = run(tmp_path / "more", 900, 30.0, ["c1.jsonl"])
    generated = run(tmp_path / "generated", 5000, 12.0, ["synthetic.jsonl"])
    result = collect([more, generated])
    assert [point["x"] for point in result["points"]] == [0, 900]
    assert result["points"][1]["metrics"]["top3"] == [40.0, 38.0, 42.0]
    assert result["points"][1]["metrics"]["entropy"] == 1.25
    assert (result["experiment"], result["evaluated"]) == ("learning-curve", 100)


def test_a_run_that_was_not_measured(tmp_path):
    folder = run(tmp_path / "run", 900, 30.0, ["c1.jsonl"])
    (folder / "figures.json").unlink()
    with pytest.raises(FileNotFoundError, match=r"figures\.json"):
        collect([folder])
