"""CodeBERTScore (Zhou et al. 2023): greedy cosine matching of the contextual vectors of two pieces of code.

With unit vectors c(i) of the candidate's tokens, r(j) of the reference's, and weights w (1, or inverse document frequencies):

    precision = Σ w(i) max over j of c(i)·r(j) / Σ w(i)        recall = Σ w(j) max over i of c(i)·r(j) / Σ w(j)
    F1 = 2 P R / (P + R)                                       F3 = 10 P R / (9 P + R), which counts recall more

The utterance may stand before the code as context: it colours the vectors and is left out of the matching. So are, as in the
paper and unless told otherwise, tokens without a letter or digit other than operators. Weights of inverse document frequency
are BERTScore's (Zhang et al. 2020): log((M + 1) / (m + 1)) for a token that stands in m of M references.

The paper's encoders are `neulab/codebert-python` and its like (CodeBERT trained on); any encoder of Hugging Face will do,
named or in a folder. It is no part of this project: `EncoderMissingError` says when it cannot be had. Figures of different
encoders or layers cannot be compared.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

_OPERATORS = frozenset("+-*/%=<>")
_HEADS = ("pooler", "lm_head", "cls.", "position_ids")  # weights that the vectors do not need


class EncoderMissingError(Exception):
    """The encoder's files or some of its weights are not there: name a folder that has them, or a model that can be fetched."""


@dataclass(frozen=True, slots=True)
class Score:
    """One candidate against its reference, each from -1 to 1 (0 to 1 in practice)."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean."""
        return self._mean(1)

    @property
    def f3(self) -> float:
        """The F score that weighs recall three times as much, the paper's choice where recall matters."""
        return self._mean(9)

    def _mean(self, square: int) -> float:
        below = square * self.precision + self.recall
        return (1 + square) * self.precision * self.recall / below if below > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Embedded:
    """The tokens of one piece of code that are matched: `vectors` (tokens, width) of length 1, and their ids."""

    vectors: Tensor
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class InverseFrequencies:
    """Weights of token ids over a set of references; `unseen` is that of every other token."""

    weights: Mapping[int, float]
    unseen: float

    def of(self, ids: Sequence[int]) -> Tensor:
        """The weights (tokens,) of a sequence."""
        return torch.tensor([self.weights.get(k, self.unseen) for k in ids])


def inverse_frequencies(documents: Sequence[Sequence[int]]) -> InverseFrequencies:
    """Weights over the references' token ids."""
    counts = Counter(k for document in documents for k in set(document))
    total = len(documents) + 1
    return InverseFrequencies({k: math.log(total / (count + 1)) for k, count in counts.items()}, math.log(total))


def greedy_score(candidate: Embedded, reference: Embedded, frequencies: InverseFrequencies | None = None) -> Score:
    """Greedy matching, weighted where `frequencies` are given. Nothing to match scores 0."""
    if not candidate.ids or not reference.ids:
        return Score(0.0, 0.0)
    cosines = candidate.vectors @ reference.vectors.T  # (candidate tokens, reference tokens)
    return Score(
        _mean(cosines.max(1).values, candidate.ids, frequencies), _mean(cosines.max(0).values, reference.ids, frequencies)
    )


def _mean(best: Tensor, ids: Sequence[int], frequencies: InverseFrequencies | None) -> float:
    """The weighted mean of the best cosines (tokens,); the plain one when all weights are 0 (a token of every reference)."""
    weights = torch.ones_like(best) if frequencies is None else frequencies.of(ids).to(best.dtype)
    if float(weights.sum()) <= 0:
        weights = torch.ones_like(best)
    return float((best * weights).sum() / weights.sum())


class CodeBertScore:
    """Scores by one encoder; `layer` of its hidden states, -1 the last. CPU unless `device` says otherwise.

    Raises:
        EncoderMissingError: the folder or the model of that name cannot be loaded whole.
    """

    def __init__(self, name: str | Path, *, layer: int = -1, device: str = "cpu", skip_punctuation: bool = True) -> None:
        self._tokenizer, self._model = _load(str(name))
        self._model.to(device).eval()
        self._layer = layer
        self._device = device
        self._skip = skip_punctuation
        self._longest = _longest(self._tokenizer, self._model)

    def score(
        self, candidates: Sequence[str], references: Sequence[str], contexts: Sequence[str] | None = None, *, idf: bool = False
    ) -> list[Score]:
        """One score per candidate; `contexts` are the utterances, `idf` weighs tokens over these references.

        Raises:
            ValueError: not as many candidates or contexts as references.
        """
        contexts = [""] * len(references) if contexts is None else contexts
        if not len(candidates) == len(references) == len(contexts):
            raise ValueError(f"{len(candidates)} candidates, {len(references)} references, {len(contexts)} contexts")
        wanted = [self.embed(code, context) for code, context in zip(references, contexts, strict=True)]
        frequencies = inverse_frequencies([one.ids for one in wanted]) if idf else None
        written = [self.embed(code, context) for code, context in zip(candidates, contexts, strict=True)]
        return [greedy_score(a, b, frequencies) for a, b in zip(written, wanted, strict=True)]

    @torch.inference_mode()
    def embed(self, code: str, context: str = "") -> Embedded:
        """The vectors of the code's tokens in its context. Code beyond the encoder's length is cut, the context before it."""
        tokens = self._tokenizer
        before = list(tokens(context, add_special_tokens=False)["input_ids"]) if context else []
        own = list(tokens(code, add_special_tokens=False)["input_ids"])[: self._longest]
        before = before[: self._longest - len(own)]
        first, last = tokens.cls_token_id, tokens.sep_token_id
        ids = torch.tensor([[first, *before, *own, last]], device=self._device)  # (1, tokens)
        states = self._model(ids, attention_mask=torch.ones_like(ids), output_hidden_states=True).hidden_states
        vectors = states[self._layer][0, 1 + len(before) : -1].float().cpu()  # (code tokens, width)
        kept = [k for k, token in enumerate(own) if not self._skip or self._matters(token)] or list(range(len(own)))
        return Embedded(torch.nn.functional.normalize(vectors[kept], dim=-1), tuple(own[k] for k in kept))

    def vector(self, code: str, context: str = "") -> Tensor:
        """One vector (width,) for a piece of code, the mean over its tokens: for `training.metrics.diversity`.

        Raises:
            ValueError: the code has no tokens.
        """
        vectors = self.embed(code, context).vectors
        if not len(vectors):
            raise ValueError("empty code has no vector")
        return vectors.mean(0)

    def _matters(self, token: int) -> bool:
        text = self._tokenizer.decode([token]).strip()
        return any(sign.isalnum() for sign in text) or (bool(text) and set(text) <= _OPERATORS)


def _longest(tokenizer: Any, model: Any) -> int:
    """Tokens between first and last mark that the encoder has positions for."""
    positions = int(getattr(model.config, "max_position_embeddings", 512))
    offset = (
        2 if model.config.model_type in {"roberta", "xlm-roberta", "camembert"} else 0
    )  # their positions begin behind the pad
    return min(positions - offset, int(tokenizer.model_max_length)) - 2


def _load(name: str) -> tuple[Any, Any]:
    from transformers import AutoModel, AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(name)
        model, about = AutoModel.from_pretrained(name, output_loading_info=True)
    except (OSError, ValueError, ImportError) as error:
        raise EncoderMissingError(f"no encoder {name}: {str(error).splitlines()[0]}") from error
    missing = [key for key in about["missing_keys"] if not any(head in key for head in _HEADS)]
    if missing:
        raise EncoderMissingError(f"{name} lacks weights of its encoder: {', '.join(sorted(missing)[:3])}, …")
    if tokenizer.cls_token_id is None or tokenizer.sep_token_id is None:
        raise EncoderMissingError(f"{name} has a tokenizer without [CLS] and [SEP]: it is no encoder of this kind")
    return tokenizer, model
