"""An utterance about code as chunks: words that code may copy (paths, names, numbers, quoted text) and signs between them.

Coarser than the words of rules: `/var/log/a.txt`, `*.java` and `my_list` are one word each, since code takes them whole. On the
public training pairs this makes targets a fifth shorter than the rules' words do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from grammar.codec.words import MAX_WORDS, STOP_WORDS, Word

_RUN = re.compile(r"[^\s\"'`“”‘’,;()\[\]{}<>=|]+")
_MEASURE = re.compile(r"(\d+(?:\.\d+)?)([^\W\d_]+\+?)")  # 100MB, 2nd: the number is copied without its unit
_QUOTED = re.compile(r"(?<!\w)([\"'`])(.+?)\1(?!\w)|[“‘](.+?)[”’]")
_END = ".:!?"


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of the utterance; `number` is that of its word sentinel, -1 for a sign, which cannot be copied."""

    word: Word
    number: int
    quoted: bool = False

    @property
    def named(self) -> bool:
        """Whether it can be meant as it stands: quoted, or no article, preposition or other word of every sentence."""
        text = self.word.text
        return self.quoted or (text.casefold() not in STOP_WORDS and (len(text) > 1 or not text.isalpha()))


@lru_cache(maxsize=4096)
def chunks(utterance: str, limit: int = MAX_WORDS) -> tuple[Chunk, ...]:
    """Words and signs in order; words after the first `limit` are left out with all that follows."""
    spans = [found.span() for found in _QUOTED.finditer(utterance)]
    result: list[Chunk] = []
    at = number = 0
    for start, end in _word_places(utterance):
        result += _signs(utterance, at, start)
        if number == limit:
            return tuple(result)
        quoted = any(first < start and end < last for first, last in spans)
        result.append(Chunk(Word(utterance[start:end], start, end), number, quoted))
        at, number = end, number + 1
    return (*result, *_signs(utterance, at, len(utterance)))


def code_words(utterance: str, limit: int = MAX_WORDS) -> tuple[Word, ...]:
    """The words that can be copied; word i has the sentinel w_i."""
    return tuple(chunk.word for chunk in chunks(utterance, limit) if chunk.number >= 0)


def _word_places(utterance: str) -> list[tuple[int, int]]:
    places: list[tuple[int, int]] = []
    for found in _RUN.finditer(utterance):
        text = found.group().rstrip(_END)
        start, end = found.start(), found.start() + len(text)
        measure = _MEASURE.fullmatch(text)
        if measure:
            places += [(start, start + measure.end(1)), (start + measure.end(1), end)]
        elif text:
            places.append((start, end))
    return places


def _signs(utterance: str, start: int, end: int) -> list[Chunk]:
    signs = [(k, utterance[k]) for k in range(start, end) if not utterance[k].isspace()]
    return [Chunk(Word(sign, k, k + 1), -1) for k, sign in signs]
