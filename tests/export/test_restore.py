"""A bundle turned back into a checkpoint computes what the bundle computes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from export.convert import build, graphs, parity, write_card
from export.restore import restore
from export.runtime.bundle import FORMAT
from export.samples import Sizes, samples
from grammar.codec.vocabulary import RULES
from training.checkpoint import CheckpointError
from training.finetune import build as build_model
from training.model.codefusion import CodeFusion


@pytest.fixture(scope="module")
def model() -> CodeFusion:
    torch.manual_seed(3)
    model = build_model("tiny")
    with torch.no_grad():
        for parameter in model.parameters():  # nothing left at zero, as after training
            parameter.add_(0.02 * torch.randn(parameter.shape))
    return model.eval()


def written(model: CodeFusion, folder: Path, *, quantise: bool) -> Path:
    build(model, folder, quantise=quantise)
    (folder / "tokenizer.json").write_text("{}", encoding="utf-8")
    settings = {"finetune": {"steps": 1}, "step": 1}
    write_card(
        folder, {"name": "tiny", "model": model.config.as_dict(), "training": settings, "vocabulary": list(RULES.tokens)}
    )
    return folder


def test_a_float_bundle_comes_back_as_it_was(model, tmp_path):
    restored = restore(written(model, tmp_path / "bundle", quantise=False))
    expected = dict(model.named_parameters())
    for name, value in restored.named_parameters():
        if not name.startswith("sentence.pieces"):
            torch.testing.assert_close(value, expected[name], msg=name)


def test_an_int8_bundle_comes_back_as_it_computes(model, tmp_path):
    folder = written(model, tmp_path / "bundle", quantise=True)
    restored = restore(folder).eval()
    inputs = samples(restored, Sizes(), seed=4)
    for name, graph in graphs(restored).items():
        shipped = parity(name, graph, inputs[name], folder / f"{name}.onnx")
        untrained = parity(name, graphs(build_model("tiny").eval())[name], inputs[name], folder / f"{name}.onnx")
        assert shipped < 0.25, name  # what is left is the rounding of activations
        assert shipped < untrained / 2, name


def test_a_folder_that_is_no_bundle(tmp_path):
    with pytest.raises(CheckpointError, match="no bundle"):
        restore(tmp_path)


def test_a_bundle_of_another_format(model, tmp_path):
    card = {"format": FORMAT + 1, "model": model.config.as_dict()}
    (tmp_path / "bundle.json").write_text(json.dumps(card), encoding="utf-8")
    with pytest.raises(CheckpointError, match="format"):
        restore(tmp_path)
