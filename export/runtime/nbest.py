"""The best sequences of a model that writes all positions at once.

The decoder gives every position its likeliest tokens. Seeds whose first choices are the same sequence are one *mode*; within a mode
the positions are taken as independent, and its likeliest combinations are found best first. A sequence's probability is the share
of seeds of its mode times the product of its tokens' probabilities, summed over modes.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PAD = 0
PER_MODE = 16
LOWEST = 1e-4


@dataclass(frozen=True, slots=True)
class Sequence:
    """Token ids up to the first pad; `votes` counts the seeds whose first choice it is; `score` is its mean log-probability."""

    tokens: tuple[int, ...]
    probability: float
    votes: int
    score: float


def best_sequences(tokens: NDArray[np.int64], log_probs: NDArray[np.float32], limit: int = 40) -> list[Sequence]:
    """The likeliest sequences of one request, likeliest first.

    Args:
        tokens: (seeds, length, choices), best choice first.
        log_probs: of the same shape.
        limit: how many to return.
    """
    modes: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for seed, row in enumerate(tokens[:, :, 0].tolist()):
        modes[_cut(row)].append(seed)
    mass: dict[tuple[int, ...], float] = defaultdict(float)
    scores: dict[tuple[int, ...], float] = {}
    for seeds in modes.values():
        share = len(seeds) / len(tokens)
        for sequence, log_prob in _combinations(tokens[seeds[0]], _mean_log_probs(tokens[seeds], log_probs[seeds])):
            mass[sequence] += share * float(np.exp(log_prob))
            scores[sequence] = max(scores.get(sequence, -np.inf), log_prob / (len(sequence) + 1))
    ranked = sorted(mass, key=lambda sequence: -mass[sequence])[:limit]
    return [Sequence(s, mass[s], len(modes.get(s, ())), scores[s]) for s in ranked if mass[s] >= LOWEST or s in modes]


def _cut(row: list[int]) -> tuple[int, ...]:
    return tuple(row[: row.index(PAD)] if PAD in row else row)


def _mean_log_probs(tokens: NDArray[np.int64], log_probs: NDArray[np.float32]) -> NDArray[np.float64]:
    """Log of the mean probability that the seeds of a mode give to the choices of its first seed, (length, choices)."""
    same = tokens[:, :, None, :] == tokens[0][None, :, :, None]  # (seeds, length, choices of the first, choices)
    probabilities = (np.exp(log_probs.astype(np.float64))[:, :, None, :] * same).sum(-1).mean(0)
    return np.log(np.maximum(probabilities, 1e-12))  # type: ignore[no-any-return]  # numpy's ufunc


def _combinations(tokens: NDArray[np.int64], log_probs: NDArray[np.float64]) -> list[tuple[tuple[int, ...], float]]:
    """The PER_MODE likeliest sequences, best first, by a search from the first choices."""
    length = min(len(_cut(tokens[:, 0].tolist())) + 2, len(tokens))  # beyond the end only a pad makes sense
    start = (0,) * length
    total = float(log_probs[:length, 0].sum())
    heap: list[tuple[float, tuple[int, ...], int]] = [(-total, start, 0)]
    found: dict[tuple[int, ...], float] = {}
    while heap and len(found) < PER_MODE:
        cost, choice, first = heapq.heappop(heap)
        sequence = _cut([int(tokens[k, c]) for k, c in enumerate(choice)])
        if sequence not in found:
            found[sequence] = -cost
        for k in range(first, length):  # every combination is reached once: positions change from left to right
            if choice[k] + 1 < tokens.shape[1]:
                change = float(log_probs[k, choice[k] + 1] - log_probs[k, choice[k]])
                if -cost + change > total - 8:
                    heapq.heappush(heap, (cost - change, (*choice[:k], choice[k] + 1, *choice[k + 1 :]), k))
    return list(found.items())
