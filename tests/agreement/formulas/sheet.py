"""The cells under the formulas of `formulas.txt`, and their values in formualizer and in LibreOffice."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
from openpyxl.utils.datetime import to_excel

from grammar.errors import GrammarError
from grammar.formula import nodes as f
from grammar.formula import parse_formula, show_formula
from grammar.formula.dependencies import plain_name
from grammar.formula.evaluate import Book, EngineError, Given, Value
from grammar.formula.walk import rewrite
from tests.agreement.libreoffice import convert

FOLDER = Path(__file__).parent
SHEET = "S"
COLUMN = 10
"""Formulas stand in column J, the first in row 1."""

COLUMNS: tuple[tuple[Given, ...], ...] = (
    (1, 2, 3.5, -4, 0, 100, None, 0.1),
    ("apple", "Banana", "cherry*", "a?c", "Äpfel", None, "12", "~x"),
    (True, False, "#N/A", "#DIV/0!", None, "TRUE", 0, 1),
    (dt.date(2024, 2, 28), dt.date(2024, 2, 29), dt.date(2024, 3, 1), dt.date(1900, 3, 1), dt.date(2023, 12, 31),
     dt.datetime(2024, 1, 1, 12), None, 45000),  # noqa: DTZ001  # cells have no time zone
    ("5", "05", "1e2", " 7 ", "5%", "$5", "1/2/2024", "abc"),
    ("x", "y", "x", "z", "X", None, "xy", "x y"),
)  # fmt: skip

_NEWER = frozenset({
    "AGGREGATE", "CONCAT", "DAYS", "IFNA", "IFS", "ISFORMULA", "ISOWEEKNUM", "LAMBDA", "LET", "MAXIFS", "MINIFS", "NUMBERVALUE",
    "SWITCH", "TEXTJOIN", "UNICHAR", "UNICODE", "UNIQUE", "XLOOKUP", "XMATCH", "XOR",
})  # fmt: skip
"""Functions that a file names with the prefix `_xlfn.`."""


def formulas() -> list[str]:
    """All lines but headings and empty ones."""
    lines = (FOLDER / "formulas.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("# ")]


def by_formualizer(texts: list[str]) -> list[Value]:
    """Each formula's value; the text "not known" where the engine cannot evaluate it."""
    cells = {(row, column): value for column, cells in enumerate(COLUMNS, 1) for row, value in enumerate(cells, 1)}
    book = Book({SHEET: cells})
    found: list[Value] = []
    for row, text in enumerate(texts, 1):
        try:
            found.append(book.evaluate(text, sheet=SHEET, at=(row, COLUMN)))
        except (EngineError, GrammarError):
            found.append("not known")
    return found


def by_libreoffice(texts: list[str], folder: Path) -> list[Given]:
    """Each formula's value, dates as numbers, errors as their texts."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = SHEET
    for column, cells in enumerate(COLUMNS, 1):
        for row, value in enumerate(cells, 1):
            sheet.cell(row, column, value)
    for row, text in enumerate(texts, 1):
        sheet.cell(row, COLUMN, "=" + show_formula(rewrite(parse_formula(text), _as_stored)))
    source = folder / "formulas.xlsx"
    book.save(source)
    shown = openpyxl.load_workbook(convert(source, "xlsx", folder / "out"), data_only=True)[SHEET]
    return [_plain(shown.cell(row, COLUMN).value) for row in range(1, len(texts) + 1)]


def _as_stored(node: f.Node) -> f.Node:
    """As a file of today stores it: prefixes for newer functions, and no @, which every formula of a single cell means."""
    match node:
        case f.Signed("@", operand):
            return operand
        case f.Call(name, arguments) if plain_name(name) in _NEWER:
            return f.Call(f"_xlfn.{name}", arguments)
        case _:
            return node


def _plain(value: object) -> Given:
    if isinstance(value, dt.datetime | dt.date | dt.time | dt.timedelta):
        return (
            float(to_excel(value))
            if not isinstance(value, dt.time)
            else (value.hour * 3600 + value.minute * 60 + value.second) / 86400
        )
    assert value is None or isinstance(value, bool | int | float | str)
    return value
