"""Conditions on two columns: which is larger, by how much, sums, shares, ratios, products, days between."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from grammar import nodes as n
from training.corpus.synthesis.domains import Relation
from training.corpus.synthesis.literals import keep, say_days, say_number, say_percent
from training.corpus.synthesis.numbers import OPERATORS, nice
from training.corpus.synthesis.sheets import Field
from training.corpus.synthesis.teller import CLAUSE, FORMS, MODIFIER, Said, Teller, column_of

_SHARES = {
    0.5: ("half {of |}", "half {of |}", "50% of "), 0.8: ("80% of ", "80 percent of "), 0.9: ("90% of ", "90 per cent of "),
    0.75: ("three quarters of ", "75% of "),
    0.25: ("a quarter of ", "25% of "), 0.6: ("60% of ",), 0.7: ("70% of ", "70 percent of "), 0.95: ("95% of ",),
    2.0: ("twice ", "double ", "2 times ", "2x "),
    3.0: ("three times ", "triple ", "3x "), 1.5: ("1.5 times ", "one and a half times ", "150% of "), 4.0: ("four times ",
    "4x "), 0.1: ("10% of ", "a tenth of "),
}  # fmt: skip
_FIFTHS = {10: "a tenth", 20: "a fifth", 25: "a quarter"}


def pair(t: Teller, wanted: frozenset[str] = FORMS) -> Said | None:
    """One column against another, without arithmetic."""
    relations = [r for r in t.sheet.relations if r.kind in ("pair", "dates", "same")]
    if relations and t.chance(0.75):
        return _known(t.pick(relations), t, wanted)
    if CLAUSE not in wanted:
        return None
    two = _two_alike(t)
    if two is None:
        return None
    if two[0].concept.kind == "date":
        return _compare_days(*two, t)
    operator = t.weighted({"gt": 8, "lt": 7, "ge": 2, "le": 2, "eq": 3, "ne": 2})
    rule = n.Compare(OPERATORS[operator], column_of(two[0]), column_of(two[1]))
    return t.clause(t.say(f"{operator}.xy", **_xy(two, t)), rule, "cross-column")


def arithmetic(t: Teller, wanted: frozenset[str] = FORMS) -> Said | None:
    """One column against another with a number: percent, share, difference, sum, ratio, product, days between."""
    if CLAUSE not in wanted:
        return None
    if t.sheet.relations and t.chance(0.4):
        return _named_result(t.pick(t.sheet.relations), t)
    two = _two_alike(t)
    if two is not None and two[0].concept.kind == "date":
        later, earlier = sorted(two, key=_middle_day, reverse=True)
        return _gap(later, earlier, t, ())
    kind = t.weighted({"up": 4, "down": 3, "share": 5, "diff": 5, "either": 3, "sum": 3})
    if two is None or t.chance(0.15):
        loose = _two_loose(t)
        if loose is None:
            return None
        two, kind = loose, "prod" if _multiply(loose) else "ratio"
    return _KINDS[kind](two, t)


Two = tuple[Field, Field]
_MONEY = frozenset({"eur", "gbp", "usd", "keur", "kg"})
_PIECES = frozenset({"pcs", "nights", "tickets", "shares", "h", "persons", "days"})


def _two_alike(t: Teller) -> Two | None:
    """Two columns of one unit, or two of days."""
    groups: dict[str, list[Field]] = {}
    for one in t.sheet.fields:
        if one.concept.kind == "date" and len(one.texts) > 2:
            groups.setdefault("date", []).append(one)
        elif one.concept.kind == "num" and len(one.numbers) > 3 and one.concept.low >= 0:
            groups.setdefault(one.concept.unit or f"?{one.concept.quality or one.concept.key}", []).append(one)
    large = [group for key, group in groups.items() if len(group) > 1 and key != "?count"]
    return tuple(t.rng.sample(t.pick(large), 2)) if large else None  # type: ignore[return-value]  # two of them


def _two_loose(t: Teller) -> Two | None:
    fields = [f for f in t.sheet.numeric if f.concept.kind == "num" and len(f.numbers) > 3 and f.concept.low >= 0]
    return tuple(t.rng.sample(fields, 2)) if len(fields) > 1 else None  # type: ignore[return-value]  # two of them


def _multiply(two: Two) -> bool:
    """A price and a number of pieces."""
    units = {two[0].concept.unit, two[1].concept.unit}
    return bool(units & _MONEY and units & _PIECES)


def _xy(two: Two, t: Teller) -> dict[str, str]:
    return {"x": t.column(two[0]), "y": t.column(two[1])}


def _known(relation: Relation, t: Teller, wanted: frozenset[str]) -> Said | None:
    two = t.sheet.by_key(relation.first), t.sheet.by_key(relation.second)
    if relation.kind == "same":
        if CLAUSE not in wanted:
            return None
        rule = n.Compare("Equals", column_of(two[0]), column_of(two[1]))
        return t.clause(t.say("same.xy", **_xy(two, t)), rule, "cross-column")
    if CLAUSE in wanted and t.chance(0.4):
        return _compare_days(*two, t) if relation.kind == "dates" else _plainly(two, t)
    if MODIFIER not in wanted:
        return None
    kind = t.weighted({"GreaterThan": 5, "LessThan": 5, "Equals": 2 if relation.equal and relation.kind == "pair" else 0})
    words = {"GreaterThan": relation.more, "LessThan": relation.less, "Equals": relation.equal}[kind]
    rule = n.Compare(kind, column_of(two[0]), column_of(two[1]))
    return t.implicit(Said(MODIFIER, t.pick(words), rule, ("cross-column",)))


def _plainly(two: Two, t: Teller) -> Said:
    operator = t.weighted({"gt": 8, "lt": 7, "ge": 2, "le": 2, "eq": 3, "ne": 2})
    rule = n.Compare(OPERATORS[operator], column_of(two[0]), column_of(two[1]))
    return t.clause(t.say(f"{operator}.xy", **_xy(two, t)), rule, "cross-column")


def _compare_days(first: Field, second: Field, t: Teller) -> Said:
    section, name = t.pick(
        (("later.xy", "GreaterThan"), ("later.xy", "GreaterThan"), ("earlier.xy", "LessThan"), ("sameday.xy", "Equals"))
    )
    rule = n.Compare(name, column_of(first), column_of(second))
    return t.clause(t.say(section, **_xy((first, second), t)), rule, "cross-column", "date")


# -- with a number -----------------------------------------------------------------------------------------------------


def _named_result(relation: Relation, t: Teller) -> Said | None:
    """A difference, sum, ratio or product that has a name of its own: `cost per click`, `lead time`."""
    two = t.sheet.by_key(relation.first), t.sheet.by_key(relation.second)
    if relation.kind == "dates":
        return _gap(*two, t, relation.equal)
    sign = {"ratio": "/", "times": "*", "sum": "+", "diff": "-"}.get(relation.kind)
    if sign is None:
        return _KINDS[t.pick(("up", "down", "share", "diff"))](two, t)
    limit = _limit(two, sign, t)
    if limit is None:
        return None
    operator = t.weighted({"gt": 8, "lt": 5, "ge": 4, "le": 2})
    unit = two[0].concept.unit if sign in "+-" else None
    said = say_number(limit, unit, t.rng)
    words = t.say("known.op", name=t.pick(relation.more), op=operator, n=said)
    rule = n.Compare(OPERATORS[operator], n.Arithmetic(sign, column_of(two[0]), column_of(two[1])), n.Number(limit))
    return t.implicit(t.clause(words, rule, "arithmetic"))


def _limit(two: Two, sign: str, t: Teller) -> float | None:
    """A round number amid the results of the rows."""
    results = []
    for a, b in zip(two[0].cells, two[1].cells, strict=True):
        if isinstance(a, int | float) and isinstance(b, int | float) and (sign != "/" or b):
            results.append({"+": a + b, "-": a - b, "*": a * b, "/": a / b if b else 0.0}[sign])
    results = sorted(r for r in results if r > 0)
    if not results:
        return None
    value = results[int(t.rng.random() * len(results))]
    rounded = nice(value, 0.1 if value < 20 else 1.0)
    return float(round(rounded, 2)) or None


def _gap(first: Field, second: Field, t: Teller, names: tuple[str, ...]) -> Said | None:
    """Days from the second column to the first."""
    gaps = [
        (dt.date.fromisoformat(a) - dt.date.fromisoformat(b)).days
        for a, b in zip(first.cells, second.cells, strict=True)
        if isinstance(a, str) and isinstance(b, str)
    ]
    if not gaps:
        return None
    longest = max(10, *gaps)
    words, days = say_days(t.rng, article=t.chance(0.3), longest=longest * 2)
    operator = t.weighted({"gt": 8, "lt": 4, "ge": 5, "le": 4, "eq": 1})
    name = t.pick(names) if names and t.chance(0.6) else "time between " + "{y} and {x}"
    x, y = t.column(first), t.column(second)
    said = t.say("gap.op", name=name.format(x=x, y=y), x=x, y=y, op=operator, n=words)
    if x not in said and not (names and any(one in said for one in names)):
        said = t.say("known.op", name=f"gap from {y} to {x}", op=operator, n=words)
    rule = n.Compare(OPERATORS[operator], n.Arithmetic("-", column_of(first), column_of(second)), n.Number(float(days)))
    return t.clause(said, rule, "arithmetic", "date-gap")


def _middle_day(one: Field) -> str:
    days = sorted(one.texts)
    return days[len(days) // 2]


def _percent_off(two: Two, t: Teller, *, up: bool) -> Said:
    percent = t.pick((5, 10, 10, 15, 20, 20, 25, 30, 40, 60))
    strict = t.chance(0.7)
    fraction = _FIFTHS.get(percent) if t.chance(0.2) else None
    section = {(True, True): "up.gt", (True, False): "up.ge", (False, True): "down.lt", (False, False): "down.le"}[up, strict]
    name = {"up.gt": "GreaterThan", "up.ge": "GreaterThanEqual", "down.lt": "LessThan", "down.le": "LessThanEqual"}[section]
    factor = round(1 + percent / 100 if up else 1 - percent / 100, 4)
    said = keep(fraction) if fraction and factor in (1.1, 1.2, 1.25, 0.9, 0.8, 0.75) else say_percent(percent, t.rng)
    words = t.say(section, pc=said, **_xy(two, t))
    rule = n.Compare(name, column_of(two[0]), n.Arithmetic("*", column_of(two[1]), n.Number(factor)))
    return t.clause(words, rule, "arithmetic", "percent")


def _share(two: Two, t: Teller) -> Said:
    share = t.pick(tuple(_SHARES))
    said = t.pick(_SHARES[share])
    said = said.replace("{of |}", t.pick(("of ", "")))
    operator = t.weighted({"gt": 8, "lt": 7, "ge": 4, "le": 2, "eq": 1})
    digits = (said[0].isdigit() and "%" in said) or "per" in said
    words = t.say(f"share.{operator}", s=keep(said.strip()) + " ", **_xy(two, t))
    factor = n.Number(share, percent=digits)
    return t.clause(
        words, n.Compare(OPERATORS[operator], column_of(two[0]), n.Arithmetic("*", column_of(two[1]), factor)), "arithmetic"
    )


def _by_sign(sign: str, section: str, operators: dict[str, int]) -> Callable[[Two, Teller], Said | None]:
    def build(two: Two, t: Teller) -> Said | None:
        limit = _limit(two, sign, t)
        if limit is None:
            return None
        operator = t.weighted(operators)
        unit = two[0].concept.unit if sign in "+-" and two[0].concept.unit == two[1].concept.unit else None
        words = t.say(f"{section}.{operator}", n=say_number(limit, unit, t.rng), **_xy(two, t))
        rule = n.Compare(OPERATORS[operator], n.Arithmetic(sign, column_of(two[0]), column_of(two[1])), n.Number(limit))
        return t.clause(words, rule, "arithmetic")

    return build


def _either_way(two: Two, t: Teller) -> Said | None:
    limit = _limit(two, "-", t)
    if limit is None:
        return None
    operator = t.weighted({"gt": 8, "le": 3})
    words = t.say(f"either.{operator}", n=say_number(limit, two[0].concept.unit, t.rng), **_xy(two, t))
    apart = n.Call("ABS", n.Arithmetic("-", column_of(two[0]), column_of(two[1])))
    return t.clause(words, n.Compare(OPERATORS[operator], apart, n.Number(limit)), "arithmetic")


_KINDS: dict[str, Callable[[Two, Teller], Said | None]] = {
    "up": lambda two, t: _percent_off(two, t, up=True), "down": lambda two, t: _percent_off(two, t, up=False), "share": _share,
    "diff": _by_sign("-", "diff", {"gt": 6, "ge": 3, "lt": 3, "le": 1}), "sum": _by_sign("+", "sum", {"gt": 6, "ge": 2,
    "lt": 4, "eq": 1}),
    "ratio": _by_sign("/", "ratio", {"gt": 6, "ge": 2, "lt": 4}), "prod": _by_sign("*", "prod", {"gt": 6, "lt": 4}),
    "either": _either_way,
}  # fmt: skip
