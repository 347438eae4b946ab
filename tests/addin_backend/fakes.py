"""A generator whose proposals are given by the test, in place of the model."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from export.runtime.proposals import Proposal
from grammar.parse import parse
from grammar.table import Table

SEEDS = 16
Given = Sequence[tuple[str | None, int] | tuple[str | None, int, str] | tuple[str | None, int, str, dict[str, str | bool]]]


def proposal(text: str | None, votes: int, scope: str = "cells", look: dict[str, str | bool] | None = None) -> Proposal:
    """A proposal of the rule `text`; None abstains."""
    rule = None if text is None else parse(text)
    score = math.log(max(votes, 1) / SEEDS)
    return Proposal(rule, scope, look or {}, score=score, votes=votes, seeds=SEEDS, probability=votes / SEEDS)


@dataclass
class FakeGenerator:
    """Answers an utterance with what `answers` has under its words, else with `otherwise`."""

    answers: Mapping[str, Given] = field(default_factory=dict)
    otherwise: Given = ((None, SEEDS),)
    name: str = "fake"
    info: dict[str, object] = field(default_factory=lambda: {"name": "fake", "languages": ["cf"]})
    before: Callable[[], None] | None = None
    asked: list[tuple[str, Table]] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)
    todays: list[dt.date] = field(default_factory=list)

    def propose_many(
        self, requests: Sequence[tuple[str, Table]], *, today: dt.date, seeds: int = SEEDS, seed: int = 0
    ) -> list[list[Proposal]]:
        if self.before is not None:
            self.before()
        self.asked += requests
        self.batches.append(len(requests))
        self.todays.append(today)
        return [[proposal(*given) for given in self.answers.get(utterance, self.otherwise)] for utterance, _ in requests]
