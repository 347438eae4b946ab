"""Speaking about one sheet: naming its columns, filling phrases, and what one condition said looks like (`Said`)."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from grammar import nodes as n
from grammar.table import column_letter
from training.corpus.synthesis.literals import keep_case, pick
from training.corpus.synthesis.phrases import Phrases
from training.corpus.synthesis.sheets import Field, Sheet, core

T = TypeVar("T")
_IS = re.compile(r"(?<!what)(?<!there)(?<!that)(?<!who)(?<!which) (?:is|are) (?!in\b|the\b|a\b)")
CLAUSE, MODIFIER, VERB, NOUN = "C", "M", "V", "N"
FORMS = frozenset((CLAUSE, MODIFIER, VERB, NOUN))
Qualities = dict[str, dict[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Said:
    """A condition in words. `form`: C a clause, M what follows a noun, V a verb phrase, N a noun phrase."""

    form: str
    text: str
    rule: n.Rule | None
    tags: tuple[str, ...] = ()


class Teller:
    """Words for one sheet."""

    def __init__(self, sheet: Sheet, rng: random.Random, phrases: Phrases, qualities: Qualities) -> None:
        self.sheet = sheet
        self.rng = rng
        self.phrases = phrases
        self.qualities = qualities
        self._nouns = {"noun": sheet.domain.noun, "nouns": sheet.domain.nouns, "who": sheet.domain.who}

    def say(self, section: str, **slots: str) -> str:
        """A phrase of the section."""
        return self.phrases.say(section, self.rng, **self._nouns, **slots)

    def chance(self, share: float) -> bool:
        """True in `share` of the cases."""
        return self.rng.random() < share

    def pick(self, values: Sequence[T]) -> T:
        """One of the values."""
        return pick(self.rng, values)

    def weighted(self, weights: dict[T, int]) -> T:
        """One of the keys, by weight."""
        return self.rng.choices(tuple(weights), tuple(weights.values()))[0]

    def form(self, possible: Iterable[str], wanted: frozenset[str]) -> str | None:
        """One of the forms that are both possible (repeated ones weigh more) and wanted."""
        both = [form for form in possible if form[0] in wanted]
        return pick(self.rng, both) if both else None

    def column(self, one: Field, *, letters: bool = True) -> str:
        """A name for the column: its header, a part or synonym of it, or its letter."""
        draw = self.rng.random()
        if letters and draw < 0.045:
            letter = column_letter(one.index)
            named = pick(self.rng, ("column {}", "column {}", "col {}", "Column {}", "col. {}", "the {} column"))
            bare = letter not in "AI" and draw < 0.012
            return keep_case(letter if bare else named.format(letter))
        name = self._name(one, draw)
        if draw > 0.965:
            name = pick(self.rng, ("the {} column", "{} column", "column {}", "the {} col")).format(name)
        return name

    def _name(self, one: Field, draw: float) -> str:
        header, short = one.header, core(one.header)
        if len(short) < 2 or (one.calls and draw > 0.62):
            return pick(self.rng, one.calls) if one.calls else f"column {keep_case(header)}"
        if draw < 0.2:
            return header
        if draw < 0.36:
            return short
        said = short.replace("_", " ") if self.rng.random() < 0.8 else short
        return said.lower()

    def clause(self, text: str, rule: n.Rule, *tags: str) -> Said:
        """A clause; now and then with an article in front, or without its `is`."""
        if self.chance(0.3):
            text = _IS.sub(" ", text, count=1)
        if self.chance(0.08) and text[0].isalpha() and not text.startswith(("the ", "no ", "a ", "missing", "blank", "empty")):
            text = f"the {text}"
        return Said(CLAUSE, text, rule, tags)

    def implicit(self, said: Said) -> Said:
        """The same, marked as naming no column."""
        return replace(said, tags=(*said.tags, "implicit-column"))


def column_of(one: Field) -> n.Column:
    """The column in a rule."""
    return n.Column(one.index)
