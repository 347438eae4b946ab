"""ListObjects ("Format as Table") and defined names: what the workbook itself calls a table or a range.

Source: ECMA-376 part 1, 18.5.1.2 (table), 18.2.5 (definedName).
"""

from __future__ import annotations

from dataclasses import dataclass

from addin_backend.workbooks import xml
from addin_backend.workbooks.address import Area, parse_area, split_sheet
from addin_backend.workbooks.package import Package, Sheet


@dataclass(frozen=True, slots=True)
class ListObject:
    """One table of a sheet: `area` with header and totals; `columns` are the names it gives its columns."""

    name: str
    area: Area
    header_rows: int
    totals_rows: int
    columns: tuple[str, ...]

    @property
    def data(self) -> Area | None:
        """The data rows; None if there are none."""
        top, bottom = self.area.top + self.header_rows, self.area.bottom - self.totals_rows
        return Area(top, self.area.left, bottom, self.area.right) if top <= bottom else None


def list_objects(package: Package, sheet: Sheet) -> tuple[ListObject, ...]:
    """The tables of a worksheet, in the order of their relationships; tables that cannot be read are left out."""
    if sheet.part is None:
        return ()
    parts = [item.target for item in package.relationships(sheet.part) if item.kind == "table" and package.has(item.target)]
    tables = (_list_object(package, part) for part in parts)
    return tuple(table for table in tables if table is not None)


def _list_object(package: Package, part: str) -> ListObject | None:
    root = package.tree(part)
    area = parse_area(root.get("ref", ""))
    holder = xml.child(root, "tableColumns")
    if area is None or holder is None:
        return None
    columns = tuple(column.get("name", "") for column in xml.children(holder, "tableColumn"))
    name = root.get("displayName") or root.get("name") or ""
    header, totals = int(root.get("headerRowCount", "1")), int(root.get("totalsRowCount", "0"))
    return ListObject(name, area, header, totals, columns)


def find_name(package: Package, name: str) -> tuple[str, Area] | None:
    """Sheet and area that a table's or a defined name stands for, without regard to case; None if there is no such name."""
    for sheet in package.sheets:
        if sheet.kind == "worksheet":
            for table in list_objects(package, sheet):
                if table.name.casefold() == name.casefold():
                    return sheet.name, table.area
    holder = xml.child(package.workbook, "definedNames")
    if holder is None:
        return None
    for item in xml.children(holder, "definedName"):
        if item.get("name", "").casefold() == name.casefold():
            sheet_name, reference = split_sheet(item.text or "")
            area = parse_area(reference)
            if sheet_name is not None and area is not None:
                return sheet_name, area
    return None
