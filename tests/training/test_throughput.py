"""Throughput: made-up batches the model takes, sums that agree, a results file the report reads."""

from __future__ import annotations

import json
import pickle
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from training import throughput
from training.model.codefusion import CodeFusion
from training.report.costs import Positions, flops_per_sample, preset
from training.report.results import read_results
from training.throughput import Throughput, of_run, padded_positions, peak_rate, random_batch, samples_per_second

AT = Positions(6, 5, 8)


def test_a_made_up_batch_fits_the_model() -> None:
    config = preset("tiny")
    inputs, tokens = random_batch(config, AT, 3, torch.Generator().manual_seed(0))
    assert tokens.shape == (3, config.length)
    assert ((tokens > 0).sum(1) == 8).all()
    model = CodeFusion(config)
    memory = model.encode(inputs)
    assert memory.states.shape == (3, 11, config.width)
    assert torch.isfinite(model.loss(memory, tokens, torch.Generator().manual_seed(0))["total"])


def test_the_peak_is_a_rate_of_matrix_products() -> None:
    small, large = peak_rate(0.05, size=32), peak_rate(0.05, size=256)
    assert 1e6 < small < large < 1e15, "small products keep a core less busy"


def test_samples_per_second_follow_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(1000))
    monkeypatch.setattr(throughput, "time", SimpleNamespace(perf_counter=lambda: float(next(ticks))))
    steps: list[int] = []
    step = torch.optim.AdamW.step
    monkeypatch.setattr(torch.optim.AdamW, "step", lambda self: (steps.append(1), step(self))[1])
    # the clock is read once at the start, then once before each step and once at the end
    assert samples_per_second(preset("tiny"), AT, 4, seconds=2.5) == pytest.approx(4 * 3 / 4)
    assert len(steps) == 1 + 3, "one to warm up"


def test_share_of_the_peak() -> None:
    found = Throughput(samples=36.4, flops=1.7e9, peak=75e9)
    assert found.share == pytest.approx(82.5, abs=0.1)
    assert str(found) == "36.4 samples/s, 61.9 GFLOP/s, 82.5 % of peak"


def example(pieces: int, nodes: int) -> SimpleNamespace:
    placed = SimpleNamespace(pieces=np.zeros(pieces))
    return SimpleNamespace(placed=placed, strings=np.zeros(nodes), size=pieces + nodes, sizes=(pieces, nodes))


def test_positions_are_counted_with_padding() -> None:
    groups = [[example(5, 10)], [example(9, 20)]] * 4
    assert padded_positions(groups, 8, 18) == Positions(9, 20, 18)  # type: ignore[arg-type]  # sizes are all that counts
    assert padded_positions([[example(5, 10)]] * 4, 2, 18) == Positions(5, 10, 18)  # type: ignore[list-item]  # likewise


def test_a_runs_log_and_corpus(tmp_path: Path) -> None:
    lines = [{"step": 20, "samples_per_s": 30.0}, {"step": 40, "samples_per_s": 36.4}]
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    (tmp_path / "prepared.pkl").write_bytes(pickle.dumps(("key", [[example(7, 3)]] * 4, None)))
    assert of_run(tmp_path, preset("tiny"), 2) == (36.4, Positions(7, 3, 18))
    with pytest.raises(FileNotFoundError):
        of_run(tmp_path / "none", preset("tiny"), 2)


def test_the_command_writes_a_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--preset", "tiny", "--batch", "2", "--seconds", "0.01", "--threads", "1", "--device", "cpu", "--peak", "75"]
    monkeypatch.setattr(sys, "argv", ["throughput", *options, "--machine", "a core", "--results", str(tmp_path)])
    throughput.main()
    (result,) = read_results(tmp_path)
    assert (result.experiment, result.label) == ("throughput", "tiny on a core, float32")
    flops = sum(flops_per_sample(preset("tiny"), Positions(target=18)).values())
    assert result.metrics["gflops_per_sample"].mean == pytest.approx(flops / 1e9, rel=0.01)
    assert result.metrics["peak_gflops"].mean == 75
    speed, share = result.metrics["samples_per_s"].mean, result.metrics["share_of_peak_percent"].mean
    assert share == pytest.approx(100 * speed * flops / 75e9, abs=0.02)
    assert "samples/s" in capsys.readouterr().out
