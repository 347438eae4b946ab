"""Where a table is on a sheet that does not say so."""

from __future__ import annotations

import datetime as dt

import pytest

from addin_backend.errors import EmptyTableError, NoHeaderError
from addin_backend.workbooks.address import Area
from addin_backend.workbooks.grid import Grid
from addin_backend.workbooks.regions import find_region

N = None
DAY = dt.date(2026, 3, 1)
CASES: list[tuple[str, list[list[object]], str, tuple[str, ...]]] = [
    ("plain", [["Name", "Age"], ["Ann", 5], ["Bob", 7]], "A1:B3", ("Name", "Age")),
    ("title above", [["Sales 2026", N, N], ["Item", "Price", "Count"], ["a", 1, 2], ["b", 3, 4]],
     "A2:C4", ("Item", "Price", "Count")),
    ("title, then a gap", [["Sales", N, N], [N, N, N], ["Item", "Price", "Count"], ["a", 1, 2]],
     "A3:C4", ("Item", "Price", "Count")),
    ("two title lines", [["Sales", N, N], ["by region", N, N], ["Item", "Price", "Count"], ["a", 1, 2]],
     "A3:C4", ("Item", "Price", "Count")),
    ("keys and values above",
     [["Company", "Acme", N, N, N], ["Printed", DAY, N, N, N], ["A", "B", "C", "D", "E"], ["x", 1, 2, 3, 4]],
     "A3:E4", ("A", "B", "C", "D", "E")),
    ("years as headers", [["Region", 2024, 2025, 2026], ["North", 10, 20, 30], ["South", 11, 21, 31]],
     "A1:D3", ("Region", "2024", "2025", "2026")),
    ("dates as headers", [["Region", DAY, DAY], ["North", 10, 20], ["South", 11, 21]],
     "A1:C3", ("Region", "2026-03-01", "2026-03-01")),
    ("days as headers", [["Name", 1, 2, 3, 4], ["Ann", "P", "A", "P", "P"], ["Bob", "P", "P", "P", "A"]], "A1:E3",
     ("Name", "1", "2", "3", "4")),
    ("hours as headers of numbers", [["Day", "8", "9", "10"], ["Mon", 3, 4, 5], ["Tue", 1, 1, 1]], "A1:D3",
     ("Day", "8", "9", "10")),
    ("only text", [["Name", "City"], ["Ann", "Rome"], ["Bob", "Oslo"]], "A1:B3", ("Name", "City")),
    ("one column", [["Score"], [4], [5]], "A1:A3", ("Score",)),
    ("a header cell missing", [["Name", N, "Age"], ["Ann", "x", 5], ["Bob", "y", 7]], "A1:C3", ("Name", "", "Age")),
    ("a column of row numbers without a header", [[N, "Name", "Age"], [1, "Ann", 5], [2, "Bob", 7]],
     "A1:C3", ("", "Name", "Age")),
    ("a footnote after a gap", [["Name", "Age"], ["Ann", 5], ["Bob", 7], [N, N], ["Source: census", N]],
     "A1:B3", ("Name", "Age")),
    ("a gap in the data", [["Name", "Age"], ["Ann", 5], ["Bob", 7], [N, N], ["Cid", 9]], "A1:B5", ("Name", "Age")),
    ("another table below", [["Name", "Age"], ["Ann", 5], ["Bob", 7], [N, N], ["City", "Size"], ["Rome", 3]],
     "A1:B3", ("Name", "Age")),
    ("another table beside", [["Name", "Age", "Job", N, "City", "Size"], ["Ann", 5, "x", N, "Rome", 3]],
     "A1:C2", ("Name", "Age", "Job")),
    ("the larger one is on the right", [["K", N, "Name", "Age"], ["v", N, "Ann", 5]], "C1:D2", ("Name", "Age")),
    ("a shorter table beside", [["A", "B", N, "C", "D", "E"], ["x", 1, N, "y", 2, 3], [N, N, N, "z", 4, 5]],
     "D1:F3", ("C", "D", "E")),
    ("a total row", [["Item", "Price"], ["a", 1], ["b", 2], ["Total", 3]], "A1:B3", ("Item", "Price")),
    ("a grand total after a gap", [["Item", "Price"], ["a", 1], ["b", 2], [N, N], ["Grand Total:", 3]],
     "A1:B3", ("Item", "Price")),
    ("a total of one row stays", [["Item", "Price"], ["a", 1], ["Total", 1]], "A1:B3", ("Item", "Price")),
    ("an item called Total Gym", [["Item", "Price"], ["a", 1], ["b", 2], ["Total Gym", 3]], "A1:B4", ("Item", "Price")),
    ("errors in the data", [["Item", "Share"], ["a", "#DIV/0!"], ["b", 2]], "A1:B3", ("Item", "Share")),
    ("blanks of spaces", [["Item", "Share", " "], ["a", 1, " "], ["b", 2, "  "]], "A1:B3", ("Item", "Share")),
    ("line breaks in headers", [["Unit\nprice", " Net  sum "], [1, 2]], "A1:B2", ("Unit price", "Net sum")),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "area", "headers"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_table_is_found(rows: list[list[object]], area: str, headers: tuple[str, ...]) -> None:
    region = find_region(Grid(rows, 1, 1), "the sheet")  # type: ignore[arg-type]  # object for Cell
    assert (region.area.text(), region.headers) == (area, headers)


def test_places_count_from_the_block() -> None:
    region = find_region(Grid([["Name", "Age"], ["Ann", 5]], 7, 3), "the sheet")
    assert region.area.text() == "C7:D8"
    assert (region.first, region.last) == (8, 8)


def test_what_is_left_out_is_said() -> None:
    beside = find_region(Grid([["A", "B", "C", None, "D", "E"], ["x", 1, 2, None, "y", 2]], 1, 1), "the sheet")
    assert "columns E to F" in beside.notes[0]
    gap = find_region(Grid([["A", "B"], ["x", 1], ["y", 2], [None, None], ["note", None]], 1, 1), "the sheet")
    assert gap.notes == ("The table ends at row 3, before an empty row; rows from 5 on were left out.",)
    total = find_region(Grid([["A", "B"], ["x", 1], ["y", 2], ["Total", 3]], 1, 1), "the sheet")
    assert total.notes == ("Row 4 is a total and was left out; give the range to include it.",)


def test_a_header_of_two_rows() -> None:
    rows = [
        ["Region", "Q1", None, "Q2", None],
        [None, "Sales", "Cost", "Sales", "Cost"],
        ["North", 1, 2, 3, 4],
        ["South", 5, 6, 7, 8],
    ]
    merged = (Area(1, 1, 2, 1), Area(1, 2, 1, 3), Area(1, 4, 1, 5))
    region = find_region(Grid(rows, 1, 1, merged), "the sheet")  # type: ignore[arg-type]  # object for Cell
    assert region.headers == ("Region", "Q1 Sales", "Q1 Cost", "Q2 Sales", "Q2 Cost")
    assert (region.top, region.first, region.last) == (1, 3, 4)


def test_a_merged_title_is_no_header() -> None:
    rows = [["Sales of the year", None, None], ["Item", "Price", "Count"], ["a", 1, 2], ["b", 3, 4]]
    region = find_region(Grid(rows, 1, 1, (Area(1, 1, 1, 3),)), "the sheet")  # type: ignore[arg-type]  # object for Cell
    assert region.headers == ("Item", "Price", "Count")


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        ([], EmptyTableError),
        ([[None, ""], [" ", None]], EmptyTableError),
        ([["Name", "Age"]], EmptyTableError),
        ([["Name", "Age"], [None, None]], EmptyTableError),
        ([[1, 2], [3, 4]], NoHeaderError),
        ([["Ann", 5, 6.5], ["Bob", 7, 8.5], ["Cid", 1, 2.5]], NoHeaderError),
        ([["#N/A", "#N/A"], [1, 2]], NoHeaderError),
    ],
)
def test_no_table(rows: list[list[object]], error: type[Exception]) -> None:
    with pytest.raises(error, match="the sheet"):
        find_region(Grid(rows, 1, 1), "the sheet")  # type: ignore[arg-type]  # object for Cell
