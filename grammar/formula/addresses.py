"""Addresses as text: `$B7`, `$A:C`, `1:$3` in A1 notation; `R7C2`, `R[-1]C`, `C[2]` in R1C1 notation.

R1C1 offsets are counted from a cell `at`; like Excel's, they wrap around the edge of the sheet.
"""

from __future__ import annotations

import re
from functools import lru_cache

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
Cell = tuple[int, int]
"""Row and column, both from 1."""

End = tuple[int, bool]
"""A row or a column and whether it is fixed by `$`."""

_A1 = re.compile(r"(\$?)([A-Za-z]*)(\$?)(\d*)")
_R1C1 = re.compile(r"(?:R(\d+|\[-?\d+\])?)?(?:C(\d+|\[-?\d+\])?)?", re.IGNORECASE)


@lru_cache(maxsize=20_000)
def column_number(letters: str) -> int:
    """A -> 1, XFD -> 16384."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


@lru_cache(maxsize=20_000)
def column_letters(number: int) -> str:
    """1 -> A, 16384 -> XFD."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@lru_cache(maxsize=65_536)
def read_cell(text: str) -> tuple[int, int, bool, bool] | None:
    """Column, row and which of them are fixed; None where the sheet does not reach: `XFE1` is a name."""
    match = _A1.fullmatch(text)
    assert match is not None
    column, row = column_number(match[2]), int(match[4])
    return (column, row, bool(match[1]), bool(match[3])) if column <= MAX_COLUMN and row <= MAX_ROW else None


def read_columns(text: str) -> tuple[End, End] | None:
    """Both ends of `A:$C`; None where the sheet does not reach."""
    first, last = ((column_number(part.lstrip("$")), part.startswith("$")) for part in text.split(":"))
    return (first, last) if max(first[0], last[0]) <= MAX_COLUMN else None


def read_rows(text: str) -> tuple[End, End] | None:
    """Both ends of `1:$3`; None where the sheet does not reach."""
    first, last = ((int(part.lstrip("$")), part.startswith("$")) for part in text.split(":"))
    return (first, last) if max(first[0], last[0]) <= MAX_ROW else None


def show_cell(column: int, row: int, column_fixed: bool, row_fixed: bool) -> str:
    """`$B7`; the part that is 0 is left out: `$B` of `$B:$C`."""
    across = ("$" if column_fixed else "") + column_letters(column) if column else ""
    down = ("$" if row_fixed else "") + str(row) if row else ""
    return across + down


def show_cell_r1c1(column: int, row: int, column_fixed: bool, row_fixed: bool, at: Cell) -> str:
    """`R7C[-1]`, seen from the cell `at`."""
    down = _step("R", row, row_fixed, at[0]) if row else ""
    return down + (_step("C", column, column_fixed, at[1]) if column else "")


def a1_of_r1c1(text: str, at: Cell) -> str | None:
    """The same address in A1 notation, for a formula in the cell `at`; None where the sheet does not reach.

    A single `R[1]` or `C` becomes a span of one: `8:8`, `B:B`.
    """
    parts = text.split(":")
    ends = [_a1_end(part, at) for part in parts]
    if None in ends:
        return None
    found = [end for end in ends if end is not None]
    whole = len(parts) == 1 and not ("C" in text.upper() and "R" in text.upper())
    return ":".join(found * 2 if whole else found)


def _a1_end(text: str, at: Cell) -> str | None:
    match = _R1C1.fullmatch(text)
    assert match is not None
    has_row, has_column = text[0] in "Rr", "C" in text.upper()
    row, row_fixed = _absolute(match[1], at[0], MAX_ROW) if has_row else (0, False)
    column, column_fixed = _absolute(match[2], at[1], MAX_COLUMN) if has_column else (0, False)
    if row > MAX_ROW or column > MAX_COLUMN or (has_row and not row) or (has_column and not column):
        return None
    return show_cell(column, row, column_fixed, row_fixed)


def _absolute(step: str | None, base: int, size: int) -> End:
    if step is None:
        return base, False
    if step.startswith("["):
        return (base + int(step[1:-1]) - 1) % size + 1, False
    return int(step), True


def _step(letter: str, value: int, fixed: bool, base: int) -> str:
    if fixed:
        return f"{letter}{value}"
    return f"{letter}[{value - base}]" if value != base else letter
