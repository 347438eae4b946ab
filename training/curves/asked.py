"""A checkpoint's model with the requests it is measured on, and what is measured of its token sequences."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import Tensor

from grammar.codec.encode import EncodingError, encode
from grammar.codec.view import View
from grammar.codec.vocabulary import PAD
from grammar.parse import parse
from training.corpus.examples import view_of
from training.corpus.requests import TODAY, Request
from training.metrics.diversity import edit_distance, normalised_edit_distance
from training.metrics.execution import interval
from training.model.codefusion import CodeFusion
from training.routes import Route, route_of

Metrics = dict[str, list[float]]
BATCH = 16


@dataclass(frozen=True)
class Asked:
    """A checkpoint's model and the requests it is measured on; `golds` are token texts, None where a rule cannot be said."""

    model: CodeFusion
    requests: list[Request]
    views: list[View]
    golds: list[list[str] | None]
    route: Route

    @classmethod
    def of(cls, model: CodeFusion, requests: list[Request]) -> Asked:
        """Encode the requests."""
        views = [view_of(request) for request in requests]
        golds = [gold_tokens(request, view) for request, view in zip(requests, views, strict=True)]
        return cls(model, requests, views, golds, route_of(model, views))

    def batches(self) -> Iterator[range]:
        """Numbers of the requests, a few at a time."""
        for start in range(0, len(self.requests), BATCH):
            yield range(start, min(start + BATCH, len(self.requests)))

    def texts(self, ids: Tensor) -> list[list[str]]:
        """Token texts of the sequences of one request, (seeds, length) -> a list for each seed, cut at the first pad."""
        return [until_pad(self.route.tokens(row)) for row in ids.tolist()]


def gold_tokens(request: Request, view: View) -> list[str] | None:
    """What the model is trained to write for the request."""
    try:
        rule = None if request.rule is None else parse(request.rule)
        return encode(rule, view, scope=request.scope, look=request.look, today=TODAY)
    except EncodingError:
        return None


def until_pad(tokens: list[str]) -> list[str]:
    """The tokens before the first pad."""
    return tokens[: tokens.index(PAD)] if PAD in tokens else tokens


def mean(values: list[float]) -> list[float]:
    """Mean with its 95 % bootstrap interval, for any unit."""
    return [round(value, 4) for value in interval(np.asarray(values) / 100)]  # type: ignore[arg-type]  # made for hits, in percent


def distances(said: list[list[str]], gold: list[str]) -> tuple[float, float]:
    """Mean over the seeds of the edit distance to the gold: tokens, and percent of the longer sequence."""
    tokens = [float(edit_distance(one, gold)) for one in said]
    shares = [100 * normalised_edit_distance(one, gold) for one in said]
    return float(np.mean(tokens)), float(np.mean(shares))


def edit_metrics(edits: Sequence[tuple[float, float]]) -> Metrics:
    """`distances` of all requests as metrics."""
    return {"edit_tokens": mean([tokens for tokens, _ in edits]), "edit_percent": mean([share for _, share in edits])}


def timed(calls: list[Callable[[], Any]]) -> list[float]:
    """Milliseconds of each call; the first is made once before the clock starts."""
    calls[0]()
    spent = []
    for call in calls:
        started = time.perf_counter()
        call()
        spent.append(1000 * (time.perf_counter() - started))
    return spent
