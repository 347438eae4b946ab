"""Phrase sections: weighted templates with alternatives and slots, read from `lexicon/*.txt`.

A line of a section is `*3 words {this|that} <slot>`: weight (1 if left out), alternatives in braces (they nest), slots in
angle brackets. A slot is filled by the caller; a slot that the caller does not know is a section of that name;
`<op.prep>` is the section `gt.prep` when the slot `op` is `gt`.
"""

from __future__ import annotations

import random
import re
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

LEXICON = Path(__file__).parent / "lexicon"
PHRASE_FILES = ("numbers.txt", "texts.txt", "states.txt", "dates.txt", "pairs.txt", "frames.txt", "looks.txt", "abstain.txt")
_SLOT = re.compile(r"<([A-Za-z]\w*(?:\.\w+)*)>")
_SPACES = re.compile(r" {2,}")
_SPACE_BEFORE = re.compile(r" +([,.;:?!)](?:\s|$))")
_WEIGHT = re.compile(r"\*(\d+) ")


class LexiconError(ValueError):
    """A lexicon file is malformed, or a section that is asked for does not exist."""


@dataclass(frozen=True, slots=True)
class Slot:
    """`<name>` in a template."""

    name: str


@dataclass(frozen=True, slots=True)
class Choice:
    """`{a|b}` in a template."""

    templates: tuple[Template, ...]


Template = tuple["str | Slot | Choice", ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Templates with cumulative weights."""

    templates: tuple[Template, ...]
    weights: tuple[int, ...]

    def pick(self, rng: random.Random) -> Template:
        return self.templates[bisect(self.weights, rng.random() * self.weights[-1])]


def compile_template(text: str) -> Template:
    """The parts of a template.

    Raises:
        LexiconError: a brace that is not closed.
    """
    parts: list[str | Slot | Choice] = []
    at = 0
    while at < len(text):
        if text[at] == "{":
            end = _closing(text, at)
            parts.append(Choice(tuple(compile_template(option) for option in _options(text[at + 1 : end]))))
            at = end + 1
            continue
        slot = _SLOT.match(text, at)
        if slot:
            parts.append(Slot(slot[1]))
            at = slot.end()
            continue
        following = min((k for k in (text.find("{", at + 1), text.find("<", at + 1)) if k > 0), default=len(text))
        parts.append(text[at:following])
        at = following
    return tuple(parts)


def _closing(text: str, start: int) -> int:
    depth = 0
    for k in range(start, len(text)):
        depth += (text[k] == "{") - (text[k] == "}")
        if depth == 0:
            return k
    raise LexiconError(f"a brace is not closed: {text}")


def _options(text: str) -> Iterator[str]:
    depth, start = 0, 0
    for k, letter in enumerate(text):
        depth += (letter == "{") - (letter == "}")
        if letter == "|" and depth == 0:
            yield text[start:k]
            start = k + 1
    yield text[start:]


class Phrases:
    """All sections of the phrase files."""

    def __init__(self, sections: dict[str, Section]) -> None:
        self.sections = sections

    @classmethod
    def read(cls, folder: Path = LEXICON) -> Phrases:
        """Read the phrase files.

        Raises:
            LexiconError: a malformed line, or a section that stands twice.
        """
        sections: dict[str, Section] = {}
        for name in PHRASE_FILES:
            for title, lines in read_sections(folder / name):
                if title in sections:
                    raise LexiconError(f"{name}: the section {title} stands twice")
                sections[title] = _section(lines)
        return cls(sections)

    def say(self, section: str, rng: random.Random, **slots: str) -> str:
        """One phrase of the section with its slots filled.

        Raises:
            LexiconError: a slot that is neither given nor a section.
        """
        return tidy(self._expand(self._find(section, slots).pick(rng), rng, slots))

    def _expand(self, template: Template, rng: random.Random, slots: dict[str, str]) -> str:
        said = []
        for part in template:
            if isinstance(part, str):
                said.append(part)
            elif isinstance(part, Choice):
                said.append(self._expand(part.templates[int(rng.random() * len(part.templates))], rng, slots))
            elif part.name in slots:
                said.append(slots[part.name])
            else:
                said.append(self._expand(self._find(part.name, slots).pick(rng), rng, slots))
        return "".join(said)

    def _find(self, name: str, slots: dict[str, str]) -> Section:
        if name.startswith("op."):
            kind = name[3:]
            name = f"{slots['op']}.{kind}"
            if name not in self.sections:
                name = f"{slots['op']}.prep"
        try:
            return self.sections[name]
        except KeyError:
            raise LexiconError(f"there is no section {name}") from None


def tidy(text: str) -> str:
    """One space between words, none before a comma or the end."""
    return _SPACE_BEFORE.sub(r"\1", _SPACES.sub(" ", text)).strip()


def read_sections(path: Path) -> Iterator[tuple[str, list[str]]]:
    """(title, lines) of a sectioned file; lines that start with `# ` are comments."""
    title, lines = "", list[str]()
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# ") or not line.strip():
            continue
        if re.fullmatch(r"\[[\w.]+\]", line):
            if title:
                yield title, lines
            title, lines = line[1:-1], []
        elif not title:
            raise LexiconError(f"{path.name}: {line!r} stands before the first section")
        else:
            lines.append(line)
    if title:
        yield title, lines


def _section(lines: list[str]) -> Section:
    templates, weights = [], []
    for line in lines:
        match = _WEIGHT.match(line)
        templates.append(compile_template(line[match.end() :] if match else line))
        weights.append(int(match[1]) if match else 1)
    if not templates:
        raise LexiconError("an empty section")
    return Section(tuple(templates), tuple(accumulate(weights)))
