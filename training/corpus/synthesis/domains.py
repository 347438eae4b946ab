"""Table domains: what the columns of a kind of table are called, what stands in them and how people speak of them.

Read from `lexicon/domains_*.txt`; the notation is explained at the head of `domains_office.txt`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from training.corpus.synthesis.phrases import LEXICON, LexiconError, read_sections

DOMAIN_FILES = ("domains_office.txt", "domains_trade.txt", "domains_life.txt")
NUMERIC = ("num", "pct", "year")
TEXTUAL = ("cat", "adj", "item", "person", "company", "city", "code", "note", "email")
FLAGS = ("flag", "yn", "bool")
KINDS = (*NUMERIC, *TEXTUAL, *FLAGS, "date")


@dataclass(frozen=True, slots=True)
class Concept:
    """One kind of column. `values` is the notation's fourth field, cut at its separator."""

    key: str
    kind: str
    headers: tuple[str, ...]
    mentions: tuple[str, ...]
    values: tuple[str, ...]
    unit: str | None
    quality: str | None
    verbs: tuple[str, ...]
    prepositions: tuple[str, ...]
    low: float = 0.0
    high: float = 0.0
    step: float = 1.0

    @property
    def numeric(self) -> bool:
        return self.kind in NUMERIC

    @property
    def positive(self) -> tuple[str, ...]:
        """How people say that a flag is set."""
        return _split(self.values[0])

    @property
    def negative(self) -> tuple[str, ...]:
        """How people say that a flag is not set."""
        return _split(self.values[1])


@dataclass(frozen=True, slots=True)
class Relation:
    """Two columns that belong together. `more`, `less`, `equal`: ways to say first > second, <, =; or names of the result."""

    kind: str
    first: str
    second: str
    more: tuple[str, ...]
    less: tuple[str, ...]
    equal: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Domain:
    """A kind of table; a row is a `noun`, and one asks `who` or `which`."""

    name: str
    noun: str
    nouns: str
    who: str
    concepts: tuple[Concept, ...]
    relations: tuple[Relation, ...]


RELATIONS = ("pair", "dates", "ratio", "times", "sum", "diff", "same")


def read_domains(folder: Path = LEXICON) -> tuple[Domain, ...]:
    """All domains.

    Raises:
        LexiconError: a line that cannot be read, with its file.
    """
    return tuple(domain for name in DOMAIN_FILES for domain in _read(folder / name))


def read_names(folder: Path = LEXICON) -> dict[str, tuple[str, ...]]:
    """Names for cells by kind: first, last, company, city, mail."""
    return {title: _split("; ".join(lines)) for title, lines in read_sections(folder / "names.txt")}


def read_qualities(folder: Path = LEXICON) -> dict[str, dict[str, tuple[str, ...]]]:
    """Comparatives and superlatives by quality: `{"weight": {"more": (...), "less": ..., "most": ..., "least": ...}}`."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for title, lines in read_sections(folder / "qualities.txt"):
        words = dict(line.split(": ", 1) for line in lines)
        found[title] = {degree: _split(said) for degree, said in words.items()}
    return found


def _read(path: Path) -> list[Domain]:
    domains: list[Domain] = []
    head: tuple[str, ...] = ()
    concepts, relations = list[Concept](), list[Relation]()
    for line in [*path.read_text(encoding="utf-8").splitlines(), "@"]:
        if line.startswith("# ") or not line.strip():
            continue
        try:
            if line.startswith("@"):
                if head:
                    domains.append(Domain(head[0], head[1], head[2], head[3], tuple(concepts), tuple(relations)))
                head, concepts, relations = _fields(line[1:]), [], []
            elif line.split(" ", 1)[0] in RELATIONS:
                relations.append(_relation(line))
            else:
                concepts.append(_concept(line))
        except (ValueError, IndexError) as error:
            raise LexiconError(f"{path.name}: {line!r}: {error!r}") from error
    return domains


def _concept(line: str) -> Concept:
    fields = _fields(line)
    key, kind = fields[0].split()
    if kind not in KINDS:
        raise ValueError(f"no kind of column: {kind}")
    values = fields[3] if len(fields) > 3 else ""
    options = dict(re.findall(r"(?:^|\s)([uqvp])=(.*?)(?=\s[uqvp]=|$)", fields[4])) if len(fields) > 4 else {}
    low, high, step = _range(values) if kind in (*NUMERIC, "date") else (0.0, 0.0, 1.0)
    return Concept(
        key, kind, _split(fields[1]), _split(fields[2]), tuple(v.strip() for v in re.split(r" / " if kind in FLAGS else ";",
        values)),
        options.get("u"), options.get("q"), _split(options.get("v", "")), _split(options.get("p", "")), low, high, step,
    )  # fmt: skip


def _range(text: str) -> tuple[float, float, float]:
    match = re.fullmatch(r"(-?[\d.]+)\.\.(-?[\d.]+)(?::([\d.]+))?", text)
    if match is None:
        raise ValueError(f"no range: {text}")
    whole = "." not in match[1] and "." not in match[2]
    return float(match[1]), float(match[2]), float(match[3] or (1 if whole else 0.1))


def _relation(line: str) -> Relation:
    fields = _fields(line)
    kind, first, second = fields[0].split()
    more, less, equal = (_split(fields[k]) if len(fields) > k else () for k in (1, 2, 3))
    return Relation(kind, first, second, more, less, equal)


def _fields(line: str) -> tuple[str, ...]:
    return tuple(field.strip() for field in line.split("|"))


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())
