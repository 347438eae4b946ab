"""Requests that no rule answers: nothing to go by, two columns alike, a column that is not there, another task."""

from __future__ import annotations

import re

from grammar.table import column_letter
from training.corpus.synthesis.leaves import on_field
from training.corpus.synthesis.literals import keep, keep_case, say_bare, say_percent
from training.corpus.synthesis.numbers import nice
from training.corpus.synthesis.sheets import Sheet
from training.corpus.synthesis.teller import CLAUSE, MODIFIER, NOUN, Said, Teller

_KINDS = {"vague": 18, "nocondition": 16, "othertask": 22, "absent": 24, "ambiguous": 20}
_COMMON_KEYS = frozenset(
    {"status", "state", "stage", "type", "kind", "cat", "note", "id", "code", "date", "name", "rating", "value", "level"}
)
_OWN_DAYS = frozenset(
    {"born", "warranty", "launch", "calib", "exdiv", "harv", "patched", "signed", "thankd", "sown", "review", "inst"}
)
_WORD = re.compile(r"[^\W\d_]{3,}")


def abstention(t: Teller, foreign: Teller) -> Said | None:
    """A request without a rule; `foreign` speaks about a sheet of another domain."""
    kind = t.weighted(_KINDS)
    if kind == "absent":
        return _absent(t, foreign)
    if kind == "ambiguous":
        return _ambiguous(t)
    numbers = [f for f in t.sheet.numeric if f.concept.kind == "num"]
    if not numbers:
        return None
    one = t.pick(numbers)
    other = t.pick(t.sheet.fields)
    city = t.pick(("Berlin", "Leeds", "Paris", "Oslo"))
    words = t.say(
        kind,
        col=t.column(one, letters=False),
        other=t.column(other, letters=False),
        letter=keep_case(column_letter(one.index)),
        city=city,
    )
    return Said(CLAUSE, words, None, ({"vague": "vague", "nocondition": "no-condition", "othertask": "not-formatting"}[kind],))


def _absent(t: Teller, foreign: Teller) -> Said | None:
    """A condition on a column that this sheet does not have, nor one like it."""
    own = _vocabulary(t.sheet)
    units = {f.concept.unit for f in t.sheet.fields} - {None}
    qualities = {f.concept.quality for f in t.sheet.fields} - {None}
    fits = []
    for one in foreign.sheet.fields:
        concept = one.concept
        if concept.key in _COMMON_KEYS or concept.kind in ("note", "person", "company", "city", "code", "item", "email"):
            continue
        if concept.kind == "date" and concept.key not in _OWN_DAYS:
            continue
        if concept.unit in units or concept.quality in qualities or (concept.kind == "pct" and t.sheet.of_kind("pct")):
            continue
        words = {
            word[:4].casefold()
            for said in (one.header, *concept.mentions, *concept.verbs, *one.texts)
            for word in _WORD.findall(said)
        }
        if not words & own:
            fits.append(one)
    if not fits:
        return None
    said = on_field(t.pick(fits), foreign, frozenset({CLAUSE}))
    if said is None or "\x04" in said.text:
        return None
    return Said(said.form, said.text, None, ("no-column",))


def _vocabulary(sheet: Sheet) -> set[str]:
    said: list[str] = [*sheet.table.headers]
    for one in sheet.fields:
        said += [*one.concept.mentions, *one.concept.verbs, *one.concept.headers, *one.texts, *one.concept.values]
    return {word[:4].casefold() for text in said for word in _WORD.findall(text)}


def _ambiguous(t: Teller) -> Said | None:
    """Bare numbers, ranks and times where two columns would do."""
    if len(t.sheet.dates) > 1 and t.chance(0.4):
        kind = t.pick(
            ("before", "after", "LastWeek", "ThisMonth", "NextWeek", "past", "month.in", "Yesterday", "NextMonth", "LastMonth")
        )
        words = t.say(
            kind, d=keep(t.pick(("March", "1 May", "2025", "April", "3 June", "Q2"))), m=keep(t.pick(("March", "May", "July")))
        )
        return Said(MODIFIER, t.say("date.lone", when=words), None, ("ambiguous", "no-column"))
    fields = [f for f in t.sheet.numeric if f.concept.kind == "num" and len(f.numbers) > 3]
    if len(fields) < 2:
        return None
    draw = t.rng.randrange(7)
    if draw == 0:
        return Said(NOUN, t.say(t.pick(("scale.lone", "bar.lone"))), None, ("ambiguous", "no-column"))
    if draw == 1:
        return Said(
            NOUN,
            f"{t.pick(('top', 'bottom', 'highest', 'lowest'))} {keep(say_bare(t.pick((3, 5, 10, 20)), t.rng))}",
            None,
            ("ambiguous",),
        )
    if draw == 2:
        return Said(NOUN, f"{t.pick(('top', 'bottom'))} {say_percent(t.pick((5, 10, 20, 25)), t.rng)}", None, ("ambiguous",))
    if draw == 3:
        means = (
            "above average",
            "below average",
            "over the mean",
            "less than average",
            "under the median",
            "higher than average",
        )
        return Said(MODIFIER, t.pick(means), None, ("ambiguous",))
    low = max(f.numbers[0] for f in fields[:2])
    high = min(f.numbers[-1] for f in fields[:2])
    if low >= high:
        return None
    value = nice(low + (high - low) * t.rng.uniform(0.2, 0.8), 1.0)
    operator = t.pick(("gt", "gt", "lt", "ge", "le"))
    return Said(MODIFIER, t.say("num.U", op=operator, n=keep(say_bare(value, t.rng))), None, ("ambiguous", "no-column"))
