"""A corpus of several languages for fine-tuning one shared model: every batch is of one language, in stated shares.

Rules are prepared as ever; Bash and Python pairs become examples of the same kind with the longer target of code.
"""

from __future__ import annotations

import hashlib
import json
import pickle
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from grammar.codec.code.pieces import LANGUAGES as CODE_LANGUAGES
from grammar.codec.code.pieces import CodePieces
from grammar.codec.pieces import PieceTokenizer
from training.corpus.batches import bucketed
from training.corpus.code_examples import code_examples
from training.corpus.code_pieces import PATH as PIECES_PATH
from training.corpus.code_splits import RECORD, pairs
from training.corpus.examples import Example
from training.corpus.prepared import CorpusSettings, LinkedCorpus, cache_lower, prepare
from training.model.codefusion import CodeFusion, Inputs
from training.model.sentence_encoder import minilm_folder

WEIGHTS: Mapping[str, float] = MappingProxyType({"cf": 0.5, "bash": 0.3, "python": 0.2})
"""Share of the batches that a language has by default; of several languages, relative to each other."""


@dataclass(frozen=True, slots=True)
class Mixing:
    """Which languages in which shares (`weights` add up to 1); the pairs come from `part` of the folder `data`.

    Raises:
        ValueError: no language, one twice or unknown, or weights that are none.
    """

    weights: Mapping[str, float]
    data: Path
    part: str = "train"

    def __post_init__(self) -> None:
        unknown = set(self.weights) - set(WEIGHTS)
        if unknown or not self.weights:
            raise ValueError(f"languages are some of {', '.join(WEIGHTS)}, not {', '.join(sorted(unknown)) or 'none'}")
        if min(self.weights.values()) <= 0 or abs(sum(self.weights.values()) - 1) > 1e-6:
            raise ValueError(f"weights must be above 0 and add up to 1: {dict(self.weights)}")

    @classmethod
    def of(cls, languages: Sequence[str], weights: Sequence[float] | None, data: Path, part: str = "train") -> Mixing:
        """From the options of a command: weights in the order of the languages, scaled to 1; None takes WEIGHTS."""
        if weights is not None and len(weights) != len(languages):
            raise ValueError(f"{len(weights)} weights for {len(languages)} languages")
        if len(set(languages)) != len(languages):
            raise ValueError(f"a language stands twice: {', '.join(languages)}")
        given = [WEIGHTS.get(language, 1.0) for language in languages] if weights is None else list(weights)
        return cls({name: weight / sum(given) for name, weight in zip(languages, given, strict=True)}, data, part)


@dataclass(frozen=True, slots=True)
class Batch:
    """Examples of one language."""

    language: str
    examples: list[Example]


class Settings(CorpusSettings, Protocol):
    """What of a fine-tuning configuration decides the batches."""

    @property
    def batch(self) -> int:
        """Examples in a batch."""

    @property
    def original(self) -> float:
        """How often a request itself is taken rather than a variant of it."""


@dataclass(frozen=True)
class Mixture:
    """The corpora by language, with the shares of their batches."""

    corpora: Mapping[str, LinkedCorpus]
    weights: Mapping[str, float]

    def batch(self, batch: Batch, rng: np.random.Generator) -> tuple[Inputs, Tensor]:
        """Inputs and target tokens (B, length of the language)."""
        return self.corpora[batch.language].batch(batch.examples, rng)

    def batches(self, settings: Settings, start_epoch: int = 0) -> Iterator[tuple[int, int, Batch]]:
        """(epoch, number in the epoch, batch) for ever. An epoch has as many batches as one pass over all languages.

        A language that gets more than one pass in it begins anew in another order, one that gets less is seen in part.

        Raises:
            ValueError: too few examples of a language for one batch.
        """
        epoch = start_epoch
        while True:
            streams = {name: self._stream(name, settings, epoch) for name in self.corpora}
            rng = np.random.default_rng((settings.seed, epoch, len(self.corpora)))
            for number, name in enumerate(rng.permutation(self._turns(settings.batch)).tolist()):
                yield epoch, number, Batch(name, next(streams[name]))
            epoch += 1

    def _turns(self, batch: int) -> list[str]:
        """Every language as often as it has a batch in an epoch."""
        total = sum(-(-len(corpus.groups) // batch) for corpus in self.corpora.values())
        return [name for name in self.corpora for _ in range(max(1, round(total * self.weights[name])))]

    def _stream(self, name: str, settings: Settings, epoch: int) -> Iterator[list[Example]]:
        number, passes = list(self.corpora).index(name), 0
        while True:
            rng, found = np.random.default_rng((settings.seed, epoch, number, passes)), False
            for examples in bucketed(self.corpora[name].groups, settings.batch, rng, settings.original):
                found = True
                yield examples
            if not found:
                raise ValueError(f"{len(self.corpora[name].groups)} of {name} do not fill half a batch of {settings.batch}")
            passes += 1


def prepare_mixture(model: CodeFusion, config: CorpusSettings, out: Path, paths: list[Path], mixing: Mixing) -> Mixture:
    """The corpora of all languages, kept in `out`; `paths` are the files of rules.

    Raises:
        ValueError: the model's encoder is for other corpora, or it has no pieces of code.
        FileNotFoundError, SplitError: see `code_splits.pairs`.
    """
    if model.config.encoder != "linked":
        raise ValueError("languages are mixed for the linked encoder; the t5 encoder takes *_train.json by --extra")
    corpora: dict[str, LinkedCorpus] = {}
    for language in mixing.weights:
        if language in CODE_LANGUAGES:
            corpora[language] = prepare_code(model, config, out, language, mixing)
        else:
            found = prepare(model, config, out, paths)
            assert isinstance(found, LinkedCorpus)
            corpora[language] = found
    return Mixture(corpora, mixing.weights)


def prepare_code(model: CodeFusion, config: CorpusSettings, out: Path, language: str, mixing: Mixing) -> LinkedCorpus:
    """The pairs of one language, encoded, or taken from `out/prepared-<language>.pkl` when all is the same."""
    pieces = CodePieces.read(PIECES_PATH)
    if len(pieces) != model.config.code_pieces:
        raise ValueError(f"the model has {model.config.code_pieces} pieces of code, {PIECES_PATH.name} {len(pieces)}")
    hashes = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (PIECES_PATH, RECORD)]
    key = json.dumps([*hashes, mixing.part, config.fraction, config.variants, config.seed, model.config.as_dict()])
    path = out / f"prepared-{language}.pkl"
    groups = _kept(path, key)
    if groups is None:
        found = pairs(language, mixing.part, mixing.data)
        if config.fraction < 1:
            found = random.Random(config.seed).sample(found, max(1, round(len(found) * config.fraction)))
        tokenizer = PieceTokenizer(minilm_folder() / "tokenizer.json")
        groups = code_examples(
            found, language, tokenizer, pieces, model.config.code_length, variants=config.variants, seed=config.seed
        )
        cache_lower(model, [example for group in groups for example in group])
        path.write_bytes(pickle.dumps((key, groups), protocol=5))
        print(f"{language}: {len(groups)} of {len(found)} pairs fit, {sum(map(len, groups))} examples", file=sys.stderr)
    return LinkedCorpus(groups, torch.zeros(1, model.config.text_width), model.config.code_length, 0.0)


def _kept(path: Path, key: str) -> list[list[Example]] | None:
    if not path.exists():
        return None
    try:
        saved_key, groups = pickle.loads(path.read_bytes())
    except (EOFError, pickle.UnpicklingError, AttributeError, ValueError, ImportError):  # cut short, or of older code
        return None
    return groups if saved_key == key else None
