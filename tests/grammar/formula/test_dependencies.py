"""What formulas look at."""

from __future__ import annotations

import pytest

from grammar.formula import dependencies, parse_formula, show_formula
from grammar.formula.sheets import SheetParts, sheet_parts


def _shown(text: str, kind: str) -> list[str]:
    return [show_formula(one) for one in getattr(dependencies(parse_formula(text)), kind)]


def test_everything_once_and_in_order() -> None:
    text = "IF(A1>SUM(B1:B9,A1),VLOOKUP(A1,Rates!$A:$C,2),rate*T[x])+INDEX('C 2'!C:C,1):D4+TODAY()"
    assert _shown(text, "cells") == ["A1", "D4"]
    assert _shown(text, "ranges") == ["B1:B9", "Rates!$A:$C", "'C 2'!C:C", "INDEX('C 2'!C:C,1):D4"]
    assert _shown(text, "names") == ["rate"]
    assert _shown(text, "tables") == ["T[x]"]
    found = dependencies(parse_formula(text))
    assert found.sheets == ("Rates", "C 2")
    assert found.functions == ("IF", "SUM", "VLOOKUP", "INDEX", "TODAY")
    assert found.volatile == ("TODAY",)


@pytest.mark.parametrize(
    "name", ["NOW()", "TODAY()", "RAND()", "RANDBETWEEN(1,2)", "_xlfn.RANDARRAY(2)", "OFFSET(A1,1,1)", 'INDIRECT("A1")']
)
def test_volatile(name: str) -> None:
    assert len(dependencies(parse_formula(f"1+{name}")).volatile) == 1


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("LET(x,1,y,x+rate,x*y)", ["rate"]),
        ("_xlfn.LET(_xlpm.x,1,_xlpm.x*rate)", ["rate"]),
        ("LAMBDA(a,b,a*b+c)(1,2)", ["c"]),
        ("S!x+LET(x,1,x)", ["S!x"]),
    ],
)
def test_variables_are_no_names(text: str, names: list[str]) -> None:
    assert _shown(text, "names") == names


@pytest.mark.parametrize(
    ("sheet", "parts"),
    [
        ("Data", SheetParts(None, None, "Data", None)),
        ("Jan:Dec", SheetParts(None, None, "Jan", "Dec")),
        ("[2]Data", SheetParts(None, "2", "Data", None)),
        ("C:\\a b\\[x.xlsx]Jan:Dec", SheetParts("C:\\a b\\", "x.xlsx", "Jan", "Dec")),
        ("https://x/y/[b.xlsx]S", SheetParts("https://x/y/", "b.xlsx", "S", None)),
        ("[1]", SheetParts(None, "1", None, None)),
    ],
)
def test_parts_of_a_sheet(sheet: str, parts: SheetParts) -> None:
    assert sheet_parts(sheet) == parts
