"""Execution match of rules, the paper's measure: the same cells of the same column.

Two rules agree when their masks are equal and they colour the same column; for two conjunctions or disjunctions it is enough
that they speak of the same columns, since the order of their parts is a matter of wording. Looks (scales, bars, icons) agree
by kind and column. `None` (nothing can be done) agrees with `None`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from grammar import nodes as n
from grammar.errors import GrammarError
from grammar.evaluate import evaluate
from grammar.parse import parse
from grammar.table import Table
from grammar.target import target_column
from training.corpus.requests import TODAY, Request


def agree(left: n.Rule | None, right: n.Rule | None, table: Table, today: dt.date = TODAY) -> bool:
    """Whether two rules are the same in execution."""
    if left is None or right is None:
        return left is None and right is None
    if isinstance(left, n.Visual) or isinstance(right, n.Visual):
        same_kind = isinstance(left, n.Visual) and isinstance(right, n.Visual) and left.name == right.name
        return same_kind and target_column(left) == target_column(right)
    if left == right:
        return True
    junctions = isinstance(left, n.And | n.Or) and isinstance(right, n.And | n.Or)
    columns = set(n.columns_of(left)) == set(n.columns_of(right)) if junctions else target_column(left) == target_column(right)
    if not columns:
        return False
    try:
        return bool(np.array_equal(evaluate(left, table, today=today), evaluate(right, table, today=today)))
    except GrammarError:
        return False


@lru_cache(maxsize=65536)
def _parsed(text: str) -> n.Rule:
    return parse(text)


def answers(request: Request) -> list[n.Rule | None]:
    """The gold rule and what is accepted beside it."""
    if request.rule is None:
        return [None, *map(_parsed, request.accept)]
    return [_parsed(request.rule), *map(_parsed, request.accept)]


def first_match(candidates: Sequence[n.Rule | None], request: Request) -> int | None:
    """Position of the first right candidate, from 0. An abstention counts only in the first place."""
    golds = answers(request)
    for position, candidate in enumerate(candidates):
        if candidate is None and position:
            return None
        if any(agree(candidate, gold, request.table) for gold in golds):
            return position
        if candidate is None:
            return None
    return None


def interval(hits: Sequence[bool] | NDArray[np.bool_], seed: int = 0, draws: int = 2000) -> tuple[float, float, float]:
    """Mean with its 95 % bootstrap interval, in percent."""
    values = np.asarray(hits, dtype=float) * 100
    if not len(values):
        return (float("nan"),) * 3
    rng = np.random.default_rng(seed)
    means = values[rng.integers(0, len(values), (draws, len(values)))].mean(1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(values.mean()), float(low), float(high)
