"""Words of a Bash command and the types they are replaced by in a template (see `training.metrics.bash`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_VARIABLES = re.compile(r"(?:\$\{[^}]*\}|\$\w+|\$[@*#?!$-])+")
_SUBSTITUTION = re.compile(r"[$<>]\(.*\)|`.*`", re.DOTALL)
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=")
_SHAPES = (
    ("VARIABLE", _VARIABLES),
    ("NUMBER", re.compile(r"[+-]?\d+(?:\.\d+)?")),
    ("SIZE", re.compile(r"[+-]?\d+(?:\.\d+)?(?:[kKmMgGtTpP](?:i?[bB])?|[bB])")),
    ("URL", re.compile(r"\w+://.*", re.DOTALL)),
    ("PATH", re.compile(r"\.{1,2}|~.*|[^\s]*/[^\s]*|[^\s]*\w\.\w{1,5}|\*\.\w{1,5}|\.\w[^\s]*")),
    ("PATTERN", re.compile(r".*[*?\[\]^|\\].*", re.DOTALL)),
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word without its quotes.

    `whole`: its template when it is nothing but a variable or a substitution. `inner`: templates of the substitutions in it.
    `position`: of its first character in the source.
    """

    text: str
    position: int = 0
    whole: str | None = None
    inner: tuple[str, ...] = ()

    @property
    def is_option(self) -> bool:
        """Whether it begins like an option; `-` alone is a file."""
        return self.whole is None and len(self.text) > 1 and self.text[0] == "-"

    @property
    def is_assignment(self) -> bool:
        """Whether it is `name=value`."""
        return self.whole is None and _ASSIGNMENT.match(self.text) is not None

    def tail(self, start: int) -> Word:
        """The rest from `start` on: the value that is attached to an option."""
        text = self.text[start:]
        return Word(text, self.position + start, whole_of(text, self.inner), self.inner)


def whole_of(text: str, inner: Sequence[str] = ()) -> str | None:
    """The template of a text that is a variable, a substitution (its template in `inner`) or `{}`, else None."""
    if text == "{}":
        return text
    if len(inner) == 1 and _SUBSTITUTION.fullmatch(text):
        return inner[0]
    return "VARIABLE" if _VARIABLES.fullmatch(text) else None


def shape(text: str) -> str:
    """The type of a text of which nothing else is known."""
    return next((name for name, pattern in _SHAPES if pattern.fullmatch(text)), "STRING")


def typed(word: Word, kind: str) -> str:
    """What stands for the word in a template when its place asks for `kind` (a type of `training.metrics.bash_table`)."""
    if word.whole is not None:
        return word.whole
    if kind == "CHOICE":
        return word.text
    if kind == "REPLACE":
        return "{}"
    if kind == "KEYED":
        key, equals, value = word.text.partition("=")
        return f"{key}={shape(value)}" if equals else shape(key)
    if kind == "SHAPE":
        name = shape(word.text)
    elif kind[0] == "±":
        name = (word.text[:1] if word.text[:1] in {"+", "-", "/"} else "") + kind[1:]
    else:
        name = kind
    return name + "".join(f"{{{template}}}" for template in word.inner)
