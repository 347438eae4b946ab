"""Reading cells: numbers and dates out of text, classes, serial numbers, letters."""

from __future__ import annotations

import datetime as dt

import pytest

from grammar.errors import TableError
from grammar.table import Class, Kind, Table, classify, column_letter, display, read_date, read_number, serial


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5", 5), ("1,200", 1200), ("$1,200.50", 1200.5), ("(5)", -5), ("-3.5", -3.5), ("35%", 0.35), ("12 €", 12), (".5", 0.5),
        ("1 234 567", 1234567), ("1'000", 1000), ("€ -2", -2), ("184,00", 184), ("1.011,50 €", 1011.5), ("0,78 €", 0.78),
        ("007", None), ("1,23,456", None), ("1,2,3", None), ("(5", None), ("5 kg", None), ("", None), ("n/a", None),
    ],
)  # fmt: skip
def test_read_number(text: str, number: float | None) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-06-12", "2026-06-12T00:00"),
        ("2026-06-12 09:30", "2026-06-12T09:30"), ("2026-06-12T09:30:15", "2026-06-12T09:30:15"),
        ("2026-02-30", None), ("12.06.2026", None), ("07:00", None),
    ],
)  # fmt: skip
def test_read_date(text: str, moment: str | None) -> None:
    assert read_date(text) == (dt.datetime.fromisoformat(moment) if moment else None)


def test_serial_numbers_of_the_1900_system() -> None:
    assert serial(dt.date(1900, 1, 1)) == 1
    assert serial(dt.date(1900, 2, 28)) == 59
    assert serial(dt.date(1900, 3, 1)) == 61
    assert serial(dt.date(2026, 6, 15)) == 46188
    assert serial(dt.datetime.fromisoformat("2026-06-15 18:00")) == 46188.75
    assert serial(dt.time(6)) == 0.25


def test_kinds_and_classes() -> None:
    table = Table.from_rows(
        [
            ["number", "date", "text", "bool", "empty", "codes"],
            ["$5.00", "2026-06-12", "x", True, None, "007"],
            ["n/a", None, "5", False, "", "012"],
            [7, "2026-06-13", "y", True, " ", "013"],
        ]
    )
    assert [column.kind for column in table.columns] == [Kind.NUMBER, Kind.DATE, Kind.TEXT, Kind.BOOL, Kind.EMPTY, Kind.TEXT]
    assert table.columns[0].classes.tolist() == [Class.NUMBER, Class.TEXT, Class.NUMBER]
    assert classify("#N/A") == Class.ERROR


def test_shapes_that_are_refused() -> None:
    with pytest.raises(TableError, match="no header"):
        Table.from_rows([])
    with pytest.raises(TableError, match="no header"):
        Table.from_rows([[None, ""]])
    with pytest.raises(TableError, match="Row 2 has more cells"):
        Table.from_rows([["a"], [1, 2]])
    assert Table.from_rows([["a", "b"], [1], [1, 2, None]]).rows == 2


@pytest.mark.parametrize(("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")])
def test_column_letters(index: int, letters: str) -> None:
    assert column_letter(index) == letters


@pytest.mark.parametrize(("cell", "text"), [(5.0, "5"), (0.1, "0.1"), (True, "TRUE"), (None, ""), (dt.time(7), "07:00:00")])
def test_display(cell: float | None, text: str) -> None:
    assert display(cell) == text
