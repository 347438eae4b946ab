"""What the model sees of a request: the words, the columns, some cell values, and how they are linked.

A view is a small graph. Its nodes are the words of the utterance, then the columns (slot j is sentinel c_j), then values:
whole cells or single words of cells that are worth showing (slot v of column j). `links[a, b]` says in one small number how
node a and node b are related (`Link`); the encoder turns it into an attention bias. Nothing here writes a rule: it only
shows the model where words, headers and cells look alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from grammar.codec.columns import FEATURES, MAX_COLUMNS, choose_columns, features_of
from grammar.codec.links import LINKS, MIRROR, Link, LinkBuilder
from grammar.codec.literals import MONTHS, WEEKDAYS, read_number
from grammar.codec.values import MAX_CELL_TEXT, MAX_FRAGMENTS, MAX_VALUE_NODES, MAX_VALUES, ValueNode, choose_values, shorten
from grammar.codec.words import STOP_WORDS, Word, fold, split_words
from grammar.table import Class, Kind, Table, column_letter

__all__ = [
    "FEATURES", "LINKS", "MAX_CELL_TEXT", "MAX_COLUMNS", "MAX_FRAGMENTS", "MAX_VALUES", "MAX_VALUE_NODES", "MIRROR",
    "STOP_WORDS", "Link", "ValueNode", "View", "WordClass", "make_view",
]  # fmt: skip

COLOURS = frozenset({
    "red", "green", "blue", "yellow", "orange", "purple", "pink", "grey", "gray", "black", "white", "brown", "teal", "cyan",
    "magenta", "lime", "gold", "silver", "navy", "maroon", "olive", "violet", "turquoise", "salmon", "coral", "beige",
    "lilac", "lavender", "amber", "rust", "burgundy", "mint", "peach", "indigo", "crimson", "khaki", "plum", "mauve",
    "aqua", "rose", "ivory", "cream", "tan",
})  # fmt: skip


class WordClass(IntEnum):
    """A hint beside the word pieces."""

    OTHER = 0
    DIGITS = 1
    NUMBER_WORD = 2
    COLOUR = 3
    MONTH = 4
    WEEKDAY = 5
    SIGN = 6


@dataclass(frozen=True, eq=False)
class View:
    """One request as the model sees it. W words, C columns, V values; N = W + C + V."""

    utterance: str
    table: Table
    words: tuple[Word, ...]
    word_classes: NDArray[np.int64]  # (W,)
    columns: tuple[int, ...]  # table index of the column in slot j
    features: NDArray[np.float32]  # (C, FEATURES)
    values: tuple[ValueNode, ...]
    links: NDArray[np.int64]  # (N, N) Link

    def strings(self) -> list[str]:
        """Texts of the C column and V value nodes, in node order, for the string encoder."""
        return [self.table.columns[k].header or column_letter(k) for k in self.columns] + [v.text for v in self.values]

    def slice(self, first: int, last: int) -> str:
        """The utterance from word `first` to word `last`, as written."""
        return self.utterance[self.words[first].start : self.words[last].end]

    def value_text(self, column: int, slot: int) -> str | None:
        """Text of value `slot` of the column in slot `column`."""
        for node in self.values:
            if node.column == column and node.slot == slot:
                return node.text
        return None


def make_view(utterance: str, table: Table) -> View:
    """Choose the words, columns and values to show, and link them."""
    words = split_words(utterance)
    folded = [fold(word.text) for word in words]
    chosen = choose_columns(table, folded, utterance)
    values: list[ValueNode] = []
    for slot, index in enumerate(chosen):
        column = table.columns[index]
        if column.kind in (Kind.TEXT, Kind.BOOL) or Class.TEXT in column.classes:
            values += choose_values(slot, column, folded)
    values = shorten(values)
    links = LinkBuilder(words, folded).build(table, chosen, values)
    features = np.stack([features_of(table.columns[k]) for k in chosen]) if chosen else np.zeros((0, FEATURES), np.float32)
    classes = np.array([_word_class(w) for w in folded], dtype=np.int64)
    return View(utterance, table, words, classes, tuple(chosen), features, tuple(values), links)


def _word_class(word: str) -> WordClass:
    if word[0].isdigit():
        return WordClass.DIGITS
    if not word[0].isalpha():
        return WordClass.SIGN
    if word in COLOURS:
        return WordClass.COLOUR
    if word in MONTHS and word != "may":
        return WordClass.MONTH
    if word in WEEKDAYS:
        return WordClass.WEEKDAY
    return WordClass.NUMBER_WORD if word not in ("a", "an", "no") and read_number(word) else WordClass.OTHER
