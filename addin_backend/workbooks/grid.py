"""A sheet's cells as a block of rows, read by calamine from a package of our own making.

calamine never sees the user's file: it gets a minimal package whose parts were unpacked under our limits and checked. That
also lets error cells come through: calamine gives "" for `#DIV/0!` and refuses sheets with the newer errors, so error cells
are declared as text (`t="str"`) first, and arrive as the text of the error, which is how `grammar.table` knows them.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from dataclasses import dataclass, replace
from itertools import islice

from python_calamine import CalamineError, CalamineWorkbook

from addin_backend.errors import DamagedWorkbookError
from addin_backend.workbooks import xml
from addin_backend.workbooks.address import Area
from addin_backend.workbooks.extent import check_extent
from addin_backend.workbooks.package import Package, Sheet
from grammar.table import Cell

_ERROR_CELL = re.compile(rb"""(<(?:[\w.-]+:)?c\s[^<>]*?\bt\s*=\s*)(?:"e"|'e')""")
_P = rb"(?:[\w.-]+:)?"
_NO_RESULT = re.compile(
    rb"<" + _P + rb"c(?![^<>]*\bt=.str)[^<>]*><" + _P + rb"f(?:[^<>]*/>|[^<>]*>[^<]*</" + _P + rb"f>)"
    rb"(?:<" + _P + rb"v\s*/>|<" + _P + rb"v></" + _P + rb"v>)?</" + _P + rb"c>"
)  # fmt: skip
_DAY = dt.timedelta(days=1)
_SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells of a block: `rows[i][j]` is the cell in sheet row `top + i`, column `left + j` (both from 1).

    Empty cells are `None` or `""`. `merged` are the sheet's merged areas. `uncalculated`: some formula has no saved result, as
    in files that a program wrote and no spreadsheet has opened since.
    """

    rows: list[list[Cell]]
    top: int
    left: int
    merged: tuple[Area, ...] = ()
    uncalculated: bool = False

    @property
    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0

    @property
    def area(self) -> Area | None:
        """The block's place; None for an empty sheet."""
        if not self.rows or not self.width:
            return None
        return Area(self.top, self.left, self.top + len(self.rows) - 1, self.left + self.width - 1)

    def row(self, number: int, left: int, right: int) -> list[Cell]:
        """Cells of one sheet row between two sheet columns, padded with None where the block ends."""
        if not self.top <= number < self.top + len(self.rows):
            return [None] * (right - left + 1)
        row = self.rows[number - self.top]
        before, start = max(0, self.left - left), max(0, left - self.left)
        taken = row[start : max(start, right - self.left + 1)]
        cells = [None] * min(before, right - left + 1) + list(taken)
        return cells + [None] * (right - left + 1 - len(cells))

    def clip(self, area: Area) -> Grid:
        """The part of the block inside an area."""
        own = self.area
        common = own.meet(area) if own else None
        if common is None:
            return replace(self, rows=[], top=area.top, left=area.left)
        if common == own:
            return self
        rows = islice(self.rows, common.top - self.top, common.bottom - self.top + 1)
        cut = slice(common.left - self.left, common.right - self.left + 1)
        return replace(self, rows=[row[cut] for row in rows], top=common.top, left=common.left)


def read_grid(package: Package, sheet: Sheet) -> Grid:
    """All filled cells of a worksheet.

    Numbers come as float, dates by their number format as date or datetime, lengths of time as days (float), errors as their
    text. 100,000 rows x 10 columns take about 1.5 s.

    Raises:
        NotAWorksheetError, DamagedWorkbookError, UnsafeWorkbookError, WorkbookTooLargeError
    """
    part = package.worksheet_part(sheet)
    data = xml.as_ascii_compatible(package.read(part))
    xml.refuse_document_type(data, part)
    check_extent(data, part, package.archive.limits.cells)
    if b'"e"' in data or b"'e'" in data:
        data = _ERROR_CELL.sub(rb'\1"str"', data)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(_minimal_package(package, data)))
        cells = workbook.get_sheet_by_index(0)
        rows, start = cells.to_python(skip_empty_area=True), cells.start
        merged = tuple(Area(a + 1, b + 1, c + 1, d + 1) for (a, b), (c, d) in cells.merged_cell_ranges or ())
    except CalamineError as error:
        raise DamagedWorkbookError(f"The cells of '{sheet.name}' cannot be read: {error}.") from None
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # how a panic of calamine's Rust code arrives, outside Exception
            raise DamagedWorkbookError(f"The cells of '{sheet.name}' cannot be read.") from None
        raise
    if start is None:
        return Grid([], 1, 1, merged)
    for row in rows:
        if dt.timedelta in map(type, row):
            row[:] = [cell / _DAY if isinstance(cell, dt.timedelta) else cell for cell in row]
    uncalculated = b"f>" in data and _NO_RESULT.search(data) is not None
    return Grid(rows, start[0] + 1, start[1] + 1, merged, uncalculated)  # type: ignore[arg-type]  # no timedelta is left


def _minimal_package(package: Package, sheet: bytes) -> bytes:
    """A package with this sheet, the shared strings and the styles, at the names calamine looks for."""
    properties = xml.child(package.workbook, "workbookPr")
    base = properties.get("date1904", "0") if properties is not None else "0"
    parts = {
        "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": _relationships({"rId1": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": (
            f'<workbook xmlns="{_SPREADSHEET}" xmlns:r="{_OFFICE}"><workbookPr date1904="{base}"/>'
            '<sheets><sheet name="Sheet" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ).encode(),
        "xl/worksheets/sheet1.xml": sheet,
    }
    targets = {"rId1": ("worksheet", "worksheets/sheet1.xml")}
    for kind in ("sharedStrings", "styles"):
        name = package.related_part(kind)
        if name is not None:
            data = package.read(name)
            xml.refuse_document_type(data, name)
            parts[f"xl/{kind}.xml"] = data
            targets[f"r{kind}"] = (kind, f"{kind}.xml")
    parts["xl/_rels/workbook.xml.rels"] = _relationships(targets)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def _relationships(targets: dict[str, tuple[str, str]]) -> bytes:
    items = "".join(
        f'<Relationship Id="{key}" Type="{_OFFICE}/{kind}" Target="{target}"/>' for key, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}">{items}</Relationships>'.encode()
