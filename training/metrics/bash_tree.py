"""From bashlex's tree to a template (`training.metrics.bash`): lists, pipelines, groups, loops, redirections, substitutions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import Any

from training.metrics.bash_command import Stage, write_command
from training.metrics.bash_words import Word, typed, whole_of

_LONGEST = 4000  # characters; no command of the corpora has half of it, and bashlex is slow
_ENDLESS = re.compile(r"\$\{[^}'`]*(?:['`]|$)")
"""bashlex never comes back from some words with an open `${` in quotes, such as `x'${'`; few good commands look so too."""
_SEPARATORS = frozenset({";", "\n"})


class UnreadableBashError(ValueError):
    """bashlex cannot read the text: it is no Bash, empty, or of a kind bashlex does not know (`case`, `$((…))`, `time`)."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: the template and the utilities in the order of the source."""

    template: str
    stages: tuple[Stage, ...]


@lru_cache(maxsize=65536)
def read(code: str) -> Reading:
    """Template and utilities of a command line.

    Raises:
        UnreadableBashError: bashlex cannot read it.
    """
    bashlex: Any = import_module("bashlex")  # untyped
    text = code.strip()
    if not text or len(text) > _LONGEST:
        raise UnreadableBashError("empty" if not text else f"longer than {_LONGEST} characters")
    if _ENDLESS.search(text):
        raise UnreadableBashError("an open `${` that bashlex may never come back from")
    try:
        trees = bashlex.parse(text)
        writer = _TreeWriter(text)
        found = "; ".join(writer.write(tree) for tree in trees)
    except Exception as error:  # bashlex raises whatever its parser trips over
        raise UnreadableBashError(str(error)) from error
    return Reading(found, tuple(sorted(writer.stages, key=lambda stage: stage.position)))


@dataclass(slots=True)
class _TreeWriter:
    source: str
    stages: list[Stage] = field(default_factory=list)

    def write(self, node: Any) -> str:
        """The template of one node of bashlex."""
        match node.kind:
            case "command":
                return self._command(node)
            case "list":
                return self._joined(node.parts)
            case "pipeline":
                return self._joined(node.parts)
            case "compound":
                return " ".join([self._joined(node.list), *map(self._redirect, node.redirects)])
            case "for":
                return self._for(node)
            case "function":
                return " ".join(["NAME", *(self.write(part) for part in node.parts[1:])])
            case "operator":
                return str(node.op).replace("\n", ";")
            case "pipe":
                return str(node.pipe)
            case "reservedword":
                return str(node.word).replace("\n", ";")
            case "word":
                return typed(self._word(node), "SHAPE")
            case _:
                return self._joined(node.parts)

    def _joined(self, parts: list[Any]) -> str:
        texts = [self.write(part) for part in parts]
        while texts and texts[-1] in _SEPARATORS:
            texts.pop()
        return " ".join(texts)

    def _for(self, node: Any) -> str:
        texts = ["for", "NAME", *(self.write(part) for part in node.parts[2:])]
        return " ".join(text for text in texts if text not in _SEPARATORS)

    def _command(self, node: Any) -> str:
        words = [self._word(part) for part in node.parts if part.kind in {"word", "assignment"}]
        redirects = [self._redirect(part) for part in node.parts if part.kind == "redirect"]
        return " ".join(filter(None, [write_command(words, self.stages) if words else "", *redirects]))

    def _redirect(self, node: Any) -> str:
        default = {">": 1, ">>": 1, "<": 0}.get(node.type)
        number = "" if node.input is None or node.input == default else str(node.input)
        if node.type.startswith("<<") and node.type != "<<<":
            return f"{number}<<HEREDOC"
        if isinstance(node.output, int):
            return f"{number}{node.type}{node.output}"
        kind = "STRING" if node.type == "<<<" else "PATH"
        return f"{number}{node.type} {typed(self._word(node.output), kind)}"

    def _word(self, node: Any) -> Word:
        inner = tuple(self._substitution(part) for part in node.parts if hasattr(part, "command"))
        return Word(node.word, node.pos[0], whole_of(node.word, inner), inner)

    def _substitution(self, node: Any) -> str:
        opening = "$" if node.kind == "commandsubstitution" else self.source[node.pos[0]]  # `<` or `>`
        return f"{opening}({self.write(node.command)})"
