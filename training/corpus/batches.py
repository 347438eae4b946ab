"""Batches of examples as tensors, with the augmentation that costs nothing: sentinels renumbered, columns left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from grammar.codec.pieces import Placement
from grammar.codec.view import FEATURES
from grammar.codec.vocabulary import RULES
from training.corpus.examples import Example
from training.model.codefusion import Inputs


class Sized(Protocol):
    """An example of either route."""

    @property
    def sizes(self) -> tuple[int, int]:
        """Word pieces and other positions that it takes in the encoder."""


E = TypeVar("E", bound=Sized)


class _Arrays:
    """Zeroed arrays of one batch: B examples, the most pieces U and nodes M of any, P = U + M."""

    def __init__(self, examples: Sequence[Example], length: int) -> None:
        batch = len(examples)
        self.most_u = max(len(e.placed.pieces) for e in examples)
        most_m = max(len(e.strings) for e in examples)
        total = self.most_u + most_m
        self.pieces = np.zeros((batch, self.most_u), np.int64)
        self.pieces_mask = np.zeros((batch, self.most_u), bool)
        self.classes = np.zeros((batch, self.most_u), np.int64)
        self.rows = np.zeros((batch, most_m), np.int64)
        cached = examples[0].lower
        self.lower = None if cached is None else np.zeros((batch, self.most_u, cached.shape[1]), np.float32)
        self.features = np.zeros((batch, most_m, FEATURES), np.float32)
        self.kinds = np.zeros((batch, total), np.int64)
        self.sentinels = np.zeros((batch, total, 2), np.int64)
        self.links = np.zeros((batch, total, total), np.int8)
        self.mask = np.zeros((batch, total), bool)
        self.tokens = np.zeros((batch, length), np.int64)

    def fill(self, k: int, example: Example, rng: np.random.Generator | None, drop: float) -> None:
        """Put example in row `k`."""
        placed = example.placed
        u, m = len(placed.pieces), len(example.strings)
        marks, target, hidden = placed.sentinels, example.target, np.zeros(m, bool)
        if rng is not None:
            hidden = _hide(placed.sentinels[u:, 0], target, rng, drop)
            renumber = _renumbering(placed, target, rng)
            marks, target = renumber[marks], renumber[target]
        place = np.r_[0:u, self.most_u : self.most_u + m]
        self.pieces[k, :u], self.pieces_mask[k, :u], self.classes[k, :u] = placed.pieces, True, placed.word_classes
        self.rows[k, :m], self.features[k, :m] = example.strings, placed.features
        self.kinds[k, place], self.sentinels[k, place] = placed.kinds, marks
        self.links[k, place[:, None], place[None, :]] = placed.position_links()
        if self.lower is not None and example.lower is not None:
            self.lower[k, :u] = example.lower
        self.mask[k, place] = np.r_[np.ones(u, bool), ~hidden]
        self.tokens[k, : len(target)] = target


def collate(
    examples: Sequence[Example], strings: Tensor, length: int, rng: np.random.Generator | None = None, drop: float = 0.1
) -> tuple[Inputs, Tensor]:
    """Pad to the longest; with `rng`, renumber the sentinels and hide columns (probability `drop`) that the rule does not use.

    Returns:
        The encoder's inputs, and target tokens (B, length).
    """
    arrays = _Arrays(examples, length)
    for k, example in enumerate(examples):
        arrays.fill(k, example, rng, drop)
    as_tensor = torch.from_numpy
    inputs = Inputs(
        as_tensor(arrays.pieces), as_tensor(arrays.pieces_mask), as_tensor(arrays.classes),
        strings[as_tensor(arrays.rows)].float(), as_tensor(arrays.features), as_tensor(arrays.kinds),
        as_tensor(arrays.sentinels), as_tensor(arrays.links).long(), as_tensor(arrays.mask),
        None if arrays.lower is None else as_tensor(arrays.lower),
    )  # fmt: skip
    return inputs, as_tensor(arrays.tokens)


def _hide(columns: NDArray[np.int64], target: NDArray[np.int64], rng: np.random.Generator, drop: float) -> NDArray[np.bool_]:
    """Positions (of the nodes) whose column is left out: never one of the target's, never the last one left."""
    distinct = np.unique(columns)
    dropped = [c for c in distinct if c not in target and rng.random() < drop]
    if len(dropped) == len(distinct) or len(target) < 2:  # an abstention may hang on any column
        return np.zeros(len(columns), bool)
    return np.isin(columns, dropped)


def _renumbering(placed: Placement, target: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """A permutation of token ids: columns and values shuffled, words moved along by a random offset; pieces of code stay."""
    table = np.arange(max(len(RULES), 1 + int(target.max(initial=0))))
    first_c, first_v, first_w = RULES.first_column, RULES.first_value, RULES.first_word
    table[first_c:first_v] = first_c + rng.permutation(first_v - first_c)
    table[first_v:first_w] = first_v + rng.permutation(first_w - first_v)
    used = int(placed.sentinels[:, 0].max()) - first_w + 1
    room = len(RULES) - first_w - max(used, 1)
    if used > 0 and room > 0:
        offset = int(rng.integers(0, room + 1))
        words = table[first_w : len(RULES)]
        words[:] = np.minimum(words + offset, len(RULES) - 1)
    return table


def _slices(items: list[E], size: int) -> list[list[E]]:
    return [items[k : k + size] for k in range(0, len(items), size)]


def bucketed(groups: Sequence[Sequence[E]], batch: int, rng: np.random.Generator, original: float = 0.5) -> Iterator[list[E]]:
    """One pass over the groups in random order, batches of like size; each group gives its first example or a variant."""
    order = rng.permutation(len(groups))
    chosen = []
    for k in order:
        group = groups[k]
        chosen.append(group[0] if len(group) == 1 or rng.random() < original else group[int(rng.integers(1, len(group)))])
    batches = []
    for part in _slices(chosen, batch * 24):  # like lengths of the utterance first, then like numbers of columns and values
        for like in _slices(sorted(part, key=lambda e: e.sizes[0]), batch * 4):
            batches += _slices(sorted(like, key=lambda e: e.sizes[1]), batch)
    for k in rng.permutation(len(batches)):
        if len(batches[k]) >= batch // 2:
            yield batches[k]
