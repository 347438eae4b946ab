"""What a slice of an utterance says as a number, a day, a period, a length of time, a month or a weekday.

Every reader takes the slice as written and returns None when it says no such thing. English only; numbers in the notation
of Excel's en-US locale and the common ways people type them (`2k`, `1.5 million`, `2 lakhs`, `ten`, `half`).
"""

from __future__ import annotations

import calendar
import datetime as dt
import math
import re
from functools import lru_cache

from text_to_num import text2num

from grammar.codec.words import fold

_SCALES = {
    "k": 1e3, "thousand": 1e3, "thousands": 1e3, "grand": 1e3, "thou": 1e3, "m": 1e6, "mn": 1e6, "mio": 1e6, "mil": 1e6,
    "million": 1e6, "millions": 1e6, "bn": 1e9, "b": 1e9, "billion": 1e9, "lakh": 1e5, "lakhs": 1e5, "lac": 1e5, "crore": 1e7,
    "crores": 1e7, "hundred": 100.0, "dozen": 12.0, "hundreds": 100.0,
}  # fmt: skip
_WORDS = {
    "zero": 0.0, "nil": 0.0, "nought": 0.0, "naught": 0.0, "none": 0.0, "nothing": 0.0, "no": 0.0, "half": 0.5, "a half": 0.5,
    "a quarter": 0.25, "quarter": 0.25, "three quarters": 0.75, "a third": 1 / 3, "two thirds": 2 / 3, "a": 1.0, "an": 1.0,
    "single": 1.0, "once": 1.0, "twice": 2.0, "double": 2.0, "thrice": 3.0, "triple": 3.0, "pair": 2.0, "a pair": 2.0,
    "couple": 2.0, "a couple": 2.0, "both": 2.0, "dozen": 12.0, "a dozen": 12.0, "half a dozen": 6.0, "half dozen": 6.0,
    "a hundred": 100.0, "a thousand": 1000.0, "a million": 1e6, "one and a half": 1.5, "first": 1.0, "second": 2.0,
    "third": 3.0, "fourth": 4.0, "fifth": 5.0, "half a million": 5e5, "hundred": 100.0, "thousand": 1000.0, "million": 1e6,
    "last": 1.0, "fifty percent": 0.5, "trio": 3.0, "quartet": 4.0,
}  # fmt: skip
_TYPOS = {
    "fivty": "fifty", "fourty": "forty", "tow": "two", "thre": "three", "fiv": "five", "tweny": "twenty", "hunderd": "hundred",
    "eigth": "eighth", "eigt": "eight", "ninty": "ninety", "tousand": "thousand", "thousnd": "thousand", "forteen": "fourteen",
}  # fmt: skip
_CURRENCY = r"(?:US\$|[$€£¥₹]|eur|euros?|usd|gbp|chf|rs\.?|inr|kr|dollars?|pounds?|quid|bucks?|pence|cents?)"
_DIGITS = r"(?P<digits>\d+(?:,\d{3})+(?:\.\d+)?|\d+\.\d+|\d+|\.\d+)(?:e(?P<exp>[-−]?\d+))?"
_SCALE = r"(?P<scale>k|mn?|mio|mil|bn?|thousands?|thou|grand|millions?|billion|lakhs?|lac|crores?|hundred|dozen)?\.?"
_NUMBER = re.compile(
    rf"^\s*(?P<sign>[-−–+]|minus|negative)?\s*{_CURRENCY}?\s*(?P<sign2>[-−])?{_DIGITS}\s*{_SCALE}"
    rf"\s*(?:{_CURRENCY}|x|×|\+|st|nd|rd|th)?\s*(?P<percent>%|percent|per cent|pct|pc|prozent)?\s*$",
    re.IGNORECASE,
)
_FRACTION = re.compile(
    r"^(?:(?P<a>\d+)(?:\s+and)?\s*)?(?P<glyph>[½¼¾⅓⅔])$|^(?:(?P<b>\d+)(?:\s+and)?\s+)?(?P<top>\d)\s?/\s?(?P<bottom>\d|10)$"
)
_GLYPHS = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3}
_DIGITS_SPOKEN = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TRAILING_CURRENCY = re.compile(r" (?:euros?|eur|usd|dollars?|pounds?|quid|bucks?|pence|cents?)$")
_WORDY_PERCENT = re.compile(r"\s*(?:%|percent|per cent|pct|pc)$")
MONTHS = {name.casefold(): k for k, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.casefold(): k for k, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
WEEKDAYS = {day[:cut]: k for k, day in enumerate(_DAYS, 1) for cut in (3, 4, 5, len(day))} | {
    day + "s": k for k, day in enumerate(_DAYS, 1)
}
_UNIT_DAYS = {
    "d": 1, "day": 1, "days": 1, "week": 7, "weeks": 7, "wk": 7, "wks": 7, "w": 7, "fortnight": 14, "fortnights": 14,
    "month": 30, "months": 30, "mth": 30, "mths": 30, "mo": 30, "mos": 30, "quarter": 90, "quarters": 90, "year": 365,
    "years": 365,
    "yr": 365, "yrs": 365, "y": 365, "decade": 3650, "decades": 3650,
}  # fmt: skip


@lru_cache(maxsize=65536)
def read_number(text: str) -> tuple[float, bool] | None:
    """(value, was it a percent) of `"2k"`, `"$3,000"`, `"ten"`, `"20%"` (0.2, True)."""
    text = text.strip()
    match = _NUMBER.match(text)
    if match:
        value = float(match["digits"].replace(",", ""))
        if match["exp"]:
            value = float(f"{value}e{match['exp'].replace('−', '-')}")
        if match["scale"]:
            value *= _SCALES[match["scale"].casefold()]
        if match["sign"] in ("-", "−", "–") or match["sign2"] or (match["sign"] or "").casefold() in ("minus", "negative"):
            value = -value
        if not math.isfinite(value):  # 1e999: more than a cell can hold
            return None
        percent = bool(match["percent"])
        return round(value / 100 if percent else value, 12), percent
    return _fraction(text) or _wordy_number(fold(text))


def _fraction(text: str) -> tuple[float, bool] | None:
    """`1/2`, `3 1/2`, `½`, `2½`, `2 and a half`; proper fractions of tenths at most, for `6/12` is rather a day."""
    half = re.fullmatch(r"(\d+) and a half", text, re.IGNORECASE)
    if half:
        return int(half[1]) + 0.5, False
    match = _FRACTION.match(text)
    if match is None:
        return None
    if match["glyph"]:
        return int(match["a"] or 0) + _GLYPHS[match["glyph"]], False
    top, bottom = int(match["top"]), int(match["bottom"])
    return (int(match["b"] or 0) + top / bottom, False) if 0 < top < bottom else None


def _wordy_number(text: str) -> tuple[float, bool] | None:
    if not text or not text[0].isalpha() or len(text) > 60:
        return None
    bare = _WORDY_PERCENT.sub("", text)
    percent = bare != text
    negative = bare.startswith(("minus ", "negative "))
    bare = bare.removeprefix("minus ").removeprefix("negative ").replace("-", " ")
    bare = _TRAILING_CURRENCY.sub("", " ".join(_TYPOS.get(word, word) for word in bare.split()))
    value = _wordy_value(bare)
    if value is None:
        return None
    value = -value if negative else value
    return (round(value / 100, 12), True) if percent else (value, False)


def _wordy_value(bare: str) -> float | None:
    """Folded words without sign, percent and currency."""
    if bare in _WORDS:
        return _WORDS[bare]
    try:
        return float(text2num(bare, "en"))
    except (ValueError, KeyError):
        pass
    if bare.endswith(" and a half"):
        whole = _wordy_value(bare.removesuffix(" and a half"))
        return None if whole is None or whole % 1 else whole + 0.5
    whole_words, point, digits = bare.partition(" point ")
    if point:
        whole, read = _wordy_value(whole_words), digits.split()
        known = whole is not None and whole % 1 == 0 and set(read) <= set(_DIGITS_SPOKEN)
        return float(f"{whole:.0f}." + "".join(str(_DIGITS_SPOKEN.index(word)) for word in read)) if known else None
    head, _, last = bare.rpartition(" ")  # `ten k`, `two lakhs`: what text2num does not know
    count = _wordy_value(head) if head and last in _SCALES else None
    return None if count is None else count * _SCALES[last]


_POSSESSIVE = re.compile(r"(?:['’]s?|(?<=s)['’])$")


@lru_cache(maxsize=65536)
def read_days(text: str) -> int | None:
    """Days in `"two weeks"` (14), `"a month"` (30), `"6 months"` (180), `"year"` (365), `"10 days"`, `"10"`."""
    folded = _POSSESSIVE.sub("", fold(text).replace("-", " ").strip())
    head, _, unit = folded.rpartition(" ")
    if unit not in _UNIT_DAYS:
        stuck = re.fullmatch(r"(\d+)\s*([a-z]+)", folded)
        if stuck and stuck[2] in _UNIT_DAYS:
            return int(stuck[1]) * _UNIT_DAYS[stuck[2]]
        number = read_number(text)
        return int(number[0]) if number and number[0] == int(number[0]) and not number[1] else None
    head = head.removesuffix(" of")
    if head in ("", "a", "one", "the", "another", "next", "last"):
        return _UNIT_DAYS[unit]
    if head == "half a":
        return _UNIT_DAYS[unit] // 2
    number = read_number(head)
    return round(number[0] * _UNIT_DAYS[unit]) if number else None


@lru_cache(maxsize=4096)
def read_month(text: str) -> int | None:
    """Number of the month named: `"Sept"` -> 9."""
    return MONTHS.get(fold(text).rstrip("."))


@lru_cache(maxsize=4096)
def read_weekday(text: str) -> int | None:
    """Excel's WEEKDAY of the day named: Sunday 1 … Saturday 7."""
    return WEEKDAYS.get(fold(text).rstrip("."))


_M = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_D = r"(?:the\s+)?(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_Y = r"(?P<year>(?:19|20)\d\d|['’]?\d\d)"
_DAY_FORMS = tuple(
    re.compile(rf"^\s*{form}\s*$", re.IGNORECASE)
    for form in (
        r"(?P<year>(?:19|20)\d\d)[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
        rf"{_D}\s*(?:of\s+)?[-\s]?{_M}(?:[-,\s]+{_Y})?",
        rf"{_M}[-\s]?\s*{_D}(?:[,\s]+{_Y})?",
    )
)
_THE_NTH = re.compile(r"^\s*the\s+(\d{1,2})(?:st|nd|rd|th)\s*$", re.IGNORECASE)  # of this month
_SLASHED = re.compile(r"^\s*(\d{1,2})\s?[/.\-]\s?(\d{1,2})(?:\s?[/.\-]\s?(\d{4}|\d{2}))?\.?\s*$")
_MONTH_YEAR = re.compile(rf"^\s*{_M}(?:\s*(?:of\s+)?[-,\s]?\s*{_Y})?\s*$", re.IGNORECASE)
_QUARTER = re.compile(
    r"^\s*(?:q(?P<a>[1-4])|(?P<b>1st|first|2nd|second|3rd|third|4th|fourth|last)\s+quarter)(?:\s*(?:of\s+)?/?\s*(?P<year>(?:19|20)?\d\d))?\s*$",
    re.IGNORECASE,
)
_HALF = re.compile(
    r"^\s*(?:h(?P<a>[12])|(?P<b>1st|first|2nd|second|last)\s+half)(?:\s*(?:of\s+)?/?\s*(?P<year>(?:19|20)\d\d))?\s*$",
    re.IGNORECASE,
)
_NTH = {"1st": 1, "first": 1, "2nd": 2, "second": 2, "3rd": 3, "third": 3, "4th": 4, "fourth": 4, "last": 4}


@lru_cache(maxsize=65536)
def read_period(text: str, today: dt.date) -> tuple[dt.date, dt.date] | None:
    """First and last day of the day, month, quarter or year that is named; a year left out is the year of `today`."""
    try:
        return _day(text, today) or _month(text, today) or _quarter(text, today) or _half(text, today) or _year(text)
    except ValueError:  # 31 June
        return None


def _day(text: str, today: dt.date) -> tuple[dt.date, dt.date] | None:
    for form in _DAY_FORMS:
        match = form.match(text)
        if match:
            name = match["month"]
            month = int(name) if name.isdigit() else MONTHS[fold(name).rstrip(".")]
            day = dt.date(_full_year(match["year"], today), month, int(match["day"]))
            return day, day
    match = _THE_NTH.match(text)
    if match:
        day = today.replace(day=int(match[1]))
        return day, day
    match = _SLASHED.match(text)
    if match is None or (match[3] is None and not re.search(r"[/.]", text)):
        return None
    first, second = int(match[1]), int(match[2])
    # day first, as most of the world writes it, unless only month first can be read
    day_number, month = (second, first) if second > 12 >= first else (first, second)
    day = dt.date(_full_year(match[3], today), month, day_number)
    return day, day


def _month(text: str, today: dt.date) -> tuple[dt.date, dt.date] | None:
    match = _MONTH_YEAR.match(text)
    if match is None:
        return None
    year, month = _full_year(match["year"], today), MONTHS[fold(match["month"]).rstrip(".")]
    return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])


def _quarter(text: str, today: dt.date) -> tuple[dt.date, dt.date] | None:
    match = _QUARTER.match(text)
    if match is None:
        return None
    number = int(match["a"]) if match["a"] else _NTH[match["b"].casefold()]
    year, last = _full_year(match["year"], today), number * 3
    return dt.date(year, last - 2, 1), dt.date(year, last, calendar.monthrange(year, last)[1])


def _half(text: str, today: dt.date) -> tuple[dt.date, dt.date] | None:
    match = _HALF.match(text)
    if match is None:
        return None
    year = _full_year(match["year"], today)
    if match["a"] == "1" or (match["b"] or "").casefold() in ("1st", "first"):
        return dt.date(year, 1, 1), dt.date(year, 6, 30)
    return dt.date(year, 7, 1), dt.date(year, 12, 31)


def _year(text: str) -> tuple[dt.date, dt.date] | None:
    text = text.strip()
    if not re.fullmatch(r"(?:19|20)\d\d", text):
        return None
    return dt.date(int(text), 1, 1), dt.date(int(text), 12, 31)


def _full_year(text: str | None, today: dt.date) -> int:
    if text is None:
        return today.year
    year = int(text.lstrip("'’"))
    if year >= 100:
        return year
    return year + (2000 if year < 70 else 1900)
