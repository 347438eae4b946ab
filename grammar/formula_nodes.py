"""Abstract syntax of Excel formulas: frozen dataclasses. A formula is any `Node`.

Parentheses are kept only where they mean something (a union); the printer puts the others back by precedence.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Number:
    """`4000`; never negative (the sign is `Signed`), except in an array."""

    value: float


@dataclass(frozen=True, slots=True)
class String:
    """`"text"`."""

    value: str


@dataclass(frozen=True, slots=True)
class Boolean:
    """`TRUE` or `FALSE`."""

    value: bool


@dataclass(frozen=True, slots=True)
class ErrorValue:
    """`#REF!` and its siblings, in capitals; with a sheet where the lost reference had one."""

    code: str
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """An argument left out: the middle of `IF(A1,,2)`."""


@dataclass(frozen=True, slots=True)
class Ref:
    """`$A1`, `A:C` or `1:3`: column and row from 1, 0 where the reference is of whole rows or columns.

    `sheet` is None or what stands before the `!` without quotes: `Sheet 1`, `[2]Data`, `Jan:Dec`.
    """

    column: int
    row: int
    column_fixed: bool = False
    row_fixed: bool = False
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Whole columns or rows, `A:C` or `1:3`: two `Ref`, both with row 0 or both with column 0."""

    first: Ref
    last: Ref


@dataclass(frozen=True, slots=True)
class Name:
    """A defined name, or a table's name on its own."""

    name: str
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Structured:
    """`Sales[[#This Row],[Amount]]`, as written."""

    text: str


@dataclass(frozen=True, slots=True)
class Range:
    """`A1:B2`; either side may be a function that gives a reference."""

    first: Node
    last: Node


@dataclass(frozen=True, slots=True)
class Signed:
    """A prefix: `-`, `+`, or `@` (implicit intersection)."""

    sign: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Postfix:
    """A suffix: `%`, or `#` (the spilled range of a cell)."""

    sign: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """`left operator right`; operator one of `= <> < <= > >= & + - * / ^` and the blank (intersection)."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Call:
    """`IF(…)`; `name` in capitals, `_xlfn.` prefixes and functions of other workbooks (`sheet`) as they stand."""

    name: str
    arguments: tuple[Node, ...]
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Array:
    """`{1,2;3,4}`: rows of constants."""

    rows: tuple[tuple[Node, ...], ...]


@dataclass(frozen=True, slots=True)
class Union:
    """`(A1:A3,C1:C3)`: several areas as one reference."""

    areas: tuple[Node, ...]


Node = (
    Number | String | Boolean | ErrorValue | Missing | Ref | Span | Name | Structured | Range | Signed | Postfix | Binary
    | Call | Array | Union
)  # fmt: skip


def children(node: Node) -> tuple[Node, ...]:
    """Direct sub-nodes, in the order they are printed."""
    match node:
        case Range(first, last) | Span(first, last):
            return (first, last)
        case Signed(_, operand) | Postfix(_, operand):
            return (operand,)
        case Binary(_, left, right):
            return (left, right)
        case Call(_, arguments, _):
            return arguments
        case Union(areas):
            return areas
        case Array(rows):
            return tuple(item for row in rows for item in row)
        case _:
            return ()
