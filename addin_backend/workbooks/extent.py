"""How far a sheet's cells reach, before anything is allocated for them.

A reader that fills a dense block needs rows x columns of memory, so one stray (or malicious) cell at XFD1048576 would cost
hundreds of gigabytes. A sheet's cells are counted first: by a regular expression where the sheet is written plainly, as
every program writes it, and by the XML parser where it is not.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from addin_backend.errors import WorkbookTooLargeError
from addin_backend.workbooks.address import Area, column_number
from addin_backend.workbooks.xml import broken
from grammar.table import column_letter

_CELL_COLUMN = re.compile(rb'c r="([A-Z]{1,3})\d{1,7}"')
_CELL_ROW = re.compile(rb'c r="[A-Z]{1,3}(\d{1,7})"')
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def check_extent(data: bytes, part: str, cells: int) -> None:
    """Refuse a sheet whose filled block would have more than `cells` cells.

    Raises:
        WorkbookTooLargeError: naming the last cell.
        DamagedWorkbookError: not well-formed (only noticed where the parser is needed).
    """
    extent = _plain_extent(data)
    if extent is not None and extent.size <= cells:
        return
    extent = _parsed_extent(data, part)
    if extent is not None and extent.size > cells:
        last = f"{column_letter(extent.right - 1)}{extent.bottom}"
        raise WorkbookTooLargeError(
            f"The sheet's cells reach from {column_letter(extent.left - 1)}{extent.top} to {last}: {extent.size:,} cells; "
            f"at most {cells:,} are read. If a stray cell lies far from the data, clear it; otherwise split the sheet."
        )


def _plain_extent(data: bytes) -> Area | None:
    """The block of all cells, filled or not; None where some cell might not be written as `<c r="A1"`.

    In a well-formed part `<` stands only before a tag, a comment or CDATA, so every cell is among the `<c` and `:c` of the
    sheet's data. Equal counts mean that each of these is a cell with its reference first, and none was missed.
    """
    if b"<!" in data:
        return None
    start, end = data.find(b"sheetData"), data.rfind(b"sheetData")
    letters = _CELL_COLUMN.findall(data, start, end)  # two searches without tuples take half the time of one with
    cells = data.count(b"<c", start, end) + data.count(b":c", start, end)
    plain = data.count(b'<c r="', start, end) + data.count(b':c r="', start, end)
    if not letters or not len(letters) == cells == plain:
        return None
    columns = {column_number(letter.decode()) for letter in set(letters)}
    rows = {int(number) for number in set(_CELL_ROW.findall(data, start, end))}
    return Area(min(rows), min(columns), max(rows), max(columns))


class _Tracker:
    """Follows rows and cells, also those without a reference, which come after the one before (18.3.1.4, 18.3.1.73)."""

    def __init__(self) -> None:
        self.row = self.column = 0
        self.rows: set[int] = set()
        self.columns: set[int] = set()

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        match name.rsplit(" ", 1)[-1]:
            case "row":
                self.row = int(attributes["r"]) if attributes.get("r", "").strip().isdigit() else self.row + 1
                self.column = 0
            case "c":
                self._move(attributes.get("r", "").strip())
            case "v" | "is" | "f":
                self.rows.add(self.row)
                self.columns.add(self.column)

    def _move(self, reference: str) -> None:
        match = _REFERENCE.fullmatch(reference)
        if match:
            self.column, self.row = column_number(match[1]), int(match[2])
        else:
            self.column += 1


def _parsed_extent(data: bytes, part: str) -> Area | None:
    """The block of the filled cells."""
    tracker = _Tracker()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = tracker.begin
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise broken(part, error) from None
    if not tracker.rows:
        return None
    return Area(min(tracker.rows), min(tracker.columns), max(tracker.rows), max(tracker.columns))
