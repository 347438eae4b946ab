"""The best sequences of a model that writes all positions at once, searched under the grammar of the output language.

The decoder gives every position its likeliest tokens. Seeds whose first choices are the same sequence are one *mode*; within a
mode the positions are taken as independent, and a beam search finds the likeliest sequences that the automaton accepts. A
sequence's probability is the share of seeds of its mode times the product of its tokens' probabilities, summed over modes, and
divided by that of all accepted sequences.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grammar.codec.automaton import START, Automaton, State

PAD = 0
BEAM = 96
MODES = 12
LOWEST = -20.0
"""Log-probability under which a sequence is no candidate."""


@dataclass(frozen=True, slots=True)
class Sequence:
    """Token ids up to the first pad; `votes` counts the seeds whose first choice it is; `score` is its mean log-probability."""

    tokens: tuple[int, ...]
    probability: float
    votes: int
    score: float


def best_sequences(
    tokens: NDArray[np.int64], log_probs: NDArray[np.float32], automaton: Automaton, limit: int = 120
) -> list[Sequence]:
    """The likeliest sequences of one request, likeliest first.

    Args:
        tokens: (seeds, length, choices), best choice first.
        log_probs: of the same shape.
        automaton: says what may follow what.
        limit: how many to return.
    """
    modes: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for seed, row in enumerate(tokens[:, :, 0].tolist()):
        modes[_cut(row)].append(seed)
    mass: dict[tuple[int, ...], float] = defaultdict(float)
    scores: dict[tuple[int, ...], float] = {}
    for seeds in sorted(modes.values(), key=len, reverse=True)[:MODES]:
        share = len(seeds) / len(tokens)
        choices, means = _merge(tokens[seeds], log_probs[seeds])
        for sequence, log_prob in _search(choices, means, automaton):
            mass[sequence] += share * float(np.exp(log_prob))
            scores[sequence] = max(scores.get(sequence, -np.inf), log_prob / (len(sequence) + 1))
    whole = sum(mass.values())
    ranked = sorted(mass, key=lambda sequence: -mass[sequence])[:limit]
    return [Sequence(s, mass[s] / whole, len(modes.get(s, ())), scores[s]) for s in ranked]


def _cut(row: list[int]) -> tuple[int, ...]:
    return tuple(row[: row.index(PAD)] if PAD in row else row)


def _merge(tokens: NDArray[np.int64], log_probs: NDArray[np.float32]) -> tuple[list[list[int]], list[list[float]]]:
    """Choices of a mode's first seed, and the log of the mean probability that its seeds give them; both (length, choices)."""
    same = tokens[:, :, None, :] == tokens[0][None, :, :, None]  # (seeds, length, choices of the first, choices)
    probabilities = (np.exp(log_probs.astype(np.float64))[:, :, None, :] * same).sum(-1).mean(0)
    return tokens[0].tolist(), np.log(np.maximum(probabilities, 1e-12)).tolist()


def _search(
    choices: list[list[int]], log_probs: list[list[float]], automaton: Automaton
) -> list[tuple[tuple[int, ...], float]]:
    """The likeliest accepted sequences of one mode, best first."""
    beams: list[tuple[float, tuple[int, ...], State]] = [(0.0, (), START)]
    found: list[tuple[tuple[int, ...], float]] = []
    for tokens, values in zip(choices, log_probs, strict=True):
        grown = []
        for total, sequence, state in beams:
            for token, value in zip(tokens, values, strict=True):
                after = automaton.step(state, token) if total + value >= LOWEST else None
                if after is None:
                    continue
                if after.stack:
                    grown.append((total + value, (*sequence, token), after))
                else:
                    found.append((sequence, total + value))
        grown.sort(key=lambda beam: -beam[0])
        beams = grown[:BEAM]
        if not beams:
            break
    found += [(sequence, total) for total, sequence, state in beams if len(state.stack) == 1]  # full length, nothing missing
    return sorted(found, key=lambda entry: -entry[1])[:BEAM]
