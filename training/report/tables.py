"""Markdown tables of figures, and the names, groups and order of metrics."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

from training.report.results import Figure, Figures, Result

LANGUAGES = {"cf": "Rules (conditional formatting)", "python": "Python", "bash": "Bash"}
METRICS = {
    "top": "execution match", "template": "template match", "codebertscore": "CodeBERTScore", "nlc2cmd": "NLC2CMD score",
    "bleu": "BLEU", "exact": "exact match", "ast": "AST match", "valid": "valid", "abstained_rightly": "abstained rightly",
    "abstained_wrongly": "abstained wrongly", "diversity_ngrams": "distinct n-grams",
    "diversity_embedding": "embedding diversity",
    "diversity_edit": "edit distance between candidates", "edit_percent": "edit distance to the gold, % of the longer",
    "edit_tokens": "edit distance to the gold, tokens", "seconds": "seconds a request", "latency_ms": "latency, ms",
    "latency_p50_ms": "latency p50, ms",
    "latency_p99_ms": "latency p99, ms", "peak_rss_mib": "peak memory, MiB",
    "samples_per_s": "samples/s", "gflops_per_sample": "GFLOP a sample", "gflops": "GFLOP/s", "peak_gflops": "peak, GFLOP/s",
    "share_of_peak_percent": "% of peak",
}  # fmt: skip
"""Stem of a metric's name -> words; the order of columns. Others follow by name."""
ACCURACY = ("top", "template", "codebertscore", "nlc2cmd", "bleu", "exact", "ast")
COSTS = ("latency", "peak", "samples_per_s", "gflops", "seconds", "share_of_peak")
SYSTEMS = ("codefusion", "seq2seq", "diffusion-lm", "genie")


def stem(metric: str) -> tuple[str, int]:
    """top3 -> ("top", 3); a name that does not end in a 1, 3 or 5 after a letter has 0."""
    match = re.fullmatch(r"(.*[a-z])([135])", metric)
    return (match[1], int(match[2])) if match else (metric, 0)


def words(metric: str) -> str:
    """The heading of a metric's column."""
    name, top = stem(metric)
    text = METRICS.get(name, METRICS.get(metric, name.replace("_", " ")))
    return f"{text}, top-{top}" if top else text


def ordered(metrics: Iterable[str]) -> list[str]:
    """Metrics as columns: known ones in their order, others by name."""
    known = list(METRICS)

    def key(metric: str) -> tuple[int, str, int]:
        name, top = stem(metric)
        return (known.index(name) if name in known else len(known), name, top)

    return sorted(set(metrics), key=key)


def family(metric: str) -> str:
    """Which table a metric stands in: "accuracy", "costs", or "quality" (validity, diversity, whatever else)."""
    name, _ = stem(metric)
    if name in ACCURACY:
        return "accuracy"
    return "costs" if name.startswith(COSTS) else "quality"


def digits(value: float) -> int:
    """Decimals that a figure of this size is given with: none from a thousand on, two significant ones below a tenth."""
    size = abs(value)
    if size >= 1000 or not size:
        return 0 if size else 1
    return 1 if size >= 1 else max(2, 1 - math.floor(math.log10(size)))


def cell(figure: Figure | None) -> str:
    """Mean [low, high] ± deviation between seeds, with the mean's decimals; a dash where nothing was measured."""
    if figure is None:
        return "–"
    places = digits(figure.mean)
    text = f"{figure.mean:,.{places}f}"
    if figure.low is not None and figure.high is not None:
        text += f" [{figure.low:,.{places}f}, {figure.high:,.{places}f}]"
    return text if figure.spread is None else f"{text} ± {figure.spread:,.{places}f}"


def table(headers: Sequence[str], rows: Iterable[Sequence[str]], *, left: bool = False) -> str:
    """A Markdown table; the first column stands left, the others right unless all are `left`."""
    rule = ["---"] + ["---" if left else "---:"] * (len(headers) - 1)
    return "\n".join(f"| {' | '.join(part.replace('|', '/') for part in row)} |" for row in (headers, rule, *rows))


def size(count: int | None) -> str:
    """Parameters or samples: 1,001, 5.9M."""
    if count is None:
        return "–"
    for unit, name in ((10**9, "G"), (10**6, "M")):
        if count >= unit:
            return f"{count / unit:.3g}{name}"
    return f"{count:,}"


def by_system(results: Iterable[Result]) -> list[Result]:
    """CodeFusion and the paper's baselines first."""

    def key(result: Result) -> tuple[int, str, str]:
        place = SYSTEMS.index(result.system) if result.system in SYSTEMS else len(SYSTEMS)
        return (place, result.system, result.label)

    return sorted(results, key=key)


def systems_table(results: list[Result], kind: str, reference: tuple[str, Figures] | None = None) -> str:
    """Systems x metrics of one family, with the paper's row last; empty when nothing of the family was measured."""
    measured = [name for result in results for name in result.metrics if family(name) == kind]
    if not measured:
        return ""
    columns = ordered([*measured, *(reference[1] if reference else ())])
    rows = [[r.label, str(r.seeds), size(r.evaluated), *(cell(r.metrics.get(name)) for name in columns)] for r in results]
    if reference:
        rows.append([reference[0], "–", "–", *(cell(reference[1].get(name)) for name in columns)])
    return table(["system", "seeds", "requests", *map(words, columns)], rows)


def training_table(results: list[Result]) -> str:
    """What each system was trained with; empty when no file says."""
    if not any(r.parameters or r.samples or r.train_seconds for r in results):
        return ""
    rows = [
        [r.label, size(r.parameters), size(r.samples), "–" if r.train_seconds is None else f"{r.train_seconds / 60:,.1f}"]
        for r in results
    ]
    return table(["system", "trained parameters", "training samples seen", "training, minutes"], rows)


def curve_table(results: list[Result], varied: str) -> str:
    """A row for every point of every curve."""
    columns = ordered(name for result in results for point in result.points for name in point.metrics)
    rows = [
        [r.label, f"{p.x:,.10g}", size(p.n), *(cell(p.metrics.get(name)) for name in columns)]
        for r in results
        for p in r.points
    ]
    return table(["system", varied, "n", *map(words, columns)], rows)
