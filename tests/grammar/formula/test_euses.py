"""Real formulas: the EUSES sample, and those of real workbooks' conditional formats, validations, names and cells."""

from __future__ import annotations

import os
import re
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from grammar.formula.survey import check_line, survey

DATA = Path(os.environ.get("CF_ASSISTANT_DATA", "../shared/data"))
KNOWN = Path(__file__).parent / "known_failures.md"
pytestmark = pytest.mark.data


def _known() -> set[str]:
    rows = re.findall(r"^\| `(.+)` \| (.+) \|$", KNOWN.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert all(reason.strip() for _, reason in rows)
    return {formula for formula, _ in rows}


def test_euses() -> None:
    path = DATA / "formulas" / "euses_sample.txt"
    if not path.exists():
        pytest.skip("the folder CF_ASSISTANT_DATA is not here")
    with path.open(encoding="utf-8") as lines:
        findings = list(survey(lines))
    failed = {one.formula for one in findings if one.error is not None}
    assert len(findings) > 19_000
    assert failed == _known()
    assert sum(one.parsed for one in findings) >= 0.999 * len(findings)


def test_formulas_of_real_workbooks() -> None:
    if not DATA.exists():
        pytest.skip("the folder CF_ASSISTANT_DATA is not here")
    found = {formula for path in sorted((DATA / "workbooks").glob("*.xls?")) for formula in _formulas_of(path)}
    assert len(found) > 1000
    assert [finding for formula in sorted(found) if (finding := check_line(1, formula)).error is not None] == []


def _formulas_of(path: Path) -> set[str]:
    """Formulas of cells, conditional formats, validations and tables, and what names stand for."""
    found: set[str] = set()
    with zipfile.ZipFile(path) as book:
        for name in book.namelist():
            if re.fullmatch(r"xl/(worksheets/[^/]+|workbook|tables/[^/]+)\.xml", name):
                root = etree.fromstring(book.read(name))
                found.update(root.xpath("//*[contains(' formula formula1 formula2 f calculatedColumnFormula definedName ',"
                                        " concat(' ', local-name(), ' '))]/text()"))  # fmt: skip
    return {text for text in found if text.strip()}
