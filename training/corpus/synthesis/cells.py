"""The cells of a synthetic column, as they stand in a request's JSON: numbers, texts, ISO dates, None."""

from __future__ import annotations

import datetime as dt
import random
import string
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from training.corpus.requests import TODAY
from training.corpus.synthesis.domains import Concept

Cell = str | int | float | bool | None
T = TypeVar("T")
_TICKS = (("Y", "N"), ("Yes", "No"), ("yes", "no"), ("y", "n"), ("x", None), ("Yes", "No"), ("✓", None))
ERRORS = ("#N/A", "#DIV/0!", "#VALUE!", "#REF!")


@dataclass(slots=True)
class Style:
    """How one table writes a column: `ticks` of a flag, `names` full, first or last, `whole` percents as 35 instead of 0.35."""

    ticks: tuple[str, str | None] = ("Y", "N")
    names: str = "full"
    whole: bool = False
    currency: bool = False


def make_style(concept: Concept, rng: random.Random, names: str) -> Style:
    """A style for one column of one table; `names` is the table's."""
    return Style(_pick(rng, _TICKS), names, rng.random() < 0.5, rng.random() < 0.12 and concept.unit in ("eur", "usd", "gbp"))


def make_cells(concept: Concept, style: Style, rows: int, rng: random.Random, names: dict[str, tuple[str, ...]]) -> list[Cell]:
    """`rows` cells without blanks (a flag's `None` apart)."""
    match concept.kind:
        case "num" | "year":
            return [_number(concept, rng) for _ in range(rows)]
        case "pct":
            return [_percent(concept, style, rng) for _ in range(rows)]
        case "date":
            return [_day(rng.uniform(concept.low, concept.high)) for _ in range(rows)]
        case "bool":
            return [rng.random() < 0.5 for _ in range(rows)]
        case "flag" | "yn":
            return [style.ticks[rng.random() < 0.5] for _ in range(rows)]
        case "cat" | "adj":
            used = [value.split("~")[0] for value in concept.values]
            used = rng.sample(used, min(len(used), rng.choice((3, 4, 5, 6, 7))))
            return [_pick(rng, used) for _ in range(rows)]
        case "item":
            return _shuffled(list(concept.values), rows, rng)
        case "note":
            return [_pick(rng, concept.values) for _ in range(rows)]
        case "code":
            return _codes(concept, rows, rng)
        case "person":
            return _people(style, rows, rng, names, several=concept.key in ("name", "who", "guest"))
        case "email":
            return [
                f"{_pick(rng, names['first'])}.{_pick(rng, names['last'])}@{_pick(rng, names['mail'])}".lower()
                for _ in range(rows)
            ]
        case kind:
            used = rng.sample(names[kind], rng.randint(4, min(8, rows)))
            return [_pick(rng, used) for _ in range(rows)]


def correlate(first: list[Cell], second: list[Cell], concept: Concept, rng: random.Random) -> list[Cell]:
    """Numbers near those of another column, some equal; days some time after those of another."""
    result: list[Cell] = []
    for old, base in zip(first, second, strict=True):
        if isinstance(base, str) and isinstance(old, str):
            gap = rng.choice((0, rng.randint(-9, 0), rng.randint(1, 12), rng.randint(1, 60), rng.randint(20, 400)))
            result.append((dt.date.fromisoformat(base) + dt.timedelta(days=gap)).isoformat())
        elif isinstance(base, int | float) and isinstance(old, int | float):
            value = base * rng.choice((1.0, rng.uniform(0.4, 1.0), rng.uniform(0.85, 1.15), rng.uniform(1.0, 1.6)))
            result.append(round_to(min(max(value, concept.low), concept.high * 1.2), concept.step))
        else:
            result.append(old)
    return result


def round_to(value: float, step: float) -> int | float:
    """The multiple of `step` next to the value."""
    rounded = round(round(value / step) * step, 2)
    return int(rounded) if rounded == int(rounded) else rounded


def blank_some(cells: list[Cell], share: float, rng: random.Random) -> list[Cell]:
    """Some cells emptied."""
    return [None if rng.random() < share else cell for cell in cells]


def _number(concept: Concept, rng: random.Random) -> int | float:
    skew = rng.random() if concept.low < 0 or concept.kind == "year" else rng.random() ** 1.4
    return round_to(concept.low + (concept.high - concept.low) * skew, concept.step)


def _percent(concept: Concept, style: Style, rng: random.Random) -> int | float:
    value = rng.randint(int(concept.low), int(concept.high))
    return value if style.whole else round(value / 100, 2)


def _day(offset: float) -> str:
    return (TODAY + dt.timedelta(days=int(offset))).isoformat()


def _codes(concept: Concept, rows: int, rng: random.Random) -> list[Cell]:
    patterns = rng.sample(concept.values, min(len(concept.values), rng.choice((1, 1, 2, 3))))
    start = rng.randrange(1000)
    result: list[Cell] = []
    for k in range(rows):
        digits = (
            f"{start + k * rng.randint(1, 3):06d}"[::-1]
            if rng.random() < 0.7
            else "".join(rng.choices(string.digits, k=8))[::-1]
        )
        supply = iter(digits + "9" * 12)
        result.append("".join(next(supply) if sign == "#" else sign for sign in _pick(rng, patterns)[::-1])[::-1])
    return result


def _people(style: Style, rows: int, rng: random.Random, names: dict[str, tuple[str, ...]], *, several: bool) -> list[Cell]:
    count = rows if several else rng.randint(3, 6)
    pool = []
    for first, last in zip(rng.sample(names["first"], count), rng.sample(names["last"], count), strict=True):
        pool.append({"full": f"{first} {last}", "first": first, "last": last, "initial": f"{first[0]}. {last}"}[style.names])
    return list(pool) if several else [_pick(rng, pool) for _ in range(rows)]


def _shuffled(values: list[str], rows: int, rng: random.Random) -> list[Cell]:
    rng.shuffle(values)
    return [values[k % len(values)] for k in range(rows)]


def _pick(rng: random.Random, values: Sequence[T]) -> T:
    return values[int(rng.random() * len(values))]
