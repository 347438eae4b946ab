"""The template of `find`: paths, then its expression with negation, alternatives and parentheses in structure.

`-a` is left out, `-and`, `-or` and `-not` are written short. Tests that stand together are sorted, since their order does not
matter; actions (`-print`, `-exec`, `-prune`, …) stay where they are. Alternatives are sorted when none of them acts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from training.metrics.bash_table import ACTIONS, FIND_VALUES, RUNS_COMMAND
from training.metrics.bash_words import Word, typed

_OR, _NOT, _AND = {"-o", "-or"}, {"!", "-not"}, {"-a", "-and"}
_NEWER = re.compile(r"-newer[aBcm]([aBcmt])")


@dataclass(frozen=True, slots=True)
class _Part:
    text: str
    acts: bool


@dataclass(slots=True)
class FindWriter:
    """Writes the words behind `find`; `command` writes the command of an `-exec`. `flags` are filled while writing."""

    words: Sequence[Word]
    command: Callable[[Sequence[Word]], str]
    flags: set[str] = field(default_factory=set)
    at: int = 0

    def write(self) -> str:
        """The template of all words."""
        found: list[str] = []
        while (word := self._word()) and word.is_option and word.text in {"-H", "-L", "-P", "-E", "-X", "-x", "-s"}:
            self.flags.add(word.text)
            found.append(word.text)
            self.at += 1
        found.sort()
        while (word := self._word()) and not word.is_option and word.text not in {"(", ")", "!", ","}:
            found.append(typed(word, "PATH"))
            self.at += 1
        while self._word():
            part = self._alternatives()
            found += [part.text] if part.text else []
            if word := self._word():  # a stray `)` or a `,`
                found.append(word.text)
                self.at += 1
        return " ".join(found)

    def _word(self) -> Word | None:
        return self.words[self.at] if self.at < len(self.words) else None

    def _next_is(self, *texts: str) -> bool:
        word = self._word()
        return word is not None and word.text in texts

    def _alternatives(self) -> _Part:
        parts = [self._tests()]
        while self._next_is(*_OR):
            self.at += 1
            parts.append(self._tests())
        acts = any(part.acts for part in parts)
        texts = [part.text for part in parts]
        return _Part(" -o ".join(texts if acts else sorted(texts)), acts)

    def _tests(self) -> _Part:
        found: list[str] = []
        together: list[str] = []
        acts = False
        while self._word() and not self._next_is(")", ",", *_OR):
            if self._next_is(*_AND):
                self.at += 1
                continue
            part = self._primary()
            if part.acts:
                found += [*sorted(together), part.text]
                together, acts = [], True
            else:
                together.append(part.text)
        return _Part(" ".join([*found, *sorted(together)]), acts)

    def _primary(self) -> _Part:
        word = self.words[self.at]
        self.at += 1
        if word.text in _NOT:
            if self._word() is None:
                return _Part("!", acts=False)
            inner = self._primary()
            return _Part(f"! {inner.text}", inner.acts)
        if word.text == "(":
            inner = self._alternatives()
            closed = self._next_is(")")
            self.at += closed
            return _Part(f"( {inner.text} {')' if closed else ''}".rstrip(), inner.acts)
        if not word.is_option:
            return _Part(typed(word, "SHAPE"), acts=True)  # not of the language of find: keeps its place
        return self._test(word.text)

    def _test(self, name: str) -> _Part:
        self.flags.add(name)
        if name in RUNS_COMMAND:
            return _Part(f"{name} {self._run()}", acts=True)
        newer = _NEWER.fullmatch(name)
        kinds = ("TIME" if newer[1] == "t" else "PATH",) if newer else FIND_VALUES.get(name, ())
        values = [typed(word, kind) for word, kind in zip(self.words[self.at :], kinds, strict=False)]
        self.at += len(values)
        return _Part(" ".join([name, *values]), name in ACTIONS)

    def _run(self) -> str:
        end = self.at
        while end < len(self.words) and not self._ends(end):
            end += 1
        text = self.command(self.words[self.at : end])
        closing = self.words[end].text if end < len(self.words) else ""
        self.at = end + 1
        return f"{text} {closing}".strip()

    def _ends(self, at: int) -> bool:
        text = self.words[at].text
        return text == ";" or (text == "+" and at > 0 and self.words[at - 1].text == "{}")
