"""The prepared corpus of a fine-tuning run: requests encoded, frozen states computed once, kept in `prepared.pkl`."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import pickle
import random
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from grammar.codec.pieces import PieceTokenizer
from grammar.errors import GrammarError
from training.corpus.augment import AUGMENTATIONS
from training.corpus.batches import collate
from training.corpus.codet5 import CodeT5Tokenizer
from training.corpus.examples import Example, Strings, make_examples
from training.corpus.flat import FlatExample, collate_flat, flat_example, read_code_pairs
from training.corpus.prose import read_cf_train
from training.corpus.requests import Request, read_requests
from training.model.codefusion import CodeFusion, Inputs, TextInputs
from training.model.config import ModelConfig
from training.model.sentence_encoder import minilm_folder


class CorpusSettings(Protocol):
    """What of a fine-tuning configuration decides the corpus."""

    @property
    def fraction(self) -> float:
        """Share of the tables that is used."""

    @property
    def variants(self) -> int:
        """Augmented examples per request."""

    @property
    def seed(self) -> int:
        """Of the augmentation."""

    @property
    def drop_columns(self) -> float:
        """Probability that an unused column is hidden."""


@dataclass(frozen=True)
class LinkedCorpus:
    """Examples of the linked encoder, each group a request and its variants; `strings` (texts, text_width)."""

    groups: list[list[Example]]
    strings: Tensor
    length: int
    drop_columns: float

    def batch(self, examples: list[Example], rng: np.random.Generator) -> tuple[Inputs, Tensor]:
        """Inputs and target tokens (B, length)."""
        return collate(examples, self.strings, self.length, rng, self.drop_columns)


@dataclass(frozen=True)
class FlatCorpus:
    """Examples of the t5 encoder."""

    groups: list[list[FlatExample]]
    length: int

    def batch(self, examples: list[FlatExample], rng: np.random.Generator) -> tuple[TextInputs, Tensor]:  # noqa: ARG002  # both corpora are called alike
        """Inputs and target tokens (B, length)."""
        return collate_flat(examples, self.length)


@torch.no_grad()
def embed_strings(model: CodeFusion, tokenizer: PieceTokenizer, texts: list[str], batch: int = 256) -> Tensor:
    """Pooled frozen states of every text, (texts, text_width) in half precision."""
    ids = [tokenizer.string(text) for text in texts]
    order = sorted(range(len(ids)), key=lambda k: len(ids[k]))
    result = torch.zeros(max(len(texts), 1), model.config.text_width, dtype=torch.float16)
    for start in range(0, len(order), batch):
        rows = order[start : start + batch]
        longest = max(len(ids[k]) for k in rows)
        pieces = torch.zeros(len(rows), longest, dtype=torch.long)
        for at, k in enumerate(rows):
            pieces[at, : len(ids[k])] = torch.tensor(ids[k])
        result[rows] = model.sentence.pooled(pieces, pieces > 0).half()
    return result


@torch.no_grad()
def cache_lower(model: CodeFusion, examples: list[Example], batch: int = 128) -> None:
    """Fill `lower` of every example: the frozen layers are computed once, not in every epoch."""
    order = sorted(examples, key=lambda e: len(e.placed.pieces))
    for start in range(0, len(order), batch):
        rows = order[start : start + batch]
        pieces = torch.zeros(len(rows), max(len(e.placed.pieces) for e in rows), dtype=torch.long)
        for k, example in enumerate(rows):
            pieces[k, : len(example.placed.pieces)] = torch.from_numpy(example.placed.pieces)
        states = model.sentence.lower(pieces, pieces > 0).half().numpy()
        for k, example in enumerate(rows):
            example.lower = states[k, : len(example.placed.pieces)].copy()


def prepare(model: CodeFusion, config: CorpusSettings, out: Path, paths: list[Path]) -> LinkedCorpus | FlatCorpus:
    """Encode the corpus, or take it from `out/prepared.pkl` when files and settings are the same."""
    if model.config.encoder == "t5":
        return _flat(model, config, out, paths)
    key = json.dumps([[path.name, hashlib.sha256(path.read_bytes()).hexdigest()] for path in paths]
                     + [config.fraction, config.variants, config.seed, rules_only(model.config).as_dict()])  # fmt: skip
    kept = _kept(out / "prepared.pkl", key)
    groups, strings = kept or _encode(model, config, out, paths)
    if kept is None:
        (out / "prepared.pkl").write_bytes(pickle.dumps((key, groups, strings), protocol=5))
    return LinkedCorpus(groups, strings, model.config.length, config.drop_columns)


def rules_only(config: ModelConfig) -> ModelConfig:
    """The configuration without its switches of code: rules are prepared alike for both."""
    return dataclasses.replace(config, vocabulary=config.vocabulary - config.code_pieces, code_pieces=0)


def _kept(path: Path, key: str) -> tuple[list[list[Example]], Tensor] | None:
    """What was kept, if it is whole and was made from the same files with the same settings."""
    if not path.exists():
        return None
    try:
        saved_key, groups, strings = pickle.loads(path.read_bytes())
    except (EOFError, pickle.UnpicklingError, AttributeError, ValueError, ImportError):  # cut short, or of older code
        return None
    return (groups, strings) if saved_key == key else None


def read_corpora(paths: list[Path], config: CorpusSettings) -> list[Request]:
    """CF requests of the files (`.jsonl` written requests, `cf_train.json` the public split), or of a share of their tables."""
    requests = read_requests([path for path in paths if path.suffix == ".jsonl"])
    requests += [request for path in paths if path.name == "cf_train.json" for request in read_cf_train(path)]
    if config.fraction < 1:
        tables = sorted({r.table_id for r in requests})
        chosen = set(random.Random(config.seed).sample(tables, max(1, round(len(tables) * config.fraction))))
        requests = [r for r in requests if r.table_id in chosen]
    return requests


def _encode(model: CodeFusion, config: CorpusSettings, out: Path, paths: list[Path]) -> tuple[list[list[Example]], Tensor]:
    requests, started = read_corpora(paths, config), time.time()
    tokenizer, strings = PieceTokenizer(minilm_folder() / "tokenizer.json"), Strings()

    def progress(number: int) -> None:
        if number % 500 == 0:
            print(f"\rencoding {number}/{len(requests)}", end="", file=sys.stderr, flush=True)

    groups = make_examples(
        requests, tokenizer, strings, model.config.length, variants=config.variants, seed=config.seed, progress=progress
    )
    table = embed_strings(model, tokenizer, list(strings.rows))
    cache_lower(model, [example for group in groups for example in group])
    _summarise(out, paths, {
        "requests": len(requests), "encoded": len(groups), "examples": sum(map(len, groups)), "strings": len(strings.rows),
        "seconds": round(time.time() - started, 1),
    })  # fmt: skip
    return groups, table


def _flat(model: CodeFusion, config: CorpusSettings, out: Path, paths: list[Path]) -> FlatCorpus:
    tokenizer, length = CodeT5Tokenizer(), model.config.length
    requests, started, rng = read_corpora(paths, config), time.time(), random.Random(config.seed)
    groups: list[list[FlatExample]] = []
    for request in requests:
        group = []
        for number in range(config.variants + 1):
            changed = rng.choice(AUGMENTATIONS)(request, rng) if number else request
            try:
                group.append(flat_example(changed, tokenizer, length))
            except GrammarError:
                if not number:
                    break
        groups += [group] if group else []
    encoded = len(groups)
    for path in paths:
        if path.suffix == ".json" and path.name != "cf_train.json":
            groups += [[example] for example in read_code_pairs(path, tokenizer, length)]
    _summarise(out, paths, {
        "requests": len(requests), "encoded": encoded, "code_pairs": len(groups) - encoded, "examples": sum(map(len, groups)),
        "seconds": round(time.time() - started, 1),
    })  # fmt: skip
    return FlatCorpus(groups, length)


def _summarise(out: Path, paths: list[Path], summary: dict[str, Any]) -> None:
    print("\r" + json.dumps(summary), file=sys.stderr)
    (out / "corpus.json").write_text(json.dumps({**summary, "files": [p.name for p in paths]}, indent=1), encoding="utf-8")
