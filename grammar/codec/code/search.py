"""The likeliest token sequences of a model that writes all positions at once, where any token may follow any other.

As `export.runtime.nbest` does for rules, but without a grammar to search under: seeds whose first choices are the same sequence
are one mode; within a mode the positions are independent, so that a beam over positions finds its best sequences. Whether a
sequence is code at all is for the reader of its text to say.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PAD = 0
BEAM = 24
MODES = 32
DOUBT = 7.0
"""A token whose log-probability is this much below the best of its position is not tried."""


@dataclass(frozen=True, slots=True)
class Sequence:
    """Token ids up to the first pad; `mass`: mean probability over the seeds; `votes`: seeds whose first choice it is."""

    tokens: tuple[int, ...]
    mass: float
    votes: int


def best_sequences(tokens: NDArray[np.int64], log_probs: NDArray[np.float32]) -> list[Sequence]:
    """The likeliest sequences of one request, likeliest first; empty ones are left out.

    Args:
        tokens: (seeds, length, choices), best choice first.
        log_probs: of the same shape.
    """
    modes: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for seed, row in enumerate(tokens[:, :, 0].tolist()):
        modes[_cut(row)].append(seed)
    mass: dict[tuple[int, ...], float] = defaultdict(float)
    for seeds in sorted(modes.values(), key=len, reverse=True)[:MODES]:
        for sequence, log_prob in _search(*_merge(tokens[seeds], log_probs[seeds])):
            mass[sequence] += len(seeds) / len(tokens) * float(np.exp(log_prob))
    ranked = sorted((sequence for sequence in mass if sequence), key=lambda sequence: -mass[sequence])
    return [Sequence(sequence, mass[sequence], len(modes.get(sequence, ()))) for sequence in ranked]


def _cut(row: list[int]) -> tuple[int, ...]:
    return tuple(row[: row.index(PAD)] if PAD in row else row)


def _merge(tokens: NDArray[np.int64], log_probs: NDArray[np.float32]) -> tuple[list[list[int]], list[list[float]]]:
    """Choices of a mode's first seed, and the log of the mean probability that its seeds give them; both (length, choices)."""
    same = tokens[:, :, None, :] == tokens[0][None, :, :, None]  # (seeds, length, choices of the first, choices)
    probabilities = (np.exp(log_probs.astype(np.float64))[:, :, None, :] * same).sum(-1).mean(0)
    return tokens[0].tolist(), np.log(np.maximum(probabilities, 1e-12)).tolist()


def _search(choices: list[list[int]], log_probs: list[list[float]]) -> list[tuple[tuple[int, ...], float]]:
    """The likeliest sequences of one mode with their log-probabilities; one that fills all positions needs no pad."""
    beams: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
    ended: list[tuple[float, tuple[int, ...]]] = []
    for tokens, values in zip(choices, log_probs, strict=True):
        sure = [(t, v) for t, v in zip(tokens, values, strict=True) if v >= values[0] - DOUBT]
        grown = [(total + value, sequence, token) for total, sequence in beams for token, value in sure]
        grown.sort(key=lambda entry: -entry[0])
        ended += [(total, sequence) for total, sequence, token in grown[:BEAM] if token == PAD]
        beams = [(total, (*sequence, token)) for total, sequence, token in grown[:BEAM] if token != PAD]
    return [(sequence, total) for total, sequence in sorted([*ended, *beams], key=lambda entry: -entry[0])[:BEAM]]
