"""Which values of a column the model is shown: those most like the words of the utterance, then the most frequent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import compress

import numpy as np

from grammar.codec.column_cache import once_per_column
from grammar.codec.words import NEAR, SHORT, STEM, STOP_WORDS, fold, likeness, name_words
from grammar.table import Class, Column, display

MAX_VALUES = 8
MAX_FRAGMENTS = 4
MAX_VALUE_NODES = 56
MAX_CELL_TEXT = 60
_SCANNED = 200  # columns with more distinct values are searched, not compared value by value
_OCCURRENCES = 20


@dataclass(frozen=True, slots=True)
class ValueNode:
    """A cell value (or, with `whole` false, one word of cells) of the column in slot `column`."""

    column: int
    slot: int
    text: str
    whole: bool


@once_per_column
def distinct_texts(column: Column) -> Counter[str]:
    """Distinct texts of the column's text and truth-value cells (cut to MAX_CELL_TEXT) with their counts."""
    shown = np.isin(column.classes, (Class.TEXT, Class.BOOL))
    result: Counter[str] = Counter()
    for cell, count in Counter(compress(column.cells, shown)).items():  # counted at C speed: a sheet may have a million cells
        result[display(cell)[:MAX_CELL_TEXT]] += count
    return result


@once_per_column
def _folded_lines(column: Column) -> tuple[str, tuple[str, ...]]:
    """The distinct texts folded, one per line (line breaks inside a cell turned to spaces), and as they are."""
    distinct = tuple(distinct_texts(column))
    return "\n" + "\n".join(" ".join(fold(text).splitlines()) for text in distinct) + "\n", distinct


def scan(column: Column, content: Iterable[str]) -> list[str]:
    """Values of a column in which a content word of two letters or more occurs."""
    text, distinct = _folded_lines(column)
    found: dict[str, None] = {}
    for word in content:
        if len(word) < 2:
            continue
        start = 0
        for _ in range(_OCCURRENCES):
            start = text.find(word, start)
            if start < 0:
                break
            found[distinct[text.count("\n", 0, start) - 1]] = None
            start += len(word)
    return list(found)


def choose_values(slot: int, column: Column, folded: list[str]) -> list[ValueNode]:
    """At most MAX_VALUES whole values and MAX_FRAGMENTS fragments of the column in `slot`, for the folded words."""
    counts = distinct_texts(column)
    content = [w for w in folded if w not in STOP_WORDS]
    few = len(counts) <= _SCANNED
    candidates = list(counts) if few else scan(column, content) + [text for text, _ in _most_common(column)]
    candidates = list(dict.fromkeys(candidates))
    scored = sorted((-_value_score(text, folded), -counts[text], k) for k, text in enumerate(candidates))
    chosen = [candidates[k] for _, _, k in scored[:MAX_VALUES]]
    nodes = [ValueNode(slot, k, text, whole=True) for k, text in enumerate(chosen)]
    for fragment in _fragments(candidates, content):
        nodes.append(ValueNode(slot, len(nodes), fragment, whole=False))
    return nodes


@once_per_column
def _most_common(column: Column) -> list[tuple[str, int]]:
    return distinct_texts(column).most_common(20)


def _value_score(text: str, folded: list[str]) -> float:
    parts = name_words(text)
    if not parts:
        return 4.0 if text in folded else 0.0
    best = [max((likeness(w, p) for w in folded if w not in STOP_WORDS or len(parts) == 1), default=0) for p in parts]
    return sum(best) / len(best) + 0.5 * max(best) if max(best) > SHORT else 0.25 * sum(best) / len(best)


def _fragments(candidates: list[str], content: list[str]) -> list[str]:
    """Single words of longer cells that are alike, but not the same as, a word of the utterance."""
    found: dict[str, None] = {}
    for text in candidates:
        parts = name_words(text)
        if len(parts) < 2:
            continue
        for part in parts:
            if len(part) >= 3 and part not in content and any(likeness(w, part) in (STEM, NEAR) for w in content):
                found[part] = None
    return list(found)[:MAX_FRAGMENTS]


def shorten(values: list[ValueNode]) -> list[ValueNode]:
    """Keep at most MAX_VALUE_NODES, dropping the least likely values of every column alike."""
    limit = MAX_VALUES + MAX_FRAGMENTS
    while len(values) > MAX_VALUE_NODES and limit > 1:
        limit -= 1
        values = [v for v in values if v.slot < limit]
    return values[:MAX_VALUE_NODES]
