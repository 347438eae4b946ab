"""Which reading of a request comes first: the model's probability of it, and whether it colours a sensible part."""

from __future__ import annotations

import math
from dataclasses import dataclass

from grammar import nodes as n

_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class RankingWeights:
    """How the signs are weighed; the factors multiply the probability, so 1 means "no effect".

    Chosen from a handful of values on the development sets (training/LOG.md).
    """

    nothing: float = 0.15  # a rule that matches no row is mostly a misread literal, but may be a watch for the future
    everything: float = 0.4  # "highlight all" exists; a rule that colours each row by chance is rarer than one misread
    ordered_text: float = 0.1  # "Status is less than Overdue" is hardly ever meant; times kept as text ("07:00") have digits
    abstain: float = 1.0  # weight of the model's own abstention against the best reading

    def __post_init__(self) -> None:
        factors = (self.nothing, self.everything, self.ordered_text)
        if not (all(0 < factor <= 1 for factor in factors) and self.abstain > 0):
            raise ValueError("Ranking weights are factors in (0, 1]; the weight of an abstention is above 0.")


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known of one reading.

    `probability` is the model's, summed over all sequences that mean it; `votes` of `seeds` had one of them as first choice;
    `matched` of `rows` are coloured; `visual` colours every cell by its value; `ordered_text` compares words by their order.
    """

    probability: float
    votes: int
    seeds: int
    matched: int
    rows: int
    visual: bool = False
    ordered_text: bool = False


def orders_text(rule: n.Rule | n.Value) -> bool:
    """Whether words are compared by their order somewhere: `LessThan(c[3], "Overdue")`, `Between(c[2], "a", "dec")`."""
    match rule:
        case n.Compare(name, _, n.Text(text)) if name not in ("Equals", "NotEquals"):
            return not any(c.isdigit() for c in text)
        case n.Between(_, _, n.Text(low), n.Text(high)):
            return not any(c.isdigit() for c in low + high)
    return any(orders_text(child) for child in n.children(rule))


def plausibility(signs: Signs, weights: RankingWeights) -> float:
    """1, less when nothing or everything would be coloured."""
    if signs.visual or not signs.rows:
        return 1.0
    factor = weights.ordered_text if signs.ordered_text else 1.0
    if signs.matched == 0:
        return factor * weights.nothing
    return factor * weights.everything if signs.matched == signs.rows else factor


def rank_value(signs: Signs, weights: RankingWeights) -> float:
    """The order of candidates, higher first: log of the probability and of the plausibility."""
    return math.log(max(signs.probability, _LEAST)) + math.log(plausibility(signs, weights))


def confidence(signs: Signs, weights: RankingWeights) -> float:
    """Between 0 and 1: the probability times the plausibility. Two decimals."""
    return round(min(1.0, signs.probability) * plausibility(signs, weights), 2)
