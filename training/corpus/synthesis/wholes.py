"""Conditions that look at a whole column: empty, repeated, wrong; ranks; averages; and what is drawn over it."""

from __future__ import annotations

import re

from grammar import nodes as n
from training.corpus.synthesis.literals import keep, say_number, say_percent, spell
from training.corpus.synthesis.numbers import nice
from training.corpus.synthesis.sheets import Field
from training.corpus.synthesis.teller import CLAUSE, FORMS, MODIFIER, NOUN, Said, Teller, column_of

_PARTICIPLE = re.compile(r"\w*(?:ed|en|nt|wn|id|made|ught)(?: in| on| off| out| up| back)?")
_SHARES = {
    0.5: ("half", "50%"),
    0.8: ("80%", "80 percent"),
    0.9: ("90%", "90 percent"),
    0.75: ("three quarters", "75%"),
    0.6: ("60%",),
}
_FACTORS = {2: ("twice", "double", "2 times", "2x", "two times"), 3: ("three times", "triple", "3x", "3 times"),
1.5: ("1.5 times", "one and a half times"),
            4: ("four times", "4x"), 5: ("five times", "5 times"), 0.5: ("half",)}  # fmt: skip
_ICONS = {
    "3TrafficLights1": 9, "3Arrows": 7, "3Flags": 5, "3Symbols": 4, "5Quarters": 4, "3Stars": 4, "5Rating": 4, "5Arrows": 4,
    "4Arrows": 3,
    "3Signs": 3, "3ArrowsGray": 3, "4TrafficLights": 3, "3Symbols2": 3, "3Triangles": 3, "3TrafficLights2": 4,
    "4ArrowsGray": 4, "4RedToBlack": 4,
    "4Rating": 3, "5ArrowsGray": 4, "5Boxes": 3, "plain": 5,
}  # fmt: skip


def state(one: Field, t: Teller, wanted: frozenset[str] = FORMS) -> Said | None:
    """Empty, filled in, repeated, single, wrong."""
    kind = t.weighted(
        {
            "blank": 12,
            "filled": 4,
            "dup": 5,
            "uniq": 2,
            "error": 2 if one.concept.numeric else 0,
            "noerror": 1 if one.concept.numeric else 0,
        }
    )
    node = column_of(one)
    done = [verb for verb in one.concept.verbs if one.concept.kind == "date" and _PARTICIPLE.fullmatch(verb)]
    if kind in ("blank", "filled"):
        rule: n.Rule = n.State("Blanks", node)
        if kind == "filled":
            rule = n.Not(rule)
        tags = ("state",)
        if done and one.has_blanks and MODIFIER in wanted and t.chance(0.5):
            words = t.say("blank.not" if kind == "blank" else "blank.done", verb=t.pick(done))
            return t.implicit(Said(MODIFIER, words, rule, tags))
        form = t.form("CCCMMV" if kind == "blank" else "CCM", wanted)
        if form is None:
            return None
        words = t.say(f"{kind}.{form}", col=t.column(one))
        return t.clause(words, rule, *tags) if form == CLAUSE else Said(form, words, rule, tags)
    if not wanted & {NOUN, CLAUSE}:
        return None
    rule = {"dup": n.State("Duplicates", node), "uniq": n.State("Unique", node), "error": n.State("Errors", node)}.get(
        kind, n.Not(n.State("Errors", node))
    )
    return Said(NOUN if NOUN in wanted else CLAUSE, t.say(f"{kind}.N", col=t.column(one)), rule, ("state",))


def rank(one: Field, t: Teller, wanted: frozenset[str] = FORMS) -> Said | None:
    """Top and bottom, by count or percent, by name or superlative."""
    if NOUN not in wanted or len(set(one.cells)) < 4:
        return None
    up = t.chance(0.55)
    if one.concept.kind == "date":
        return _first_or_last(one, t, up)
    if not one.concept.numeric:
        return None
    side = "top" if up else "bottom"
    if t.chance(0.3):
        percent = t.pick((5, 10, 10, 15, 20, 20, 25, 30, 33, 40, 50))
        fraction = {10: "tenth", 20: "fifth", 25: "quarter", 50: "half"}.get(percent) if t.chance(0.2) else None
        said = fraction or say_percent(percent, t.rng)
        words = t.say("toppct.N" if up else "botpct.N", col=t.column(one), n=said)
        return Said(NOUN, words, n.Rank("TopPercent" if up else "BottomPercent", column_of(one), percent), ("rank",))
    count = t.pick((1, 1, 1, 2, 3, 3, 3, 4, 5, 5, 6, 7, 8, 10, 10, 12, 15, 20))
    rule = n.Rank("Top" if up else "Bottom", column_of(one), count)
    quality = one.concept.quality or ""
    same = sum(f.concept.quality == quality for f in t.sheet.fields) == 1
    if quality in t.qualities and same and (quality not in ("amount", "level") or len(t.sheet.numeric) == 1) and t.chance(0.65):
        most = t.pick(t.qualities[quality]["most" if up else "least"])
        words = t.say("best.one" if count == 1 else "best.N", most=most, n=_count(count, t))
        return t.implicit(Said(NOUN, words, rule, ("rank", "superlative")))
    if quality == "count" and t.chance(0.35):
        word = (
            ("most" if up else t.pick(("fewest", "least")))
            if count == 1
            else f"{_count(count, t)} {t.sheet.domain.nouns} with {'most' if up else 'fewest'}"
        )
        return Said(NOUN, f"{word} {one.concept.mentions[0]}", rule, ("rank", "superlative"))
    words = t.say(f"{side}.one", col=t.column(one)) if count == 1 else t.say(f"{side}.N", col=t.column(one), n=_count(count, t))
    return Said(NOUN, words, rule, ("rank", "superlative") if count == 1 else ("rank",))


def _count(count: int, t: Teller) -> str:
    spelt = spell(count)
    return keep(spelt if spelt and count <= 12 and t.chance(0.4) else str(count))


def _first_or_last(one: Field, t: Teller, up: bool) -> Said:
    count = t.pick((1, 1, 1, 2, 3, 3, 4, 5, 10))
    section = ("date.last" if up else "date.first") + ("" if count == 1 else "n")
    slots = {} if count == 1 else {"n": _count(count, t)}
    lone = len(t.sheet.dates) == 1
    col = t.column(one, letters=False)
    words = t.say(section, col=col, **slots)
    for _ in range(8):
        if lone or col in words:
            break
        words = t.say(section, col=col, **slots)
    else:
        words = f"{'latest' if up else 'earliest'} {' '.join(slots.values())} {col}".replace("  ", " ")
    return Said(NOUN, words, n.Rank("Top" if up else "Bottom", column_of(one), count), ("rank", "superlative"))


def average(one: Field, t: Teller, wanted: frozenset[str] = FORMS) -> Said | None:
    """Above and below the average, by deviations, factors and steps; the median; other columns' extremes."""
    if (
        not wanted & {CLAUSE, MODIFIER}
        or not one.concept.numeric
        or len(one.numbers) < 4
        or any(isinstance(c, str) for c in one.cells)
    ):
        return None
    up, col, node = t.chance(0.55), t.column(one), column_of(one)
    quality = one.concept.quality or ""
    unique = sum(f.concept.quality == quality for f in t.sheet.fields) == 1
    if MODIFIER in wanted and quality in t.qualities and quality not in ("amount", "level") and unique and t.chance(0.2):
        more = t.pick(t.qualities[quality]["more" if up else "less"])
        rule: n.Rule = n.Average("AboveAverage" if up else "BelowAverage", node)
        return t.implicit(Said(MODIFIER, t.say("avgup.Q", more=more), rule, ("average",)))
    if CLAUSE not in wanted:
        return None
    kind = t.weighted({"plain": 20, "sd": 6, "median": 6, "factor": 4, "times": 4, "plus": 3, "extreme": 4, "other": 3})
    name = "GreaterThan" if up else "LessThan"
    mean = n.Call("AVERAGE", node)
    match kind:
        case "plain":
            rule = n.Average("AboveAverage" if up else "BelowAverage", node)
            return t.clause(t.say("avgup.C" if up else "avgdown.C", col=col), rule, "average")
        case "sd":
            count = t.pick((1, 1, 2, 2, 3))
            said = t.pick(({1: "one", 2: "two", 3: "three"}[count], str(count), str(count)))
            rule = n.Average("AboveAverage" if up else "BelowAverage", node, count)
            return t.clause(t.say("sdup.C" if up else "sddown.C", col=col, n=keep(said)), rule, "average")
        case "median":
            if t.chance(0.08):
                return t.clause(t.say("median.eq", col=col), n.Compare("Equals", node, n.Call("MEDIAN", node)), "average")
            return t.clause(
                t.say("median.gt" if up else "median.lt", col=col), n.Compare(name, node, n.Call("MEDIAN", node)), "average"
            )
        case "factor":
            percent = t.pick((5, 10, 15, 20, 25, 30, 40, 60))
            factor = round(1 + percent / 100 if up else 1 - percent / 100, 4)
            words = t.say("agg.factor.gt" if up else "agg.factor.lt", col=col, n=say_percent(percent, t.rng))
            return t.clause(words, n.Compare(name, node, n.Arithmetic("*", mean, n.Number(factor))), "average", "percent")
        case "times":
            return _times(one, t, up, col)
        case "plus":
            step = max(one.concept.step, nice((one.numbers[-1] - one.numbers[0]) / 8, one.concept.step))
            if one.concept.kind == "pct" and not one.style.whole:
                return None
            words = t.say("agg.plus.gt" if up else "agg.plus.lt", col=col, n=say_number(step, one.concept.unit, t.rng))
            rule = n.Compare(name, node, n.Arithmetic("+" if up else "-", mean, n.Number(float(step))))
            return t.clause(words, rule, "average")
        case "extreme":
            return _extreme(one, t, up, col)
        case _:
            return _beside_other(one, t, up, col)


def _times(one: Field, t: Teller, up: bool, col: str) -> Said:
    factor = t.pick((2, 2, 3, 1.5)) if up else t.pick((0.5, 0.5, 2))
    words = t.say("agg.times.gt" if up else "agg.times.lt", col=col, n=keep(t.pick(_FACTORS[factor])))
    node = column_of(one)
    limit = n.Arithmetic("*", n.Call("AVERAGE", node), n.Number(float(factor)))
    return t.clause(words, n.Compare("GreaterThan" if up else "LessThan", node, limit), "average")


def _extreme(one: Field, t: Teller, up: bool, col: str) -> Said:
    node = column_of(one)
    if up:
        share = t.pick(tuple(_SHARES))
        said = t.pick(_SHARES[share])
        words = t.say("agg.max", col=col, n=keep(said))
        limit = n.Arithmetic("*", n.Call("MAX", node), n.Number(share, percent=said[0].isdigit()))
    else:
        factor = t.pick((2, 3, 1.5, 5))
        words = t.say("agg.min", col=col, n=keep(t.pick(_FACTORS[factor])))
        limit = n.Arithmetic("*", n.Call("MIN", node), n.Number(float(factor)))
    return t.clause(words, n.Compare("GreaterThan", node, limit), "average")


def _beside_other(one: Field, t: Teller, up: bool, col: str) -> Said | None:
    others = [f for f in t.sheet.numeric if f is not one and f.concept.unit == one.concept.unit and len(f.numbers) > 3]
    if not others or one.concept.unit is None:
        return None
    other = t.pick(others)
    function = t.pick(("AVERAGE", "MAX" if up else "MIN"))
    section = {"AVERAGE": "agg.other.avg" if up else "agg.other.avgdown", "MAX": "agg.other.max", "MIN": "agg.other.min"}[
        function
    ]
    rule = n.Compare("GreaterThan" if up else "LessThan", column_of(one), n.Call(function, column_of(other)))
    return t.clause(t.say(section, col=col, other=t.column(other, letters=False)), rule, "average", "cross-column")


def visual(one: Field, t: Teller) -> Said | None:
    """A colour scale, data bars or icons over the column."""
    if not one.concept.numeric and not (one.concept.kind == "date" and t.chance(0.1)):
        return None
    node = column_of(one)
    kind = t.weighted({"scale": 5, "bar": 5, "icon": 10})
    lone = len(t.sheet.numeric) == 1 and len(t.sheet.fields) <= 3 and not t.sheet.dates and kind != "icon" and t.chance(0.6)
    if lone:
        rule = n.Visual("ColorScale" if kind == "scale" else "DataBar", node)
        return t.implicit(Said(NOUN, t.say(f"{kind}.lone"), rule, ("visual",)))
    col = t.column(one)
    if kind != "icon":
        return Said(NOUN, t.say(kind, col=col), n.Visual("ColorScale" if kind == "scale" else "DataBar", node), ("visual",))
    style = t.weighted(_ICONS)
    words = t.say("icon", col=col, icons=t.say(f"icon.{style}"))
    return Said(NOUN, words, n.Visual("IconSet", node, None if style == "plain" else style), ("visual",))
