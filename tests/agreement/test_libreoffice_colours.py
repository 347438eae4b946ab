"""The reader of LibreOffice's colours: hidden rows and columns, merged cells, several sheets."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import PatternFill

from grammar.excel.extension import EXTENSION_URI, X14, extension_xml
from grammar.excel.rule import Place
from grammar.excel.translate import translate
from grammar.parse import parse
from grammar.table import Cell, Table
from tests.agreement.libreoffice import LibreOfficeError, coloured_cells, convert, needs_libreoffice

RED = PatternFill(fill_type="solid", fgColor="FFFF0000")


@needs_libreoffice
def test_places_are_right_beside_hidden_and_merged_cells(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "First"
    for row in range(3, 9):
        for column in range(2, 7):
            sheet.cell(row, column).value = row * column
    sheet.row_dimensions[5].hidden = True
    sheet.column_dimensions["D"].hidden = True
    sheet.merge_cells("B3:C4")
    for cell in ("B3", "E4", "F6", "B8"):
        sheet[cell].fill = RED
    book.create_sheet("Empty")
    other = book.create_sheet("Other")
    other["A1"] = 1
    other["A1"].fill = RED
    path = tmp_path / "places.xlsx"
    book.save(path)
    red = "#ff0000"
    assert coloured_cells(path) == {
        "First": {"B3": red, "E4": red, "F6": red, "B8": red}, "Empty": {}, "Other": {"A1": red},
    }  # fmt: skip


@needs_libreoffice
def test_a_file_that_is_no_workbook(tmp_path: Path) -> None:
    with pytest.raises(LibreOfficeError, match=r"none\.xlsx"):
        convert(tmp_path / "none.xlsx", "html", tmp_path)


@needs_libreoffice
@pytest.mark.filterwarnings(
    "ignore:.*extension is not supported"
)  # the extension is what is tested; openpyxl has no part in it
def test_libreoffice_reads_icons_of_the_extension(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [["Score"]]
    rows += [[k] for k in range(1, 10)]
    rule = translate(parse('IconSet(c[0], "3Stars")'), Table.from_rows(rows), Place(2, 10, 1))
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    plain, path = tmp_path / "plain.xlsx", tmp_path / "stars.xlsx"
    book.save(plain)
    body = f'<x14:conditionalFormattings xmlns:x14="{X14}">{extension_xml(rule, 1)}</x14:conditionalFormattings>'
    extension = f'<extLst><ext uri="{EXTENSION_URI}">{body}</ext></extLst></worksheet>'
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                data = data.replace(b"</worksheet>", extension.encode())
            target.writestr(name, data)
    shown = convert(path, "fods", tmp_path / "out").read_text(encoding="utf-8")
    assert 'calcext:icon-set-type="3Stars"' in shown
    assert 'calcext:target-range-address="Sheet.A2:Sheet.A10"' in shown
