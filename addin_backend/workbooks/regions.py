"""Where the table is on a sheet that does not say so: its header row, its columns, its last row.

Title lines, blank rows and key-value lines above a table are passed over; the header is the first row that is filled like
the rows below it and holds labels where they hold data. A blank row ends the table unless what follows goes on as before.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from addin_backend.errors import EmptyTableError, NoHeaderError
from addin_backend.workbooks.address import Area
from addin_backend.workbooks.grid import Grid
from grammar.table import ERRORS, Cell, column_letter, display, read_number

SEARCHED_ROWS = 100
COMPARED_ROWS = 20
MAX_LABEL = 160
_TOTAL = re.compile(r"\s*(grand\s+|sub-?\s*)?totals?\b[:\s]*|\s*(sum|summe|gesamt|somme|suma|итого)[:\s]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Region:
    """A table's place: one or two header rows from `top`, data rows `first`..`last`; sheet rows and columns from 1."""

    top: int
    first: int
    last: int
    left: int
    right: int
    headers: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def area(self) -> Area:
        """Header and data."""
        return Area(self.top, self.left, max(self.last, self.top), self.right)


def is_filled(cell: Cell) -> bool:
    """Neither empty nor only blanks."""
    return cell is not None and (not isinstance(cell, str) or not (cell == "" or cell.isspace()))


def find_region(grid: Grid, where: str) -> Region:
    """The first table in a block of cells.

    Raises:
        EmptyTableError: no cells, or a header without rows below it.
        NoHeaderError: no row looks like a header.
    """
    if not any(is_filled(cell) for row in grid.rows for cell in row):
        raise EmptyTableError(f"There is nothing on {where}.")
    filled = [k for k, row in enumerate(grid.rows[: SEARCHED_ROWS * 3]) if any(map(is_filled, row))][:SEARCHED_ROWS]
    for k in filled:
        depth = header_depth(grid, k)
        if depth:
            return _region(grid, k, depth, where)
    raise _no_header(grid, filled, where)


def _no_header(grid: Grid, filled: Sequence[int], where: str) -> EmptyTableError | NoHeaderError:
    if len(filled) == 1 and all(isinstance(cell, str) for cell in grid.rows[filled[0]] if is_filled(cell)):
        return EmptyTableError(f"There is a header on {where}, but there are no rows below it.")
    return NoHeaderError(
        f"No row on {where} looks like a header: a row of names above the data. Add one, or give the range that begins with it."
    )


def header_depth(grid: Grid, k: int) -> int:
    """How many rows from block row k are a header: 0 (it is none), 1, or 2 (groups merged over several columns above)."""
    below = _block_below(grid, k)
    if not below:
        return 0
    row = _with_merges(grid, k)
    if _has_wide_merge(grid, k) and len(below) > 1 and _is_header(row, below[1:]):
        second = _with_merges(grid, k + 1)
        if _is_header(second, below[1:]) and sum(map(is_filled, second)) >= sum(map(is_filled, grid.rows[k])):
            return 2
    return 1 if _is_header(grid.rows[k], below) else 0


def _block_below(grid: Grid, k: int) -> list[list[Cell]]:
    """Rows below k up to the next blank one, at most as many as are compared."""
    block: list[list[Cell]] = []
    for row in grid.rows[k + 1 : k + 1 + COMPARED_ROWS]:
        if not any(map(is_filled, row)):
            break
        block.append(row)
    return block


def _is_header(row: Sequence[Cell], below: Sequence[Sequence[Cell]]) -> bool:
    counted = _counted(row)
    filled = [cell for cell in row if is_filled(cell)]
    usual = sorted(sum(map(is_filled, other)) for other in below)[len(below) // 2]
    texts = sum(isinstance(cell, str) for cell in filled)
    labels = sum(k in counted or _is_label(cell) for k, cell in enumerate(row) if is_filled(cell))
    if not texts or labels < 0.75 * len(filled) or 2 * len(filled) < usual or (len(filled) < 2 <= usual):
        return False
    return not any(_goes_on(cell, [other[k] for other in below[:5]]) for k, cell in enumerate(row) if k not in counted)


def _counted(row: Sequence[Cell]) -> set[int]:
    """Places of numbers that count on to the right by equal steps (days 1, 2, 3 …, hours, years): headers, not data."""
    numbers = {
        k: float(cell)
        for k, cell in enumerate(row)
        if (isinstance(cell, int | float) and not isinstance(cell, bool))
        or (isinstance(cell, str) and cell.strip().isdecimal())
    }
    steps = {round(after - before, 9) for before, after in pairwise(numbers.values())}
    return set(numbers) if len(numbers) >= 3 and len(steps) == 1 and steps.pop() > 0 else set()


def _is_label(cell: Cell) -> bool:
    """Text, a year or a date can head a column; other numbers and errors cannot."""
    if isinstance(cell, str):
        return (cell not in ERRORS and len(cell) <= MAX_LABEL and read_number(cell) is None) or _is_year(cell)
    return _is_year(cell) or isinstance(cell, dt.date)


def _is_year(cell: Cell) -> bool:
    if isinstance(cell, str):
        return len(cell) == 4 and cell.isdigit() and 1900 <= int(cell) <= 2100
    return isinstance(cell, int | float) and not isinstance(cell, bool) and cell == int(cell) and 1900 <= cell <= 2100


def _goes_on(cell: Cell, below: Sequence[Cell]) -> bool:
    """A number, date or truth value with more of its like below is data, not a label."""
    others = [other for other in below if is_filled(other)]
    if not others or not is_filled(cell) or isinstance(cell, str):
        return False
    if _is_year(cell):
        return all(map(_is_year, others))
    return all(_sort(other) == _sort(cell) for other in others)


def _sort(cell: Cell) -> str:
    if isinstance(cell, str):
        return "text"
    if isinstance(cell, bool):
        return "bool"
    return "number" if isinstance(cell, int | float) else "date"


def _with_merges(grid: Grid, k: int) -> list[Cell]:
    """A row in which every cell of a merged area shows the area's value."""
    row, number = list(grid.rows[k]), grid.top + k
    for area in grid.merged:
        if area.top <= number <= area.bottom and area.top >= grid.top:
            value = grid.row(area.top, area.left, area.left)[0]
            for column in range(max(area.left, grid.left), min(area.right, grid.left + grid.width - 1) + 1):
                row[column - grid.left] = value
    return row


def _has_wide_merge(grid: Grid, k: int) -> bool:
    """Whether a merged area starts in this row and covers several columns, but not all of the block."""
    number = grid.top + k
    return any(a.top == a.bottom == number and 1 < a.right - a.left + 1 < grid.width for a in grid.merged)


def _region(grid: Grid, k: int, depth: int, where: str) -> Region:
    headers = header_texts(grid, k, depth)
    left, right, notes = _columns(grid, headers, k + depth, where)
    last, more = _last_row(grid, k + depth, left, right)
    region = Region(
        grid.top + k, grid.top + k + depth, grid.top + last, grid.left + left, grid.left + right,
        tuple(headers[left : right + 1]), (*notes, *more),
    )  # fmt: skip
    return _without_total(grid, region)


def header_texts(grid: Grid, k: int, depth: int) -> list[str]:
    """Header texts of every column of the block; two-row headers are joined, `Q1 Sales`."""
    rows = [_with_merges(grid, k + i) if depth > 1 else grid.rows[k + i] for i in range(depth)]
    texts = [
        dict.fromkeys(" ".join(display(cell).split()) for cell in cells if is_filled(cell)) for cells in zip(*rows, strict=True)
    ]
    return [" ".join(parts) for parts in texts]


def _columns(grid: Grid, headers: Sequence[str], first: int, where: str) -> tuple[int, int, tuple[str, ...]]:
    """The columns of the table: the widest run without a column that is empty from header to the next blank row."""
    block = _block_below(grid, first - 1)
    used = [bool(headers[j]) or any(is_filled(row[j]) for row in block) for j in range(grid.width)]
    runs: list[tuple[int, int]] = []
    for j, flag in enumerate(used):
        if flag and j and used[j - 1]:
            runs[-1] = (runs[-1][0], j)
        elif flag:
            runs.append((j, j))
    named = [sum(bool(headers[j]) for j in range(a, b + 1)) for a, b in runs]
    best = max(range(len(runs)), key=lambda index: (named[index], -index))
    left, right = runs[best]
    others = [run for index, run in enumerate(runs) if index != best and named[index] > 1]
    notes = tuple(
        f"There is another table beside it on {where}, in columns {column_letter(grid.left - 1 + a)} to "
        f"{column_letter(grid.left - 1 + b)}; give its range to use it."
        for a, b in others
    )
    return left, right, notes


def _last_row(grid: Grid, first: int, left: int, right: int) -> tuple[int, tuple[str, ...]]:
    """Block row of the table's last row, and a note if rows after a gap were left out."""
    last, k, rows = first - 1, first, grid.rows
    while k < len(rows):
        if any(map(is_filled, rows[k][left : right + 1])):
            last = k
            k += 1
            continue
        k = next((m for m in range(k, len(rows)) if any(map(is_filled, rows[m][left : right + 1]))), len(rows))
        if k < len(rows) and not _continues(rows[first : last + 1], rows[k], left, right):
            return last, (
                f"The table ends at row {grid.top + last}, before an empty row; rows from {grid.top + k} on were left out.",
            )
    return last, ()


def _continues(above: Sequence[Sequence[Cell]], row: Sequence[Cell], left: int, right: int) -> bool:
    """Whether a row after a gap has the sorts of cells that the table's columns have above it, and enough of them."""
    sample = above[-COMPARED_ROWS:]
    filled = fitting = 0
    for j in range(left, right + 1):
        if not is_filled(row[j]):
            continue
        filled += 1
        sorts = {_sort(other[j]) for other in sample if is_filled(other[j])}
        fitting += _sort(row[j]) in sorts
    usual = sorted(sum(map(is_filled, other[left : right + 1])) for other in sample)[len(sample) // 2] if sample else 0
    typed = any(_sort(cell) != "text" for cell in row[left : right + 1] if is_filled(cell))
    only_text = all(_sort(cell) == "text" for other in sample for cell in other[left : right + 1] if is_filled(cell))
    return fitting == filled and 2 * filled > usual and (typed or only_text)


def _without_total(grid: Grid, region: Region) -> Region:
    """Leave a last row "Total" out: rules such as "top 3" or "above average" are about the rows above it."""
    if region.last - region.first < 2:
        return region
    row = grid.row(region.last, region.left, region.right)
    label = next((cell for cell in row if is_filled(cell)), None)
    if not isinstance(label, str) or not _TOTAL.fullmatch(label):
        return region
    note = f"Row {region.last} is a total and was left out; give the range to include it."
    last = region.last - 1
    while last > region.first and not any(map(is_filled, grid.row(last, region.left, region.right))):
        last -= 1
    return replace(region, last=last, notes=(*region.notes, note))
