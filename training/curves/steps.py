"""Accuracy, distance to the gold and latency against the number of denoising steps."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import torch

from training.curves.asked import Asked, Metrics, distances, edit_metrics, mean, timed
from training.evaluate import UNFOUND, read_rules, vote
from training.metrics.execution import first_match, interval
from training.model.sampler import Sampling, generate


@torch.no_grad()
def accuracy(asked: Asked, sampling: Sampling, seed: int = 0) -> Metrics:
    """Top-1/3/5 after voting, in percent, and the edit distance of all seeds to the gold."""
    generator, places, edits = torch.Generator().manual_seed(seed), [], []
    for rows in asked.batches():
        memory = asked.model.encode(asked.route.inputs(rows))
        tokens, scores = generate(asked.model, memory, sampling, generator)
        for at, k in enumerate(rows):
            said, request, gold = asked.texts(tokens[at]), asked.requests[k], asked.golds[k]
            ranked = vote(read_rules(said, scores[at].tolist(), asked.views[k], request), request)
            place = first_match([candidate.rule for candidate in ranked], request)
            places.append(UNFOUND if place is None else place)
            edits += [] if gold is None else [distances(said, gold)]
    tops = {f"top{k}": [round(v, 2) for v in interval([place < k for place in places])] for k in (1, 3, 5)}
    return {**tops, **edit_metrics(edits)}


@torch.no_grad()
def latency(asked: Asked, sampling: Sampling, limit: int) -> list[float]:
    """Milliseconds of one request alone: mean with interval over the first `limit` requests."""
    generator = torch.Generator().manual_seed(0)

    def ask(number: int) -> None:
        generate(asked.model, asked.model.encode(asked.route.inputs([number])), sampling, generator)

    return mean(timed([partial(ask, k) for k in range(min(limit, len(asked.requests)))]))


def points(asked: Asked, steps: list[int], sampling: Callable[[int], Sampling], timed_requests: int) -> list[dict[str, Any]]:
    """A point for each number of denoising steps."""
    found = []
    for count in steps:
        way = sampling(count)
        metrics = {**accuracy(asked, way), "latency_ms": latency(asked, way, timed_requests)}
        found.append({"x": count, "n": len(asked.requests), "metrics": metrics})
        print(f"{count} steps: {metrics}", file=sys.stderr)
    return found
