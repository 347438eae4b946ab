"""What a model says -> candidates: the likeliest sequences as text, equal texts as one, only what is valid in its language."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grammar.codec.code.codec import CodeDecodingError, decode
from grammar.codec.code.pieces import CodePieces
from grammar.codec.code.search import best_sequences
from grammar.validity import valid

CHECKED = 64
"""At most so many texts are checked: each check of Bash is a process."""


@dataclass(frozen=True, slots=True)
class Written:
    """One candidate: its text, its share of the probability of all that was decoded, the seeds whose first choice it is."""

    code: str
    probability: float
    votes: int
    seeds: int


def read_candidates(
    tokens: NDArray[np.int64], log_probs: NDArray[np.float32], utterance: str, language: str, pieces: CodePieces, *,
    limit: int, checked: bool = True,
) -> list[Written]:  # fmt: skip
    """At most `limit` distinct candidates, likeliest first; empty when nothing can be read.

    Args:
        tokens: (seeds, length, choices) of one request, best choice first.
        log_probs: of the same shape.
        utterance: what the copied words come from.
        language: "bash" or "python".
        pieces: of the model.
        limit: how many are wanted.
        checked: leave out what is not valid in the language (see `grammar.validity`).
    """
    mass: dict[str, float] = defaultdict(float)
    votes: dict[str, int] = defaultdict(int)
    for sequence in best_sequences(tokens, log_probs):
        try:
            text = decode(sequence.tokens, utterance, pieces).strip()
        except CodeDecodingError:
            continue
        mass[text] += sequence.mass
        votes[text] += sequence.votes
    whole = sum(mass.values())
    result: list[Written] = []
    for text in sorted((t for t in mass if t), key=lambda t: -mass[t])[:CHECKED]:
        if not checked or valid(language, text):
            result.append(Written(text, mass[text] / whole, votes[text], len(tokens)))
        if len(result) == limit:
            break
    return result
