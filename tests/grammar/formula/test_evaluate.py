"""Formulas over sheets, by formualizer."""

from __future__ import annotations

import datetime as dt
import sys

import pytest

from grammar.errors import FormulaSyntaxError
from grammar.formula import parse_formula
from grammar.formula.evaluate import Area, Book, EngineError, EngineMissingError, ExcelError

CELLS = {(1, 1): "Profit", (2, 1): 5200, (3, 1): "#N/A", (4, 1): True, (5, 1): dt.date(2024, 2, 29), (2, 2): 3, (7, 1): "x"}


@pytest.fixture(scope="module")
def book() -> Book:
    pytest.importorskip("formualizer", reason="formualizer is not installed")
    names = {"Limit": "Data!$A$2*2", "twice": "LIMIT*2", "loop": "loop+1"}
    table = Area("Sales", "Data", (1, 1), (2, 2), ("Profit", "Qty"))
    now = dt.datetime(2024, 5, 6, 12, tzinfo=dt.UTC)
    return Book({"Data": CELLS, "My Sheet": {(1, 1): 7}}, names=names, tables=[table], now=now)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("1+1", 2.0),
        ("A1", "Profit"),
        ("IF(A2>5000,A2*2%,1/0)", 104.0),
        ("A4", True),
        ("A5", 45351.0),
        ('A2&""', "5200"),
        ("'My Sheet'!A1+A2", 5207.0),
        ("1/0", ExcelError("#DIV/0!")),
        ("A3", ExcelError("#N/A")),
        ("ISNA(A3)", True),
        ("NOFUNCTION(1)", ExcelError("#NAME?")),
        ("Nowhere!A1", ExcelError("#REF!")),
        ("limit+Twice", 31200.0),
        ("TODAY()", 45418.0),
        ("NOW()", 45418.5),
        ("ROW()", 2.0),
        ("COLUMN()", 4.0),
        ("@A1:A9", 5200.0),
        ("A1:A5 2:2", 5200.0),
        ("A1:A2 B1:B3", ExcelError("#NULL!")),
        ("SUM((A2,B2))", 5203.0),
        ("SUM(B2:A2)", 5203.0),
        ('INDIRECT("A2")', 5200.0),
        ("LAMBDA(x,y,x*y)(2,3)", 6.0),
        ("LAMBDA(x,LAMBDA(y,x-y))(1)(2)", -1.0),
        ("SUM(Sales[Qty])", 3.0),
        ('COUNTIF(A:A,"x")', 1.0),
        ("{1,2;3,4}", 1.0),
    ],
)
def test_values(book: Book, formula: str, value: object) -> None:
    assert book.evaluate(formula, sheet="Data", at=(2, 4)) == value


def test_formulas_leave_the_sheet_as_it_is(book: Book) -> None:
    assert book.evaluate("A2*2", sheet="Data", at=(2, 1)) == 10400.0
    assert book.evaluate("COUNTA(A:A)", sheet="Data", at=(9, 1)) == 6.0
    assert book.evaluate("A2", sheet="Data", at=(5, 5)) == 5200.0


def test_many_at_once(book: Book) -> None:
    formulas = [(parse_formula("$A$2>1000*ROW()"), (row, 5)) for row in range(1, 9)]
    assert book.evaluate_all(formulas, sheet="Data") == [True] * 5 + [False] * 3


@pytest.mark.parametrize(
    "formula", ["SUMPRODUCT(LEN(A1:A4))", "SUMPRODUCT(--ISNUMBER(A:A))", "LAMBDA(x,x)(x)", "INDEX(A:A,2) A2"]
)
def test_what_the_engine_cannot_do_is_said(book: Book, formula: str) -> None:
    with pytest.raises(EngineError, match=r"cannot be evaluated|does not know"):
        book.evaluate(formula, sheet="Data")


def test_a_name_that_means_itself_ends(book: Book) -> None:
    assert isinstance(book.evaluate("loop", sheet="Data"), ExcelError)


def test_no_formula(book: Book) -> None:
    with pytest.raises(FormulaSyntaxError):
        book.evaluate("1+", sheet="Data")


def test_without_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "formualizer", None)
    with pytest.raises(EngineMissingError, match="pip install formualizer"):
        Book({})
