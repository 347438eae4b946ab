"""Requests as flat text for the t5 encoder: `cf: utterance | header (kind): values …`, and code by plain BPE.

`<extra_id>` sentinels stand before the word, column or value they mark (see `training.corpus.codet5`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from grammar.codec.encode import EncodingError, encode
from grammar.codec.view import View, make_view
from grammar.parse import parse
from grammar.table import column_letter
from training.corpus.codet5 import END, START, CodeT5Tokenizer
from training.corpus.requests import TODAY, Request
from training.model.codefusion import TextInputs

MAX_PIECES = 512
LANGUAGES = ("cf", "python", "bash")


@dataclass(eq=False, slots=True)
class FlatExample:
    """Ids of the input, [START … END], and of the target without padding."""

    pieces: NDArray[np.int64]
    target: NDArray[np.int64]

    @property
    def size(self) -> int:
        """Positions in the encoder."""
        return len(self.pieces)

    @property
    def sizes(self) -> tuple[int, int]:
        """Word pieces in the encoder, and none besides."""
        return len(self.pieces), 0


def flatten(view: View, tokenizer: CodeT5Tokenizer) -> NDArray[np.int64]:
    """Input ids of a view, at most MAX_PIECES."""
    ids = tokenizer.ids("cf:")
    for k, word in enumerate(view.words):
        ids += [*_mark(tokenizer, f"w{k}"), *tokenizer.ids((" " if _spaced(view, k) else "") + word.text)]
    for slot, index in enumerate(view.columns):
        column = view.table.columns[index]
        ids += tokenizer.ids(" |") + _mark(tokenizer, f"c{slot}")
        ids += tokenizer.ids(f" {column.header or column_letter(index)} ({column.kind}):")
        for value in view.values:
            if value.column == slot:
                ids += _mark(tokenizer, f"v{value.slot}") + tokenizer.ids(f" {value.text}")
    return np.array([START, *ids[: MAX_PIECES - 2], END], np.int64)


def _spaced(view: View, k: int) -> bool:
    return k == 0 or view.words[k].start > view.words[k - 1].end


def _mark(tokenizer: CodeT5Tokenizer, token: str) -> list[int]:
    number = tokenizer.sentinel(token)
    return [] if number is None else [number]


def flat_example(request: Request, tokenizer: CodeT5Tokenizer, length: int) -> FlatExample:
    """Encode one CF request.

    Raises:
        EncodingError: the rule cannot be said with what the view shows, or not in `length` tokens.
        GrammarError: the rule is no rule.
    """
    view = make_view(request.utterance, request.table)
    rule = parse(request.rule) if request.rule is not None else None
    target = tokenizer.rule_ids(encode(rule, view, scope=request.scope, look=request.look, today=TODAY))
    if len(target) > length:
        raise EncodingError(f"{len(target)} tokens")
    return FlatExample(flatten(view, tokenizer), np.array(target, np.int64))


def code_example(language: str, utterance: str, code: str, tokenizer: CodeT5Tokenizer) -> FlatExample:
    """A (description, code) pair of Python or Bash: `python: description` -> the code's BPE."""
    ids = tokenizer.ids(f"{language}: {utterance}")[: MAX_PIECES - 2]
    return FlatExample(np.array([START, *ids, END], np.int64), np.array(tokenizer.ids(code), np.int64))


def read_code_pairs(path: Path, tokenizer: CodeT5Tokenizer, length: int) -> list[FlatExample]:
    """Pairs of `python_train.json` or `bash_train.json` whose code has at most `length` tokens.

    Raises:
        ValueError: the file's name says no language.
    """
    language = path.name.split("_")[0]
    if language not in LANGUAGES:
        raise ValueError(f"{path.name}: the name must begin with one of {', '.join(LANGUAGES)}")
    found = []
    for record in json.loads(path.read_text(encoding="utf-8")):
        utterance, code = " ".join(str(record["NL Utterance"] or "").split()), str(record["Code"]).strip()
        example = code_example(language, utterance, code, tokenizer)
        if utterance and 0 < len(example.target) <= length:
            found.append(example)
    return found


def collate_flat(examples: Sequence[FlatExample], length: int) -> tuple[TextInputs, Tensor]:
    """Pad: inputs to the longest, targets (B, length)."""
    pieces = np.zeros((len(examples), max(e.size for e in examples)), np.int64)
    tokens = np.zeros((len(examples), length), np.int64)
    for k, example in enumerate(examples):
        pieces[k, : example.size] = example.pieces
        tokens[k, : len(example.target)] = example.target
    inputs = torch.from_numpy(pieces)
    return TextInputs(inputs, inputs > 0), torch.from_numpy(tokens)
