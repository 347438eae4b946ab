"""Formulas moved: what is not fixed by `$` moves along, as when a formula is copied or stands for another cell."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from grammar.formula import nodes as f
from grammar.formula.addresses import MAX_COLUMN, MAX_ROW, Cell
from grammar.formula.walk import rewrite

Edge = Literal["lost", "wrap"]
"""What becomes of a reference that leaves the sheet: #REF!, as in a copied cell, or it comes in on the other side."""


def shift(node: f.Node, *, rows: int = 0, columns: int = 0, edge: Edge = "lost") -> f.Node:
    """The formula as it reads `rows` further down and `columns` further right.

    With `edge="lost"` a reference that would leave the sheet becomes #REF!, as in a copied formula; with "wrap" it comes in on
    the other side, as in conditional formats and defined names ([MS-XLSX] 2.2.2.1: their relative references are offsets, taken
    modulo the size of the sheet).
    """
    lost: dict[int, f.ErrorValue] = {}  # references that left the sheet just now, unlike a #REF! that was there before

    def lose(sheet: str | None, place: f.Place | None) -> f.ErrorValue:
        error = f.ErrorValue("#REF!", sheet, place=place)
        lost[id(error)] = error
        return error

    def moved(current: f.Node) -> f.Node:
        match current:
            case f.Ref():
                return _moved(current, rows, columns, edge) or lose(current.sheet, current.place)
            case f.Span(first, last):
                start, end = _moved(first, rows, columns, edge), _moved(last, rows, columns, edge)
                return replace(current, first=start, last=end) if start and end else lose(first.sheet, current.place)
            case f.Range(first, last) if id(first) in lost or id(last) in lost:
                return lose(first.sheet if isinstance(first, f.Ref | f.ErrorValue) else None, current.place)
            case _:
                return current

    return rewrite(node, moved)


def for_cell(node: f.Node, origin: Cell, cell: Cell) -> f.Node:
    """What a conditional format's formula means in `cell`, when it was written for `origin` (row and column, from 1).

    `origin` is the top left cell of the rule's range: of the smallest rectangle around all its areas.
    """
    return shift(node, rows=cell[0] - origin[0], columns=cell[1] - origin[1], edge="wrap")


def _moved(ref: f.Ref, rows: int, columns: int, edge: Edge) -> f.Ref | None:
    """The reference at its new place; None where that is outside the sheet."""
    column = ref.column + (columns if ref.column and not ref.column_fixed else 0)
    row = ref.row + (rows if ref.row and not ref.row_fixed else 0)
    if edge == "wrap":
        column = (column - 1) % MAX_COLUMN + 1 if ref.column else 0
        row = (row - 1) % MAX_ROW + 1 if ref.row else 0
    if (ref.column and not 1 <= column <= MAX_COLUMN) or (ref.row and not 1 <= row <= MAX_ROW):
        return None
    return replace(ref, column=column, row=row)
