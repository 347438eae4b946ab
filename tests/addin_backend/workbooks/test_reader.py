"""From a workbook to a table: sheets, ranges, ListObjects, types, errors, notes."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.table import Table

from addin_backend.errors import (
    AddinError,
    DamagedWorkbookError,
    EmptyTableError,
    NoHeaderError,
    NoSuchSheetError,
    NotAWorksheetError,
    RangeError,
    WorkbookTooLargeError,
)  # fmt: skip
from addin_backend.workbooks.archive import Limits
from addin_backend.workbooks.reader import read_table
from grammar.table import Class, Kind
from tests.addin_backend.fixtures.workbooks import (
    INVOICES,
    MAIN,
    OFFICE,
    STRICT,
    Rows,
    minimal_parts,
    pack,
    put,
    rich_workbook,
    row_xml,
    save_rows,
)

moment = dt.datetime.fromisoformat


def test_it_works(tmp_path: Path) -> None:
    found = read_table(save_rows(tmp_path / "in.xlsx", INVOICES, top=3, left=2))
    assert found.table.headers == ("Invoice", "Customer", "Amount", "Due", "Status")
    assert [column.kind for column in found.table.columns] == [Kind.TEXT, Kind.TEXT, Kind.NUMBER, Kind.DATE, Kind.TEXT]
    assert (found.sheet, found.address, found.range) == ("Sheet1", "B3:F43", "B3:F43")
    assert (found.place.first_row, found.place.last_row, found.place.first_column) == (4, 43, 2)
    assert found.table.columns[3].cells[0] == moment("2026-01-10")
    assert found.notes == ()


def test_cells_keep_their_types(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    values = [
        5,
        0.35,
        True,
        "12",
        "text",
        dt.date(2026, 1, 31),
        moment("2026-01-31T12:30"),
        dt.time(6),
        dt.timedelta(hours=36),
        None,
        " a ",
    ]
    sheet.append([f"h{k}" for k in range(len(values))])
    sheet.append(values)
    book.save(tmp_path / "in.xlsx")
    row = [column.cells[0] for column in read_table(tmp_path / "in.xlsx").table.columns]
    assert row[:5] == [5, 0.35, True, "12", "text"]
    assert row[2] is True
    assert row[5:9] == [moment("2026-01-31"), moment("2026-01-31T12:30"), dt.time(6), 1.5]
    assert not row[9]
    assert row[10] == " a "


ERRORS = (
    "#DIV/0!",
    "#N/A",
    "#NAME?",
    "#NULL!",
    "#NUM!",
    "#REF!",
    "#VALUE!",
    "#SPILL!",
    "#CALC!",
    "#GETTING_DATA",
    "#FIELD!",
    "#BUSY!",
)


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.parametrize("prefix", ["", "x:"])
def test_errors_come_as_their_text(tmp_path: Path, error: str, quote: str, prefix: str) -> None:
    cell = (
        f"<{prefix}c r={quote}A2{quote} t={quote}e{quote}><{prefix}f>1/0</{prefix}f><{prefix}v>{error}</{prefix}v></{prefix}c>"
    )
    rows = f"{row_xml(1, ['Share'], prefix)}<{prefix}row r='2'>{cell}</{prefix}row>{row_xml(3, [5], prefix)}"
    declared = f'xmlns:x="{MAIN}"' if prefix else f'xmlns="{MAIN}"'
    sheet = f"<{prefix}worksheet {declared}><{prefix}sheetData>{rows}</{prefix}sheetData></{prefix}worksheet>"
    (column,) = read_table(pack(minimal_parts(sheet), tmp_path / "in.xlsx")).table.columns
    assert column.cells == (error, 5)
    assert list(column.classes) == [Class.ERROR, Class.NUMBER]
    assert column.kind is Kind.NUMBER


def test_numbers_stored_as_text_stay_text_and_are_mentioned(tmp_path: Path) -> None:
    rows = [["Amount", "Code"], ["1,200.00", "a1"], ["300", "b2"], ["n/a", "3"]]
    found = read_table(save_rows(tmp_path / "in.xlsx", rows))
    assert found.table.columns[0].cells == ("1,200.00", "300", "n/a")
    assert len(found.notes) == 1
    assert "'Amount' holds numbers stored as text" in found.notes[0]


def test_formulas_without_results_are_mentioned(tmp_path: Path) -> None:
    found = read_table(save_rows(tmp_path / "in.xlsx", [["a", "b"], [1, "=A2*2"], [2, "=A3*2"]]))
    assert "no saved result" in found.notes[0]
    assert found.table.columns[1].kind is Kind.EMPTY
    calculated = f'<row r="2"><c r="A2"><f>1+1</f><v>2</v></c><c r="B2" t="str"><f>""</f><v></v></c></row>'  # noqa: F541  # for its quotes
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{row_xml(1, ["a", "b"])}{calculated}</sheetData></worksheet>'
    assert read_table(pack(minimal_parts(sheet), tmp_path / "done.xlsx")).notes == ()


def test_a_1904_workbook_gives_the_right_days(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    sheet = book.active
    assert sheet is not None
    put(sheet, [["Day"], [dt.date(2026, 1, 31)]])
    book.save(tmp_path / "in.xlsx")
    assert read_table(tmp_path / "in.xlsx").table.columns[0].cells == (moment("2026-01-31"),)


def test_a_strict_workbook(tmp_path: Path) -> None:
    parts = minimal_parts(namespace=STRICT)
    for name, data in parts.items():
        parts[name] = str(data).replace(OFFICE, "http://purl.oclc.org/ooxml/officeDocument/relationships")
    found = read_table(pack(parts, tmp_path / "in.xlsx"))
    assert found.table.headers == ("Name", "Count")
    assert found.table.columns[1].cells == (5,)


# -- sheets ------------------------------------------------------------------------------------------------------------


def three_sheets(path: Path, *, active: int = 0) -> Path:
    book = openpyxl.Workbook()
    cover = book.active
    assert cover is not None
    cover.title = "Cover"
    put(book.create_sheet("Data One"), [["Name", "Age"], ["Ann", 5]])
    put(book.create_sheet("it's"), [["City", "Size"], ["Rome", 3]])
    book.create_chartsheet("Chart")
    book.active = active
    book.save(path)
    return path


def test_the_sheet_that_was_open_is_taken(tmp_path: Path) -> None:
    found = read_table(three_sheets(tmp_path / "in.xlsx", active=2))
    assert found.sheet == "it's"
    assert found.notes[0].startswith("The table is on the sheet 'it's'; the workbook has 3")


def test_a_sheet_without_cells_is_passed_over(tmp_path: Path) -> None:
    assert read_table(three_sheets(tmp_path / "in.xlsx")).sheet == "Data One"


def test_a_sheet_without_a_header_is_passed_over_unless_it_is_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    cover = book.active
    assert cover is not None
    cover.title = "Cover"
    put(cover, [[1, 2], [3, 4]])
    put(book.create_sheet("Data One"), [["Name", "Age"], ["Ann", 5]])
    book.save(tmp_path / "in.xlsx")
    assert read_table(tmp_path / "in.xlsx").sheet == "Data One"
    with pytest.raises(NoHeaderError):
        read_table(tmp_path / "in.xlsx", sheet="Cover")


def test_names_of_sheets_do_not_care_for_case(tmp_path: Path) -> None:
    book = three_sheets(tmp_path / "in.xlsx")
    assert read_table(book, sheet="data one").sheet == "Data One"
    assert read_table(book, cells="'it''s'!A1:B2").table.headers == ("City", "Size")
    assert read_table(book, sheet="Data One", cells="'Data One'!A1:B2").sheet == "Data One"


def test_no_such_sheet(tmp_path: Path) -> None:
    with pytest.raises(NoSuchSheetError, match="'Cover', 'Data One', 'it's', 'Chart'"):
        read_table(three_sheets(tmp_path / "in.xlsx"), sheet="Sheet9")
    with pytest.raises(RangeError, match="another sheet"):
        read_table(three_sheets(tmp_path / "in.xlsx"), sheet="Cover", cells="it's!A1:B2")


def test_a_chart_sheet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotAWorksheetError, match="chart sheet"):
        read_table(three_sheets(tmp_path / "in.xlsx"), sheet="Chart")


def test_an_empty_sheet(tmp_path: Path) -> None:
    with pytest.raises(EmptyTableError, match="nothing on the sheet 'Cover'"):
        read_table(three_sheets(tmp_path / "in.xlsx"), sheet="Cover")


# -- ranges ------------------------------------------------------------------------------------------------------------

SHIFTED: Rows = [
    ["Report", None, None, None],
    [None, None, None, None],
    *[[row[0], row[2], row[3], row[4]] for row in INVOICES],
]


@pytest.mark.parametrize(
    ("cells", "address", "headers"),
    [
        ("A3:D43", "A3:D43", ("Invoice", "Amount", "Due", "Status")),
        ("$A$3:$B$10", "A3:B10", ("Invoice", "Amount")),
        ("b3:d43", "B3:D43", ("Amount", "Due", "Status")),
        ("D43:A3", "A3:D43", ("Invoice", "Amount", "Due", "Status")),
        ("B:C", "B3:C43", ("Amount", "Due")),
        ("3:20", "A3:D20", ("Invoice", "Amount", "Due", "Status")),
        ("A1:D43", "A3:D43", ("Invoice", "Amount", "Due", "Status")),
        ("A3:Z999", "A3:D43", ("Invoice", "Amount", "Due", "Status")),
        ("C9", "A3:D43", ("Invoice", "Amount", "Due", "Status")),
        ("Sheet1!A3:B9", "A3:B9", ("Invoice", "Amount")),
    ],
)
def test_a_range_is_honoured(tmp_path: Path, cells: str, address: str, headers: tuple[str, ...]) -> None:
    found = read_table(save_rows(tmp_path / "in.xlsx", SHIFTED), cells=cells)
    assert (found.address, found.table.headers) == (address, headers)
    assert found.table.rows == found.place.last_row - found.place.first_row + 1


def test_a_range_among_the_data_takes_the_header_above(tmp_path: Path) -> None:
    found = read_table(save_rows(tmp_path / "in.xlsx", SHIFTED), cells="B10:D20")
    assert found.table.headers == ("Amount", "Due", "Status")
    assert (found.place.first_row, found.place.last_row, found.place.first_column) == (10, 20, 2)
    assert found.notes == ("The header was taken from row 3, above the range.",)


def test_the_first_row_of_a_range_is_the_header_whatever_it_is(tmp_path: Path) -> None:
    found = read_table(save_rows(tmp_path / "in.xlsx", [[1, 2], [3, 4], [5, 6]]), cells="A1:B3")
    assert found.table.headers == ("1", "2")
    with pytest.raises(NoHeaderError):
        read_table(tmp_path / "in.xlsx")


@pytest.mark.parametrize(
    "cells", ["A1:XFE5", "A0:B5", "A1:B1048577", "Nowhere", "A1:B2:C3", "A:5", "5", "A", "!!", "Sheet1!", "R1C1"]
)
def test_ranges_that_cannot_be(tmp_path: Path, cells: str) -> None:
    with pytest.raises(RangeError):
        read_table(save_rows(tmp_path / "in.xlsx", SHIFTED), cells=cells)


@pytest.mark.parametrize("cells", ["H1:K9", "A900:B950", "Z99", "A2:D2", "A3:D3", "D1:D2"])
def test_ranges_without_data(tmp_path: Path, cells: str) -> None:
    with pytest.raises(EmptyTableError):
        read_table(save_rows(tmp_path / "in.xlsx", SHIFTED), cells=cells)


def test_names_of_ranges_and_tables(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    put(sheet, SHIFTED)
    book.defined_names["Bills"] = openpyxl.workbook.defined_name.DefinedName("Bills", attr_text="Sheet!$A$3:$B$12")
    other = book.create_sheet("Other")
    put(other, INVOICES)
    other.add_table(Table(displayName="All_Invoices", ref="A1:E41"))
    book.save(tmp_path / "in.xlsx")
    assert read_table(tmp_path / "in.xlsx", cells="bills").address == "A3:B12"
    found = read_table(tmp_path / "in.xlsx", cells="All_Invoices")
    assert (found.sheet, found.address) == ("Other", "A1:E41")
    with pytest.raises(RangeError, match="on the sheet 'Other'"):
        read_table(tmp_path / "in.xlsx", sheet="Sheet", cells="All_Invoices")


# -- ListObjects -------------------------------------------------------------------------------------------------------


def two_tables(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    put(sheet, [["unrelated", "words"], ["before", "the tables"]])
    put(sheet, [["Name", "Age", "Note"], ["Ann", 5, "x"], ["Bob", 7, "y"], ["Sum", 12, None]], 5, 2)
    put(sheet, [["City", "Size"], ["Rome", 3]], 5, 7)
    large = Table(displayName="People", ref="B5:D8", totalsRowCount=1)
    sheet.add_table(large)
    sheet.add_table(Table(displayName="Cities", ref="G5:H6"))
    book.save(path)
    return path


def test_the_largest_table_of_a_sheet(tmp_path: Path) -> None:
    found = read_table(two_tables(tmp_path / "in.xlsx"))
    assert (found.table.headers, found.address, found.table.rows) == (("Name", "Age", "Note"), "B5:D7", 2)
    assert found.notes == ("The sheet has 2 tables; the largest, People, was taken. Others: Cities (G5:H6).",)


@pytest.mark.parametrize(("cells", "address"), [("G5:H6", "G5:H6"), ("H6", "G5:H6"), ("C6", "B5:D7"), ("B5:C8", "B5:C7")])
def test_the_table_that_contains_a_range(tmp_path: Path, cells: str, address: str) -> None:
    assert read_table(two_tables(tmp_path / "in.xlsx"), cells=cells).address == address


def test_a_table_without_rows_or_header(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    put(sheet, [[1, 2], [3, 4]])
    table = Table(displayName="Bare", ref="A1:B2", headerRowCount=0)
    table._initialise_columns()
    table.tableColumns[0].name, table.tableColumns[1].name = "Width", "Height"
    sheet.add_table(table)
    book.save(tmp_path / "in.xlsx")
    found = read_table(tmp_path / "in.xlsx")
    assert (found.table.headers, found.table.rows, found.place.first_row) == (("Width", "Height"), 2, 1)


def test_macros_and_x14_rules_do_not_disturb(tmp_path: Path) -> None:
    found = read_table(rich_workbook(tmp_path / "in.xlsm"), sheet="Invoices")
    assert (found.table.rows, found.address) == (40, "A1:E41")


# -- size --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell", ['<c r="XFD1048576"><v>1</v></c>', "<c r = 'XFD1048576'><v>1</v></c>", '<c s="0" r="XFD1048576"><v>1</v></c>']
)
def test_a_stray_cell_far_away(tmp_path: Path, cell: str) -> None:
    rows = f'{row_xml(1, ["a", "b"])}{row_xml(2, ["x", 1])}<row r="1048576">{cell}</row>'
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    with pytest.raises(WorkbookTooLargeError, match="A1 to XFD1048576"):
        read_table(pack(minimal_parts(sheet), tmp_path / "in.xlsx"))


def test_formatted_but_empty_cells_far_away_do_no_harm(tmp_path: Path) -> None:
    empty = '<row r="1048576"><c r="XFD1048576" s="0"/></row>'
    sheet = (
        f'<worksheet xmlns="{MAIN}"><sheetData>{row_xml(1, ["a", "b"])}{row_xml(2, ["x", 1])}{empty}</sheetData></worksheet>'
    )
    assert read_table(pack(minimal_parts(sheet), tmp_path / "in.xlsx")).address == "A1:B2"


def test_cells_without_references(tmp_path: Path) -> None:
    texts = "<row><c t='inlineStr'><is><t>a</t></is></c><c t='inlineStr'><is><t>b</t></is></c></row>"
    rows = texts + "<row><c><v>1</v></c><c><v>2</v></c></row>"
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    found = read_table(pack(minimal_parts(sheet), tmp_path / "in.xlsx"))
    assert (found.address, [column.cells for column in found.table.columns]) == ("A1:B2", [(1,), (2,)])


def test_a_limit_on_cells(tmp_path: Path) -> None:
    with pytest.raises(WorkbookTooLargeError, match="at most 50 are read"):
        read_table(save_rows(tmp_path / "in.xlsx", INVOICES), limits=Limits(cells=50))


def test_broken_cells(tmp_path: Path) -> None:
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="s"><v>99</v></c></row></sheetData></worksheet>'
    with pytest.raises(AddinError) as caught:
        read_table(pack(minimal_parts(sheet), tmp_path / "in.xlsx"))
    assert isinstance(caught.value, DamagedWorkbookError | EmptyTableError)


def test_a_hundred_thousand_rows(tmp_path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Data")
    sheet.append(["Id", "Name", "Amount"])
    for k in range(100_000):
        sheet.append([k, f"name {k % 97}", k * 0.5])
    book.save(tmp_path / "in.xlsx")
    begun = time.process_time()
    found = read_table(tmp_path / "in.xlsx")
    assert (found.table.rows, found.address) == (100_000, "A1:C100001")
    assert time.process_time() - begun < 15, "about 0.6 s on one free core"
