"""Abstract syntax of Excel formulas: frozen dataclasses. A formula is any `Node`.

Parentheses are kept only where they mean something (a union); the printer puts the others back by precedence. `place` is where
the node stands in the text it was read from, first and last-but-one character; None for a node made by a program. Places do
not take part in equality: `A1+1` and `( a1 + 1 )` are equal trees.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

Place: TypeAlias = tuple[int, int]


class Syntax:
    """What all nodes share: equality and hash that do not recurse, as a sum may have thousands of terms."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(self) is not type(other):
            return NotImplemented if not isinstance(other, Syntax) else False
        return _flat(self) == _flat(other)

    def __hash__(self) -> int:
        return hash(tuple(_flat(self)))


def _flat(node: Syntax) -> list[object]:
    """The tree as one list in prefix order: types, sizes of tuples, values."""
    found: list[object] = []
    waiting: list[object] = [node]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Syntax):
            found.append(type(item))
            waiting.extend([getattr(item, name) for name in type(item).__match_args__])  # type: ignore[attr-defined]  # dataclasses'
        elif isinstance(item, tuple):
            found.append(len(item))
            waiting.extend(item)
        else:
            found.append(item)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Number(Syntax):
    """`4000`; never negative (the sign is `Signed`), except in an array."""

    value: float
    place: Place | None = field(default=None, kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class String(Syntax):
    """`"text"`."""

    value: str
    place: Place | None = field(default=None, kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Boolean(Syntax):
    """`TRUE` or `FALSE`."""

    value: bool
    place: Place | None = field(default=None, kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class ErrorValue(Syntax):
    """`#REF!` and its siblings, in capitals; with a sheet where the lost reference had one."""

    code: str
    sheet: str | None = None
    place: Place | None = field(default=None, kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Missing(Syntax):
    """An argument left out: the middle of `IF(A1,,2)`."""

    place: Place | None = field(default=None, kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Ref(Syntax):
    r"""`$A1`, `A:C` or `1:3`: column and row from 1, 0 where the reference is of whole rows or columns.

    `sheet` is None or what stands before the `!` without quotes: `Sheet 1`, `[2]Data`, `Jan:Dec`, `C:\[b.xlsx]S`.
    """

    column: int
    row: int
    column_fixed: bool = False
    row_fixed: bool = False
    sheet: str | None = None
    place: Place | None = field(default=None, kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Span(Syntax):
    """Whole columns or rows, `A:C` or `1:3`: two `Ref`, both with row 0 or both with column 0; the first has the sheet."""

    first: Ref
    last: Ref
    place: Place | None = field(default=None, kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Name(Syntax):
    """A defined name, a table's name on its own, or a variable of LET and LAMBDA."""

    name: str
    sheet: str | None = None
    place: Place | None = field(default=None, kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Structured(Syntax):
    """`Sales[[#This Row],[Amount]]`: table "Sales", items ("#This Row",), first "Amount".

    No table is named inside the table itself; `@` is the item of the short form `[@Amount]`; `last` is there only where the
    columns `first:last` are meant. Column names are without escapes.
    """

    table: str | None
    items: tuple[str, ...] = ()
    first: str | None = None
    last: str | None = None
    sheet: str | None = None
    place: Place | None = field(default=None, kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Range(Syntax):
    """`A1:B2`; either side may be a function that gives a reference."""

    first: Node
    last: Node
    place: Place | None = field(default=None, kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Signed(Syntax):
    """A prefix: `-`, `+`, or `@` (implicit intersection)."""

    sign: str
    operand: Node
    place: Place | None = field(default=None, kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Postfix(Syntax):
    """A suffix: `%`, or `#` (the spilled range of a cell)."""

    sign: str
    operand: Node
    place: Place | None = field(default=None, kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Binary(Syntax):
    """`left operator right`; operator one of `= <> < <= > >= & + - * / ^` and the blank (intersection)."""

    operator: str
    left: Node
    right: Node
    place: Place | None = field(default=None, kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Call(Syntax):
    """`IF(…)`; `name` in capitals but for prefixes (`_xlfn.XLOOKUP`); functions of other workbooks (`sheet`) as they stand."""

    name: str
    arguments: tuple[Node, ...]
    sheet: str | None = None
    place: Place | None = field(default=None, kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Invoke(Syntax):
    """`LAMBDA(x,x+1)(2)`: what a function, or a formula in parentheses, gave is called on the spot."""

    callee: Node
    arguments: tuple[Node, ...]
    place: Place | None = field(default=None, kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Array(Syntax):
    """`{1,2;3,4}`: rows of constants."""

    rows: tuple[tuple[Node, ...], ...]
    place: Place | None = field(default=None, kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Union(Syntax):
    """`(A1:A3,C1:C3)`: several areas as one reference."""

    areas: tuple[Node, ...]
    place: Place | None = field(default=None, kw_only=True, compare=False, repr=False)


Node: TypeAlias = (
    Number | String | Boolean | ErrorValue | Missing | Ref | Span | Name | Structured | Range | Signed | Postfix | Binary
    | Call | Invoke | Array | Union
)  # fmt: skip
