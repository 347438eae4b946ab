"""What the model sees of a request: the words, the columns, some cell values, and how they are linked.

A view is a small graph. Its nodes are the words of the utterance, then the columns (slot j is sentinel c_j), then values:
whole cells or single words of cells that are worth showing (slot v of column j). `links[a, b]` says in one small number how
node a and node b are related (`Link`); the encoder turns it into an attention bias. Nothing here writes a rule: it only
shows the model where words, headers and cells look alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from grammar.codec.literals import MONTHS, WEEKDAYS, read_number
from grammar.codec.words import EXACT, NEAR, SHORT, STEM, Word, fold, likeness, name_words, split_words
from grammar.table import Class, Column, Kind, Table, column_letter, display

MAX_COLUMNS = 24
MAX_VALUES = 8
MAX_FRAGMENTS = 4
MAX_VALUE_NODES = 56
MAX_CELL_TEXT = 60
FEATURES = 14
_SCANNED = 200

STOP_WORDS = frozenset(
    "a an the of in on at to for with and or is are was were be been it its this that these those all any every each show me please "
    "highlight mark color colour make cells cell rows row column col where which who has have had than i we my our their them they do does "
    "did can could would should like want need if when then as by from s".split()
)  # fmt: skip
COLOURS = frozenset(
    "red green blue yellow orange purple pink grey gray black white brown teal cyan magenta lime gold silver navy maroon olive violet "
    "turquoise salmon coral beige lilac lavender amber rust burgundy mint peach indigo crimson khaki plum mauve aqua rose ivory cream tan".split()
)  # fmt: skip


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


class WordClass(IntEnum):
    """A hint beside the word pieces."""

    OTHER = 0
    DIGITS = 1
    NUMBER_WORD = 2
    COLOUR = 3
    MONTH = 4
    WEEKDAY = 5
    SIGN = 6


@dataclass(frozen=True, slots=True)
class ValueNode:
    """A cell value (or, with `whole` false, one word of cells) of the column in slot `column`."""

    column: int
    slot: int
    text: str
    whole: bool


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
        """Texts of the column and value nodes, in node order, for the string encoder. (C + V)"""
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
    links = _Links(words, folded)
    ranked = _choose_columns(table, folded, utterance)
    values: list[ValueNode] = []
    for slot, index in enumerate(ranked):
        column = table.columns[index]
        if column.kind in (Kind.TEXT, Kind.BOOL) or Class.TEXT in column.classes:
            values += _choose_values(slot, column, folded)
    values = _shorten(values)
    matrix = links.build(table, ranked, values)
    features = np.stack([_features(table.columns[k]) for k in ranked]) if ranked else np.zeros((0, FEATURES), np.float32)
    classes = np.array([_word_class(w) for w in folded], dtype=np.int64)
    return View(utterance, table, words, classes, tuple(ranked), features, tuple(values), matrix)


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


def _choose_columns(table: Table, folded: list[str], utterance: str) -> list[int]:
    if len(table.columns) <= MAX_COLUMNS:
        return list(range(len(table.columns)))
    content = [w for w in folded if w not in STOP_WORDS]
    letters = {w.text for w in split_words(utterance) if w.text.isupper()}
    scores = []
    for column in table.columns:
        score = sum(max((likeness(w, h) for h in name_words(column.header)), default=0) for w in content)
        score += 4 * (column_letter(column.index) in letters)
        score += 2 * bool(_scan(column, content)[:1]) if column.kind is Kind.TEXT else 0
        scores.append((-score, column.kind is Kind.EMPTY, column.index))
    return sorted(index for _, _, index in sorted(scores)[:MAX_COLUMNS])


def _distinct(column: Column) -> Counter[str]:
    """Distinct cell texts with counts, cached on the column."""
    cached = column.__dict__.get("_distinct")
    if cached is None:
        cached = Counter(display(c)[:MAX_CELL_TEXT] for c, k in zip(column.cells, column.classes, strict=True) if k in (Class.TEXT, Class.BOOL))
        column.__dict__["_distinct"] = cached
    return cached  # type: ignore[no-any-return]  # put there two lines above


def _scan(column: Column, content: Iterable[str]) -> list[str]:
    """Values of a column with many distinct ones in which a content word occurs."""
    joined = column.__dict__.get("_joined")
    if joined is None:
        distinct = list(_distinct(column))
        joined = ("\n" + "\n".join(fold(text) for text in distinct) + "\n", distinct)
        column.__dict__["_joined"] = joined
    text, distinct = joined
    found: dict[str, None] = {}
    for word in content:
        if len(word) < 2:
            continue
        start = 0
        for _ in range(20):
            start = text.find(word, start)
            if start < 0:
                break
            found[distinct[text.count("\n", 0, start) - 1]] = None
            start += len(word)
    return list(found)


def _choose_values(slot: int, column: Column, folded: list[str]) -> list[ValueNode]:
    counts = _distinct(column)
    content = [w for w in folded if w not in STOP_WORDS]
    candidates = list(counts) if len(counts) <= _SCANNED else _scan(column, content) + [t for t, _ in counts.most_common(20)]
    candidates = list(dict.fromkeys(candidates))
    scored = sorted(((-_value_score(text, folded), -counts[text], k) for k, text in enumerate(candidates)))
    chosen = [candidates[k] for _, _, k in scored[:MAX_VALUES]]
    nodes = [ValueNode(slot, k, text, whole=True) for k, text in enumerate(chosen)]
    for fragment in _fragments(candidates, content):
        nodes.append(ValueNode(slot, len(nodes), fragment, whole=False))
    return nodes


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


def _shorten(values: list[ValueNode]) -> list[ValueNode]:
    """Keep at most MAX_VALUE_NODES, dropping the least likely values of every column alike."""
    limit = MAX_VALUES + MAX_FRAGMENTS
    while len(values) > MAX_VALUE_NODES and limit > 1:
        limit -= 1
        kept = [v for v in values if v.slot < limit]
        values = kept
    return values[:MAX_VALUE_NODES]


def _features(column: Column) -> NDArray[np.float32]:
    """Kind (one-hot 5), share of blanks, errors?, share of distinct values, whole numbers?, negatives?, fractions?, magnitudes."""
    result = np.zeros(FEATURES, dtype=np.float32)
    rows = max(len(column.cells), 1)
    result[list(Kind).index(column.kind)] = 1
    result[5] = float(np.mean(column.classes == Class.BLANK)) if len(column.cells) else 0
    result[6] = float(Class.ERROR in column.classes)
    numbers = column.numbers[~np.isnan(column.numbers)]
    if column.kind is Kind.NUMBER and len(numbers):
        result[7] = len(np.unique(numbers)) / rows
        result[8] = float(np.all(numbers == np.round(numbers)))
        result[9] = float(numbers.min() < 0)
        result[10] = float(numbers.max() <= 1.5 and not result[8])
        result[11] = np.log10(1 + abs(float(np.median(numbers)))) / 4
        result[12] = np.log10(1 + abs(float(numbers.max()))) / 4
        result[13] = float(result[8] and 1900 <= numbers.min() and numbers.max() <= 2100)
    elif column.kind is Kind.TEXT:
        result[7] = len(_distinct(column)) / rows
    elif column.kind is Kind.DATE and len(numbers):
        result[7] = len(np.unique(numbers)) / rows
    return result


class _Links:
    """Builds the (N, N) link matrix of one request."""

    def __init__(self, words: tuple[Word, ...], folded: list[str]) -> None:
        self.words = words
        self.folded = folded

    def build(self, table: Table, columns: list[int], values: list[ValueNode]) -> NDArray[np.int64]:
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
                result[k] = {EXACT: Link.HEADER_WORD, STEM: Link.HEADER_STEM, NEAR: Link.HEADER_NEAR, SHORT: Link.HEADER_SHORT}[best]
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
        if column.kind is not Kind.NUMBER:
            return
        numbers = column.numbers[~np.isnan(column.numbers)]
        low, high = float(numbers.min()), float(numbers.max())
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
        if k + 1 < len(self.folded) and self.folded[k + 1] in ("k", "m", "thousand", "million", "lakh", "lakhs", "bn"):
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
                result[k] = {EXACT: Link.VALUE_WORD, STEM: Link.VALUE_STEM, NEAR: Link.VALUE_NEAR, SHORT: Link.VALUE_SHORT}[best]
        for k in _runs(parts, self.folded):
            result[k : k + len(parts)] = [Link.VALUE_FULL] * len(parts)
        return result


def _runs(parts: tuple[str, ...], folded: list[str]) -> list[int]:
    """Where all parts stand one after another in the utterance."""
    if not parts:
        return []
    return [k for k in range(len(folded) - len(parts) + 1) if tuple(folded[k : k + len(parts)]) == parts]
