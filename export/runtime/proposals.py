"""What the model proposes, before anything is checked against the table."""

from __future__ import annotations

from dataclasses import dataclass

from grammar.nodes import Rule


@dataclass(frozen=True, slots=True)
class Proposal:
    """One distinct answer of the model.

    Attributes:
        rule: None when the model abstains.
        scope: "row", "cells", or None when the words do not say.
        look: format words as they were written, e.g. {"fill": "light red", "bold": True}.
        score: mean log-probability of its tokens, the best of its seeds.
        votes: how many of the `seeds` had it as their first choice; 0 for a runner-up of some seed.
        probability: share of the seeds' probability that this sequence has (see `nbest`).
        tokens: the sequence itself, as the output language's tokens.
    """

    rule: Rule | None
    scope: str | None
    look: dict[str, str | bool]
    score: float
    votes: int
    seeds: int
    probability: float = 0.0
    tokens: tuple[str, ...] = ()
