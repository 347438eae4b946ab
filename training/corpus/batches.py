"""Batches of examples as tensors, with the augmentation that costs nothing: sentinels renumbered, columns left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from grammar.codec.view import FEATURES
from grammar.codec.vocabulary import RULES
from training.corpus.examples import Example
from training.model.codefusion import Inputs


def collate(
    examples: Sequence[Example], strings: Tensor, length: int, rng: np.random.Generator | None = None, drop: float = 0.1
) -> tuple[Inputs, Tensor]:
    """Pad to the longest; with `rng`, renumber the sentinels and hide columns (probability `drop`) that the rule does not use.

    Returns:
        The encoder's inputs, and target tokens (B, length).
    """
    batch = len(examples)
    most_u = max(len(e.placed.pieces) for e in examples)
    most_m = max(len(e.strings) for e in examples)
    total = most_u + most_m
    pieces = np.zeros((batch, most_u), np.int64)
    pieces_mask = np.zeros((batch, most_u), bool)
    classes = np.zeros((batch, most_u), np.int64)
    rows = np.zeros((batch, most_m), np.int64)
    cached = examples[0].lower is not None
    lower = np.zeros((batch, most_u, examples[0].lower.shape[1] if cached else 1), np.float32)
    features = np.zeros((batch, most_m, FEATURES), np.float32)
    kinds = np.zeros((batch, total), np.int64)
    sentinels = np.zeros((batch, total, 2), np.int64)
    links = np.zeros((batch, total, total), np.int8)
    mask = np.zeros((batch, total), bool)
    tokens = np.zeros((batch, length), np.int64)
    for k, example in enumerate(examples):
        placed = example.placed
        u, m = len(placed.pieces), len(example.strings)
        marks, target, hidden = placed.sentinels, example.target, np.zeros(m, bool)
        if rng is not None:
            hidden = _hide(placed.sentinels[u:, 0], target, rng, drop)
            renumber = _renumbering(placed, rng)
            marks, target = renumber[marks], renumber[target]
        place = np.r_[0:u, most_u : most_u + m]
        pieces[k, :u], pieces_mask[k, :u], classes[k, :u] = placed.pieces, True, placed.word_classes
        rows[k, :m], features[k, :m] = example.strings, placed.features
        kinds[k, place], sentinels[k, place] = placed.kinds, marks
        links[k, place[:, None], place[None, :]] = placed.position_links()
        if example.lower is not None:
            lower[k, :u] = example.lower
        mask[k, place] = np.r_[np.ones(u, bool), ~hidden]
        tokens[k, : len(target)] = target
    as_tensor = torch.from_numpy
    inputs = Inputs(
        as_tensor(pieces), as_tensor(pieces_mask), as_tensor(classes), strings[as_tensor(rows)].float(), as_tensor(features), as_tensor(kinds),
        as_tensor(sentinels), as_tensor(links).long(), as_tensor(mask), as_tensor(lower) if cached else None,
    )  # fmt: skip
    return inputs, as_tensor(tokens)


def _hide(columns: NDArray[np.int64], target: NDArray[np.int64], rng: np.random.Generator, drop: float) -> NDArray[np.bool_]:
    """Positions (of the nodes) whose column is left out: never one of the target's, never the last one left."""
    distinct = np.unique(columns)
    dropped = [c for c in distinct if c not in target and rng.random() < drop]
    if len(dropped) == len(distinct) or len(target) < 2:  # an abstention may hang on any column
        return np.zeros(len(columns), bool)
    return np.isin(columns, dropped)


def _renumbering(placed: object, rng: np.random.Generator) -> NDArray[np.int64]:
    """A permutation of token ids: columns and values shuffled, words moved along by a random offset."""
    table = np.arange(len(RULES))
    first_c, first_v, first_w = RULES.first_column, RULES.first_value, RULES.first_word
    table[first_c:first_v] = first_c + rng.permutation(first_v - first_c)
    table[first_v:first_w] = first_v + rng.permutation(first_w - first_v)
    used = int(placed.sentinels[:, 0].max()) - first_w + 1  # type: ignore[attr-defined]  # a Placement
    room = len(RULES) - first_w - max(used, 1)
    if used > 0 and room > 0:
        offset = int(rng.integers(0, room + 1))
        table[first_w:] = np.minimum(table[first_w:] + offset, len(RULES) - 1)
    return table


def bucketed(
    groups: Sequence[Sequence[Example]], batch: int, rng: np.random.Generator, original: float = 0.5
) -> Iterator[list[Example]]:
    """One pass over the groups in random order, batches of like size; each group gives its first example or a variant."""
    order = rng.permutation(len(groups))
    chosen = []
    for k in order:
        group = groups[k]
        chosen.append(group[0] if len(group) == 1 or rng.random() < original else group[int(rng.integers(1, len(group)))])
    chunk = batch * 24
    batches = []
    for start in range(0, len(chosen), chunk):
        part = sorted(chosen[start : start + chunk], key=lambda e: len(e.placed.kinds))
        batches += [part[k : k + batch] for k in range(0, len(part), batch)]
    for k in rng.permutation(len(batches)):
        if len(batches[k]) >= batch // 2:
            yield batches[k]
