"""Presets, and configurations that are refused."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from training.finetune import FinetuneConfig, build
from training.model.config import PRESETS, ModelConfig
from training.model.t5_encoder import EncoderWeightsError


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_a_preset_is_rebuilt_from_its_plain_values(name: str) -> None:
    assert ModelConfig.from_dict(PRESETS[name].as_dict()) == PRESETS[name]


def test_unknown_keys_raise() -> None:
    with pytest.raises(TypeError, match="colour"):
        ModelConfig.from_dict({"colour": 1})


@pytest.mark.parametrize(
    "values",
    [
        {"width": 100}, {"heads": 7}, {"text_heads": 7}, {"encoder": "t5"}, {"encoder": "t5", "lora_rank": 0},
        {"time_power": 0.0}, {"time_power": 1.5},
        {"noise_factor": 0.0}, {"lora_layers": 9}, {"dim": 0}, {"length": 0}, {"denoiser_layers": 0},
        {"dropout": 1.0}, {"pad_weight": -0.1},
    ],
)  # fmt: skip
def test_bad_values_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # each message is its own; that it is refused at once is the point
        dataclasses.replace(PRESETS["small"], **values)


@pytest.mark.parametrize("values", [{"steps": 0}, {"batch": 1}, {"fraction": 0.0}, {"fraction": 1.1}, {"ema": 1.0}])
def test_bad_ways_to_fine_tune_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not a fine-tuning configuration"):
        FinetuneConfig(**values)


def test_the_paper_has_every_addition_off() -> None:
    paper = PRESETS["paper"]
    assert (paper.encoder, paper.prediction, paper.schedule_steps, paper.length) == ("t5", "epsilon", 1200, 128)
    assert (paper.normalise, paper.self_condition, paper.pointer, paper.lora_rank) == (False, False, False, 0)
    assert paper.noise_factor == paper.time_power == paper.pad_weight == 1
    assert (paper.denoiser_layers, paper.decoder_layers, paper.dim, paper.width) == (10, 6, 512, 512)


def test_the_paper_has_about_75_million_parameters() -> None:
    pytest.importorskip("transformers")
    assert sum(p.numel() for p in build("paper").parameters()) / 1e6 == pytest.approx(75, abs=5)


def test_weights_that_cannot_be_had(tmp_path: Any) -> None:
    pytest.importorskip("transformers")
    with pytest.raises(EncoderWeightsError, match="no weights"):
        build("tiny-paper", encoder_from=str(tmp_path))
    with pytest.raises(ValueError, match="t5 encoder"):
        build("tiny", encoder_from=str(tmp_path))


def test_weights_of_a_folder_are_taken(tmp_path: Any) -> None:
    pytest.importorskip("transformers")
    source = build("tiny-paper")
    source.encoder.t5.save_pretrained(tmp_path)  # type: ignore[union-attr, operator]  # a T5Encoder by its preset
    taken = build("tiny-paper", encoder_from=str(tmp_path))
    theirs = dict(source.encoder.named_parameters())
    assert all(p.equal(theirs[name]) for name, p in taken.encoder.named_parameters())
    assert taken.embedding.weight is taken.decoder.head.weight
