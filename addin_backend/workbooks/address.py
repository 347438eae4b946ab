"""Ranges as people write them: `A1:D20`, `$B$2`, `D:F`, `3:20`, with or without a sheet in front.

Limits of a sheet: 1,048,576 rows and 16,384 columns (Excel specifications and limits).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from addin_backend.errors import RangeError
from grammar.table import column_letter

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
_CORNER = re.compile(r"\$?([A-Z]{1,3})?\$?(\d{1,7})?")
_SHEET = re.compile(r"^(?:'((?:[^']|'')+)'|([^!]+))!(.+)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells; rows and columns from 1, ends included."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def is_cell(self) -> bool:
        return self.top == self.bottom and self.left == self.right

    def text(self) -> str:
        """`A1:D20`, or `B2` for one cell."""
        corner = f"{column_letter(self.left - 1)}{self.top}"
        return corner if self.is_cell else f"{corner}:{column_letter(self.right - 1)}{self.bottom}"

    def contains(self, other: Area) -> bool:
        """Whether the other area lies inside this one."""
        inside = self.top <= other.top and self.bottom >= other.bottom
        return inside and self.left <= other.left and self.right >= other.right

    def meet(self, other: Area) -> Area | None:
        """The common part."""
        top, left = max(self.top, other.top), max(self.left, other.left)
        bottom, right = min(self.bottom, other.bottom), min(self.right, other.right)
        return Area(top, left, bottom, right) if top <= bottom and left <= right else None

    @property
    def size(self) -> int:
        """Number of cells."""
        return (self.bottom - self.top + 1) * (self.right - self.left + 1)


WHOLE_SHEET = Area(1, 1, MAX_ROWS, MAX_COLUMNS)


def column_number(letters: str) -> int:
    """A -> 1, XFD -> 16384."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def split_sheet(text: str) -> tuple[str | None, str]:
    """`'My Sheet'!A1:B2` -> (My Sheet, A1:B2); no sheet -> (None, text)."""
    match = _SHEET.match(text.strip())
    if match is None:
        return None, text.strip()
    return (match[1] or match[2]).replace("''", "'"), match[3].strip()


def parse_area(text: str) -> Area | None:
    """The area a reference without a sheet names; None where the text is no reference (it may be a name).

    Raises:
        RangeError: a reference outside the sheet (`A0`, `ZZZ1`, `A1:B2000000`).
    """
    parts = text.strip().upper().split(":")
    if len(parts) > 2:
        return None
    corners = [_CORNER.fullmatch(part.strip()) for part in parts]
    first, last = corners[0], corners[-1]
    if first is None or last is None or not (first[1] or first[2]):
        return None
    if bool(first[1]) != bool(last[1]) or bool(first[2]) != bool(last[2]):
        return None
    if len(parts) == 1 and not (first[1] and first[2]):
        return None
    rows = sorted((int(first[2]), int(last[2]))) if first[2] else [1, MAX_ROWS]
    columns = sorted((column_number(first[1]), column_number(last[1]))) if first[1] else [1, MAX_COLUMNS]
    if rows[0] < 1 or rows[1] > MAX_ROWS or columns[1] > MAX_COLUMNS:
        raise RangeError(f"The range '{text}' lies outside a sheet, which ends at XFD{MAX_ROWS}.")
    return Area(rows[0], columns[0], rows[1], columns[1])
