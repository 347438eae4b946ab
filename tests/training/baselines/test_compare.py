"""The command: trainings side by side, results files, going on, refusals."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.training.baselines.conftest import Fake, said
from training import checkpoint
from training.compare import main, spread
from training.corpus.codet5 import codet5_folder
from training.corpus.requests import read_requests
from training.evaluate import load_model
from training.finetune import FinetuneConfig, build, run
from training.report.results import read_results

OPTIONS = ["--preset", "tiny", "--steps", "4", "--batch", "4", "--warmup", "2", "--variants", "0", "--save-every", "2"]


def compare(folder: Path, eight: Path, *more: str, systems: str = "codefusion") -> list[dict[str, Any]]:
    """Run the command; the results by file name."""
    main([
        "--systems", *systems.split(), *OPTIONS, "--train", str(eight), "--files", str(eight), "--limit", "3", "--count", "2",
        "--out", str(folder / "runs"), "--results", str(folder / "results"), *more,
    ])  # fmt: skip
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted((folder / "results").iterdir())]


def test_results_and_going_on(tmp_path: Path, eight: Path) -> None:
    systems = "codefusion codefusion-clamp seq2seq seq2seq-nucleus diffusion-lm genie codefusion-uniform-time"
    found = {entry["system"]: entry for entry in compare(tmp_path, eight, systems=systems)}
    assert set(found) == set(systems.split())
    kinds = {
        "experiment",
        "system",
        "label",
        "language",
        "seed",
        "command",
        "date",
        "config",
        "parameters",
        "samples",
        "metrics",
    }
    for name, entry in found.items():
        assert kinds <= entry.keys()
        assert {"top1", "top3", "top5", "valid1", "exact1", "seconds"} <= entry["metrics"].keys()
        assert (entry["samples"], entry["evaluated"], entry["note"]) == (16, 3, "")
        assert entry["experiment"] == ("ablation" if name.startswith("codefusion-") else "comparison")
    parameters = [found[name]["parameters"] for name in ("codefusion", "seq2seq", "diffusion-lm", "genie")]
    assert max(parameters) <= 1.1 * parameters[0]
    assert min(parameters) >= 0.9 * parameters[0]
    assert len(read_results(tmp_path / "results")) == 7
    folders = sorted(path.name for path in (tmp_path / "runs" / "cf-tiny").iterdir() if not path.name.startswith("corpus"))
    assert folders == [
        "codefusion-0",
        "codefusion-uniform-time-0",
        "diffusion-lm-0",
        "genie-0",
        "seq2seq-0",
    ]  # one for a variant
    weights = (tmp_path / "runs" / "cf-tiny" / "genie-0" / "last.pt").read_bytes()
    again = {entry["system"]: entry for entry in compare(tmp_path, eight, systems="genie")}
    assert (tmp_path / "runs" / "cf-tiny" / "genie-0" / "last.pt").read_bytes() == weights
    assert again["genie"]["train_seconds"] == found["genie"]["train_seconds"]
    assert again["genie"]["metrics"]["top1"] == found["genie"]["metrics"]["top1"]


def test_codefusion_is_trained_as_by_finetune(tmp_path: Path, eight: Path) -> None:
    compare(tmp_path, eight)
    config = FinetuneConfig(steps=4, batch=4, warmup=2, variants=0, save_every=2, threads=1)
    torch.manual_seed(0)
    run(build("tiny"), config, tmp_path / "own", [eight])
    path = tmp_path / "runs" / "cf-tiny" / "codefusion-0" / "last.pt"
    ours, theirs = checkpoint.load(path), checkpoint.load(tmp_path / "own" / "last.pt")
    assert all(torch.equal(value, ours["model"][name]) for name, value in theirs["model"].items())
    assert load_model(path).config == load_model(tmp_path / "own" / "last.pt").config


def test_a_prepared_corpus_is_taken(tmp_path: Path, eight: Path) -> None:
    config = FinetuneConfig(steps=1, batch=4, variants=0, threads=1)
    torch.manual_seed(0)
    run(build("tiny"), config, tmp_path / "own", [eight])
    first = compare(tmp_path / "a", eight)
    taken = compare(tmp_path / "b", eight, "--prepared", str(tmp_path / "own"))
    assert taken[0]["metrics"]["top1"] == first[0]["metrics"]["top1"]
    paths = [tmp_path / which / "runs" / "cf-tiny" / "codefusion-0" / "last.pt" for which in ("a", "b")]
    one, two = (checkpoint.load(path)["model"] for path in paths)
    assert all(torch.equal(value, two[name]) for name, value in one.items())
    assert not list((tmp_path / "b" / "runs" / "cf-tiny").glob("corpus*"))
    with pytest.raises(SystemExit, match=r"fraction 1\.0 against 0\.5"):
        compare(tmp_path / "c", eight, "--prepared", str(tmp_path / "own"), "--fraction", "0.5")
    with pytest.raises(SystemExit, match="length 18 against 20"):
        compare(tmp_path / "d", eight, "--prepared", str(tmp_path / "own"), "--set", "length=20")
    with pytest.raises(SystemExit, match="cannot be read"):
        compare(tmp_path / "e", eight, "--prepared", str(tmp_path))


def test_a_share_of_the_data_is_a_point_of_a_curve(tmp_path: Path, eight: Path) -> None:
    found = compare(tmp_path, eight, "--fraction", "0.9")[0]
    assert found["experiment"] == "learning-curve"
    assert (found["points"][0]["x"], found["points"][0]["n"]) == (0.9, 8)  # one table, whole
    assert (tmp_path / "runs" / "cf-tiny-0.9").is_dir()


def test_stopping_early_is_noted_and_gone_on_with(tmp_path: Path, eight: Path) -> None:
    assert compare(tmp_path, eight, "--minutes", "0.00001")[0]["note"] == "stopped at step 1 of 4"
    assert compare(tmp_path, eight)[0]["note"] == ""


def test_phase_one_and_a_tag(tmp_path: Path, eight: Path) -> None:
    compare(tmp_path, eight)
    start = tmp_path / "runs" / "cf-tiny" / "codefusion-0" / "last.pt"
    found = compare(tmp_path, eight, "--start", str(start), "--tag", "started", systems="genie")
    assert [entry["system"] for entry in found] == ["codefusion", "genie-started"]
    assert (tmp_path / "runs" / "cf-tiny" / "genie-started-0" / "last.pt").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--systems", "rnn"], "no system rnn"),
        (["--systems", "codefusion", "--set", "colour=1"], "colour"),
        (["--systems", "hf:nowhere"], "no Hugging Face checkpoint"),
        (["--systems", "endpoint:model"], "set OPENAI_API_KEY"),
    ],
)
def test_refusals(tmp_path: Path, eight: Path, options: list[str], message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(SystemExit, match=message):
        main([*options, "--train", str(eight), "--files", str(eight), "--out", str(tmp_path), "--results", str(tmp_path / "r")])


def test_language_models_are_measured(tmp_path: Path, eight: Path, fake: Fake, key: None) -> None:
    fake.script = [said(str(request.rule)) for request in read_requests([eight])[:2]] + [said("no rule")]
    found = compare(tmp_path, eight, "--endpoint", fake.base, "--limit", "8", systems="endpoint:org/some-model")[0]
    assert (found["system"], found["evaluated"]) == ("org/some-model", 8)
    assert found["metrics"]["top1"][0] == found["metrics"]["valid1"][0] == 25
    assert [body["n"] for _, _, body in fake.asked] == [2] * 8
    assert (tmp_path / "results" / "comparison-cf-tiny-org_some-model-0.json").exists()


def test_requests_are_spread() -> None:
    assert spread(list(range(10)), 3) == [0, 3, 6]
    assert spread(list(range(3)), 0) == spread(list(range(3)), 5) == [0, 1, 2]


@pytest.mark.data
@pytest.mark.skipif(not (codet5_folder() / "vocab.json").exists(), reason="CF_ASSISTANT_DATA does not hold CodeT5's tokenizer")
@pytest.mark.parametrize("language", ["bash", "python"])
def test_code(tmp_path: Path, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole line on a few pairs of our own."""
    from training.corpus.code_splits import Pair

    code = {"bash": ["ls -l", "pwd", "wc -l a"], "python": ["sum(x)", "len(y)", "z = 1"]}[language]
    parts = {"train": [Pair(f"say {k}", text) for k, text in enumerate(code * 2)], "dev": [Pair("say 0", code[0])] * 2}

    def pairs(asked: str, part: str, _: Path) -> list[Pair]:
        assert asked == language
        return parts[part]

    monkeypatch.setattr("training.compare.pairs", pairs)
    monkeypatch.setattr("training.baselines.data.pairs", pairs)
    data = os.environ.get("CF_ASSISTANT_DATA", "../shared/data")
    options = [
        *OPTIONS,
        "--preset",
        "tiny-paper",
        "--language",
        language,
        "--data",
        data,
        "--count",
        "2",
        "--denoising-steps",
        "3",
    ]
    main(["--systems", "codefusion", "seq2seq", *options, "--out", str(tmp_path), "--results", str(tmp_path / "results")])
    found = read_results(tmp_path / "results")
    assert [result.system for result in found] == ["codefusion", "seq2seq"]
    wanted = {"bash": {"template1", "template5", "nlc2cmd"}, "python": {"exact1", "ast1", "bleu1"}}[language]
    assert all(wanted <= result.metrics.keys() and result.evaluated == 2 for result in found)
    with pytest.raises(SystemExit, match="needs a preset of the flat route"):
        main(["--systems", "codefusion", *OPTIONS, "--language", language, "--data", data, "--out", str(tmp_path / "other")])
