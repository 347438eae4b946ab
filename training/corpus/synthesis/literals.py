"""Literals as people type them: numbers with units, percents, days, periods, lengths of time. All are read back by the codec.

A literal is wrapped in marks that keep typos away from it (`keep`); `surface.finish` takes the marks out.
"""

from __future__ import annotations

import calendar
import datetime as dt
import random
from collections.abc import Sequence
from typing import TypeVar

from grammar.codec.literals import read_days, read_number, read_period
from training.corpus.requests import TODAY
from training.corpus.synthesis.phrases import LEXICON, read_sections

OPEN, CLOSE, CASE = "\x02", "\x03", "\x04"
T = TypeVar("T")
_DAY_COUNTS = (2, 3, 4, 5, 6, 8, 10, 12, 14, 15, 20, 21, 28, 30, 45, 60, 90, 100, 120, 180)
_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen",
    "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
UNITS = {
    title: tuple(form.strip() for form in "; ".join(lines).split(";")) for title, lines in read_sections(LEXICON / "units.txt")
}
COUNTED = frozenset({"pcs", "nights", "rooms", "persons", "seats", "tickets", "stars", "points", "pages", "goals", "games",
"assists", "clicks",
                     "reviews", "shares", "times", "days", "yrs", "kcal", "kwh"})  # fmt: skip
PERCENTS = ("{}%", "{}%", "{}%", "{} %", "{} percent", "{} percent", "{} pct", "{} per cent")
_DAY_UNITS = ("day", "week", "month", "year")


def pick(rng: random.Random, values: Sequence[T]) -> T:
    """One of the values; faster than `Random.choice`."""
    return values[int(rng.random() * len(values))]


def keep(text: str) -> str:
    """The text marked as not to be mistyped."""
    return f"{OPEN}{text}{CLOSE}"


def keep_case(text: str) -> str:
    """The text marked as not to be mistyped nor written in other case."""
    return f"{OPEN}{CASE}{text}{CLOSE}"


def spell(number: int) -> str | None:
    """0-99, whole hundreds and thousands below a hundred thousand in words."""
    if 0 <= number < 20:
        return _SMALL[number]
    if number < 100:
        return _TENS[number // 10] + (f"-{_SMALL[number % 10]}" if number % 10 else "")
    for size, name in ((1000, "thousand"), (100, "hundred")):
        if number % size == 0 and number // size < (100 if size == 1000 else 10):
            head = spell(number // size)
            return f"{head} {name}"
    return None


def say_bare(value: float, rng: random.Random, *, words: float = 0.2) -> str:
    """A number without unit: digits, thousands' commas, k, million, lakhs, words."""
    text = _number_form(abs(value), rng, words)
    read = read_number(text)
    if read is None or abs(read[0] - abs(value)) > 1e-9:
        text = f"{abs(value):g}" if abs(value) < 1e6 else str(abs(value))
    return (pick(rng, ("-", "-", "-", "minus ", "negative ")) if value < 0 else "") + text


def _number_form(value: float, rng: random.Random, words: float) -> str:
    whole = value == int(value)
    draw = rng.random()
    if whole and draw < words and value < 100_000:
        spelt = spell(int(value))
        if spelt and (value <= 20 or value % 10 == 0 or rng.random() < 0.4):
            return {
                "twelve": pick(rng, ("a dozen", "twelve", "twelve")),
                "one hundred": "a hundred",
                "one thousand": "a thousand",
            }.get(spelt, spelt)
    if whole and value >= 1000:
        if value % 100 == 0 and draw < 0.5:
            return _scaled(value, rng)
        return f"{int(value):,}" if rng.random() < 0.5 else str(int(value))
    return str(int(value)) if whole else f"{value:g}"


def _scaled(value: float, rng: random.Random) -> str:
    if value >= 100_000 and value % 10_000 == 0 and rng.random() < 0.25:
        return f"{value / 1e5:g} {pick(rng, ('lakhs', 'lakh', 'lac'))}"
    if value >= 1e6:
        return f"{value / 1e6:g}{pick(rng, (' million', 'm', ' mio', ' mn', 'M'))}"
    if value == 500_000 and rng.random() < 0.4:
        return "half a million"
    return f"{value / 1e3:g}{pick(rng, ('k', 'k', 'k', 'K', ' k', ' thousand', ' grand'))}"


def say_number(value: float, unit: str | None, rng: random.Random, *, unit_share: float = 0.5) -> str:
    """A number as said in a column of that unit, marked as a literal."""
    forms = UNITS.get(unit or "", ())
    if not forms or rng.random() >= unit_share or value < 0:
        return keep(say_bare(value, rng))
    form = pick(rng, forms)
    wordy = 0.0 if form[0] != "{" or form.startswith("{}k") or unit in ("keur", "meur") or (form[2:3].isalpha()) else 0.2
    bare = f"{value:g}" if unit in ("keur", "meur") else say_bare(value, rng, words=wordy)
    if bare[-1].isalpha() and form[2:3] not in ("", " "):
        bare = f"{value:g}"
    return keep(form.format(bare))


def say_percent(percent: float, rng: random.Random) -> str:
    """35 -> `35%`, `35 percent`, `thirty-five percent`."""
    bare = f"{percent:g}"
    spelt = spell(int(percent)) if percent == int(percent) and percent % 5 == 0 else None
    if spelt and rng.random() < 0.12:
        return keep(f"{spelt} {pick(rng, ('percent', 'per cent'))}")
    return keep(pick(rng, PERCENTS).format(bare))


# -- days and periods ------------------------------------------------------------------------------------------------


def ordinal(number: int) -> str:
    """1 -> 1st."""
    if 10 <= number % 100 <= 20:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def say_day(day: dt.date, rng: random.Random, *, bare: bool = True) -> str:
    """A day in one of the notations that the codec reads; the current year may be left out, with `bare` this month as well."""
    month, short = calendar.month_name[day.month], calendar.month_abbr[day.month]
    name = month if rng.random() < 0.65 else short
    year = "" if day.year == TODAY.year and rng.random() < 0.6 else str(day.year)
    d, m = day.day, day.month
    forms = [
        f"{d} {name} {year}", f"{d} {name} {year}", f"{d} {name} {year}", f"{name} {d}, {year}" if year else f"{name} {d}",
        f"{name} {ordinal(d)} {year}",
        f"the {ordinal(d)} of {name} {year}", f"{ordinal(d)} {name} {year}", f"{ordinal(d)} of {name} {year}",
        f"the {ordinal(d)} {name} {year}",
    ]  # fmt: skip
    if year:
        forms += [day.isoformat(), day.isoformat(), f"{d}/{m}/{year}", f"{d:02d}/{m:02d}/{year}", f"{d}.{m}.{year}",
        f"{d}-{short}-{year}",
                  f"{d:02d}.{m:02d}.{year}", f"{d}/{m}/{year[2:]}", f"{d} {short} {year[2:]}",
                  f"{d}-{short}-{year[2:]}"]  # fmt: skip
        forms += [f"{m}/{d}/{year}"] if d > 12 else []
    else:
        forms += [f"{d}/{m}", f"{d}.{m}."]
        forms += [f"the {ordinal(d)}"] if bare and m == TODAY.month else []
    text = pick(rng, forms).strip()
    if read_period(text, TODAY) != (day, day):
        text = f"{d} {month} {day.year}"
    return keep(_lowered(text, rng))


def say_month(year: int, month: int, rng: random.Random, *, with_year: bool) -> str:
    """`March 2025`, `Mar '25`; without its year only for the current one."""
    name = pick(rng, (calendar.month_name[month], calendar.month_name[month], calendar.month_abbr[month]))
    if not with_year:
        return keep(_lowered(name, rng))
    return keep(
        _lowered(pick(rng, (f"{name} {year}", f"{name} {year}", f"{name} '{year % 100:02d}", f"{name} of {year}")), rng)
    )


def say_quarter(year: int, quarter: int, rng: random.Random) -> str:
    """`Q3 2026`, `third quarter of 2025`."""
    nth = ("first", "second", "third", "fourth")[quarter - 1]
    forms = [
        f"Q{quarter} {year}",
        f"Q{quarter} {year}",
        f"Q{quarter}/{year}",
        f"Q{quarter} of {year}",
        f"{nth} quarter of {year}",
    ]
    forms += [f"Q{quarter}", f"Q{quarter}"] if year == TODAY.year else []
    return keep(_lowered(pick(rng, forms), rng))


def _lowered(text: str, rng: random.Random) -> str:
    return text.lower() if rng.random() < 0.25 else text


def say_days(rng: random.Random, *, article: bool, longest: int = 5000) -> tuple[str, int]:
    """A length of time and its days, read by the codec: `3 weeks` 21; `article` allows `a month`, `half a year`."""
    while True:
        name = rng.choices(_DAY_UNITS, (42, 27, 20, 11))[0]
        count = pick(
            rng,
            {"day": (2, 3, 4, 5, 6, 8, 10, 12, 14, 15, 20, 21, 28, 30, 45, 60, 90, 100, 120, 180)}.get(
                name, (2, 2, 3, 3, 4, 5, 6, 8, 10)
            ),
        )
        if article and rng.random() < 0.12:
            text = pick(rng, ("a week", "a month", "a year", "a fortnight", "half a year", "a quarter", "a decade"))
        elif rng.random() < 0.1:
            text = (
                f"{count}{pick(rng, ('d', ' d'))}"
                if name == "day"
                else f"{count} {({'week': 'wks', 'month': 'mths', 'year': 'yrs'})[name]}"
            )
        else:
            spelt = spell(count) if count <= 20 and rng.random() < 0.35 else None
            text = f"{spelt or count} {name}s"
        days = read_days(text)
        if days and days <= longest:
            return keep(text), days
