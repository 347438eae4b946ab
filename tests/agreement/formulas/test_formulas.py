"""Awkward formulas: formualizer and LibreOffice give the same value, or the difference is explained."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Literal

import pytest

from grammar.formula import nodes as f
from grammar.formula import parse_formula
from grammar.formula.evaluate import ExcelError
from tests.agreement.formulas.sheet import FOLDER, by_formualizer, by_libreoffice, formulas
from tests.agreement.libreoffice import needs_libreoffice

pytest.importorskip("formualizer", reason="formualizer is not installed")

Who = Literal["formualizer", "LibreOffice", "both"]
Known = dict[str, tuple[Who, object]]


def _known() -> Known:
    """Formula -> who departs, and Excel's value."""
    found: Known = {}
    who: Who | None = None
    for line in (FOLDER / "known_differences.md").read_text(encoding="utf-8").splitlines():
        if heading := re.fullmatch(r"## .*: (formualizer|LibreOffice|both)", line):
            who = heading[1]  # type: ignore[assignment]  # the expression allows these three only
        elif row := re.fullmatch(r"\| `(.+)` \| (.+) \|", line):
            assert who is not None
            found[row[1]] = who, _constant(row[2])
    return found


def _constant(text: str) -> object:
    match parse_formula(text):
        case f.Signed("-", f.Number(value)):
            return -value
        case f.Number(value) | f.String(value) | f.Boolean(value):
            return value
        case f.ErrorValue(code):
            return code
    raise ValueError(f"{text} is no constant")


def _same(one: object, other: object) -> bool:
    one, other = (value.code if isinstance(value, ExcelError) else value for value in (one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
    return (one or None) == (other or None)  # a file has no empty text beside an empty cell


def test_the_list_is_of_formulas_that_are_tried() -> None:
    texts = formulas()
    assert len(texts) == len(set(texts)) >= 600
    assert set(_known()) <= set(texts)


def test_formualizer_does_what_excel_does_but_where_it_is_said() -> None:
    known = _known()
    texts = list(known)
    for text, value in zip(texts, by_formualizer(texts), strict=True):
        who, excel = known[text]
        assert _same(value, excel) == (who == "LibreOffice"), f"{text}: {value}, and {excel} in Excel"


@needs_libreoffice
def test_formualizer_and_libreoffice_agree(tmp_path: Path) -> None:
    texts = formulas()
    known = _known()
    theirs, ours = by_libreoffice(texts, tmp_path), by_formualizer(texts)
    agree = [_same(one, other) for one, other in zip(ours, theirs, strict=True)]
    surprises = [f"{texts[k]}: {ours[k]} and {theirs[k]}" for k, same in enumerate(agree) if not same and texts[k] not in known]
    assert surprises == []
    assert sum(agree) >= 500
    wrong = [f"{text}: {value}" for text, value in zip(texts, theirs, strict=True)
             if text in known and known[text][0] == "formualizer" and not _same(value, known[text][1])]  # fmt: skip
    assert wrong == []
