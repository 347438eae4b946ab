"""Which reading of a request comes first: votes of the seeds, the model's own score, and what colours a sensible part."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RankingWeights:
    """How the signs are weighed; the factors multiply the vote share, so 1 means "no effect"."""

    score: float = 0.1  # votes decide; a log-probability apart of 1 counts as much as 10 % more votes
    nothing: float = 0.5  # a rule that matches no row is mostly a misread literal, but may be a watch for the future
    everything: float = 0.7  # "highlight all" exists; a rule that colours each row by chance is rarer than one misread
    share_in_confidence: float = 0.7  # agreement of seeds tells more than the probability of one sequence

    def __post_init__(self) -> None:
        if not (0 < self.nothing <= 1 and 0 < self.everything <= 1 and 0 <= self.share_in_confidence <= 1 and self.score >= 0):
            raise ValueError("Ranking weights are factors in (0, 1], shares in [0, 1] and a score weight of at least 0.")


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known of one reading: votes of seeds, mean log-probability, rows matched of rows; `visual` colours every cell."""

    votes: int
    seeds: int
    score: float
    matched: int
    rows: int
    visual: bool = False


def plausibility(signs: Signs, weights: RankingWeights) -> float:
    """1, less when nothing or everything would be coloured."""
    if signs.visual or not signs.rows:
        return 1.0
    if signs.matched == 0:
        return weights.nothing
    return weights.everything if signs.matched == signs.rows else 1.0


def rank_value(signs: Signs, weights: RankingWeights) -> float:
    """The order of candidates, higher first: log of the vote share, plus the weighted score and log plausibility."""
    share = max(signs.votes, 1) / max(signs.seeds, signs.votes, 1)
    return math.log(share) + weights.score * min(signs.score, 0.0) + math.log(plausibility(signs, weights))


def confidence(signs: Signs, weights: RankingWeights) -> float:
    """Between 0 and 1: vote share and sequence probability combined, times plausibility. Two decimals."""
    share = min(1.0, signs.votes / max(signs.seeds, 1))
    probability = math.exp(min(signs.score, 0.0))
    mixed = weights.share_in_confidence * share + (1 - weights.share_in_confidence) * probability
    return round(mixed * plausibility(signs, weights), 2)
