"""An utterance as words with character offsets; stems and likeness of words.

A literal of a rule is a *span* of words; its text is always a slice of the utterance, never a join of tokens.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein

MAX_WORDS = 64

_WORD = re.compile(
    r"\d+(?:,\d{3})+(?:\.\d+)?|\d+\.\d+|\d+"  # 1,200.50  12.5  7
    r"|[^\W\d_]+(?:['’](?!s\b)[^\W\d_]+)*"  # letters: don't, O'Neill (a possessive 's stands apart)
    r"|['’]s\b"
    r"|\S"
)
_SUFFIXES = (
    "ations", "ation", "ings", "ing", "ies", "ied", "ers", "ness", "ment", "ed", "es", "er", "ly", "al", "y", "s", "e", "d",
)  # fmt: skip
STOP_WORDS = frozenset({
    "a", "an", "the", "of", "in", "on", "at", "to", "for", "with", "and", "or", "is", "are", "was", "were", "be", "been",
    "it", "its", "this", "that", "these", "those", "all", "any", "every", "each", "show", "me", "please", "highlight",
    "mark", "color", "colour", "make", "cells", "cell", "rows", "row", "column", "col", "where", "which", "who", "has",
    "have", "had", "than", "i", "we", "my", "our", "their", "them", "they", "do", "does", "did", "can", "could", "would",
    "should", "like", "want", "need", "if", "when", "then", "as", "by", "from", "s",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """One word of an utterance: `text` is `utterance[start:end]`."""

    text: str
    start: int
    end: int


def split_words(utterance: str, limit: int = MAX_WORDS) -> tuple[Word, ...]:
    """Cut into words: numbers, runs of letters (digits and letters part), single signs. At most `limit` words."""
    words = []
    for match in _WORD.finditer(utterance):
        words.append(Word(match.group(), match.start(), match.end()))
        if len(words) == limit:
            break
    return tuple(words)


_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@lru_cache(maxsize=65536)
def name_words(name: str) -> tuple[str, ...]:
    """Folded words of a header or a cell: snake_case and camelCase cut, signs dropped."""
    cut = _CAMEL.sub(" ", name.replace("_", " "))
    return tuple(fold(word.text) for word in split_words(cut) if word.text[0].isalnum())


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """Case and accents removed; never empty for a word that is not (a lone accent stays)."""
    if word.isascii():
        return word.casefold()
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)) or word


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A rough English stem of a folded word: enough to see `cancelled` in `cancellations`."""
    if len(word) <= 3:
        return word
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            base = word[: -len(suffix)]
            return base[:-1] if len(base) > 3 and base[-1] == base[-2] else base
    return word


EXACT, STEM, NEAR, SHORT = 4, 3, 2, 1


@lru_cache(maxsize=262144)
def likeness(left: str, right: str) -> int:
    """How alike two folded words are: EXACT, STEM (same stem), NEAR (a typo apart), SHORT (an abbreviation), or 0."""
    if left == right:
        return EXACT
    if not (left[0].isalpha() and right[0].isalpha()):
        return 0
    if len(left) >= 3 and len(right) >= 3 and stem(left) == stem(right):
        return STEM
    if left[0] == right[0] or left[1:] == right[1:]:
        longest = max(len(left), len(right))
        if longest >= 4:
            distance = DamerauLevenshtein.distance(left, right, score_cutoff=2)
            if distance == 1 or (distance == 2 and longest >= 7):
                return NEAR
    return SHORT if _abbreviates(left, right) or _abbreviates(right, left) else 0


def _abbreviates(short: str, full: str) -> bool:
    """`qty` for `quantity`, `dept` for `department`, `temp` for `temperature`."""
    if not 2 <= len(short) < len(full) or short[0] != full[0] or len(full) < 4:
        return False
    if full.startswith(short):
        return len(short) >= 3 or len(full) - len(short) > 2
    rest = iter(full)
    return len(short) >= 3 and len(short) <= len(full) * 0.7 and short[-1] in full and all(letter in rest for letter in short)
