"""The predicates that look at more than one cell or at a cell's text or day, over vectors. All give (rows,) or (1,)."""

from __future__ import annotations

import datetime as dt

import numpy as np

from grammar.evaluation.compare import CLOSE
from grammar.evaluation.vectors import Bools, Floats, Vector
from grammar.table import Class, serial


def text_test(name: str, value: Vector, text: Vector) -> Bools:
    """TextEquals, TextContains, StartsWith or EndsWith, without regard to case; numbers are seen as their General text.

    The text is taken as it stands: `*` and `?` are no wildcards (the translation to Excel escapes them for SEARCH).
    """
    only = text.texts.single
    if only is None:
        pairs = zip(*np.broadcast_arrays(value.texts.array, text.texts.array), strict=True)
        return np.fromiter((_text_holds(name, str(a), str(b)) for a, b in pairs), dtype=np.bool_)
    return value.texts.test(lambda seen: _text_holds(name, seen, only))


def _text_holds(name: str, seen: str, wanted: str) -> bool:
    match name:
        case "TextEquals":
            return seen == wanted
        case "TextContains":
            return wanted in seen
        case "StartsWith":
            return seen.startswith(wanted)
        case _:
            return seen.endswith(wanted)


def blank(value: Vector) -> Bools:
    """Excel's `containsBlanks`, LEN(TRIM(x))=0: empty cells, empty texts and texts of spaces only."""
    texts = value.has(Class.TEXT)
    if not texts.any():
        return value.blanks
    return value.blanks | (texts & value.texts.test(lambda text: not text.strip(" ")))


def repeated(value: Vector) -> Bools:
    """Excel's `duplicateValues`: the value stands in more than one cell; blanks and errors are no values."""
    counts = np.zeros(value.classes.shape, dtype=np.intp)
    for cls in (Class.NUMBER, Class.BOOL):
        chosen = value.has(cls)
        if chosen.any():
            _, inverse, times = np.unique(value.numbers[chosen], return_inverse=True, return_counts=True)
            counts[chosen] = times[inverse]
    texts = value.has(Class.TEXT)
    if texts.any():
        codes = value.texts.codes[texts]
        counts[texts] = np.bincount(codes, minlength=len(value.texts.distinct))[codes]
    return counts > 1


def ranked(name: str, value: Vector, count: int) -> Bools:
    """Excel's `top10`: the count (or percent) largest or smallest numbers of the column, all that tie with the last included.

    A percent means that share of the cells with numbers, rounded down, but at least one cell.
    """
    found = value.numbers[value.numeric]
    if not found.size or count < 1:
        return np.zeros(value.classes.shape, dtype=np.bool_)
    take = max(1, int(found.size * count / 100)) if name.endswith("Percent") else count
    take = min(take, found.size)
    if name.startswith("Top"):
        limit = float(np.partition(found, found.size - take)[found.size - take])
        return value.numeric & (value.numbers >= limit)
    limit = float(np.partition(found, take - 1)[take - 1])
    return value.numeric & (value.numbers <= limit)


def off_average(name: str, value: Vector, deviations: int) -> Bools:
    """Excel's `aboveAverage`: above or below the mean of the column's numbers, or by more than n standard deviations.

    The deviation is that of a sample (STDEV): ECMA-376 part 1, 18.3.1.10, does not say which; Apache POI, which is tested
    against Excel's files, takes STDEV; LibreOffice leaves the rule's `stdDev` out of account.
    """
    found = value.numbers[value.numeric]
    if not found.size:
        return np.zeros(value.classes.shape, dtype=np.bool_)
    sign = 1.0 if name == "AboveAverage" else -1.0
    spread = float(np.std(found, ddof=1)) if deviations and found.size > 1 else 0.0
    limit = float(np.mean(found)) + sign * deviations * spread
    close = np.abs(value.numbers - limit) <= CLOSE * np.maximum(np.abs(value.numbers), abs(limit))
    return value.numeric & (sign * (value.numbers - limit) > 0) & ~close


def in_period(name: str, value: Vector, today: dt.date) -> Bools:
    """Excel's `timePeriod`: the day of a date or date-time lies in the period around today; weeks start on Sunday."""
    first, last = period(name, today)
    days: Floats = np.floor(value.numbers)
    return value.numeric & (days >= serial(first)) & (days <= serial(last))


def period(name: str, today: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of the period, both included."""
    day = dt.timedelta(days=1)
    sunday = today - day * (today.isoweekday() % 7)
    month = today.replace(day=1)
    next_month = (month + 31 * day).replace(day=1)
    match name:
        case "Yesterday":
            return today - day, today - day
        case "Today":
            return today, today
        case "Tomorrow":
            return today + day, today + day
        case "Last7Days":
            return today - 6 * day, today
        case "LastWeek":
            return sunday - 7 * day, sunday - day
        case "ThisWeek":
            return sunday, sunday + 6 * day
        case "NextWeek":
            return sunday + 7 * day, sunday + 13 * day
        case "LastMonth":
            return (month - day).replace(day=1), month - day
        case "ThisMonth":
            return month, next_month - day
        case _:
            return next_month, (next_month + 31 * day).replace(day=1) - day
