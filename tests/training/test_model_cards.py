"""Model cards of made-up bundles."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from training.model_cards import CardError, card, main, read_info, results_of
from training.report.results import Figure, Result, Tag

REQUESTS = {
    "table_id": "t", "domain": "d", "table": [["Profit"], [1]],
    "requests": [{"utterance": "x", "rule": None, "scope": None, "format": None, "tags": ["a"]}] * 3,
}  # fmt: skip


def tag(n: int, top: float) -> Tag:
    return Tag(n, {"top1": Figure(top, top - 5, top + 5)})


def measured(label: str, date: str, **changes: Any) -> Result:
    tags = {"dates": tag(30, 55.0), "rare": tag(5, 10.0), "easy": tag(90, 95.0)}
    return Result(
        ("b.json",), "bundle", "codefusion", label, "cf", date=date, command="python -m benchmarks.accuracy", evaluated=1001,
        metrics={"top1": Figure(64.8, 61.8, 67.7)}, tags=tags, **changes,
    )  # fmt: skip


@pytest.fixture
def corpora(tmp_path: Path) -> Path:
    folder = tmp_path / "corpora"
    folder.mkdir()
    for name in ("c1.jsonl", "c2.jsonl"):
        (folder / name).write_text(json.dumps(REQUESTS) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def bundle(tmp_path: Path, corpora: Path) -> Path:
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "text.onnx").write_bytes(b"x" * 2**20)
    digest = hashlib.sha256((corpora / "c1.jsonl").read_bytes()).hexdigest()
    info = {
        "name": "tiny", "languages": ["cf", "bash"], "vocabulary": ["<pad>"] * 259, "weights": "int8, dynamic, per channel",
        "model": {"width": 32, "mixer_layers": 1, "denoiser_layers": 2, "decoder_layers": 1, "dim": 16, "length": 18},
        "sampling": {"seeds": 16, "steps": 1}, "sha256": {"text.onnx": "ab" * 32, "decoder.onnx": "cd" * 32},
        "training": {"commit": "0123456789abcdef", "step": 2200, "finetune": {"steps": 2350, "batch": 64},
                     "corpora": {"c1.jsonl": digest, "c2.jsonl": "0" * 64, "gone.jsonl": digest}},
        "difference_from_torch": {"text": {"float": 1e-6, "shipped": 0.46}, "decoder": {"float": 1e-6, "shipped": 0.1}},
        "sentence_encoder": "all-MiniLM-L6-v2 (Apache-2.0)",
        "accuracy": {"seeds": 16, "all": {"n": 1001, "top1": [64.8, 61.8, 67.7], "top3": [75.8, 73.1, 78.4]},
                     "abstained_rightly": 65.9, "abstained_wrongly": 1.0},
    }  # fmt: skip
    (folder / "bundle.json").write_text(json.dumps(info), encoding="utf-8")
    return folder


def test_what_it_says(bundle: Path, corpora: Path) -> None:
    text = card(read_info(bundle), bundle, [measured("tiny", "2026-11-21")], corpora)
    assert text.startswith("# Model card: `tiny`\n")
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## What it is", "## Data", "## Recipe", "## Figures", "## Limits", "## Licence",
    ]  # fmt: skip
    assert "Languages: Rules (conditional formatting), Bash." in text
    assert "259 output tokens" in text
    assert "16 seeds in 1 denoising step." in text
    assert "| `text.onnx` | 1.0 MiB | `abababababababab…` |" in text
    assert "| `decoder.onnx` | – |" in text


def test_the_datas_origin_and_counts(bundle: Path, corpora: Path) -> None:
    text = card(read_info(bundle), bundle, [], corpora)
    assert "by a language model and reviewed by no person" in text
    assert "| `c1.jsonl` | 3 |" in text
    assert "| `c2.jsonl` | changed since |" in text
    assert "| `gone.jsonl` | – |" in text
    assert "Apache License 2.0" in text.split("## Licence")[1]


def test_recipe_and_figures(bundle: Path, corpora: Path) -> None:
    text = card(read_info(bundle), bundle, [measured("tiny", "2026-11-21")], corpora)
    assert "step 2200, commit `0123456789ab`" in text
    assert "| `batch` | 64 |" in text
    assert "| 1001 | 64.8 [61.8, 67.7] | 75.8 [73.1, 78.4] |" in text
    assert "| dates | 30 | 55.0 [50.0, 60.0] |" in text
    assert "Command: `python -m benchmarks.accuracy`." in text


def test_limits(bundle: Path, corpora: Path) -> None:
    text = card(read_info(bundle), bundle, [measured("tiny", "2026-11-21")], corpora)
    assert "- It abstains on 65.9 % of the requests that nothing can be done with, and wrongly on 1.0 % of the others" in text
    assert "- Weakest kinds of requests by top-1: dates (55 %, n = 30), easy (95 %, n = 90)." in text
    assert "change outputs by up to 0.46" in text
    assert "- What cannot be said in 18 tokens cannot be written." in text


def test_without_figures_it_says_so(bundle: Path, corpora: Path) -> None:
    info = read_info(bundle) | {"accuracy": None, "weights": "float32", "difference_from_torch": {}}
    text = card(info, bundle, [measured("another", "2026-11-21")], corpora)
    assert "Nothing was measured yet." in text
    assert "int8" not in text
    assert "abstains" not in text


def test_the_last_results_of_the_bundle_count() -> None:
    first, last = measured("tiny", "2026-11-21"), measured("tiny, again", "2026-11-22", config={"bundle": "tiny"})
    other = measured("tiny", "2026-11-23", config={"bundle": "base"})
    assert results_of("tiny", [last, other, first]) == [last]
    assert results_of("base", [last, other, first]) == [other]
    assert results_of("none", [first]) == []


def call(monkeypatch: pytest.MonkeyPatch, *given: Path | str) -> None:
    monkeypatch.setattr(sys, "argv", ["model_cards", *map(str, given)])
    main()


def test_the_command_writes_the_same_bytes(bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    call(monkeypatch, bundle, "--results", tmp_path / "none")
    first = (bundle / "MODEL_CARD.md").read_bytes()
    call(monkeypatch, bundle, "--results", tmp_path / "none")
    assert (bundle / "MODEL_CARD.md").read_bytes() == first


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "there is no bundle.json"), ("{", "cannot be read"), ('{"name": "x"}', "does not say: languages")],
)
def test_no_bundle(tmp_path: Path, content: str | None, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if content is not None:
        (tmp_path / "bundle.json").write_text(content, encoding="utf-8")
    with pytest.raises(CardError, match=message):
        read_info(tmp_path)
    with pytest.raises(SystemExit, match=message):
        call(monkeypatch, tmp_path, "--results", tmp_path / "none")
