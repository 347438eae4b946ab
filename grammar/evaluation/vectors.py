"""Vectors: what a value of the rule language is for every row of a table, as numpy arrays.

A vector has one class per row (`Class`), numbers where the class is NUMBER or BOOL, and texts where it is TEXT. A literal
is a vector of length 1 and is broadcast. The arrays of a table's column are made once and kept as long as the column lives.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from grammar.table import Cell, Class, Column, display, serial

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Classes = NDArray[np.int8]

_NAN = np.full(1, np.nan)


class Texts:
    """Case-folded texts of a vector: the distinct texts and a code per row, so that a test runs once per distinct text."""

    def __init__(self, codes: NDArray[np.intp], distinct: list[str]) -> None:
        self.codes = codes  # (rows,) or (1,)
        self.distinct = distinct

    @classmethod
    def of(cls, texts: list[str]) -> Texts:
        """Of one text per row."""
        numbers: dict[str, int] = {}
        codes = np.fromiter((numbers.setdefault(text, len(numbers)) for text in texts), dtype=np.intp, count=len(texts))
        return cls(codes, list(numbers))

    def test(self, predicate: Callable[[str], bool]) -> Bools:
        """The predicate of every row's text, (rows,)."""
        answers = np.fromiter((predicate(text) for text in self.distinct), dtype=np.bool_, count=len(self.distinct))
        return answers[self.codes]

    @cached_property
    def array(self) -> NDArray[np.object_]:
        """One text per row, (rows,)."""
        texts = np.empty(len(self.distinct), dtype=object)
        texts[:] = self.distinct
        return texts[self.codes]

    @property
    def single(self) -> str | None:
        """The only text, where there is only one row."""
        return self.distinct[self.codes[0]] if len(self.codes) == 1 else None


class Vector:
    """A value for every row: `classes` (rows,) or (1,), `numbers` likewise (NaN where there is none)."""

    def __init__(self, classes: Classes, numbers: Floats, cells: tuple[Cell, ...] = ()) -> None:
        self.classes = classes
        self.numbers = numbers
        self.cells = cells

    @cached_property
    def texts(self) -> Texts:
        """What Excel's text functions see, case-folded: a number's General text, a date's serial number, "" for blanks."""
        if not self.cells:
            return Texts.of([excel_text(float(x)).casefold() for x in self.numbers])
        return Texts.of([excel_text(cell).casefold() for cell in self.cells])

    @cached_property
    def lengths(self) -> Floats:
        """LEN of every row: the characters of the text Excel sees (an emoji counts 2, as UTF-16 does)."""
        if not self.cells:
            return np.array([len(text) for text in self.texts.distinct], dtype=np.float64)[self.texts.codes]
        sizes = (len(excel_text(cell).encode("utf-16-le")) // 2 for cell in self.cells)
        return np.fromiter(sizes, dtype=np.float64, count=len(self.cells))

    def has(self, cls: Class) -> Bools:
        """Where the value is of the class."""
        return np.equal(self.classes, np.int8(cls))

    @cached_property
    def errors(self) -> Bools:
        """Where the value is an error."""
        return self.has(Class.ERROR)

    @cached_property
    def blanks(self) -> Bools:
        """Where the value is an empty cell."""
        return self.has(Class.BLANK)

    @cached_property
    def numeric(self) -> Bools:
        """Where the value is a number (a truth value is none)."""
        return self.has(Class.NUMBER)


def excel_text(cell: Cell) -> str:
    """A cell as Excel's `&` and SEARCH see it: the number behind a date, the empty text for blanks and NaN."""
    if isinstance(cell, dt.date | dt.time):
        return display(serial(cell))
    if isinstance(cell, float) and (np.isnan(cell) or np.isinf(cell)):
        return ""
    return display(cell)


def literal(cell: Cell) -> Vector:
    """A vector of length 1. An empty text is a text here, not an empty cell."""
    if isinstance(cell, str):
        return Vector(np.array([Class.TEXT], dtype=np.int8), _NAN, (cell,))
    if isinstance(cell, bool):
        return Vector(np.array([Class.BOOL], dtype=np.int8), np.array([float(cell)]), (cell,))
    if isinstance(cell, int | float):
        return numbers(np.array([float(cell)]))
    raise TypeError(f"{cell!r} is no literal of the rule language")


def numbers(values: Floats, errors: Bools | None = None) -> Vector:
    """Numbers, an error where `errors` or where the number is not finite; (rows,) or (1,)."""
    bad = ~np.isfinite(values)
    if errors is not None:
        bad = bad | errors
    return Vector(np.where(bad, np.int8(Class.ERROR), np.int8(Class.NUMBER)), np.where(bad, np.nan, values))


_COLUMNS: WeakKeyDictionary[Column, Vector] = WeakKeyDictionary()


def of_column(column: Column) -> Vector:
    """The cells of a column, kept for the next rule over the same table."""
    vector = _COLUMNS.get(column)
    if vector is None:
        vector = _COLUMNS[column] = Vector(column.classes, column.numbers, column.cells)
    return vector
