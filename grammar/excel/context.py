"""What translation to Excel needs to know about a rule's table: references, and which cells are empty or errors."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from grammar import nodes as n
from grammar.errors import RuleCheckError, UnsupportedRuleError
from grammar.evaluate import asks_for_empty, evaluate
from grammar.excel.rule import Place
from grammar.table import Class, Kind, Table, column_letter
from grammar.target import AGGREGATES, row_columns

Scope = Literal["cells", "row"]
Blanks = Literal["skip", "excel"]

_UNSETTLED = AGGREGATES | {"YEAR", "MONTH", "DAY"}  # what they give for an empty cell, one empty row does not tell
_ANY_DAY = dt.date(2026, 1, 15)  # only to try a rule on an empty row; no day there changes the answer


@dataclass(frozen=True)
class Context:
    """A table at its place; `cell` is the column of left-out columns, None for every column of the range."""

    table: Table
    place: Place
    skip_blanks: bool
    cell: int | None

    # -- references ----------------------------------------------------------------------------------------------

    def reference(self, value: n.Column | n.Cell, *, dollar: bool = True) -> str:
        """The row's cell: `$C2`, or `C2` where the rule stands in the cells it reads."""
        index = self._index(value)
        if index is None:
            return f"{self.place.letters(0)}{self.place.first_row}"
        return f"{'$' if dollar else ''}{self.place.letters(index)}{self.place.first_row}"

    def whole(self, value: n.Value) -> str:
        """All cells of the column, `$C$2:$C$21`."""
        if not isinstance(value, n.Column | n.Cell):
            raise UnsupportedRuleError(
                "AVERAGE, MEDIAN, MIN, MAX, ranks and repeats go to Excel over a whole column, such as c[2]."
            )
        index = self._index(value)
        last = len(self.table.columns) - 1
        return self.place.absolute(0, last) if index is None else self.place.absolute(index, index)

    def _index(self, value: n.Column | n.Cell) -> int | None:
        index = value.index if isinstance(value, n.Column) else self.cell
        if index is not None and index >= len(self.table.columns):
            letter, count = column_letter(index), len(self.table.columns)
            raise RuleCheckError(f"There is no column {letter} (c[{index}]): the table has {count} columns.")
        return index

    # -- what the cells are --------------------------------------------------------------------------------------

    def indexes(self, node: n.Rule | n.Value) -> tuple[int, ...]:
        """Columns whose cell in the row the node reads."""
        if self.cell is None and _has_cell(node):
            return tuple(range(len(self.table.columns)))
        return row_columns(node, self.cell)

    def readers(self, leaf: n.Rule) -> tuple[n.Column | n.Cell, ...]:
        """The same as nodes, with a left-out column as `Cell()` when it stands for every column."""
        if self.cell is None and _has_cell(leaf):
            return (n.Cell(), *(n.Column(k) for k in row_columns(leaf)))
        return tuple(n.Column(k) for k in row_columns(leaf, self.cell))

    def has(self, value: n.Rule | n.Value, *classes: Class) -> bool:
        """Whether any cell the node reads in its rows is of one of the classes."""
        return any(bool(np.isin(self.table.columns[k].classes, classes).any()) for k in self.indexes(value))

    def only(self, value: n.Value, cls: Class) -> bool:
        """Whether the node's cells are all of the class, or empty."""
        return not self.has(value, *(other for other in Class if other not in (cls, Class.BLANK)))

    @cached_property
    def _empty_row(self) -> Table:
        columns = tuple(replace(column, cells=(None,), kind=Kind.EMPTY) for column in self.table.columns)
        return Table(columns, 1)

    # -- empty cells and errors ----------------------------------------------------------------------------------

    def colours_empty(self, leaf: n.Rule) -> bool:
        """Whether bare Excel may colour a row with an empty cell under this leaf, though the rule language leaves it out.

        A leaf with one column and constants is tried on an empty row; one over several columns, or with AVERAGE and its
        like, may always. So may one over a formula's empty text, which to Excel is a text, greater than every number, and
        one over the parts of a date, as day 0 is 0 January 1900 to Excel and 30 December 1899 to LibreOffice.
        """
        if not self.skip_blanks or asks_for_empty(leaf.item if isinstance(leaf, n.Not) else leaf):
            return False
        inner = leaf.item if isinstance(leaf, n.Not) else leaf
        if isinstance(inner, n.Compare | n.Between | n.TextTest):
            if len(self.readers(leaf)) > 1 or _has_call(leaf, _UNSETTLED) or self.has_empty_text(leaf):
                return True
            return bool(evaluate(leaf, self._empty_row, today=_ANY_DAY, blanks="excel", cell=self.cell or 0)[0])
        return True

    def has_empty_text(self, node: n.Rule | n.Value) -> bool:
        """Whether a cell the node reads is the empty text, which a formula gave."""
        return any("" in self.table.columns[k].cells for k in self.indexes(node))

    def count_numbers(self, node: n.Rule | n.Value) -> int:
        """How many cells of the columns the node reads are numbers."""
        return sum(int((self.table.columns[k].classes == Class.NUMBER).sum()) for k in self.indexes(node))

    def may_fail(self, leaf: n.Rule) -> bool:
        """Whether the leaf's formula may be an error in some row (an error cell, text in arithmetic, a division …)."""
        return self.has(leaf, Class.ERROR) or any(self._value_may_fail(child) for child in n.children(leaf))

    def _value_may_fail(self, value: n.Rule | n.Value) -> bool:
        match value:
            case n.Call(name, argument) if name in AGGREGATES:
                index = argument.index if isinstance(argument, n.Column) else (self.cell or 0)
                classes = self.table.columns[index].classes
                return Class.ERROR in classes or Class.NUMBER not in classes
            case n.Call("LEN", _):
                return False
            case n.Arithmetic("/", _, _):
                return True
            case n.Call() | n.Arithmetic():
                numbers = [self.table.columns[k].numbers for k in self.indexes(value)]
                negative = any(bool((column < 0).any()) for column in numbers)
                texts = self.has(value, Class.TEXT, Class.ERROR) or self.has_empty_text(value)
                risky = texts or (isinstance(value, n.Call) and negative)
                return risky or any(self._value_may_fail(child) for child in n.children(value))
            case _:
                return False


def _has_cell(node: n.Rule | n.Value) -> bool:
    return isinstance(node, n.Cell) or any(_has_cell(child) for child in n.children(node))


def _has_call(node: n.Rule | n.Value, names: frozenset[str]) -> bool:
    if isinstance(node, n.Call) and node.name in names:
        return True
    return any(_has_call(child, names) for child in n.children(node))
