"""A new workbook from a table of cells: what a person pasted, so that a rule can be put into it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from grammar.table import Column, Kind, Table

_DATE_WIDTH = 12
_MAX_WIDTH = 40


def write_table(table: Table, path: Path, *, sheet: str = "Sheet1") -> None:
    """Write the table from A1, header bold, with a filter; control characters, which a cell cannot hold, are left out."""
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.worksheet import Worksheet

    book = Workbook()
    page = book.active
    assert isinstance(page, Worksheet)  # a new book has one
    page.title = sheet
    for row, cells in enumerate([table.headers, *zip(*(column.cells for column in table.columns), strict=True)], 1):
        for number, value in enumerate(cells, 1):
            if value is None:
                continue
            cell = page.cell(row, number)
            cell.value = ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value
            if isinstance(value, str) and cell.data_type == "f":  # a pasted text that begins with "=" stays a text
                cell.data_type = "s"
            if isinstance(value, dt.datetime) and value.time() == dt.time():
                cell.number_format = "yyyy-mm-dd"
            if row == 1:
                cell.font = Font(bold=True)
    for column in table.columns:
        page.column_dimensions[get_column_letter(column.index + 1)].width = _width(column)
    page.freeze_panes = "A2"
    page.auto_filter.ref = page.dimensions
    book.save(path)


def _width(column: Column) -> float:
    if column.kind is Kind.DATE:
        return _DATE_WIDTH
    longest = max([len(column.header), *(len(str(cell)) for cell in column.cells[:200] if cell is not None)])
    return min(_MAX_WIDTH, longest + 3)
