"""Averages over seeds.

The seeds of a system are measured on the same requests, so the interval over requests does not shrink with their number: its
ends are averaged, and the standard deviation between the seeds is given beside it.
"""

from __future__ import annotations

import dataclasses
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from training.report.results import Figure, Figures, Point, Result, Tag


def over_seeds(results: Iterable[Result]) -> list[Result]:
    """One result for all seeds (and points) of an experiment, system, label and language, in the order of the first of each."""
    groups: dict[tuple[str, ...], list[Result]] = defaultdict(list)
    for result in results:
        groups[(result.experiment, result.system, result.label, result.language)].append(result)
    return [group[0] if len(group) == 1 else _together(group) for group in groups.values()]


def combine(figures: Sequence[Figure]) -> Figure:
    """Mean of the means, mean of the intervals' ends (where all have them), standard deviation of the means."""
    lows = [figure.low for figure in figures if figure.low is not None]
    highs = [figure.high for figure in figures if figure.high is not None]
    whole = len(lows) == len(highs) == len(figures)
    return Figure(
        statistics.fmean(figure.mean for figure in figures),
        statistics.fmean(lows) if whole else None,
        statistics.fmean(highs) if whole else None,
        statistics.stdev(figure.mean for figure in figures) if len(figures) > 1 else None,
    )


def _together(group: list[Result]) -> Result:
    """A seed's curve may lie in several files; figures beside the points are then of one point only and are left out."""
    notes = dict.fromkeys(result.note for result in group if result.note)
    seeds = len({result.seed for result in group})
    return dataclasses.replace(
        group[0], files=tuple(name for result in group for name in result.files), seeds=seeds, note=" ".join(notes),
        samples=_mean([r.samples for r in group]), evaluated=_mean([r.evaluated for r in group]),
        train_seconds=_exact_mean([r.train_seconds for r in group]),
        metrics=_figures([r.metrics for r in group]) if seeds == len(group) else {},
        points=_points(group), tags=_tags(group),
    )  # fmt: skip


def _exact_mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.fmean(known) if known else None


def _mean(values: Sequence[float | None]) -> int | None:
    mean = _exact_mean(values)
    return None if mean is None else round(mean)


def _figures(rows: Iterable[Figures]) -> Figures:
    found: dict[str, list[Figure]] = defaultdict(list)
    for row in rows:
        for name, figure in row.items():
            found[name].append(figure)
    return {name: combine(figures) for name, figures in found.items()}


def _grouped(entries: Iterable[Any], key: Callable[[Any], Any]) -> dict[Any, list[Any]]:
    groups: dict[Any, list[Any]] = defaultdict(list)
    for entry in entries:
        groups[key(entry)].append(entry)
    return groups


def _points(group: list[Result]) -> tuple[Point, ...]:
    at = _grouped((point for result in group for point in result.points), lambda point: point.x)
    return tuple(
        Point(x, _mean([p.n for p in points]), _figures(p.metrics for p in points)) for x, points in sorted(at.items())
    )


def _tags(group: list[Result]) -> dict[str, Tag]:
    by_name = _grouped(((name, tag) for result in group for name, tag in result.tags.items()), lambda entry: entry[0])
    return {
        name: Tag(_mean([tag.n for _, tag in tags]) or 0, _figures(tag.metrics for _, tag in tags))
        for name, tags in sorted(by_name.items())
    }
