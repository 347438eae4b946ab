"""The sections of the report, each from the results of its kind to Markdown, with its plot."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from training.report import figures, paper
from training.report.plots import Panel, draw
from training.report.results import Figure, NotRun, Result
from training.report.tables import by_system, cell, curve_table, ordered, systems_table, table, training_table, words


@dataclass(frozen=True, slots=True)
class Curve:
    """A kind of experiment that varies one thing: `plots` are (file, metrics or None for accuracy, y label, log axes)."""

    kind: str
    title: str
    what: str
    varied: str
    plots: Sequence[tuple[str, Sequence[str] | None, str, str]]


CURVES = (
    Curve(
        "learning-curve", "Accuracy against the amount of data",
        "The same number of steps over a part of the requests (whole tables, so that their language stays together).",
        "requests trained on", [("learning-curve.png", None, "", "")],
    ),
    Curve(
        "steps", "Denoising steps: accuracy, distance to the gold, latency",
        "One checkpoint sampled with fewer and fewer steps.", "denoising steps",
        [("steps-accuracy.png", None, "", "x"), ("steps-latency.png", ["latency_ms"], "latency of a request, ms", "xy"),
         ("steps-distance.png", ["edit_percent"], "edit distance to the gold, %", "x")],
    ),
    Curve(
        "refinement", "Gradual improvement within a run",
        "The estimate of the finished code, decoded in the middle of the run: edit distance of its tokens to the gold's.",
        "steps done", [("refinement.png", ["edit_percent"], "edit distance to the gold, %", "")],
    ),
    Curve(
        "latency", "Latency against target length",
        "Time of one request for a target of so many positions.", "target positions",
        [("latency-length.png", ["latency_ms"], "latency of a request, ms", "")],
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Report:
    """What the sections are made of; plots go to `folder`, which the text names `shown`."""

    results: Sequence[Result]
    not_run: Sequence[NotRun]
    folder: Path
    shown: str

    def of(self, kind: str) -> list[Result]:
        """The results of one experiment."""
        return [result for result in self.results if result.experiment == kind]

    def plot(self, name: str, panels: Sequence[Panel], alt: str) -> list[str]:
        """Draw, and the Markdown that shows it; nothing without panels."""
        if not panels:
            return []
        draw(panels, self.folder / name)
        return [f"![{alt}]({self.shown}/{name})"]

    def empty(self, kind: str) -> list[str]:
        """What stands in a section without results: why, where `not_run.json` says so."""
        name = kind.replace("-", " ")
        reasons = [f"- {entry.what}: {entry.why}" for entry in self.not_run if name in entry.what.lower().replace("-", " ")]
        lines = [f"No results of this kind (`{kind}`) lie in the folder."]
        return [*lines, "\n".join(reasons)] if reasons else lines


def comparison(report: Report, kind: str, title: str, what: str, plot: bool) -> list[str]:
    """Tables of all systems per language, of accuracy, of validity and diversity, of costs and of training."""
    results = report.of(kind)
    blocks = [f"## {title}", what]
    if not results:
        return blocks + report.empty(kind)
    if plot:
        blocks.append(paper.CAVEAT)
        blocks += report.plot(f"{kind}.png", figures.comparison(results), "Accuracy of every system with 95 % intervals")
    for language in figures.languages_of(results):
        rows = by_system(result for result in results if result.language == language)
        published = paper.ACCURACY.get(language) if plot else None
        reference = (paper.LABEL, published) if published else None
        blocks.append(f"### {figures.language_name(language)}")
        blocks.append(systems_table(rows, "accuracy", reference))
        blocks += [systems_table(rows, "quality"), systems_table(rows, "costs"), training_table(rows), notes(rows)]
    return blocks


def curve(report: Report, of: Curve) -> list[str]:
    """Plots and a table of one kind of curve."""
    results = [result for result in report.of(of.kind) if result.points]
    if of.kind == "learning-curve":
        results = [against_requests(result) for result in results]
    plain = [result for result in report.of(of.kind) if not result.points]
    blocks = [f"## {of.title}", of.what]
    if not results and not plain:
        return blocks + report.empty(of.kind)
    if results:
        for file, metrics, label, log in of.plots:
            blocks += report.plot(file, figures.curves(results, metrics, of.varied, label, log), of.title)
    for language in figures.languages_of([*results, *plain]):
        rows = by_system(result for result in results if result.language == language)
        flat = by_system(result for result in plain if result.language == language)
        blocks.append(f"### {figures.language_name(language)}")
        blocks += [curve_table(rows, of.varied)] if rows else []
        blocks += [few_enough(rows)] if of.kind == "steps" else []
        blocks.append(systems_table(rows, "costs"))
        blocks += [systems_table(flat, family) for family in ("accuracy", "quality", "costs")]
        blocks.append(notes([*rows, *flat]))
    return blocks


def against_requests(result: Result) -> Result:
    """A learning curve over the number of requests, where its points know it (x may be their share of the corpus)."""
    points = [dataclasses.replace(point, x=point.x if point.n is None else float(point.n)) for point in result.points]
    return dataclasses.replace(result, points=tuple(points))


def few_enough(results: Sequence[Result], reference: float = 100, within: float = 1.0) -> str:
    """The fewest steps whose top-1, 3 and 5 all lie at most `within` points under those of `reference` steps."""
    lines = []
    for result in results:
        wanted = next((point for point in result.points if point.x == reference), None)
        names = figures.leading(list(wanted.metrics)) if wanted else []
        if wanted is None or not names:
            continue
        least = {name: wanted.metrics[name].mean - within for name in names}
        enough = [p.x for p in result.points if all(n in p.metrics and p.metrics[n].mean >= low for n, low in least.items())]
        lines.append(
            f"- {result.label}: {min(enough):g} steps are enough to be within {within:g} point of {reference:g} at every top."
        )
    return "\n".join(lines)


def bundles(report: Report) -> list[str]:
    """The bundles' figures the whole way of a request, and the kinds of requests of the first and the last by date."""
    results = sorted(report.of("bundle"), key=lambda r: (r.date, r.label))
    blocks = ["## Bundles", "Every request goes the whole way: ONNX, checks, merging by cell masks, ranking."]
    if not results:
        return blocks + report.empty("bundle")
    for language in figures.languages_of(results):
        rows = [result for result in results if result.language == language]
        blocks.append(f"### {figures.language_name(language)}")
        blocks += [systems_table(rows, family) for family in ("accuracy", "quality", "costs")]
        tagged = [row for row in rows if row.tags]
        if tagged:
            blocks += report.plot(f"tags-{language}.png", figures.tags(tagged[0], tagged[-1]), "Top-1 by kind of request")
            blocks.append(tag_table(tagged[0], tagged[-1]))
        blocks.append(notes(rows))
    return blocks


def tag_table(before: Result, after: Result) -> str:
    """Kinds of requests x metrics of the last bundle, with the first one's top-1 before it."""
    columns = ordered(name for tag in after.tags.values() for name in tag.metrics)
    earlier = [] if before is after else [f"{before.label}: {words('top1')}"]
    rows = []
    for name, tag in sorted(after.tags.items(), key=lambda entry: (-entry[1].n, entry[0])):
        old = before.tags.get(name)
        first: list[Figure | None] = [old.metrics.get("top1") if old else None] if earlier else []
        rows.append([name, str(tag.n), *map(cell, first), *(cell(tag.metrics.get(c)) for c in columns)])
    return table(["kind of request", "n", *earlier, *map(words, columns)], rows)


def notes(results: Sequence[Result]) -> str:
    """What the files say a reader must know, the same words once."""
    lines: dict[str, list[str]] = {}
    for result in results:
        if result.note:
            lines.setdefault(result.note, []).append(result.label)
    return "\n".join(f"- {', '.join(dict.fromkeys(labels))}: {note}" for note, labels in lines.items())


def not_run(report: Report) -> list[str]:
    """What could not be run, and why."""
    rows = [[entry.what, entry.why] for entry in report.not_run]
    text = table(["what", "why"], rows, left=True) if rows else "`not_run.json` names nothing."
    return ["## What could not be run", text]


def sources(results: Sequence[Result], known: Sequence[str]) -> list[str]:
    """Every file (`results` before averaging) with its command, and the kinds that no section shows."""
    blocks = ["## Where the figures come from"]
    strange = [result for result in results if result.experiment not in known]
    if strange:
        lines = [f"- `{name}`: experiment `{result.experiment}`" for result in strange for name in result.files]
        blocks += ["Files of kinds that no section knows:", "\n".join(lines)]
    rows = sorted([f"`{name}`", r.date or "–", f"`{r.command}`" if r.command else "–"] for r in results for name in r.files)
    return [*blocks, table(["file", "date", "command"], rows, left=True) if rows else "There are no results."]
