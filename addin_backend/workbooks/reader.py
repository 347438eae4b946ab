"""From a workbook to the table a request is about, and where that table lies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from addin_backend.errors import AddinError, EmptyTableError, NoHeaderError, NotAWorksheetError, RangeError
from addin_backend.workbooks import xml
from addin_backend.workbooks.address import WHOLE_SHEET, Area, parse_area, split_sheet
from addin_backend.workbooks.archive import Limits
from addin_backend.workbooks.grid import Grid, read_grid
from addin_backend.workbooks.listobjects import ListObject, find_name, list_objects
from addin_backend.workbooks.package import Package, Sheet, open_package
from addin_backend.workbooks.regions import Region, find_region, header_depth, header_texts, is_filled
from grammar.excel.rule import Place
from grammar.table import Cell, Kind, Table, column_letter, read_number

_SAMPLED_TEXTS = 1_000
_UNCALCULATED = (
    "Some formulas on the sheet have no saved result, so their cells count as empty here. Open it in Excel and save it "
    "to have them counted."
)


@dataclass(frozen=True)
class SheetTable:
    """A table of a sheet: `address` is its range with the header, `place` where its data rows are.

    `notes` are sentences for the user about what was decided (which table, what was left out, numbers kept as text).
    """

    table: Table
    place: Place
    sheet: str
    address: str
    notes: tuple[str, ...] = ()

    @property
    def range(self) -> str:
        """The same as `address`, under the name that requests and answers use."""
        return self.address


def read_table(path: Path, *, sheet: str | None = None, cells: str | None = None, limits: Limits | None = None) -> SheetTable:
    """The table of a workbook that a request is about.

    Args:
        path: an .xlsx, .xlsm, .xltx or .xltm file.
        sheet: name of a sheet; None takes the one that was open when the workbook was saved, or the first with a table.
        cells: `A1:D20` (its first row is the header), `D:F`, one cell (the table around it), the name of a table or range,
            each with or without `Sheet!` in front; None finds the table (the largest ListObject, else the first block of
            cells with a header).
        limits: what is accepted.

    Raises:
        NoSuchSheetError, NotAWorksheetError, RangeError, EmptyTableError, NoHeaderError: with what to do about it.
        Everything that `open_package` raises.
    """
    with open_package(path, limits) as package:
        sheet, area = _place(package, sheet, cells)
        if sheet is not None:
            return _read_sheet(package, package.sheet(sheet), area)
        return _read_any(package, area)


def _place(package: Package, sheet: str | None, cells: str | None) -> tuple[str | None, Area | None]:
    """Sheet and area that the arguments name."""
    if cells is None or not cells.strip():
        return sheet, None
    named, reference = split_sheet(cells)
    if named is not None and sheet is not None and named.casefold() != sheet.strip().casefold():
        raise RangeError(f"The range '{cells}' is on another sheet than '{sheet}'.")
    sheet = named if named is not None else sheet
    area = parse_area(reference)
    if area is not None:
        return sheet, area
    found = find_name(package, reference)
    if found is None:
        raise RangeError(
            f"'{cells}' is neither a range such as A1:D20 or D:F nor the name of a table or range in this workbook."
        )
    if sheet is not None and found[0].casefold() != sheet.strip().casefold():
        raise RangeError(f"'{cells}' is on the sheet '{found[0]}', not on '{sheet}'.")
    return found


def _read_any(package: Package, area: Area | None) -> SheetTable:
    """The table of the active sheet, or of the first visible sheet that has one."""
    candidates = list(_candidates(package))
    if not candidates:
        raise NotAWorksheetError("The workbook has no worksheet: only charts or macros.")
    failure: AddinError | None = None
    for sheet in candidates:
        try:
            found = _read_sheet(package, sheet, area)
        except AddinError as error:
            failure = failure or error
            if area is not None or not isinstance(error, EmptyTableError | NoHeaderError):
                raise
        else:
            note = f"The table is on the sheet '{sheet.name}'; the workbook has {len(candidates)} sheets."
            return found if len(candidates) == 1 else replace(found, notes=(note, *found.notes))
    assert failure is not None
    raise failure


def _candidates(package: Package) -> Iterator[Sheet]:
    usable = [sheet for sheet in package.sheets if sheet.kind == "worksheet" and sheet.part is not None]
    visible = [sheet for sheet in usable if sheet.visible] or usable
    views = xml.child(package.workbook, "bookViews")
    view = xml.child(views, "workbookView") if views is not None else None
    tab = view.get("activeTab", "0") if view is not None else "0"
    active = package.sheets[int(tab)] if tab.isdigit() and int(tab) < len(package.sheets) else None
    yield from sorted(visible, key=lambda sheet: sheet is not active)


def _read_sheet(package: Package, sheet: Sheet, area: Area | None) -> SheetTable:
    grid = read_grid(package, sheet)
    tables = list_objects(package, sheet)
    where = f"the sheet '{sheet.name}'"
    if area is None:
        region = _largest(grid, tables) if tables else find_region(grid, where)
    elif area.is_cell:
        region = _around(grid, tables, area, where)
    else:
        region = _given(grid, tables, area, where)
    return _sheet_table(grid, region, sheet, where)


def _largest(grid: Grid, tables: tuple[ListObject, ...]) -> Region:
    table = max(tables, key=lambda item: item.area.size)
    region = _of_table(grid, table)
    if len(tables) == 1:
        return region
    others = ", ".join(f"{item.name} ({item.area.text()})" for item in tables if item is not table)
    note = f"The sheet has {len(tables)} tables; the largest, {table.name}, was taken. Others: {others}."
    return replace(region, notes=(note, *region.notes))


def _of_table(grid: Grid, table: ListObject) -> Region:
    data = table.data
    if data is None:
        raise EmptyTableError(f"The table {table.name} has no rows.")
    names = _unescape(table.columns)
    if table.header_rows:
        shown = grid.row(table.area.top, table.area.left, table.area.right)
        names = tuple(str(cell) if is_filled(cell) else name for cell, name in zip(shown, _fit(names, len(shown)), strict=True))
    headers = _fit(names, data.right - data.left + 1)
    top = table.area.top if table.header_rows else data.top
    return Region(top, data.top, data.bottom, data.left, data.right, headers)


def _unescape(names: tuple[str, ...]) -> tuple[str, ...]:
    """Line breaks in column names are written `_x000a_` (ST_Xstring, 22.9.2.19)."""
    return tuple(
        name.replace("_x000a_", " ").replace("_x000A_", " ").replace("_x000d_", "").replace("_x000D_", "") for name in names
    )


def _fit(names: tuple[str, ...], width: int) -> tuple[str, ...]:
    return (*names, *[""] * width)[:width]


def _around(grid: Grid, tables: tuple[ListObject, ...], cell: Area, where: str) -> Region:
    """The table that a cell belongs to."""
    for table in tables:
        if table.area.contains(cell):
            return _of_table(grid, table)
    own = grid.area
    if own is None or not own.contains(cell):
        raise EmptyTableError(f"There is nothing at {cell.text()} on {where}.")
    rows = grid.rows
    first = last = cell.top - grid.top
    if not any(map(is_filled, rows[first])):
        raise EmptyTableError(f"There is nothing at {cell.text()} on {where}.")
    while first > 0 and any(map(is_filled, rows[first - 1])):
        first -= 1
    while last + 1 < len(rows) and any(map(is_filled, rows[last + 1])):
        last += 1
    region = find_region(grid.clip(Area(grid.top + first, own.left, grid.top + last, own.right)), where)
    if not region.area.contains(cell):
        raise RangeError(
            f"The cell {cell.text()} is beside the table {region.area.text()} on {where}, not in it. Give the range."
        )
    return region


def _given(grid: Grid, tables: tuple[ListObject, ...], area: Area, where: str) -> Region:
    """The table in a range: the range's first row is the header, unless the range lies among the data of a table."""
    cut = grid.clip(area)
    if not any(is_filled(cell) for row in cut.rows for cell in row):
        raise EmptyTableError(f"There is nothing in {area.text()} on {where}.")
    for table in tables:
        if table.area.contains(_used(cut)):
            return _narrow(_of_table(grid, table), area)
    if area.top == 1 and area.bottom == WHOLE_SHEET.bottom:
        return find_region(
            cut, f"{where} in columns {column_letter(cut.left - 1)} to {column_letter(cut.left + cut.width - 2)}"
        )
    surrounding = _surrounding(grid, area)
    if surrounding is not None:
        return _narrow(surrounding, area)
    return _from_first_row(cut, area, where)


def _used(cut: Grid) -> Area:
    area = cut.area
    assert area is not None
    rows = [k for k, row in enumerate(cut.rows) if any(map(is_filled, row))]
    return Area(cut.top + rows[0], area.left, cut.top + rows[-1], area.right)


def _surrounding(grid: Grid, area: Area) -> Region | None:
    """The table found on the whole sheet, if the range lies among its data rows (so that its header is above the range)."""
    try:
        region = find_region(grid, "")
    except AddinError:
        return None
    data = Area(region.first, region.left, region.last, region.right)
    return region if data.contains(area) else None


def _narrow(region: Region, area: Area) -> Region:
    """The part of a table inside a range; the header stays, also when it is above the range."""
    first, last = max(region.first, area.top), min(region.last, area.bottom)
    left, right = max(region.left, area.left), min(region.right, area.right)
    if first > last:
        raise EmptyTableError(f"There are no rows of the table {region.area.text()} in {area.text()}.")
    headers = region.headers[left - region.left : right - region.left + 1]
    note = () if area.top <= region.top else (f"The header was taken from row {region.top}, above the range.",)
    return Region(region.top, first, last, left, right, headers, note)


def _from_first_row(cut: Grid, area: Area, where: str) -> Region:
    """The first filled row of the range that looks like a header, or simply the first."""
    filled = [k for k, row in enumerate(cut.rows) if any(map(is_filled, row))]
    for k in filled[:10]:
        depth = header_depth(cut, k)
        if depth:
            break
    else:
        k, depth = filled[0], 1
    notes = () if k == filled[0] else (f"The header was found in row {cut.top + k}; the rows above it were left out.",)
    if filled[-1] < k + depth:
        raise EmptyTableError(f"There is a header in {area.text()} on {where}, but there are no rows below it.")
    headers = tuple(header_texts(cut, k, depth))
    right = cut.left + cut.width - 1
    return Region(cut.top + k, cut.top + k + depth, cut.top + filled[-1], cut.left, right, headers, notes)


def _sheet_table(grid: Grid, region: Region, sheet: Sheet, where: str) -> SheetTable:
    if region.last < region.first:
        raise EmptyTableError(f"There is a header on {where}, but there are no rows below it.")
    block = grid.clip(Area(region.first, region.left, region.last, region.right))
    whole = block.area == Area(region.first, region.left, region.last, region.right)
    numbers = range(region.first, region.last + 1)
    rows = block.rows if whole else [grid.row(number, region.left, region.right) for number in numbers]
    headers: list[Cell] = [text or None for text in region.headers]
    if not any(headers):
        headers = [f"Column {column_letter(region.left - 1 + k)}" for k in range(len(headers))]
    table = Table.from_rows([headers, *rows], coerce=False)
    place = Place(region.first, region.last, region.left)
    formulas = (_UNCALCULATED,) if grid.uncalculated else ()
    return SheetTable(table, place, sheet.name, region.area.text(), (*region.notes, *formulas, *_numbers_as_text(table)))


def _numbers_as_text(table: Table) -> Iterator[str]:
    """A note for every column of text most of which would be numbers: Excel compares them as text, and so do we."""
    for column in table.columns:
        if column.kind is not Kind.TEXT:
            continue
        texts = [cell for cell in column.cells[:_SAMPLED_TEXTS] if isinstance(cell, str) and is_filled(cell)]
        if texts and 2 * sum(read_number(text) is not None for text in texts) > len(texts):
            yield (
                f"The column '{column.header}' holds numbers stored as text, which Excel takes for text. If amounts are meant, "
                "convert them first (Data, Text to Columns)."
            )
