"""Excel formulas by case files: read and printed, refused, moved, in R1C1 and in the locale with semicolons."""

from __future__ import annotations

from pathlib import Path

import pytest

from grammar.errors import FormulaSyntaxError
from grammar.formula import EU, for_cell, parse_formula, shift, show_formula
from tests.grammar.cases.load import pairs

CASES = Path(__file__).parent / "cases"


@pytest.mark.parametrize(("text", "canonical"), pairs("formulas.txt", CASES))
def test_cases(text: str, canonical: str) -> None:
    node = parse_formula(text)
    assert show_formula(node) == canonical
    assert parse_formula(canonical) == node


@pytest.mark.parametrize(("text", "expected"), pairs("errors.txt", CASES))
def test_errors(text: str, expected: str) -> None:
    column, message = expected.split(" ", 1)
    with pytest.raises(FormulaSyntaxError) as caught:
        parse_formula(text)
    assert message in caught.value.message
    assert (caught.value.line, caught.value.column) == (1, int(column))
    assert caught.value.caret == f"{text}\n{' ' * (int(column) - 1)}^"


@pytest.mark.parametrize(("text", "moved"), pairs("shift.txt", CASES))
def test_shift(text: str, moved: str) -> None:
    assert show_formula(shift(parse_formula(text), rows=2, columns=1)) == moved


@pytest.mark.parametrize(("text", "moved"), pairs("wrap.txt", CASES))
def test_a_conditional_format_in_another_cell(text: str, moved: str) -> None:
    assert show_formula(for_cell(parse_formula(text), origin=(5, 5), cell=(3, 4))) == moved


@pytest.mark.parametrize(("text", "a1"), pairs("r1c1.txt", CASES))
def test_r1c1(text: str, a1: str) -> None:
    node = parse_formula(text, style="R1C1", at=(5, 2))
    assert show_formula(node) == a1
    again = show_formula(node, style="R1C1", at=(5, 2))
    assert parse_formula(again, style="R1C1", at=(5, 2)) == node


def test_r1c1_is_written_as_excel_writes_it() -> None:
    node = parse_formula("SUM(B4:$D$5,5:5,$E:$E,1:3)+Sheet1!A1")
    assert show_formula(node, style="R1C1", at=(5, 2)) == "SUM(R[-1]C:R5C4,R,C5,R[-4]:R[-2])+Sheet1!R[-4]C[-1]"


@pytest.mark.parametrize(("text", "stored"), pairs("locale.txt", CASES))
def test_the_locale_with_semicolons(text: str, stored: str) -> None:
    node = parse_formula(text, locale=EU)
    assert show_formula(node) == stored
    assert parse_formula(stored) == node
    assert parse_formula(show_formula(node, locale=EU), locale=EU) == node


def test_commas_are_refused_in_the_locale_with_semicolons() -> None:
    with pytest.raises(FormulaSyntaxError, match="',' cannot stand here"):
        parse_formula("SUM(A1,B1)", locale=EU)


def test_every_case_file_is_used() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert all(f'pairs("{path.name}", CASES)' in source for path in CASES.glob("*.txt"))
