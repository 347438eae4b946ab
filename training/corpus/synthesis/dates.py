"""Conditions on one column of days: before and after, periods, counted from today, parts of the date."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from grammar import nodes as n
from training.corpus.requests import TODAY
from training.corpus.synthesis.date_parts import When, day_part, month_part, some_day, weekday_part, year_part
from training.corpus.synthesis.literals import keep, say_day, say_days, say_month, say_quarter
from training.corpus.synthesis.sheets import Field
from training.corpus.synthesis.teller import CLAUSE, FORMS, MODIFIER, Said, Teller, column_of

_LIMITS = {"before": "LessThan", "after": "GreaterThan", "since": "GreaterThanEqual", "until": "LessThanEqual"}
_UNFIT = (" until", " from", " since")
_DUE_KEYS = frozenset({"due", "end", "ends", "mot", "next", "deadline", "eta", "close", "until", "warranty", "lease", "calib"})


def date(one: Field, t: Teller, wanted: frozenset[str] = FORMS) -> Said | None:
    """A condition on the column in one of the wanted forms; None when there is none."""
    if len(one.texts) < 3:
        return None
    if wanted >= FORMS and t.chance(0.08) and one.concept.key in _DUE_KEYS:
        return _overdue(one, t)
    verbs = [verb for verb in one.concept.verbs if not verb.endswith(_UNFIT)]
    lone = len(t.sheet.dates) == 1
    forms = ["C"] * 5 + (["M"] * 11 + ["V"] * 3 if verbs else []) + ["MW"] * 2 + (["Mlone"] * 6 if lone else [])
    form = t.form(forms, wanted)
    if form is None:
        return None
    when = _WHENS[t.weighted(_WEIGHTS)](one, t)
    if when.sign:
        if CLAUSE not in wanted:
            return None
        return t.clause(t.say("date.sym", col=t.column(one), when=when.words), when.rule, *when.tags)
    match form:
        case "C":
            return t.clause(t.say("date.C", col=t.column(one), when=when.words), when.rule, *when.tags)
        case "MW":
            return Said(MODIFIER, t.say("date.W", col=t.column(one), when=when.words), when.rule, when.tags)
        case "Mlone":
            return t.implicit(Said(MODIFIER, t.say("date.lone", when=when.words), when.rule, when.tags))
        case _:
            section = "date.M" if form == MODIFIER else "date.V"
            return t.implicit(Said(form, t.say(section, verb=t.pick(verbs), when=when.words), when.rule, when.tags))


def _overdue(one: Field, t: Teller) -> Said:
    words = t.say("overdue", col=t.column(one, letters=False))
    for _ in range(8):
        if one.concept.key == "due" or one.concept.mentions[0].split()[0] in words:
            break
        words = t.say("overdue", col=one.concept.mentions[0])
    return Said(CLAUSE, words, n.Compare("LessThan", column_of(one), n.TodayValue()))


# -- days and periods --------------------------------------------------------------------------------------------------


def _node(day: dt.date) -> n.Date:
    return n.Date(day.year, day.month, day.day)


def _day_limit(one: Field, t: Teller) -> When:
    operator, day = t.pick(("before", "before", "after", "after", "since", "until")), some_day(one, t)
    sign = t.chance(0.08)
    words = t.say(f"{operator}.sym" if sign else operator, d=say_day(day, t.rng))
    return When(words, n.Compare(_LIMITS[operator], column_of(one), _node(day)), sign)


def _day_on(one: Field, t: Teller) -> When:
    day = some_day(one, t)
    if t.chance(0.08):
        return When(
            t.say("noton.day", d=say_day(day, t.rng)), n.Compare("NotEquals", column_of(one), _node(day)), tags=("negation",)
        )
    sign = t.chance(0.1)
    words = t.say("on.sym" if sign else "on.day", d=say_day(day, t.rng))
    return When(words, n.Compare("Equals", column_of(one), _node(day)), sign)


def _days_between(one: Field, t: Teller) -> When:
    first, last = sorted((some_day(one, t), some_day(one, t)))
    last += dt.timedelta(days=5 if first == last else 0)
    negated = t.chance(0.12)
    words = t.say(
        "notbetween" if negated else "between", d=say_day(first, t.rng, bare=False), e=say_day(last, t.rng, bare=False)
    )
    return When(words, n.Between("NotBetween" if negated else "Between", column_of(one), _node(first), _node(last)))


@dataclass(frozen=True, slots=True)
class _Period:
    words: str
    first: dt.date
    last: dt.date


def _period(day: dt.date, t: Teller, *, years: bool = True) -> _Period:
    draw = t.rng.random()
    if draw < 0.3 and years:
        return _Period(keep(str(day.year)), dt.date(day.year, 1, 1), dt.date(day.year, 12, 31))
    if draw < 0.5:
        quarter = (day.month + 2) // 3
        return _Period(
            say_quarter(day.year, quarter, t.rng), dt.date(day.year, quarter * 3 - 2, 1), _month_end(day.year, quarter * 3)
        )
    with_year = day.year != TODAY.year or t.chance(0.4)
    return _Period(
        say_month(day.year, day.month, t.rng, with_year=with_year), day.replace(day=1), _month_end(day.year, day.month)
    )


def _month_end(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def _period_limit(one: Field, t: Teller) -> When:
    period = _period(some_day(one, t), t)
    operator = t.pick(("before", "before", "after", "since", "until"))
    section = {"before": "before.start", "after": "after.end", "since": "since.start", "until": "until.end"}[operator]
    end = period.first if operator in ("before", "since") else period.last
    return When(t.say(section, d=period.words), n.Compare(_LIMITS[operator], column_of(one), _node(end)))


def _period_in(one: Field, t: Teller) -> When:
    period = _period(some_day(one, t), t, years=False)
    if period.words.strip("\x02\x03").isalpha():
        return month_part(one, t)
    negated = t.chance(0.1)
    rule = n.Between("NotBetween" if negated else "Between", column_of(one), _node(period.first), _node(period.last))
    return When(t.say("notin.period" if negated else "in.period", d=period.words), rule)


def _periods_between(one: Field, t: Teller) -> When:
    one_day, other = sorted((some_day(one, t), some_day(one, t)))
    with_year = one_day.year != TODAY.year or other.year != TODAY.year
    if (one_day.year, one_day.month) == (other.year, other.month) or not with_year:
        return _days_between(one, t)
    first, last = (say_month(d.year, d.month, t.rng, with_year=True) for d in (one_day, other))
    rule = n.Between("Between", column_of(one), _node(one_day.replace(day=1)), _node(_month_end(other.year, other.month)))
    return When(t.say("between", d=first, e=last), rule)


# -- from today --------------------------------------------------------------------------------------------------------


def _from_today(days: int) -> n.Value:
    return n.Arithmetic("+" if days > 0 else "-", n.TodayValue(), n.Number(float(abs(days)))) if days else n.TodayValue()


def _backward(one: Field, t: Teller) -> When:
    node, longest = column_of(one), 9000 if one.concept.low < -1500 else 900
    kind = t.weighted({"ago.more": 8, "ago.least": 3, "ago.less": 2, "ago.exact": 1, "last": 8, "notlast": 1})
    words, days = say_days(t.rng, article=kind.startswith("ago"), longest=longest)
    back = _from_today(-days)
    rules: dict[str, n.Rule] = {
        "ago.more": n.Compare("LessThan", node, back), "ago.least": n.Compare("LessThanEqual", node, back),
        "ago.less": n.Compare("GreaterThan", node, back), "ago.exact": n.Compare("Equals", node, back),
        "last": n.Between("Between", node, back, n.TodayValue()), "notlast": n.Compare("LessThan", node, back),
    }  # fmt: skip
    return When(t.say(kind, t=words), rules[kind], tags=("relative",))


def _forward(one: Field, t: Teller) -> When:
    node = column_of(one)
    kind = t.weighted({"next": 10, "away.more": 4, "away.least": 2, "away.exact": 1})
    words, days = say_days(t.rng, article=kind.startswith("away"), longest=900)
    ahead = _from_today(days)
    rules: dict[str, n.Rule] = {
        "next": n.Between("Between", node, n.TodayValue(), ahead), "away.more": n.Compare("GreaterThan", node, ahead),
        "away.least": n.Compare("GreaterThanEqual", node, ahead), "away.exact": n.Compare("Equals", node, ahead),
    }  # fmt: skip
    return When(t.say(kind, t=words), rules[kind], tags=("relative",))


def _counted(one: Field, t: Teller) -> When:
    if one.concept.high <= 5:
        return _backward(one, t)
    return (_forward if one.concept.low > -100 or t.chance(0.5) else _backward)(one, t)


def _today(one: Field, t: Teller) -> When:
    kind = t.weighted({"past": 5, "future": 5, "today.on": 2, "today.back": 2})
    name = {"past": "LessThan", "future": "GreaterThan", "today.on": "GreaterThanEqual", "today.back": "LessThanEqual"}[kind]
    words = t.say(kind)
    return When(words, n.Compare(name, column_of(one), n.TodayValue()), words[0] in "<>", ("relative",))


def _named_period(one: Field, t: Teller) -> When:
    names = n.PERIODS if one.concept.low < 0 < one.concept.high else (n.PERIODS[:6] if one.concept.high <= 5 else n.PERIODS)
    name = t.pick(names)
    words = t.say("last.7") if name == "Last7Days" else t.say(name)
    rule: n.Rule = n.Period(name, column_of(one))
    if t.chance(0.06):
        return When(f"not {words}", n.Not(rule), tags=("negation", "relative"))
    return When(words, rule, tags=("relative",))


_WHENS: dict[str, Callable[[Field, Teller], When]] = {
    "day": _day_limit, "on": _day_on, "days": _days_between, "period": _period_limit, "in": _period_in,
    "periods": _periods_between,
    "counted": _counted, "today": _today, "named": _named_period, "month": month_part, "year": year_part,
    "weekday": weekday_part, "dom": day_part,
}  # fmt: skip
_WEIGHTS = {"day": 18, "on": 6, "days": 7, "period": 14, "in": 7, "periods": 3, "counted": 20, "today": 5, "named": 16,
"month": 7, "year": 7,
            "weekday": 5, "dom": 3}  # fmt: skip
