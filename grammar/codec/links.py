"""How the nodes of a view are related: a small number for every pair, which the encoder turns into an attention bias."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from grammar.codec.column_cache import once_per_column
from grammar.codec.literals import read_number
from grammar.codec.values import ValueNode
from grammar.codec.words import EXACT, NEAR, SHORT, STEM, STOP_WORDS, Word, likeness, name_words
from grammar.table import Column, Kind, Table, column_letter


class Link(IntEnum):
    """How two nodes are related, seen from the first. Word-to-node links have a mirror at `+ MIRROR`."""

    NONE = 0
    SELF = 1
    NEXT = 2
    PREVIOUS = 3
    NEAR_WORDS = 4
    SAME_COLUMN = 5
    COLUMN_OF = 6
    VALUE_OF = 7
    HEADER_FULL = 8
    HEADER_WORD = 9
    HEADER_STEM = 10
    HEADER_NEAR = 11
    HEADER_SHORT = 12
    LETTER = 13
    NUMBER_IN = 14
    NUMBER_FITS = 15
    VALUE_FULL = 16
    VALUE_WORD = 17
    VALUE_STEM = 18
    VALUE_NEAR = 19
    VALUE_SHORT = 20
    CELL_WORD = 21


MIRROR = 16
LINKS = 40  # Link.CELL_WORD + MIRROR + 1, rounded up


_SCALE_WORDS = ("k", "m", "thousand", "million", "lakh", "lakhs", "bn")
_HEADER = {EXACT: Link.HEADER_WORD, STEM: Link.HEADER_STEM, NEAR: Link.HEADER_NEAR, SHORT: Link.HEADER_SHORT}
_VALUE = {EXACT: Link.VALUE_WORD, STEM: Link.VALUE_STEM, NEAR: Link.VALUE_NEAR, SHORT: Link.VALUE_SHORT}


@once_per_column
def _numbers_of(column: Column) -> NDArray[np.float64]:
    """The column's distinct numbers, sorted."""
    return np.unique(column.numbers[~np.isnan(column.numbers)])


class LinkBuilder:
    """Builds the (N, N) link matrix of one request."""

    def __init__(self, words: tuple[Word, ...], folded: list[str]) -> None:
        self.words = words
        self.folded = folded

    def build(self, table: Table, columns: list[int], values: list[ValueNode]) -> NDArray[np.int64]:
        """Links between the words, the columns (table indexes, one per slot) and the values, in this order."""
        count_w, count_c = len(self.words), len(columns)
        size = count_w + count_c + len(values)
        links = np.zeros((size, size), dtype=np.int64)
        for k in range(count_w):
            links[k, k] = Link.SELF
            for step, link in ((1, Link.NEXT), (2, Link.NEAR_WORDS)):
                if k + step < count_w:
                    links[k, k + step] = link
                    links[k + step, k] = Link.PREVIOUS if step == 1 else Link.NEAR_WORDS
        for slot, index in enumerate(columns):
            node = count_w + slot
            links[node, node] = Link.SELF
            self._mirror(links, node, self._header_links(table.columns[index]))
        self._value_links(links, count_w, count_c, values)
        return links

    @staticmethod
    def _mirror(links: NDArray[np.int64], node: int, row: list[int]) -> None:
        for k, link in enumerate(row):
            if link:
                links[k, node] = link
                links[node, k] = link + MIRROR

    def _header_links(self, column: Column) -> list[int]:
        parts = name_words(column.header)
        result = [0] * len(self.words)
        for k, word in enumerate(self.folded):
            best = max((likeness(word, part) for part in parts), default=0) if word[0].isalnum() else 0
            if best and (word not in STOP_WORDS or len(parts) == 1):
                result[k] = _HEADER[best]
        self._full_header(parts, result)
        self._letter(column, result)
        self._numbers(column, result)
        return result

    def _full_header(self, parts: tuple[str, ...], result: list[int]) -> None:
        for k in _runs(parts, self.folded):
            result[k : k + len(parts)] = [Link.HEADER_FULL] * len(parts)

    def _letter(self, column: Column, result: list[int]) -> None:
        letter = column_letter(column.index)
        for k, word in enumerate(self.words):
            named = k > 0 and self.folded[k - 1] in ("column", "col", "colum", "columns", "cols")
            if word.text.upper() == letter and (word.text.isupper() or named) and (named or letter not in ("A", "I")):
                result[k] = result[k] or Link.LETTER

    def _numbers(self, column: Column, result: list[int]) -> None:
        numbers = _numbers_of(column)
        if column.kind is not Kind.NUMBER or not len(numbers):
            return
        low, high = numbers[0], numbers[-1]
        for k, word in enumerate(self.folded):
            if result[k] or not (word[0].isdigit() or len(word) > 2):
                continue
            read = read_number(self._with_scale(k)) if word[0].isdigit() else read_number(word)
            if read is None or word in STOP_WORDS:
                continue
            if np.any(numbers == read[0]):
                result[k] = Link.NUMBER_IN
            elif low <= read[0] <= high:
                result[k] = Link.NUMBER_FITS

    def _with_scale(self, k: int) -> str:
        if k + 1 < len(self.folded) and self.folded[k + 1] in _SCALE_WORDS:
            return f"{self.folded[k]} {self.folded[k + 1]}"
        return self.folded[k]

    def _value_links(self, links: NDArray[np.int64], count_w: int, count_c: int, values: list[ValueNode]) -> None:
        base = count_w + count_c
        for k, value in enumerate(values):
            node, column = base + k, count_w + value.column
            links[node, node] = Link.SELF
            links[node, column] = Link.COLUMN_OF
            links[column, node] = Link.VALUE_OF
            row = self._words_of_value(value)
            self._mirror(links, node, row)
            for w, link in enumerate(row):
                if link in (Link.VALUE_FULL, Link.VALUE_WORD, Link.VALUE_STEM) and not links[w, column]:
                    links[w, column] = Link.CELL_WORD
                    links[column, w] = Link.CELL_WORD + MIRROR
        for k, value in enumerate(values):
            for other in range(k + 1, len(values)):
                if values[other].column == value.column:
                    links[base + k, base + other] = links[base + other, base + k] = Link.SAME_COLUMN

    def _words_of_value(self, value: ValueNode) -> list[int]:
        parts = name_words(value.text)
        result = [0] * len(self.words)
        for k, word in enumerate(self.folded):
            if word == value.text:
                result[k] = Link.VALUE_FULL
                continue
            if not word[0].isalnum() or (word in STOP_WORDS and len(parts) > 1):
                continue
            best = max((likeness(word, part) for part in parts), default=0)
            if best:
                result[k] = _VALUE[best]
        for k in _runs(parts, self.folded):
            result[k : k + len(parts)] = [Link.VALUE_FULL] * len(parts)
        return result


def _runs(parts: tuple[str, ...], folded: list[str]) -> list[int]:
    """Where all parts stand one after another in the utterance."""
    if not parts:
        return []
    return [k for k in range(len(folded) - len(parts) + 1) if tuple(folded[k : k + len(parts)]) == parts]
