"""Conditions on parts of a date: month, year, weekday, day of the month."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

from grammar import nodes as n
from training.corpus.requests import TODAY
from training.corpus.synthesis.literals import keep, ordinal
from training.corpus.synthesis.sheets import Field
from training.corpus.synthesis.teller import Teller, column_of

_WEEKDAYS = tuple(calendar.day_name[(k + 6) % 7] for k in range(7))  # Sunday first, as WEEKDAY counts


@dataclass(frozen=True, slots=True)
class When:
    """A time in words, the rule it makes of a column, and whether the words are a sign (`< 1 March`)."""

    words: str
    rule: n.Rule
    sign: bool = False
    tags: tuple[str, ...] = ()


def some_day(one: Field, t: Teller) -> dt.date:
    """A day of the column, or a few days off it."""
    return dt.date.fromisoformat(t.pick(one.texts)) + dt.timedelta(days=t.pick((0, 0, -1, 2, -3, 7)))


def _equals_part(name: str, one: Field, number: int, *, negated: bool = False) -> n.Rule:
    return n.Compare("NotEquals" if negated else "Equals", n.Call(name, column_of(one)), n.Number(float(number)))


def _month_word(month: int, t: Teller) -> str:
    name = t.pick((calendar.month_name[month],) * 3 + (calendar.month_abbr[month],))
    return keep(name.lower() if t.chance(0.3) else name)


def month_part(one: Field, t: Teller) -> When:
    """In a month, or from month to month, of any year."""
    month = some_day(one, t).month
    if t.chance(0.2) and month < 11:
        last = min(12, month + t.pick((1, 2, 2, 3)))
        words = t.say("month.range", m=_month_word(month, t), k=_month_word(last, t))
        return When(words, n.Between("Between", n.Call("MONTH", column_of(one)), n.Number(float(month)), n.Number(float(last))))
    negated = t.chance(0.1)
    return When(
        t.say("month.notin" if negated else "month.in", m=_month_word(month, t)),
        _equals_part("MONTH", one, month, negated=negated),
    )


def year_part(one: Field, t: Teller) -> When:
    """In a year; last, this and next year."""
    year = some_day(one, t).year
    if abs(year - TODAY.year) <= 1 and (year > TODAY.year or t.chance(0.5)):
        section = {-1: "year.last", 0: "year.this", 1: "year.next"}[year - TODAY.year]
        return When(t.say(section), _equals_part("YEAR", one, year), tags=("relative",))
    if t.chance(0.2):
        low, high = keep(str(year)), keep(str(year + t.pick((1, 2, 3, 5))))
        words = t.say("year.range", y=low, z=high)
        rule = n.Between(
            "Between", n.Call("YEAR", column_of(one)), n.Number(float(year)), n.Number(float(high.strip("\x02\x03")))
        )
        return When(words, rule)
    negated = t.chance(0.1)
    return When(
        t.say("year.notin" if negated else "year.in", y=keep(str(year))), _equals_part("YEAR", one, year, negated=negated)
    )


def weekday_part(one: Field, t: Teller) -> When:
    """On a weekday, at the weekend."""
    node = n.Call("WEEKDAY", column_of(one))
    if t.chance(0.3):
        return When(
            t.say("weekend"), n.Or((_equals_part("WEEKDAY", one, 1), _equals_part("WEEKDAY", one, 7))), tags=("weekday",)
        )
    if t.chance(0.12):
        return When(t.say("workday"), n.Between("Between", node, n.Number(2.0), n.Number(6.0)), tags=("weekday",))
    number, negated = t.rng.randint(1, 7), t.chance(0.1)
    name = _WEEKDAYS[number - 1]
    said = keep(t.pick((name, name, name.lower(), name[:3] if not negated else name)))
    return When(
        t.say("weekday.not" if negated else "weekday.on", w=said),
        _equals_part("WEEKDAY", one, number, negated=negated),
        tags=("weekday",),
    )


def day_part(one: Field, t: Teller) -> When:
    """On a day of the month."""
    node, day = n.Call("DAY", column_of(one)), some_day(one, t).day
    kind = t.weighted({"day.on": 4, "day.first": 2, "day.range": 2, "day.before": 2, "day.after": 2})
    day = min(max(day, 3), 25)
    last = min(31, day + t.pick((3, 5, 10)))
    words = t.say(kind, o=keep(ordinal(day)), p=keep(ordinal(last)), x=keep(str(day)), z=keep(str(last)))
    number = n.Number(float(day))
    rules: dict[str, n.Rule] = {
        "day.on": n.Compare("Equals", node, number), "day.first": n.Compare("Equals", node, n.Number(1.0)),
        "day.range": n.Between("Between", node, number, n.Number(float(last))), "day.before": n.Compare("LessThan", node,
        number),
        "day.after": n.Compare("GreaterThan", node, number),
    }  # fmt: skip
    return When(words, rules[kind])
