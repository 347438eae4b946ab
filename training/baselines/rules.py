"""Measuring systems on conditional-formatting requests: execution match, validity, exact match, time.

Without the search under the grammar that the shipped runtime adds: the sequences as the system writes them.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch

from grammar import nodes as n
from grammar.check import check
from grammar.codec.decode import decode
from grammar.codec.view import View
from grammar.codec.vocabulary import PAD
from grammar.errors import GrammarError
from grammar.parse import parse
from grammar.passes import simplify
from grammar.printer import show
from training.baselines.interface import Answer, System, TextSystem
from training.baselines.prompts import ABSTENTION, question_of
from training.corpus.examples import view_of
from training.corpus.requests import TODAY, Request
from training.devices import move
from training.evaluate import UNFOUND, Ranked, read_rules, vote
from training.metrics.diversity import Diversity, diversity, mean_diversity
from training.metrics.execution import first_match, interval
from training.model.codefusion import CodeFusion
from training.routes import Route, route_of

TIMED = 24  # requests that are timed one by one
Metrics = dict[str, list[float] | float]
"""Name -> a number, or a mean with the ends of its 95 % interval."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a system made of one request: candidates in order; whether its first choice is a sentence, what share of all is, and
    how much the first five differ.
    """

    ranked: list[Ranked]
    first_valid: bool
    valid: float
    spread: Diversity


@torch.no_grad()
def measure(system: System, requests: list[Request], *, count: int, seed: int = 0, batch: int = 16) -> Metrics:
    """Figures over the requests, see `figures`; `seconds` is the time of one request alone, from tensors to tokens."""
    views = [view_of(request) for request in requests]
    route = route_of(cast(CodeFusion, system.core), views)  # it asks for the sentence encoder and the configuration only
    generator = torch.Generator().manual_seed(seed)
    outcomes = []
    for k, said, scores in generated(system, route, len(requests), count, generator, batch=batch):
        outcomes.append(outcome(said, scores, views[k], requests[k], system.ranks))
    return {**figures(requests, outcomes), "seconds": pace(system, route, len(requests), count, generator)}


def generated(
    system: System, route: Route, total: int, count: int, generator: torch.Generator, *, batch: int
) -> Iterator[tuple[int, list[list[str]], list[float]]]:
    """(number, token texts of every candidate, scores) of every request."""
    device = next(system.core.parameters()).device
    for start in range(0, total, batch):
        rows = range(start, min(start + batch, total))
        tokens, scores = system.generate(move(route.inputs(rows), device), count, generator)
        for at, k in enumerate(rows):
            yield k, [route.tokens(ids) for ids in tokens[at].tolist()], scores[at].tolist()


def pace(system: System, route: Route, total: int, count: int, generator: torch.Generator) -> list[float]:
    """Seconds of one request alone: mean with interval; the first one only warms up."""
    seconds = []
    for k in range(min(total, TIMED + 1)):
        started = time.perf_counter()
        list(generated(system, _Only(route, k), 1, count, generator, batch=1))
        seconds.append(time.perf_counter() - started)
    return mean_seconds(seconds[1:] or seconds)


def mean_seconds(seconds: list[float]) -> list[float]:
    """Mean with its 95 % interval."""
    return [round(value, 4) for value in interval(np.asarray(seconds) / 100)]  # type: ignore[arg-type]  # made for hits, in percent


@dataclass(frozen=True, slots=True)
class _Only:
    """A route to one of the requests."""

    route: Route
    number: int

    def inputs(self, rows: Sequence[int]) -> Any:  # noqa: ARG002  # there is but one row
        return self.route.inputs([self.number])

    def tokens(self, ids: list[int]) -> list[str]:
        return self.route.tokens(ids)


def outcome(said: list[list[str]], scores: list[float], view: View, request: Request, ranks: bool) -> Outcome:
    """Candidates that decode, check and evaluate, merged where they execute the same.

    Samples are ordered by votes, then by score; a beam, which holds every sequence once, by its scores.
    """
    ranked = vote(read_rules(said, scores, view, request), request)
    cut = [tuple(tokens[: tokens.index(PAD)] if PAD in tokens else tokens) for tokens in said]
    valid = [_is_sentence(list(tokens), view) for tokens in cut]
    spread = diversity([" ".join(tokens) for tokens in cut])
    return Outcome(ordered(ranked, ranks), valid[first_choice(cut, scores, ranks)], sum(valid) / len(valid), spread)


def ordered(ranked: list[Ranked], ranks: bool) -> list[Ranked]:
    """The candidates by score if the system ranks; votes otherwise, as they come."""
    return sorted(ranked, key=lambda candidate: -candidate.score) if ranks else ranked


def first_choice(said: Sequence[Any], scores: list[float], ranks: bool) -> int:
    """Number of the candidate that comes first before any check: by score, or by identical candidates and then score."""
    votes = Counter(said)
    return max(range(len(said)), key=lambda k: (0 if ranks else votes[said[k]], scores[k]))


def _is_sentence(tokens: list[str], view: View) -> bool:
    try:
        decode(tokens, view, today=TODAY)
    except GrammarError:
        return False
    return True


def figures(requests: list[Request], outcomes: list[Outcome]) -> Metrics:
    """Means with 95 % intervals, in percent.

    `top1/3/5` execution match, `valid1` (the first choice, before any check, is a sentence), `valid` (of all candidates),
    `exact1` (the first rule is the canonical gold rule); without intervals `diversity_ngrams` and `diversity_edit`.
    """
    places = [first_match([r.rule for r in o.ranked], request) for o, request in zip(outcomes, requests, strict=True)]
    found = [UNFOUND if place is None else place for place in places]
    exact = [bool(o.ranked) and _text(o.ranked[0].rule) == _gold(r) for o, r in zip(outcomes, requests, strict=True)]
    shares: dict[str, Any] = {
        **{f"top{k}": [place < k for place in found] for k in (1, 3, 5)},
        "valid1": [o.first_valid for o in outcomes], "valid": [o.valid for o in outcomes], "exact1": exact,
    }  # fmt: skip
    means: Metrics = {name: [round(v, 2) for v in interval(values)] for name, values in shares.items()}
    return means | spread_figures([o.spread for o in outcomes])


def spread_figures(spreads: list[Diversity]) -> Metrics:
    """Of the first five candidates as they came: share of distinct n-grams (mean of n = 1, 2, 3), edit distance; in percent."""
    mean = mean_diversity(spreads)
    distinct = sum(mean.distinct) / len(mean.distinct)
    return {"diversity_ngrams": round(100 * distinct, 2), "diversity_edit": round(100 * mean.distance, 2)}


def _text(rule: n.Rule | None) -> str | None:
    return None if rule is None else show(rule)


def _gold(request: Request) -> str | None:
    return None if request.rule is None else show(simplify(parse(request.rule)))


def measure_text(system: TextSystem, requests: list[Request], *, count: int, seed: int = 0) -> Metrics:
    """The same figures for a system that writes rules as text."""
    outcomes, seconds = [], []
    for request in requests:
        started = time.perf_counter()
        answers = system.answers(question_of(request), count, seed)
        seconds.append(time.perf_counter() - started)
        outcomes.append(text_outcome(answers, request, system.ranks))
    return {**figures(requests, outcomes), "seconds": mean_seconds(seconds)}


def text_outcome(answers: list[Answer], request: Request, ranks: bool) -> Outcome:
    """As `outcome`, for rule texts; no answer at all is an empty one, which is not valid."""
    answers = answers or [Answer("")]
    rules: list[tuple[n.Rule | None, float]] = []
    valid = []
    for answer in answers:
        try:
            rule = None if answer.text.casefold() == ABSTENTION else simplify(parse(answer.text))
            valid.append(True)
        except GrammarError:
            valid.append(False)
            continue
        try:
            if rule is not None:
                check(rule, request.table)
        except GrammarError:
            continue
        rules.append((rule, answer.score))
    first = first_choice([answer.text for answer in answers], [answer.score for answer in answers], ranks)
    spread = diversity([answer.text for answer in answers])
    return Outcome(ordered(vote(rules, request), ranks), valid[first], sum(valid) / len(valid), spread)
