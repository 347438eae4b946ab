"""One condition on one sheet: which family, which column, which words."""

from __future__ import annotations

from collections.abc import Callable

from grammar import nodes as n
from training.corpus.synthesis.dates import date
from training.corpus.synthesis.domains import FLAGS, NUMERIC
from training.corpus.synthesis.numbers import number
from training.corpus.synthesis.pairs import arithmetic, pair
from training.corpus.synthesis.sheets import Field
from training.corpus.synthesis.teller import FORMS, Said, Teller
from training.corpus.synthesis.texts import flag, text
from training.corpus.synthesis.wholes import average, rank, state, visual

_TRIES = 6


def of_family(family: str, t: Teller) -> Said | None:
    """A condition of the family on some column that fits; None where the sheet has none."""
    fields = _FIELDS[family](t)
    if not fields:
        return None
    for _ in range(_TRIES):
        said = _MAKERS[family](t.pick(fields), t)
        if said is not None:
            return said
    return None


def on_field(one: Field, t: Teller, wanted: frozenset[str] = FORMS) -> Said | None:
    """Any condition on the column, as parts of compound conditions are."""
    kind = one.concept.kind
    draw = t.rng.random()
    if draw < 0.1 and kind not in FLAGS:
        return state(one, t, wanted)
    if kind in NUMERIC:
        return average(one, t, wanted) if draw > 0.95 else number(one, t, wanted)
    if kind in FLAGS:
        return flag(one, t, wanted)
    return date(one, t, wanted) if kind == "date" else text(one, t, wanted)


def _all(t: Teller) -> tuple[Field, ...]:
    return t.sheet.fields


def _texts(t: Teller) -> tuple[Field, ...]:
    return tuple(f for f in t.sheet.fields if not f.concept.numeric and f.concept.kind != "date")


def _numbers(t: Teller) -> tuple[Field, ...]:
    return tuple(f for f in t.sheet.numeric if len(f.numbers) > 3)


def _ordered(t: Teller) -> tuple[Field, ...]:
    return (*_numbers(t), *_numbers(t), *(f for f in t.sheet.dates if len(f.texts) > 3))


def _text_or_flag(one: Field, t: Teller) -> Said | None:
    return flag(one, t) if one.concept.kind in FLAGS else text(one, t)


_FIELDS: dict[str, Callable[[Teller], tuple[Field, ...]]] = {
    "compare": _numbers, "text": _texts, "date": lambda t: t.sheet.dates, "rank": _ordered, "state": _all,
    "average": _numbers, "visual": _numbers,
    "arithmetic": _all, "cross-column": _all,
}  # fmt: skip
_MAKERS: dict[str, Callable[[Field, Teller], Said | None]] = {
    "compare": number, "text": _text_or_flag, "date": date, "rank": rank, "state": state, "average": average, "visual": visual,
    "arithmetic": lambda _, t: arithmetic(t), "cross-column": lambda _, t: pair(t),
}  # fmt: skip


def negated(rule: n.Rule) -> n.Rule:
    """The opposite of a rule, to be simplified."""
    return rule.item if isinstance(rule, n.Not) else n.Not(rule)
