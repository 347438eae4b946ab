"""An explicit rule into a workbook, from the text of the rule to the file."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from openpyxl.utils import get_column_letter, range_boundaries

from addin_backend.errors import AddinError, EmptyTableError, NoSuchSheetError, RangeError, RuleError, TargetError
from addin_backend.usecases import apply_rule
from addin_backend.workbooks.patcher import PatchReport, undo_rule
from grammar.excel.context import Scope
from grammar.look import Look
from tests.addin_backend.fixtures.workbooks import INVOICES, loaded, parts_of, rich_workbook, save_rows
from tests.agreement.libreoffice import coloured_cells, needs_libreoffice

TODAY = dt.date(2026, 6, 15)


def rules_of(path: Path, sheet: str = "Sheet1") -> list[tuple[str, str, list[str]]]:
    """(cells, type, formulas) of the plain rules of a sheet."""
    areas = loaded(path)[sheet].conditional_formatting
    return [(str(area.sqref), rule.type, list(rule.formula)) for area in areas for rule in area.rules]


@pytest.fixture
def invoices(tmp_path: Path) -> Path:
    return save_rows(tmp_path / "in.xlsx", INVOICES)


def test_it_works(tmp_path: Path, invoices: Path) -> None:
    result = apply_rule(invoices, tmp_path / "out.xlsx", "GreaterThan(c[2], 3000)", today=TODAY)
    candidate = result.candidate
    expected = [f"C{k + 1}" for k in range(1, 41) if 100.5 * k > 3000]
    assert candidate.matches.count == len(expected) == 11
    assert list(candidate.matches.addresses()) == expected
    assert (result.sheet, result.address, candidate.applies_to) == ("Sheet1", "A1:E41", "C2:C41")
    assert result.notes == ()
    (rule,) = rules_of(tmp_path / "out.xlsx")
    assert rule[0] == "C2:C41"
    shown = json.loads(json.dumps(result.as_dict()))
    assert shown["candidate"]["rule"] == "GreaterThan(c[2], 3000)"
    assert shown["candidate"]["matches"] == {"count": 11, "of": 40, "cells": expected}
    assert shown["candidate"]["confidence"] is None
    undo_rule(tmp_path / "out.xlsx", tmp_path / "back.xlsx", PatchReport.from_dict(shown["undo"]))
    assert parts_of(tmp_path / "back.xlsx") == parts_of(invoices)


def test_whole_rows_and_a_look(tmp_path: Path, invoices: Path) -> None:
    look = Look(fill="#00FF00", bold=True)
    result = apply_rule(
        invoices,
        tmp_path / "out.xlsx",
        'AND(TextEquals(c[4], "open"), LessThan(c[3], TODAY()))',
        today=TODAY,
        scope="row",
        look=look,
    )
    due = [row for row in INVOICES[1:] if row[4] == "Open" and row[3] < TODAY]  # type: ignore[operator]  # a date
    assert result.candidate.matches.count == len(due) > 3
    assert result.candidate.matches.of == 40
    assert next(result.candidate.matches.addresses()) == "A4:E4"
    ((cells, kind, formulas),) = rules_of(tmp_path / "out.xlsx")
    assert (cells, kind, len(formulas)) == ("A2:E41", "expression", 1)
    (area,) = loaded(tmp_path / "out.xlsx")["Sheet1"].conditional_formatting
    assert area.rules[0].dxf.fill.bgColor.rgb.endswith("00FF00")
    assert area.rules[0].dxf.font.b


def test_a_range_moves_the_columns(tmp_path: Path, invoices: Path) -> None:
    result = apply_rule(invoices, tmp_path / "out.xlsx", "LessThan(c[0], 300)", today=TODAY, cells="C1:D21")
    assert (result.address, result.candidate.applies_to) == ("C1:D21", "C2:C21")
    assert result.candidate.matches.count == 2


def test_a_left_out_column_is_the_only_one_or_every_one(tmp_path: Path, invoices: Path) -> None:
    one = apply_rule(invoices, tmp_path / "one.xlsx", "LessThan(300)", today=TODAY, cells="C1:C41")
    assert (one.candidate.text, one.candidate.matches.count) == ("LessThan(c[0], 300)", 2)
    every = apply_rule(invoices, tmp_path / "every.xlsx", "Duplicates()", today=TODAY)
    assert every.candidate.applies_to == "A2:E41"
    assert every.candidate.matches.of == 200


def test_a_scale_is_about_cells_also_when_rows_are_asked_for(tmp_path: Path, invoices: Path) -> None:
    result = apply_rule(invoices, tmp_path / "out.xlsx", "ColorScale(c[2])", today=TODAY, scope="row")
    assert (result.candidate.scope, result.report.dxf) == ("cells", None)
    assert rules_of(tmp_path / "out.xlsx")[0][:2] == ("C2:C41", "colorScale")


def test_a_rule_that_matches_nothing_says_so(tmp_path: Path, invoices: Path) -> None:
    result = apply_rule(invoices, tmp_path / "out.xlsx", "GreaterThan(c[2], 999999)", today=TODAY)
    assert result.candidate.matches.count == 0
    assert result.notes == ("None of the 40 cells matches now; the format will show when one does.",)
    rows = apply_rule(invoices, tmp_path / "rows.xlsx", "GreaterThan(c[2], 999999)", today=TODAY, scope="row")
    assert rows.notes == ("None of the 40 rows matches now; the format will show when one does.",)
    assert len(rules_of(tmp_path / "out.xlsx")) == 1


def test_a_formula_is_counted_by_excel(tmp_path: Path, invoices: Path) -> None:
    result = apply_rule(invoices, tmp_path / "out.xlsx", 'Formula("=$C2>MEDIAN($C$2:$C$41)")', today=TODAY)
    assert result.candidate.matches.as_dict() == {"count": None, "of": 40, "cells": []}
    assert "formula" in result.notes[0]


def test_macros_stay(tmp_path: Path) -> None:
    source = rich_workbook(tmp_path / "in.xlsm")
    apply_rule(source, tmp_path / "out.xlsm", "Top(c[2], 3)", today=TODAY, sheet="Invoices", first=True)
    before, after = parts_of(source), parts_of(tmp_path / "out.xlsm")
    assert after["xl/vbaProject.bin"] == before["xl/vbaProject.bin"]
    assert {name for name in before if before[name] != after[name]} == {"xl/worksheets/sheet1.xml", "xl/styles.xml"}


@pytest.mark.parametrize(
    ("rule", "options", "error", "words"),
    [
        ("GreaterThan(c[2], ", {}, RuleError, "ends too early"),
        ("MoreThan(c[2], 5)", {}, RuleError, "no predicate called"),
        ("", {}, RuleError, "Not a rule"),
        ("GreaterThan(c[9], 5)", {}, RuleError, r"no column J"),
        ('TextContains(c[2], "x")', {}, RuleError, "Amount"),
        ("Top(c[2], 0)", {}, RuleError, "Top"),
        ("GreaterThan(c[2], 5)", {"sheet": "Bills"}, NoSuchSheetError, "'Sheet1'"),
        ("GreaterThan(c[2], 5)", {"cells": "A1:B"}, RangeError, "A1:B"),
        ("GreaterThan(c[2], 5)", {"cells": "H9:K20"}, EmptyTableError, "nothing"),
        ("GreaterThan(c[2], 5)", {"cells": "A1:E1"}, EmptyTableError, "no rows"),
    ],
)
def test_refusals_leave_no_file(
    invoices: Path, rule: str, options: dict[str, str], error: type[AddinError], words: str
) -> None:
    folder = invoices.parent
    with pytest.raises(error, match=words) as caught:
        apply_rule(invoices, folder / "out.xlsx", rule, today=TODAY, **options)  # type: ignore[arg-type]  # str options
    assert caught.value.as_dict()["detail"]
    assert [path.name for path in folder.iterdir()] == ["in.xlsx"]


def test_a_syntax_error_keeps_its_place(tmp_path: Path, invoices: Path) -> None:
    with pytest.raises(RuleError) as caught:
        apply_rule(invoices, tmp_path / "out.xlsx", "GreaterThan(c[2] 5)", today=TODAY)
    assert caught.value.extra["reason"] == "syntax"
    assert (caught.value.extra["line"], caught.value.extra["column"]) == (1, 18)


def test_the_input_is_refused_as_output(invoices: Path) -> None:
    with pytest.raises(TargetError):
        apply_rule(invoices, invoices, "GreaterThan(c[2], 5)", today=TODAY)


@needs_libreoffice
@pytest.mark.parametrize(
    ("rule", "scope"),
    [
        ("GreaterThan(c[2], 2000)", "cells"),
        ('AND(TextEquals(c[4], "Open"), LessThan(c[3], DATE(2026, 6, 15)))', "row"),
        ('OR(EndsWith(c[0], "7"), TextContains(c[1], "r 3"))', "row"),
        ("Top(c[2], 5)", "cells"),
    ],
)
def test_libreoffice_colours_the_cells_of_the_preview(tmp_path: Path, rule: str, scope: Scope) -> None:
    """The patched copy of a workbook whose table does not begin at A1, seen from outside."""
    source = save_rows(tmp_path / "in.xlsx", INVOICES, top=4, left=2)
    result = apply_rule(source, tmp_path / "out.xlsx", rule, today=TODAY, scope=scope, look=Look(fill="#12AB34"))
    shown = coloured_cells(tmp_path / "out.xlsx")["Sheet1"]
    named = {cell for area in result.candidate.matches.addresses() for cell in cells_of(area)}
    assert named
    assert {cell for cell, colour in shown.items() if colour.upper() == "#12AB34"} == named


def cells_of(area: str) -> set[str]:
    """`B3:C3` as single cells."""
    left, top, right, bottom = range_boundaries(area)
    return {f"{get_column_letter(k)}{row}" for row in range(top, bottom + 1) for k in range(left, right + 1)}
