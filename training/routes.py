"""Requests in, token texts out, for either encoder: what evaluation needs around the model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from torch import Tensor

from grammar.codec.pieces import PieceTokenizer
from grammar.codec.view import View
from grammar.codec.vocabulary import RULES
from training.corpus.batches import collate
from training.corpus.codet5 import CodeT5Tokenizer
from training.corpus.examples import Strings, place_only
from training.corpus.flat import FlatExample, collate_flat, flatten
from training.corpus.prepared import embed_strings
from training.model.codefusion import CodeFusion, Inputs, TextInputs
from training.model.sentence_encoder import minilm_folder

PIECE = "<code>"
"""A piece of code where a rule is expected: no token of the rules, so that decoding refuses it."""


class Route(Protocol):
    """How the views of some requests become the encoder's inputs, and token ids the codec's tokens."""

    def inputs(self, rows: Sequence[int]) -> Inputs | TextInputs:
        """One batch: the views of these numbers."""

    def tokens(self, ids: list[int]) -> list[str]:
        """Token texts of one sequence, for `grammar.codec.decode`."""


class LinkedRoute:
    """Words, columns and values in one sequence; the output vocabulary is the rules' own."""

    def __init__(self, model: CodeFusion, views: Sequence[View]) -> None:
        tokenizer, strings = PieceTokenizer(minilm_folder() / "tokenizer.json"), Strings()
        self._examples = [place_only(view, tokenizer, strings) for view in views]
        self._strings: Tensor = embed_strings(model, tokenizer, list(strings.rows))
        self._length = model.config.length

    def inputs(self, rows: Sequence[int]) -> Inputs:
        return collate([self._examples[k] for k in rows], self._strings, self._length)[0]

    def tokens(self, ids: list[int]) -> list[str]:
        return [RULES.tokens[k] if k < len(RULES) else PIECE for k in ids]


class FlatRoute:
    """The flattened text; both sides are CodeT5's vocabulary."""

    def __init__(self, model: CodeFusion, views: Sequence[View]) -> None:
        self._tokenizer = CodeT5Tokenizer()
        self._examples = [FlatExample(flatten(view, self._tokenizer), np.zeros(0, np.int64)) for view in views]
        self._length = model.config.length

    def inputs(self, rows: Sequence[int]) -> TextInputs:
        return collate_flat([self._examples[k] for k in rows], self._length)[0]

    def tokens(self, ids: list[int]) -> list[str]:
        return self._tokenizer.rule_tokens(ids)


def route_of(model: CodeFusion, views: Sequence[View]) -> Route:
    """The route of the model's encoder."""
    return FlatRoute(model, views) if model.config.encoder == "t5" else LinkedRoute(model, views)
