"""Which panels the plots of the report have."""

from __future__ import annotations

from collections.abc import Sequence

from training.report.plots import Panel, Series
from training.report.results import Result
from training.report.tables import ACCURACY, LANGUAGES, by_system, stem, words

TOPS = (1, 3, 5)
TAG_LIMIT = 24
"""Bars of the plot over kinds of requests: the most frequent ones."""


def languages_of(results: Sequence[Result]) -> list[str]:
    """The languages in the order of the report; unknown ones last."""
    found = {result.language for result in results}
    return [name for name in LANGUAGES if name in found] + sorted(found - set(LANGUAGES))


def language_name(language: str) -> str:
    """Its heading."""
    return LANGUAGES.get(language, language)


def leading(names: Sequence[str]) -> list[str]:
    """The first kind of accuracy that was measured (see `ACCURACY`), as its metrics for the top 1, 3 and 5."""
    for kind in ACCURACY:
        found = [f"{kind}{top}" for top in TOPS if f"{kind}{top}" in names]
        if found:
            return found
    return []


def comparison(results: Sequence[Result]) -> list[Panel]:
    """Bars per language: groups are the tops, bars the systems."""
    panels = []
    for language in languages_of(results):
        rows = by_system(result for result in results if result.language == language)
        metrics = leading([name for row in rows for name in row.metrics])
        if metrics:
            series = [
                Series(row.label, [f"top-{stem(m)[1]}" for m in metrics], [row.metrics.get(m) for m in metrics]) for row in rows
            ]
            panels.append(
                Panel(language_name(language), "", words(metrics[0]).split(",")[0] + ", %", series, top=100, bars=True)
            )
    return panels


def curves(results: Sequence[Result], metrics: Sequence[str] | None, x: str, y: str, log: str = "") -> list[Panel]:
    """A panel per language; `metrics` None is the leading accuracy at top 1, 3 and 5 (an axis that ends at 100)."""
    panels = []
    for language in languages_of(results):
        rows = by_system(result for result in results if result.language == language)
        names = leading([n for row in rows for p in row.points for n in p.metrics]) if metrics is None else metrics
        series = [
            _curve(row, name, len(names) > 1) for row in rows for name in names if any(name in p.metrics for p in row.points)
        ]
        if series:
            label = words(names[0]).split(",")[0] + ", %" if metrics is None else y
            top = 100 if metrics is None else None
            panels.append(Panel(language_name(language), x, label, series, log, top))
    return panels


def tags(before: Result, after: Result) -> list[Panel]:
    """Bars of top-1 for the most frequent kinds of requests, before and after."""
    names = [name for name in after.tags if "top1" in after.tags[name].metrics]
    names = sorted(names, key=lambda name: (-after.tags[name].n, name))[:TAG_LIMIT]
    labels = [f"{name} ({after.tags[name].n})" for name in names]
    pair = [before, after] if before is not after else [after]
    series = [
        Series(row.label, labels, [row.tags[n].metrics.get("top1") if n in row.tags else None for n in names]) for row in pair
    ]
    title = f"{language_name(after.language)}: kinds of requests"
    return [Panel(title, "", "top-1, %", series, top=100, bars=True)] if names else []


def _curve(row: Result, metric: str, several: bool) -> Series:
    top = f", top-{stem(metric)[1]}" if several else ""
    return Series(row.label + top, [p.x for p in row.points], [p.metrics.get(metric) for p in row.points])
