"""The systems and ablations by name, each built with as many trained parameters as CodeFusion of the same preset.

Every system of one preset and seed starts from the same sentence encoder. Ablations of CodeFusion change one switch and keep
its depth; what only samples otherwise shares the checkpoint of the system that it is a variant of (`trained_as`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, cast

import torch
from torch import nn

from grammar.codec.vocabulary import RULES
from training.baselines.codefusion import CodeFusionSystem
from training.baselines.diffusion_lm import DiffusionLM
from training.baselines.genie import Genie
from training.baselines.interface import System, trained_parameters
from training.baselines.search import Decoding
from training.baselines.seq2seq import Seq2Seq
from training.model.codefusion import CodeFusion
from training.model.config import PRESETS, ModelConfig
from training.model.sampler import Sampling
from training.model.sentence_encoder import MINILM_WIDTH, minilm_folder

Kind = Literal["codefusion", "seq2seq", "genie", "diffusion-lm"]

SHAPES: dict[str, ModelConfig] = {
    **PRESETS,
    # the paper's route with our switches, small enough for a CPU; the noise grows with the root of the dimension
    "flat-small": ModelConfig(
        encoder="t5", width=192, heads=6, feed_forward=576, mixer_layers=0, denoiser_layers=3, decoder_layers=2, dim=192,
        length=64, noise_factor=3.5, lora_rank=0, lora_layers=0, pointer=False, text_width=192, text_layers=4, text_heads=6,
        text_feed_forward=768, text_vocabulary=32100, vocabulary=32100,
    ),
}  # fmt: skip
"""Presets of the model, and those of the comparison alone."""


@dataclass(frozen=True)
class Recipe:
    """How a system is made from a preset: `depth` names the field that is chosen so that the parameters are as many."""

    label: str
    kind: Kind
    trained_as: str = ""
    depth: str = ""
    changes: Callable[[ModelConfig], dict[str, Any]] = field(default=lambda _: {})
    clamp: bool = False
    nucleus: bool = False
    anchored: bool = False


def _switch(label: str, **changes: Any) -> Recipe:
    return Recipe(label, "codefusion", changes=lambda _: changes)


RECIPES: dict[str, Recipe] = {
    "codefusion": Recipe("CodeFusion", "codefusion"),
    "seq2seq": Recipe("Encoder-decoder, beam search", "seq2seq", depth="decoder_layers"),
    "seq2seq-nucleus": Recipe("Encoder-decoder, nucleus sampling", "seq2seq", "seq2seq", "decoder_layers", nucleus=True),
    "diffusion-lm": Recipe("Diffusion-LM", "diffusion-lm", depth="denoiser_layers"),
    "diffusion-lm-clamp": Recipe("Diffusion-LM, clamped", "diffusion-lm", "diffusion-lm", "denoiser_layers", clamp=True),
    "genie": Recipe("GENIE", "genie", depth="denoiser_layers"),
    "genie-clamp": Recipe("GENIE, clamped", "genie", "genie", "denoiser_layers", clamp=True),
    "codefusion-clamp": Recipe("CodeFusion, clamped", "codefusion", "codefusion", clamp=True),
    "codefusion-no-decoder": Recipe("CodeFusion without D and H: rounding", "genie", anchored=True),
    "codefusion-epsilon": _switch("CodeFusion predicting the noise", prediction="epsilon"),
    "codefusion-no-self-condition": _switch("CodeFusion without self-conditioning", self_condition=False),
    "codefusion-no-normalise": _switch("CodeFusion without normalised embeddings", normalise=False),
    "codefusion-no-pointer": _switch("CodeFusion without pointers", pointer=False),
    "codefusion-uniform-time": _switch("CodeFusion with uniform times", time_power=1.0),
    "codefusion-unit-noise": _switch("CodeFusion with noise factor 1", noise_factor=1.0),
    "codefusion-full-pads": _switch("CodeFusion with pads counted alike", pad_weight=1.0),
    "codefusion-full-dimension": Recipe(
        "CodeFusion with embeddings as wide as the model", "codefusion", changes=lambda c: {"dim": c.width}
    ),
}  # fmt: skip
"""Names of the command line -> recipes."""


def shape(preset: str, **changes: Any) -> ModelConfig:
    """The configuration of a preset, with the vocabulary of its route.

    Raises:
        ValueError: no such preset, or changes that do not go together, or pieces of code, which the baselines do not write.
    """
    if preset not in SHAPES:
        raise ValueError(f"no preset {preset}; there are {', '.join(sorted(SHAPES))}")
    if changes.get("code_pieces"):
        raise ValueError("code_pieces is no switch of the comparison: Bash and Python take the flat route there")
    found = SHAPES[preset]
    if found.encoder == "linked":
        changes = {"vocabulary": len(RULES), **changes}
    return dataclasses.replace(found, **changes)


def reference(config: ModelConfig, seed: int) -> CodeFusion:
    """The CodeFusion of a configuration and seed, with MiniLM's weights where the shape is MiniLM's."""
    torch.manual_seed(seed)
    model = CodeFusion(config)
    if config.encoder == "linked" and config.text_width == MINILM_WIDTH:
        model.sentence.load_pretrained(minilm_folder())
    return model


def build(name: str, config: ModelConfig, sampling: Sampling, seed: int = 0) -> System:
    """A system of a preset's configuration; `sampling` of the diffusion models.

    Raises:
        ValueError: no such system.
    """
    if name not in RECIPES:
        raise ValueError(f"no system {name}; there are {', '.join(RECIPES)}")
    recipe, template = RECIPES[name], reference(config, seed)
    target = dataclasses.replace(config, **recipe.changes(config))
    if recipe.depth:
        target = matched(recipe, target, trained_parameters(template))
    torch.manual_seed(seed)
    system = _make(name, recipe, target, sampling)
    if config.encoder == "linked":
        sentence = cast(CodeFusion, system.core).sentence  # baselines name it alike
        sentence.load_state_dict(template.sentence.state_dict())
    return system


def matched(recipe: Recipe, config: ModelConfig, parameters: int) -> ModelConfig:
    """The configuration with the depth whose trained parameters are nearest to `parameters`."""

    def at(depth: int) -> ModelConfig:
        changed: dict[str, Any] = {recipe.depth: depth}
        return dataclasses.replace(config, **changed)

    with torch.device("meta"):  # counted, not made
        first, second = (trained_parameters(cast(nn.Module, _make("", recipe, at(k), Sampling()))) for k in (1, 2))
    return at(max(1, 1 + round((parameters - first) / (second - first))))


def _make(name: str, recipe: Recipe, config: ModelConfig, sampling: Sampling) -> System:
    sampling = dataclasses.replace(sampling, clamp=recipe.clamp)
    match recipe.kind:
        case "codefusion":
            return CodeFusionSystem(config, sampling, name)
        case "seq2seq":
            return Seq2Seq(config, Decoding("nucleus" if recipe.nucleus else "beam"), name)
        case "genie":
            return Genie(config, sampling, name, recipe.anchored)
        case "diffusion-lm":
            return DiffusionLM(config, sampling, name)
