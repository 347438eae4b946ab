"""The results files: one JSON per experiment, system, language and seed, written by commands and read by the report.

    {"experiment": "comparison", "system": "codefusion", "label": "CodeFusion (small)", "language": "cf", "seed": 0,
     "command": "python -m …", "date": "2026-11-21", "config": {…}, "parameters": 5900000, "samples": 64000,
     "train_seconds": 1234.5, "evaluated": 512, "metrics": {"top1": [74.1, 71.0, 77.0], "latency_ms": 12.0},
     "points": [{"x": 0.25, "n": 3912, "metrics": {…}}], "tags": {"dates": {"n": 31, "top1": [60.0, 42.0, 77.0]}},
     "note": "what a reader must know"}

A metric is a number or [mean, low, high]; `points` are a curve's (all in one file, or a file each), `tags` the figures of kinds
of requests. Only `experiment`, `system` and `language` must be there.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NOT_RUN = "not_run.json"


class ResultsError(Exception):
    """A results file that cannot be read; the message names it. Mend it, or move it out of the folder."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure with its 95 % interval, and the standard deviation between seeds where there are several."""

    mean: float
    low: float | None = None
    high: float | None = None
    spread: float | None = None


Figures = dict[str, Figure]


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a curve: what the experiment varies, how much was measured or trained with, what came out."""

    x: float
    n: int | None
    metrics: Figures


@dataclass(frozen=True, slots=True)
class Tag:
    """The figures of the `n` requests of one kind."""

    n: int
    metrics: Figures


@dataclass(frozen=True, slots=True)
class Result:
    """One results file, or several seeds of one (`seeds` > 1, see `training.report.average`)."""

    files: tuple[str, ...]
    experiment: str
    system: str
    label: str
    language: str
    seed: int = 0
    seeds: int = 1
    command: str = ""
    date: str = ""
    config: dict[str, Any] = field(default_factory=dict)
    parameters: int | None = None
    samples: int | None = None
    train_seconds: float | None = None
    evaluated: int | None = None
    metrics: Figures = field(default_factory=dict)
    points: tuple[Point, ...] = ()
    tags: dict[str, Tag] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class NotRun:
    """Something that could not be run here, and why."""

    what: str
    why: str


def read_results(folder: Path) -> list[Result]:
    """Every `*.json` of the folder but `not_run.json`, in an order that does not hang on the files' names.

    Raises:
        ResultsError: no folder, a broken file, or two files that say the same of one system (label, language, seed).
    """
    if not folder.is_dir():
        raise ResultsError(f"there is no folder {folder}")
    found = [_read(path) for path in sorted(folder.glob("*.json")) if path.name != NOT_RUN]
    seen: dict[tuple[Any, ...], str] = {}
    for result in found:
        places = tuple(point.x for point in result.points)
        key = (result.experiment, result.system, result.label, result.language, result.seed, places)
        if key in seen:
            raise ResultsError(
                f"{seen[key]} and {result.files[0]} are the same experiment, system, label, language and seed; "
                "give one another label or remove it"
            )
        seen[key] = result.files[0]
    return sorted(found, key=lambda r: (r.experiment, r.language, r.system, r.label, r.seed))


def read_not_run(folder: Path) -> list[NotRun]:
    """What `not_run.json` says, in its order; nothing where there is no such file.

    Raises:
        ResultsError: it is no list of {"what", "why"}.
    """
    path = folder / NOT_RUN
    if not path.exists():
        return []
    entries = _json(path)
    if not isinstance(entries, list):
        raise ResultsError(f"{path.name}: not a list")
    try:
        return [NotRun(str(entry["what"]), str(entry["why"])) for entry in entries]
    except (KeyError, TypeError) as error:
        raise ResultsError(f'{path.name}: every entry must be {{"what": …, "why": …}} ({error!r})') from error


def save(folder: Path, name: str, entry: dict[str, Any]) -> Path:
    """Write one results file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    path.write_text(json.dumps(entry, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ResultsError(f"{path.name}: {error}") from error


def _read(path: Path) -> Result:
    entry = _json(path)
    if not isinstance(entry, dict):
        raise ResultsError(f"{path.name}: not a JSON object")
    try:
        return _result(path.name, entry)
    except KeyError as error:
        raise ResultsError(f"{path.name}: {error.args[0]} is missing") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise ResultsError(f"{path.name}: {error}") from error


def _result(name: str, entry: dict[str, Any]) -> Result:
    return Result(
        files=(name,), experiment=str(entry["experiment"]), system=str(entry["system"]),
        label=str(entry.get("label") or entry["system"]), language=str(entry["language"]), seed=int(entry.get("seed") or 0),
        command=str(entry.get("command") or ""), date=str(entry.get("date") or ""), config=dict(entry.get("config") or {}),
        parameters=_integer(entry, "parameters"), samples=_integer(entry, "samples"),
        train_seconds=None if entry.get("train_seconds") is None else float(entry["train_seconds"]),
        evaluated=_integer(entry, "evaluated"), metrics=_figures(entry.get("metrics") or {}),
        points=tuple(sorted((_point(p) for p in entry.get("points") or ()), key=lambda p: p.x)),
        tags={tag: _tag(row) for tag, row in sorted((entry.get("tags") or {}).items())}, note=str(entry.get("note") or ""),
    )  # fmt: skip


def _integer(entry: dict[str, Any], name: str) -> int | None:
    return None if entry.get(name) is None else int(entry[name])


def _point(entry: dict[str, Any]) -> Point:
    return Point(float(entry["x"]), _integer(entry, "n"), _figures(entry.get("metrics") or {}))


def _tag(entry: dict[str, Any]) -> Tag:
    return Tag(int(entry["n"]), _figures({name: value for name, value in entry.items() if name != "n"}))


def _figures(entries: dict[str, Any]) -> Figures:
    """Figures by name; what is null or not a number (NaN) was not measured and is left out."""
    figures = {name: _figure(name, value) for name, value in entries.items() if value is not None}
    return {name: figure for name, figure in figures.items() if not math.isnan(figure.mean)}


def _figure(name: str, value: Any) -> Figure:
    if isinstance(value, bool) or not isinstance(value, int | float | list):
        raise ValueError(f"{name} is {value!r}, not a number or [mean, low, high]")
    if not isinstance(value, list):
        return Figure(float(value))
    if len(value) != 3 or not all(isinstance(part, int | float) and not isinstance(part, bool) for part in value):
        raise ValueError(f"{name} is {value!r}, not [mean, low, high]")
    mean, low, high = (float(part) for part in value)
    if not (math.isnan(mean) or low <= mean <= high):
        raise ValueError(f"{name} is {value!r}: the mean lies outside its interval")
    return Figure(mean, low, high)
