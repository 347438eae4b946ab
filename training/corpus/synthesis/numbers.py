"""Conditions on one column of numbers: comparisons, ranges, signs, distances from zero."""

from __future__ import annotations

import math

from grammar import nodes as n
from training.corpus.synthesis.literals import COUNTED, UNITS, keep, say_number, say_percent
from training.corpus.synthesis.sheets import Field
from training.corpus.synthesis.teller import FORMS, MODIFIER, VERB, Said, Teller, column_of

OPERATORS = {
    "gt": "GreaterThan",
    "ge": "GreaterThanEqual",
    "lt": "LessThan",
    "le": "LessThanEqual",
    "eq": "Equals",
    "ne": "NotEquals",
}
RANGES = {"bt": "Between", "nb": "NotBetween"}
WEIGHTS = {"gt": 24, "ge": 16, "lt": 20, "le": 10, "eq": 9, "ne": 3, "bt": 11, "nb": 5}
GENERIC = ("amount", "level")
_CHANGES = frozenset({"var", "dev", "chg", "day", "pl"})  # one says that these fell, or lost
_OPPOSITE = {"gt": "le", "lt": "ge"}


def nice(value: float, step: float) -> float:
    """The value rounded to one or two digits, as people choose limits."""
    if abs(value) < step or value == 0:
        return float(round(value / step) * step)
    size = 10.0 ** (math.floor(math.log10(abs(value))) - (0 if abs(value) < 20 * step else 1))
    return round(round(value / max(size, step)) * max(size, step), 6)


def threshold(one: Field, t: Teller) -> float:
    """A round limit inside the column's numbers; sometimes just one of them."""
    numbers = one.numbers
    value = numbers[int((0.12 + 0.76 * t.rng.random()) * (len(numbers) - 1) + 0.5)]
    value = value or numbers[-1]  # nobody asks for less than nothing
    if t.chance(0.15):
        return value
    if one.concept.kind == "pct":
        scale = 1 if one.style.whole else 100
        rounded = round(value * scale / 5) * 5
        return (rounded or round(value * scale)) / scale
    return value if one.concept.kind == "year" else nice(value, one.concept.step)


def literal(one: Field, value: float, t: Teller, unit_share: float = 0.45) -> tuple[str, n.Number]:
    """The value as said for the column and as it stands in the rule."""
    if one.concept.kind == "pct":
        if one.style.whole:
            said = say_percent(value, t.rng) if t.chance(0.7) else say_number(value, None, t.rng)
            return said, n.Number(float(value))
        percent = round(value * 100, 4) or 5.0
        return say_percent(percent, t.rng), n.Number(round(percent / 100, 9), percent=True)
    if one.concept.kind == "year":
        return keep(f"{value:g}"), n.Number(float(value))
    return say_number(value, one.concept.unit, t.rng, unit_share=unit_share), n.Number(float(value))


def number(one: Field, t: Teller, wanted: frozenset[str] = FORMS) -> Said | None:
    """A condition on the column in one of the wanted forms; None when there is none."""
    if len(one.numbers) < 3:
        return None
    if wanted >= FORMS and t.chance(0.3 if one.concept.low < 0 else 0.12):
        special = _special(one, t)
        if special:
            return special
    if one.concept.kind == "year" and t.chance(0.75):
        return _year(one, t, wanted)
    form = t.form(_forms(one, t), wanted)
    if form is None:
        return None
    operator = t.weighted(WEIGHTS)
    if form == "MQ" and operator not in _OPPOSITE:
        operator = t.pick(("gt", "lt"))
    if form == "Cnot":
        operator = t.pick(("gt", "lt"))
    needs_unit = 1.0 if form in ("MU", "MQ") and len(t.sheet.numeric) > 1 else 0.45
    if form in ("Cnum", "Cnot", "Mnum", "VH") and one.concept.unit in COUNTED:
        needs_unit = 0.0  # "clicks over 500 clicks"
    if operator in RANGES:
        slots, rule = _range(one, operator, t, needs_unit)
    else:
        value = t.pick(one.numbers) if operator in ("eq", "ne") else threshold(one, t)
        said, literal_node = literal(one, value, t, needs_unit)
        slots, rule = {"n": said, "op": operator}, n.Compare(OPERATORS[operator], column_of(one), literal_node)
    return _render(one, form, slots, rule, t)


def _forms(one: Field, t: Teller) -> list[str]:
    forms = ["Cnum"] * 8 + ["Mnum"] * 2 + ["VH"] + ["Cnot"]
    forms += ["VV"] * 8 if one.concept.verbs else []
    lone = len(t.sheet.numeric) == 1
    alone = t.sheet.alone(one) and all(form != "{}" for form in UNITS.get(one.concept.unit or "", ("{}",)))
    forms += ["MU"] * 7 if lone or alone else []
    quality = one.concept.quality
    if (
        quality in t.qualities
        and sum(f.concept.quality == quality for f in t.sheet.fields) == 1
        and (lone or alone or quality not in GENERIC)
    ):
        forms += ["MQ"] * 5
    return forms


def _render(one: Field, form: str, slots: dict[str, str], rule: n.Rule, t: Teller) -> Said:
    match form:
        case "Cnum":
            return t.clause(t.say("num.C", col=t.column(one), **slots), rule)
        case "Mnum":
            return Said(MODIFIER, t.say("num.M", col=t.column(one), **slots), rule)
        case "VH":
            return Said(VERB, t.say("num.H", col=t.column(one, letters=False), **slots), rule)
        case "VV":
            return t.implicit(Said(VERB, t.say("num.V", verb=t.pick(one.concept.verbs), **slots), rule))
        case "MU":
            return t.implicit(Said(MODIFIER, t.say("num.U", **slots), rule))
        case "Cnot":
            assert isinstance(rule, n.Compare)
            name = OPERATORS[_OPPOSITE[slots["op"]]]
            return t.clause(t.say("num.notC", col=t.column(one), **slots), n.Compare(name, rule.left, rule.right), "negation")
        case _:
            degree = "more" if slots["op"] == "gt" else "less"
            more = t.pick(t.qualities[one.concept.quality or ""][degree])
            return t.implicit(Said(MODIFIER, t.say("num.Q", more=more, **slots), rule))


def _range(one: Field, operator: str, t: Teller, unit_share: float) -> tuple[dict[str, str], n.Rule]:
    low, high = sorted((threshold(one, t), threshold(one, t)))
    if low == high:
        spread = max(one.concept.step, nice(abs(low) / 4, one.concept.step)) if one.concept.kind == "num" else (
            0.1 if one.concept.kind == "pct" and not one.style.whole else 5)  # fmt: skip
        high = round(low + spread, 6)
    (a, first), (b, second) = literal(one, low, t, 0.0), literal(one, high, t, unit_share)
    return {"a": a, "b": b, "op": operator}, n.Between(RANGES[operator], column_of(one), first, second)


def _year(one: Field, t: Teller, wanted: frozenset[str]) -> Said | None:
    """A year is spoken of as a time: `published before 1990`."""
    lone = len(t.sheet.of_kind("year", "date")) == 1
    form = t.form(["C"] * 3 + (["M"] * 4 + ["V"] if one.concept.verbs else []) + (["Mlone"] * 3 if lone else []), wanted)
    if form is None:
        return None
    operator = t.weighted({"lt": 6, "gt": 5, "ge": 4, "le": 3, "eq": 5, "bt": 3})
    low, high = sorted((t.pick(one.numbers), t.pick(one.numbers)))
    rule: n.Rule
    if operator == "bt":
        high += 3 if low == high else 0
        when = t.say("between", d=keep(f"{low:g}"), e=keep(f"{high:g}"))
        rule = n.Between("Between", column_of(one), n.Number(low), n.Number(high))
    else:
        section = {"lt": "before", "gt": "after", "ge": "since", "le": "until", "eq": "year.in"}[operator]
        when = t.say(section, d=keep(f"{low:g}"), y=keep(f"{low:g}"))
        rule = n.Compare(OPERATORS[operator], column_of(one), n.Number(low))
    if form == "C":
        return t.clause(t.say("date.C", col=t.column(one), when=when), rule)
    if form == "Mlone":
        return t.implicit(Said(MODIFIER, t.say("date.lone", when=when), rule))
    return t.implicit(Said(form, t.say(f"date.{form}", verb=t.pick(one.concept.verbs), when=when), rule))


def _special(one: Field, t: Teller) -> Said | None:
    col, node, zero = t.column(one), column_of(one), n.Number(0.0)
    if one.concept.low < 0:
        match t.rng.randrange(4):
            case 0:
                return t.clause(t.say("num.negative", col=col), n.Compare("LessThan", node, zero))
            case 1:
                return t.clause(t.say("num.positive", col=col), n.Compare("GreaterThan", node, zero))
            case 2 if one.concept.key in _CHANGES and (one.concept.kind == "num" or one.style.whole):
                said, value = literal(one, abs(threshold(one, t)) or 3.0, t)
                return t.clause(t.say("num.fall", col=col, n=said), n.Compare("LessThan", node, n.Number(-value.value)))
            case _:
                said, value = literal(one, abs(threshold(one, t)) or 0.5, t)
                return t.clause(t.say("num.either", col=col, n=said), n.Compare("GreaterThan", n.Call("ABS", node), value))
    if one.concept.kind == "num" and one.numbers[0] == 0:
        if t.chance(0.7):
            return t.clause(t.say("num.zero", col=col), n.Compare("Equals", node, zero))
        return t.clause(t.say("num.positive", col=col), n.Compare("GreaterThan", node, zero))
    return None
