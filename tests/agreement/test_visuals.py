"""Colour scales, data bars and icon sets survive LibreOffice's own reading and writing; HTML cannot show them."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from grammar import nodes as n
from grammar.excel.openpyxl_rules import to_openpyxl
from grammar.excel.read_back import read_back
from grammar.excel.rule import Place
from grammar.excel.translate import translate
from grammar.excel.visuals import ICON_SETS
from grammar.look import Look
from grammar.table import Cell, Table
from tests.agreement.libreoffice import convert, needs_libreoffice

VISUALS = (
    n.Visual("ColorScale", n.Column(1)),
    n.Visual("ColorScale", n.Column(1), "white-red"),
    n.Visual("ColorScale", n.Column(1), "blue-white-red"),
    n.Visual("DataBar", n.Column(1)),
    n.Visual("DataBar", n.Column(1), "green"),
    *(n.Visual("IconSet", n.Column(1), style) for style in ICON_SETS),
)


@needs_libreoffice
@pytest.mark.filterwarnings("ignore:.*extension is not supported")  # LibreOffice adds Excel 2010's twin of each data bar
@pytest.mark.timeout(120)
def test_libreoffice_reads_them_as_what_they_are(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [["Name", "Score"]]
    rows += [[f"n{k}", k * k] for k in range(1, 11)]
    table, place = Table.from_rows(rows), Place(2, 11, 1)
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for number, visual in enumerate(VISUALS):
        sheet = book.create_sheet(f"v{number}")
        for row in rows:
            sheet.append(row)
        rule = translate(visual, table, place)
        made = to_openpyxl(rule, Look.default())
        made.priority = 1
        sheet.conditional_formatting.add(rule.sqref, made)
    source = tmp_path / "visuals.xlsx"
    book.save(source)
    read = openpyxl.load_workbook(convert(source, "xlsx", tmp_path / "out"))
    for number, visual in enumerate(VISUALS):
        sheet = read[f"v{number}"]
        found = [(range_.sqref, rule) for range_ in sheet.conditional_formatting for rule in range_.rules]
        assert len(found) == 1, visual
        sqref, rule = found[0]
        # 3TrafficLights1 is the default of the attribute, so a file may leave it out
        wanted = visual if visual.style != "3TrafficLights1" else n.Visual("IconSet", n.Column(1), rule.iconSet.iconSet)
        assert str(sqref) == "B2:B11"
        assert read_back(rule, str(sqref), place) == wanted
