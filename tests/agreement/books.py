"""Pairs of rule and table in workbooks, coloured by LibreOffice."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from grammar import nodes as n
from grammar.check import check
from grammar.errors import GrammarError
from grammar.evaluate import Blanks, evaluate
from grammar.excel.context import Scope
from grammar.excel.openpyxl_rules import to_openpyxl
from grammar.excel.rule import ExcelRule, Place
from grammar.excel.translate import translate
from grammar.look import Look
from grammar.table import Cell, Table
from grammar.target import target_column
from scripts.libreoffice_colours import coloured_cells
from tests.agreement.rules import NAMES, RuleMaker
from tests.agreement.tables import make_table, read

LOOK = Look(fill="#FFC7CE")
BLOCKS = 4  # pairs on one sheet, side by side


@dataclass(frozen=True, eq=False)
class Pair:
    """A rule over a table at a place, its translation, and which rows the language matches, (rows,)."""

    rule: n.Rule
    rows: list[list[Cell]]
    table: Table
    place: Place
    scope: Scope
    blanks: Blanks
    excel: ExcelRule
    expected: tuple[bool, ...]
    today: dt.date

    def cells(self) -> dict[str, bool]:
        """Every data cell of the table and whether the rule colours it."""
        columns = range(len(self.table.columns)) if self.scope == "row" else (target_column(self.rule),)
        letters = [self.place.letters(k) for k in columns]
        return {f"{letter}{self.place.first_row + row}": hit for row, hit in enumerate(self.expected) for letter in letters}


def make_pairs(seed: int, count: int, today: dt.date) -> Iterator[Pair]:
    """`count` pairs, every predicate in turn; the same for the same seed and day."""
    random_ = random.Random(seed)
    made = 0
    while made < count:
        rows = make_table(random_, today)
        table = read(rows)
        for _ in range(3):
            rule = RuleMaker(random_, rows, today).rule(NAMES[made % len(NAMES)])
            first = random_.randint(2, 4)
            place = Place(first, first + table.rows - 1, 1 + (made % BLOCKS) * (len(rows[0]) + 1))
            pair = _pair(random_, rule, rows, place, today)
            if pair is not None:
                made += 1
                yield pair
            if made == count:
                return


def _pair(random_: random.Random, rule: n.Rule, rows: list[list[Cell]], place: Place, today: dt.date) -> Pair | None:
    table = read(rows)
    scope: Scope = random_.choice(("cells", "cells", "row"))
    blanks: Blanks = "excel" if random_.random() < 0.25 else "skip"
    native = random_.random() < 0.7
    try:
        check(rule, table)
        excel = translate(rule, table, place, scope=scope, blanks=blanks, prefer_native=native)
    except GrammarError:
        return None
    expected = evaluate(rule, table, today=today, blanks=blanks)
    return Pair(rule, rows, table, place, scope, blanks, excel, tuple(bool(hit) for hit in expected), today)


def coloured(pairs: list[Pair], folder: Path, sheets_per_book: int = 100) -> Iterator[tuple[Pair, set[str]]]:
    """Each pair with the cells of its block that LibreOffice colours."""
    per_book = sheets_per_book * BLOCKS
    for number, start in enumerate(range(0, len(pairs), per_book)):
        some = pairs[start : start + per_book]
        path = folder / f"pairs{number}.xlsx"
        _write(some, path)
        shown = coloured_cells(path)
        for position, pair in enumerate(some):
            sheet = shown[f"s{position // BLOCKS}"]
            yield pair, {cell for cell in pair.cells() if cell in sheet} | _strays(pair, sheet)


def _strays(pair: Pair, sheet: dict[str, str]) -> set[str]:
    """Coloured cells of the pair's table outside the range its rule is for."""
    letters = {pair.place.letters(k) for k in range(len(pair.table.columns))}
    mine = {cell for cell in sheet if cell.rstrip("0123456789") in letters}
    return mine - set(pair.cells())


def _write(pairs: list[Pair], path: Path) -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for position, pair in enumerate(pairs):
        name = f"s{position // BLOCKS}"
        sheet = book[name] if name in book.sheetnames else book.create_sheet(name)
        _fill(sheet, pair)
        rule = to_openpyxl(pair.excel, LOOK)
        rule.priority = position % BLOCKS + 1
        sheet.conditional_formatting.add(pair.excel.sqref, rule)
    book.save(path)


def _fill(sheet: Worksheet, pair: Pair) -> None:
    sheet["A1"] = "."  # so that every sheet's export begins at A1
    for at_row, row in enumerate(pair.rows, pair.place.first_row - 1):
        for at_column, cell in enumerate(row, pair.place.first_column):
            # an empty text can only come from a formula
            sheet[f"{get_column_letter(at_column)}{at_row}"] = '=""' if cell == "" else cell
