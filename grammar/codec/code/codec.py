"""Code <-> tokens: words of the utterance that stand in the code are copied, the rest is spelt in pieces.

Consecutive words are joined by what stands between them in the utterance: `w3 w4` is `hello world` where the utterance has them
so; all else is joined as it comes. `decode(encode(code)) == code` for every code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from grammar.codec.code.pieces import FIRST_PIECE, CodePieces
from grammar.codec.code.words import Chunk, chunks, code_words
from grammar.codec.vocabulary import PAD, RULES
from grammar.codec.words import Word
from grammar.errors import GrammarError

_PAD = RULES.ids[PAD]
_FLAG = re.compile(r"(?:^|[\s\"'])-[A-Za-z]$")  # `-n5`: a number may stand right behind the letter of an option


class CodeDecodingError(GrammarError):
    """The tokens are no code: a token of rules, a word that is not there, or bytes that are no text."""


def encode(utterance: str, code: str, language: str, pieces: CodePieces) -> list[int]:
    """Token ids of the code, without a pad.

    Raises:
        ValueError: a language without pieces.
    """
    if language not in pieces.spelt:
        raise ValueError(f"{language} is none of {', '.join(pieces.spelt)}")
    spelt = pieces.spelt[language]
    found = [c for c in chunks(utterance) if c.number >= 0]
    copier = _Copier(utterance, found, [c.named and (c.quoted or c.word.text not in spelt) for c in found])
    result: list[int] = []
    for part in copier.cut(code):
        result += pieces.ids(part) if isinstance(part, str) else [RULES.first_word + k for k in part]
    return result


def decode(tokens: Sequence[int], utterance: str, pieces: CodePieces) -> str:
    """The code that token ids say, cut at the first pad.

    Raises:
        CodeDecodingError: see there.
    """
    cut = list(tokens)
    if _PAD in cut:
        cut = cut[: cut.index(_PAD)]
    words = code_words(utterance)
    parts: list[bytes] = []
    for before, token in pairwise([_PAD, *cut]):
        if FIRST_PIECE <= token < FIRST_PIECE + len(pieces):
            parts.append(pieces.joined([token]))
            continue
        number = token - RULES.first_word
        if not 0 <= number < len(words) or token >= len(RULES):
            raise CodeDecodingError(f"token {token} says nothing about this utterance")
        if number and before == token - 1:
            parts.append(_between(utterance, words[number - 1], words[number]).encode())
        parts.append(words[number].text.encode())
    try:
        return b"".join(parts).decode()
    except UnicodeDecodeError as error:
        raise CodeDecodingError("the pieces are no text") from error


def _between(utterance: str, left: Word, right: Word) -> str:
    return utterance[left.end : right.start]


class _Copier:
    """Cuts code into copied runs of words and the text around them: at every place the longest run, of equals the first."""

    def __init__(self, utterance: str, found: list[Chunk], allowed: list[bool]) -> None:
        self.utterance = utterance
        self.words = [chunk.word for chunk in found]
        self.starts = [k for k, yes in enumerate(allowed) if yes]

    def cut(self, code: str) -> list[str | range]:
        """Texts, and ranges of word numbers."""
        parts: list[str | range] = []
        at = spelt = 0
        while at < len(code):
            run = self._longest(code, at)
            if run is None or (at == spelt and self._would_join(parts, run)):
                at += 1
                continue
            parts += [code[spelt:at], run] if spelt < at else [run]
            at = spelt = at + self._length(run)
        return [*parts, code[spelt:]] if spelt < at else parts

    def _length(self, run: range) -> int:
        return self.words[run[-1]].end - self.words[run[0]].start

    def _would_join(self, parts: list[str | range], run: range) -> bool:
        """Whether the run would be read as the continuation of the one before it, with text between that is not there."""
        before = parts[-1] if parts else ""
        if isinstance(before, str) or before[-1] + 1 != run[0]:
            return False
        return bool(_between(self.utterance, self.words[before[-1]], self.words[run[0]]))

    def _longest(self, code: str, at: int) -> range | None:
        best: range | None = None
        for first in self.starts:
            if not code.startswith(self.words[first].text, at) or not _may_begin(code, at):
                continue
            run = self._extended(code, at, first)
            if run is not None and (best is None or self._length(run) > self._length(best)):
                best = run
        return best

    def _extended(self, code: str, at: int, first: int) -> range | None:
        """The longest run from word `first` that stands in the code at this place and ends where a word may end."""
        found: range | None = None
        for last in range(first, len(self.words)):
            text = self.utterance[self.words[first].start : self.words[last].end]
            if not code.startswith(text, at):
                break
            if _may_end(code, at + len(text)):
                found = range(first, last + 1)
        return found


def _may_begin(code: str, at: int) -> bool:
    """Not inside a name or a number; a number may follow a one-letter option."""
    first, before = code[at], code[at - 1 : at]
    if first.isdigit() and before.isalpha():
        return _FLAG.search(code, max(0, at - 3), at) is not None
    return not (_in_name(first) and _in_name(before))


def _may_end(code: str, end: int) -> bool:
    """Not inside a name; a number may be followed by its unit."""
    last, after = code[end - 1], code[end : end + 1]
    if last.isdigit() and after.isalpha():
        return True
    return not (_in_name(last) and _in_name(after))


def _in_name(sign: str) -> bool:
    return sign.isalnum() or sign == "_"
