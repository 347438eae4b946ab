"""Days said without a date: the end of a month, holidays, the last weekend, `2025 or earlier`, decades as days.

A turn has two days, like a period: the earlier is its plain reading, FINISH takes the later. The end of March is 31 March,
or 1 April when it has passed; Christmas is the one before today, or the next.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from functools import lru_cache

from grammar.codec.literals import read_period, read_weekday
from grammar.codec.ranges import decade
from grammar.codec.words import fold

Days = tuple[dt.date, dt.date]
_DAY = dt.timedelta(days=1)
_END = re.compile(
    r"(?:the )?end of (?P<a>.+)|(?:the )?(?P<b>.+?)(?:['’]s)?[ -]end|(?P<c>.+?) (?:is|was|has|had)? ?(?:out|over|ended|ends)"
)
_OR_EARLIER = re.compile(
    r"(?P<period>.+?) (?:or|and) (?:before|earlier|older|sooner)|(?:up to and including|through) (?P<b>.+)"
)
_OR_LATER = re.compile(r"(?P<period>.+?) (?:or|and) (?:even )?(?:after|later|newer|onwards?)")
_RELATIVE = re.compile(r"(?:the )?(?P<which>this|next|last|previous|current)?\s?(?P<unit>month|quarter|year)(?:['’]s)?")
_OF_YEAR = re.compile(r"(?P<part>.+?) (?:of )?(?P<which>this|last|next) year")
_MIDDLE = re.compile(r"mid(?: |-|dle of )(?P<month>.+)")
_LAST_DAY = re.compile(r"last (?P<day>[a-z]+)")
_WEEKENDS = frozenset({
    "last weekend", "the last weekend", "weekend just gone", "the weekend just gone", "past weekend", "the past weekend",
})  # fmt: skip
_HOLIDAYS = {
    "new year": (1, 1), "new years": (1, 1), "new years day": (1, 1), "christmas": (12, 25), "christmas day": (12, 25),
    "xmas": (12, 25), "xmas day": (12, 25), "christmas eve": (12, 24), "xmas eve": (12, 24), "new years eve": (12, 31),
    "nye": (12, 31), "boxing day": (12, 26), "valentines day": (2, 14), "valentines": (2, 14), "halloween": (10, 31),
}  # fmt: skip
_SHORT_ENDS = {"eom": "month", "eoy": "year", "eoq": "quarter"}
_MILLENNIUM = frozenset({"millennium", "millenium"})
_STEPS = {"next": 1, "last": -1, "previous": -1}


@lru_cache(maxsize=65536)
def read_turn(text: str, today: dt.date) -> Days | None:
    """Earlier and later day of what is said; None for anything `read_period` reads or nobody says."""
    said = " ".join(fold(text).split())
    if not said or not said[0].isalnum() or len(said) > 60:  # no day is said that long
        return None
    try:
        return _beyond(said, today) or _relative(said, today) or _end(said, today) or _holiday(said, today) or _decade(said)
    except (ValueError, OverflowError):  # the year 10000
        return None


def names_period(text: str, today: dt.date) -> bool:
    """Whether the turn is a stretch of days (`last weekend`, `this quarter`) rather than a day that comes again."""
    said = " ".join(fold(text).split())
    days = read_turn(text, today)
    return days is not None and days[0] != days[1] and days in (_relative(said, today), _decade(said))


def _period(said: str, today: dt.date) -> Days | None:
    said = said.removeprefix("in ").removeprefix("the ")
    return read_period(said, today) or _relative(said, today) or _decade(said)


def _beyond(said: str, today: dt.date) -> Days | None:
    """`2025 or earlier`: the day after the period; `2027 or later`: the day before it."""
    earlier, later = _OR_EARLIER.fullmatch(said), _OR_LATER.fullmatch(said)
    period = _period((earlier["period"] or earlier["b"]) if earlier else later["period"] if later else "", today)
    if period is None:
        return None
    day = period[1] + _DAY if earlier else period[0] - _DAY
    return day, day


def _relative(said: str, today: dt.date) -> Days | None:
    match = _RELATIVE.fullmatch(said)
    if match and match["which"]:
        return _whole(match["unit"], today, _STEPS.get(match["which"], 0))
    if said in _WEEKENDS:
        sunday = today - _DAY * (today.isoweekday() % 7 or 7)
        return sunday - _DAY, sunday
    if match := _LAST_DAY.fullmatch(said):
        weekday = read_weekday(match["day"])
        if weekday is not None:  # Sunday 1
            day = today - _DAY * ((today.isoweekday() % 7 + 1 - weekday) % 7 or 7)
            return day, day
    if match := _OF_YEAR.fullmatch(said):
        year = today.year + _STEPS.get(match["which"], 0)
        return read_period(match["part"], today.replace(year=year, day=1))
    return None


def _whole(unit: str, today: dt.date, step: int) -> Days:
    """The month, quarter or year of today, or one beside it."""
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    first = ((today.year * 12 + today.month - 1) // months + step) * months
    last = first + months - 1
    year, month = last // 12, last % 12 + 1
    return dt.date(first // 12, first % 12 + 1, 1), dt.date(year, month, calendar.monthrange(year, month)[1])


def _end(said: str, today: dt.date) -> Days | None:
    match = _END.fullmatch(said)
    named = _SHORT_ENDS.get(said) or (match and (match["a"] or match["b"] or match["c"]))
    if not named:
        return None
    bare = named.removeprefix("the ")
    period = _whole(bare, today, 0) if bare in ("month", "quarter", "year") else _period(named, today)
    return (period[1], period[1] + _DAY) if period else None


def _holiday(said: str, today: dt.date) -> Days | None:
    """A day with a name; the middle of a month is its 15th."""
    if middle := _MIDDLE.fullmatch(said):
        month = read_period(middle["month"], today)
        return (month[0].replace(day=15),) * 2 if month and month[0].month == month[1].month else None
    bare = said.replace("'", "").replace("’", "").replace(" s ", "s ").removeprefix("the ")
    if bare in _MILLENNIUM:
        return dt.date(2000, 1, 1), dt.date(2000, 1, 1)
    name, _, year = bare.rpartition(" ")
    if len(year) == 4 and year.isdecimal() and name in _HOLIDAYS:  # figures of a year
        day = dt.date(int(year), *_HOLIDAYS[name])
        return day, day
    if bare not in _HOLIDAYS:
        return None
    this = dt.date(today.year, *_HOLIDAYS[bare])
    return (this, this.replace(year=this.year + 1)) if this <= today else (this.replace(year=this.year - 1), this)


def _decade(said: str) -> Days | None:
    years = decade(said, True)
    if years is None or not 1900 <= years[0] <= 2090:  # what Excel has days for
        return None
    return dt.date(years[0], 1, 1), dt.date(years[1], 12, 31)
