"""A synthetic table: some columns of a domain, with headers in one house style, and the cells of a dozen rows."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from functools import cached_property

from grammar.table import Kind, Table
from training.corpus.synthesis.cells import ERRORS, Cell, Style, blank_some, correlate, make_cells, make_style
from training.corpus.synthesis.domains import FLAGS, Concept, Domain, Relation

_UNIT_PART = re.compile(r"\s*[(\[].*?[)\]]|\s*[#?:.]+$|\s+[€£$%°]\S*$")
_WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True, eq=False)
class Field:
    """A column of the table: `calls` are the names it may be called by without being mistaken for another."""

    index: int
    concept: Concept
    header: str
    cells: list[Cell]
    style: Style
    calls: tuple[str, ...] = ()

    @cached_property
    def numbers(self) -> list[float]:
        """Its numbers, sorted."""
        return sorted(float(c) for c in self.cells if isinstance(c, int | float) and not isinstance(c, bool))

    @cached_property
    def texts(self) -> list[str]:
        """Its distinct texts, in order of first occurrence."""
        return list(dict.fromkeys(c for c in self.cells if isinstance(c, str) and c not in ERRORS))

    @property
    def has_blanks(self) -> bool:
        return None in self.cells


@dataclass(frozen=True, eq=False)
class Sheet:
    """A table and what is known about it. `relations` are those whose columns are both there."""

    domain: Domain
    fields: tuple[Field, ...]
    rows: list[list[Cell]]
    table: Table
    relations: tuple[Relation, ...] = field(default=())

    def by_key(self, key: str) -> Field:
        """The column of a concept."""
        return next(f for f in self.fields if f.concept.key == key)

    @cached_property
    def numeric(self) -> tuple[Field, ...]:
        """Columns of numbers."""
        return tuple(f for f in self.fields if f.concept.numeric)

    @cached_property
    def dates(self) -> tuple[Field, ...]:
        """Columns of days."""
        return tuple(f for f in self.fields if f.concept.kind == "date")

    def of_kind(self, *kinds: str) -> tuple[Field, ...]:
        """Columns of these kinds."""
        return tuple(f for f in self.fields if f.concept.kind in kinds)

    def alone(self, one: Field) -> bool:
        """Whether no other column has its unit, so that the unit names the column."""
        return one.concept.unit is not None and sum(f.concept.unit == one.concept.unit for f in self.fields) == 1

    def tells(self, value: str) -> bool:
        """Whether the value stands in one column only."""
        wanted = value.casefold()
        return sum(any(isinstance(c, str) and c.casefold() == wanted for c in f.cells) for f in self.fields) == 1


def make_sheet(domain: Domain, rng: random.Random, names: dict[str, tuple[str, ...]]) -> Sheet:
    """A table of the domain, of 1 to 12 columns and 9 to 16 rows."""
    concepts = _choose_concepts(domain, rng)
    snake = rng.random() < 0.15
    people = rng.choices(("full", "first", "last", "initial"), (55, 20, 17, 8))[0]
    rows = rng.randint(9, 16)
    headers = _headers(concepts, snake, rng)
    concepts = [concept for concept, header in zip(concepts, headers, strict=True) if header]
    headers = [header for header in headers if header]
    keys = {concept.key for concept in concepts}
    relations = tuple(r for r in domain.relations if r.first in keys and r.second in keys)
    styles = [make_style(concept, rng, people) for concept in concepts]
    columns = {c.key: make_cells(c, style, rows, rng, names) for c, style in zip(concepts, styles, strict=True)}
    for relation in relations:
        if relation.kind in ("pair", "dates"):
            first = next(c for c in concepts if c.key == relation.first)
            columns[first.key] = correlate(columns[first.key], columns[relation.second], first, rng)
    late = {r.first for r in relations if r.kind == "dates"}
    for concept in concepts:
        columns[concept.key] = _spoil(concept, columns[concept.key], rng, emptied=concept.key in late)
    shown = [_written(columns[c.key], c, style) for c, style in zip(concepts, styles, strict=True)]
    data: list[list[Cell]] = [list(headers), *(list(row) for row in zip(*shown, strict=True))]
    fields = [
        Field(k, concept, header, columns[concept.key], style)
        for k, (concept, header, style) in enumerate(zip(concepts, headers, styles, strict=True))
    ]
    table = Table.from_rows(data)
    fields = [Field(f.index, f.concept, f.header, f.cells, f.style, _calls(f, fields)) for f in fields if _as_meant(f, table)]
    kept = {f.concept.key for f in fields}
    return Sheet(domain, tuple(fields), data, table, tuple(r for r in relations if r.first in kept and r.second in kept))


def _choose_concepts(domain: Domain, rng: random.Random) -> list[Concept]:
    width = rng.choices((1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), (4, 4, 5, 6, 9, 11, 13, 14, 12, 10, 7, 5))[0]
    chosen = set(rng.sample([c.key for c in domain.concepts], min(width, len(domain.concepts))))
    if width > 3 and domain.relations and rng.random() < 0.6:
        relation = rng.choice(domain.relations)
        chosen |= {relation.first, relation.second}
    concepts = [c for c in domain.concepts if c.key in chosen]
    if rng.random() < 0.15:
        rng.shuffle(concepts)
    return concepts


def _headers(concepts: list[Concept], snake: bool, rng: random.Random) -> list[str]:
    """A header each, all different; "" where a concept has none left."""
    taken: set[str] = set()
    headers = []
    for concept in concepts:
        low = [h for h in concept.headers if "_" in h or h.islower()]
        free = [h for h in (low if snake and low else concept.headers) if h.casefold() not in taken]
        free = [h for h in free if snake or "_" not in h] or free
        header = rng.choice(free) if free else ""
        if header and not snake and rng.random() < 0.04:
            header = header.upper() if rng.random() < 0.5 else header.lower()
        taken.add(header.casefold())
        headers.append(header)
    return headers


def _spoil(concept: Concept, cells: list[Cell], rng: random.Random, *, emptied: bool) -> list[Cell]:
    """Blanks, repeated codes, errors: what makes real columns untidy."""
    draw = rng.random()
    if concept.kind == "note":
        return blank_some(cells, 0.6, rng)
    if emptied and draw < 0.7:
        return blank_some(cells, 0.3, rng)
    if concept.kind in ("person", "date", "email", "company", "city", "num") and draw < 0.15:
        return blank_some(cells, 0.15, rng)
    if concept.kind == "code" and draw < 0.4 and len(cells) > 2:
        return [*cells[:-1], cells[rng.randrange(len(cells) - 1)]]
    if concept.numeric and draw > 0.94:
        cells[rng.randrange(len(cells))] = rng.choice(ERRORS)
    return cells


def _written(cells: list[Cell], concept: Concept, style: Style) -> list[Cell]:
    if concept.kind == "pct" and not style.whole and style.names in ("first", "last"):
        return [f"{c * 100:g}%" if isinstance(c, int | float) else c for c in cells]
    sign = {"eur": "€", "usd": "$", "gbp": "£"}.get(concept.unit or "")
    if style.currency and sign:
        return [f"{sign}{c:,}" if isinstance(c, int | float) and c >= 0 else c for c in cells]
    return cells


_MEANT = {"date": Kind.DATE, "bool": Kind.BOOL} | dict.fromkeys(("num", "pct", "year"), Kind.NUMBER)


def _as_meant(one: Field, table: Table) -> bool:
    """A column that came out empty, or of another kind than its concept, is not spoken about."""
    return table.columns[one.index].kind is _MEANT.get(one.concept.kind, Kind.TEXT)


def core(header: str) -> str:
    """The header without its unit and closing signs: `Amount (€)` -> `Amount`."""
    return _UNIT_PART.sub("", header).strip() or header


def _calls(one: Field, fields: list[Field]) -> tuple[str, ...]:
    """Mentions that fit no other column's header or name better than its own."""
    own = _words(one.header)
    others = [_words(f.header) for f in fields if f is not one]
    spoken = [_words(m) for f in fields if f is not one for m in f.concept.mentions[:1]]
    calls = []
    for mention in one.concept.mentions:
        words = _words(mention)
        if not words or (not words <= own and any(words <= other for other in (*others, *spoken))):
            continue
        if words <= own and any(words <= other and len(other) <= len(own) for other in others):
            continue
        calls.append(mention)
    return tuple(calls)


def _words(text: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in _WORDS.findall(text.replace("_", " ")))


def is_flag(one: Field) -> bool:
    """A column of yes and no."""
    return one.concept.kind in FLAGS
