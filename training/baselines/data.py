"""The training data of a comparison: one prepared corpus that all its systems share."""

from __future__ import annotations

import dataclasses
import json
import pickle
import random
from pathlib import Path
from typing import Any

from training.corpus.code_splits import pairs
from training.corpus.codet5 import CodeT5Tokenizer
from training.corpus.flat import code_example
from training.corpus.prepared import FlatCorpus, LinkedCorpus, prepare
from training.finetune import FinetuneConfig
from training.model.codefusion import CodeFusion
from training.model.config import ModelConfig


class PreparedError(Exception):
    """A prepared corpus that cannot be used here; name another folder, or leave `--prepared` out to make a new one."""


def rule_corpus(model: CodeFusion, config: FinetuneConfig, out: Path, paths: list[Path]) -> LinkedCorpus | FlatCorpus:
    """CF requests, prepared or taken from `out`. Of the whole corpus every seed has the same variants; of a share, its own."""
    out.mkdir(parents=True, exist_ok=True)
    seed = config.seed if config.fraction < 1 else 0
    return prepare(model, dataclasses.replace(config, seed=seed), out, paths)


def taken_corpus(folder: Path, shape: ModelConfig, config: FinetuneConfig) -> LinkedCorpus:
    """The corpus of `folder/prepared.pkl`, whatever files it was made from.

    Raises:
        PreparedError: it is missing or broken, or was made for another text encoder, length or share of the tables.
    """
    path = folder / "prepared.pkl"
    if shape.encoder == "t5":
        raise PreparedError("flat corpora are not kept; leave --prepared out")
    try:
        key, groups, strings = pickle.loads(path.read_bytes())
        *_, fraction, _, _, theirs = json.loads(key)
    except (OSError, EOFError, pickle.UnpicklingError, AttributeError, ValueError, TypeError, ImportError) as error:
        raise PreparedError(f"{path} cannot be read: {error}") from error
    ours = shape.as_dict()
    names = ("length", "lora_layers", "text_width", "text_layers", "text_heads", "text_feed_forward", "text_vocabulary")
    other = [f"{name} {theirs.get(name)} against {ours[name]}" for name in names if theirs.get(name) != ours[name]]
    if (theirs.get("lora_rank", 0) > 0) != (ours["lora_rank"] > 0):
        other.append("adapters")
    if fraction != config.fraction:
        other.append(f"fraction {fraction} against {config.fraction}")
    if other:
        raise PreparedError(f"{path} was made for other settings: {', '.join(other)}")
    return LinkedCorpus(groups, strings, shape.length, config.drop_columns)


def code_corpus(language: str, part: str, data: Path, shape: ModelConfig, config: FinetuneConfig) -> FlatCorpus:
    """Bash or Python pairs of a part whose code fits the target length; `fraction` of them by the seed.

    Raises:
        PreparedError: the model's route is for rules only, or no pair fits.
    """
    if shape.encoder != "t5":
        raise PreparedError(f"{language} needs a preset of the flat route (flat-small, tiny-paper, paper)")
    tokenizer = CodeT5Tokenizer(data / "codet5")
    examples = [code_example(language, pair.utterance, pair.code, tokenizer) for pair in pairs(language, part, data)]
    groups: list[list[Any]] = [[e] for e in examples if 0 < len(e.target) < shape.length]
    if config.fraction < 1:
        groups = random.Random(config.seed).sample(groups, max(1, round(len(groups) * config.fraction)))
    if not groups:
        raise PreparedError(f"no {language} pair of {data} has fewer than {shape.length} tokens")
    return FlatCorpus(groups, shape.length)
