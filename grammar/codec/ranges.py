"""Ranges of numbers and days whose ends share a unit, a month or a year; decades and hundreds (`80s`, `4xx`)."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

from grammar.codec.literals import MONTHS, read_number, read_period
from grammar.codec.units import UNITS
from grammar.codec.words import fold

_MONTH = rf"(?:{'|'.join(sorted(MONTHS, key=len, reverse=True))})\.?"
_JOIN = r"(?:,\s*(?:and|or|to)\b|,|/|&|-|−|–|—|and|or|to|till|until|through|thru)"
CONNECTOR = re.compile(r"\s*(?:and|or|to|till|until|up to|through|thru|-|−|–|—|&)(?:\s+the)?\s*[$€£]?\s*", re.IGNORECASE)
_SCALE_OR_PERCENT = (
    "%", "percent", "per cent", "pct", "pc", "k", "grand", "thousand", "million", "millions", "m", "mn", "bn", "billion",
    "lakh", "lakhs", "crore", "crores", "hundred", "dozen", "cents", "cent", "p", "pence", "fortnights", "months", "years",
)  # fmt: skip
_SUFFIX = re.compile(
    rf"(?P<head>.*?)\s*(?P<suffix>{'|'.join(sorted((*_SCALE_OR_PERCENT, *UNITS), key=len, reverse=True))})\.?", re.IGNORECASE
)
_DAY_NUMBER = re.compile(r"(?:the\s+)?(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?", re.IGNORECASE)
_NEXT_MONTH = re.compile(
    rf"\s*(?:st|nd|rd|th|\.)?(?:\s*{_JOIN}\s*(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th|\.)?)+\s*(?:of\s+)?"
    rf"(?P<month>{_MONTH})\b(?:[,\s]+(?P<year>(?:19|20)\d\d)\b)?",
    re.IGNORECASE,
)
_MONTH_BEFORE = re.compile(
    rf"\b(?P<month>{_MONTH})\s*(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?(?:\s*{_JOIN}\s*(?:\d{{1,2}}(?:st|nd|rd|th)?\s*{_JOIN})?)\s*$",
    re.IGNORECASE,
)
_NEXT_YEAR = re.compile(
    rf"\s*{_JOIN}\s*(?P<end>(?:the\s+)?(?:\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?)?{_MONTH}[,\s]+(?P<year>(?:19|20)\d\d))\b",
    re.IGNORECASE,
)
_DECADES = {
    "tens": 10, "twenties": 20, "twentys": 20, "thirties": 30, "thirtys": 30, "forties": 40, "fourties": 40, "fifties": 50,
    "fiftys": 50, "sixties": 60, "sixtys": 60, "seventies": 70, "seventys": 70, "eighties": 80, "eightys": 80, "nineties": 90,
    "ninetys": 90, "ninties": 90, "noughties": 2000, "millennium": 2000, "millenium": 2000,
    "teens": 13, "teenagers": 13,
}  # fmt: skip
_ROUND = re.compile(r"(?:the\s+)?['’]?(?P<number>\d+)\s?['’]?s")
_HUNDREDS = re.compile(r"(?:the\s+)?(?P<head>\d{1,6})\s?(?P<open>x{1,3})")
_TOO_LARGE = 10**9
_FIRST_YEAR, _LAST_YEAR = 1000, 2999


@lru_cache(maxsize=65536)
def decade(text: str, years: bool) -> tuple[int, int] | None:
    """First and last whole number of `the seventies`, `1980s`, `140s`, `4xx`; `years`: they are years (1970 to 1979)."""
    folded = fold(text.strip())
    if match := _HUNDREDS.fullmatch(folded):
        width = int(10 ** len(match["open"]))
        low = int(match["head"]) * width
        return low, low + width - 1
    if match := _ROUND.fullmatch(folded):
        low = int(match["number"])
        if not 0 < low < _TOO_LARGE:
            return None
    elif (bare := folded.removeprefix("the ").removeprefix("'")) in _DECADES:
        low = _DECADES[bare]
    else:
        return None
    if low == 13:  # thirteen to nineteen
        return 13, 19
    if years and 10 <= low < 100:  # 80s; the tens are said of this century
        low += 2000 if low == 10 else 1900
    return low, low + _width(low, years) - 1


def _width(low: int, years: bool) -> int:
    width = 1
    while low and low % (width * 10) == 0 and width < low:
        width *= 10
    width = width if width <= low else width // 10
    year = years or (_FIRST_YEAR <= low <= _LAST_YEAR and low % 100 != 0)
    return min(width, 10 if low % 1000 == 0 else 100) if year else width


@lru_cache(maxsize=65536)
def number_ends(text: str, years: bool) -> tuple[float, float, bool] | None:
    """(first, last, percent) of a decade, or of a range that shares its unit: `20 to 30k`, `8 or 9 per cent`."""
    ends = decade(text, years)
    if ends:
        return float(ends[0]), float(ends[1]), False
    parts = re.split(rf"\s*\b{_JOIN}\b\s*|\s*[-–—/&]\s*|\s*,\s+", text.strip(), flags=re.IGNORECASE)
    if len(parts) < 2:  # a range has two ends
        return None
    shared, last = share_suffix(parts[0], parts[-1]), read_number(parts[-1])
    first = read_number(shared) if shared else None
    return (first[0], last[0], last[1]) if first and last else None


@lru_cache(maxsize=65536)
def share_suffix(first: str, last: str) -> str | None:
    """`first` with the unit of `last`: ("2", "3 grand") -> "2 grand"; None when it has its own or is the larger number."""
    match = _SUFFIX.fullmatch(last.strip())
    low, high = read_number(first), read_number(match["head"]) if match else None
    if match is None or low is None or high is None or low[1] or high[1] or low[0] > high[0]:
        return None
    return None if _SUFFIX.fullmatch(first.strip()) else f"{first.strip()} {match['suffix']}"


def shared_period(text: str, before: str, after: str, today: dt.date) -> tuple[dt.date, dt.date] | None:
    """A bare day (`15` of `15 and 20 June`) or a day or month without a year (`Sep` of `Sep to Nov 2025`) in its sentence.

    `before` and `after`: the utterance on both sides of `text`.
    """
    number = _DAY_NUMBER.fullmatch(text.strip())
    if number:
        match, year = _NEXT_MONTH.match(after), None
        if match:
            year = match["year"]
        else:
            match = _MONTH_BEFORE.search(before)
        return read_period(f"{number['day']} {match['month']} {year or ''}", today) if match else None
    match = _NEXT_YEAR.match(after)
    if match is None or re.search(r"\d{3}|['’]\d", text) or not re.search(_MONTH, text, re.IGNORECASE):
        return None
    period, end = read_period(f"{text} {match['year']}", today), read_period(match["end"], today)
    if period and end and period[0] > end[0]:
        return read_period(f"{text} {int(match['year']) - 1}", today)
    return period
