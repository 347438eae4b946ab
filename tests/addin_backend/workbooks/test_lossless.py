"""Nothing is lost: a rule into every workbook of the data folder, and into one of our own that has a bit of everything."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from lxml import etree

from addin_backend.errors import AddinError
from addin_backend.workbooks.package import open_package
from addin_backend.workbooks.patcher import PatchReport, patch_rule, undo_rule
from tests.addin_backend.fixtures.workbooks import loaded, minimal_parts, pack, parts_of, red_rule, rich_workbook
from tests.addin_backend.workbooks.test_patcher import raw_entries

DATA = Path(os.environ.get("CF_ASSISTANT_DATA", Path(__file__).parents[4] / "shared" / "data")) / "workbooks"
REAL = sorted(path for path in DATA.glob("*.xls[xm]")) if DATA.is_dir() else []
LARGE = 500_000  # bytes; one workbook of the folder keeps openpyxl busy for minutes unless it only reads
needs_data = pytest.mark.skipif(not REAL, reason=f"no workbooks in {DATA}: set CF_ASSISTANT_DATA to the data folder")
needs_libreoffice = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")


def busiest_worksheet(path: Path) -> tuple[str, str]:
    """Name and part of the worksheet with the most rules (x14 ones too), the first of equals."""
    with open_package(path) as package:
        sheets = [sheet for sheet in package.sheets if sheet.kind == "worksheet" and sheet.part]
        sheet = max(sheets, key=lambda sheet: package.read(str(sheet.part)).count(b"cfRule "))
        return sheet.name, str(sheet.part)


def rules(path: Path, part: str) -> list[tuple[str, int]]:
    """(content without priority and format number, priority) of every rule of a sheet, x14 ones too, by priority."""
    found = []
    for rule in etree.fromstring(parts_of(path)[part]).iter("{*}cfRule"):
        kept = sorted((str(k), str(v)) for k, v in rule.attrib.items() if k != "priority")
        text = repr(kept) + "".join(etree.tostring(item, encoding="unicode") for item in rule)
        found.append((text, int(rule.get("priority", "0"))))
    return sorted(found, key=lambda item: item[1])


@cache
def openpyxl_rules(path: Path) -> dict[str, int] | None:
    """Number of rules on each sheet as openpyxl reads it; None where openpyxl cannot read the file."""
    if path.stat().st_size > LARGE:
        with path.open("rb") as file:
            openpyxl.load_workbook(file, read_only=True).close()
        return None
    try:
        book = loaded(path)
    except Exception:  # whatever openpyxl cannot do with the original is not asked of the copy
        return None
    return {sheet.title: sum(len(area.rules) for area in sheet.conditional_formatting) for sheet in book.worksheets}


def check_lossless(source: Path, target: Path, *, first: bool) -> PatchReport:
    sheet, part = busiest_worksheet(source)
    report = patch_rule(source, target, sheet, "A1:C20", red_rule("123456"), first=first)
    before, after = raw_entries(source), raw_entries(target)
    assert list(before) == list(after), "parts keep their order"
    with open_package(source) as package:
        styles = package.related_part("styles")
    assert {name for name in before if before[name] != after[name]} == {part, styles}
    old, new = rules(source, part), rules(target, part)
    added = [text for text, _ in new if text not in {known for known, _ in old}]
    assert len(added) == 1
    assert [text for text, _ in new if text not in added] == [text for text, _ in old], "existing rules keep their order"
    others = [priority for text, priority in new if text not in added and priority]
    assert report.priority == 1 and min(others, default=2) > 1 if first else report.priority > max(others, default=0)
    expected = openpyxl_rules(source)
    if expected and sheet in expected:
        assert openpyxl_rules(target) == expected | {sheet: expected[sheet] + 1}
    return report


@needs_data
@pytest.mark.data
@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("source", REAL, ids=lambda path: path.stem)
def test_real_workbooks(tmp_path: Path, source: Path, first: bool) -> None:
    target = tmp_path / source.name
    report = check_lossless(source, target, first=first)
    undo_rule(target, tmp_path / f"back-{source.name}", report)
    assert parts_of(tmp_path / f"back-{source.name}") == parts_of(source)


@pytest.mark.parametrize("first", [False, True])
def test_our_own_workbook(tmp_path: Path, first: bool) -> None:
    source = rich_workbook(tmp_path / "in.xlsm")
    assert {"xl/vbaProject.bin", "xl/charts/chart1.xml", "xl/tables/table1.xml", "customXml/item1.xml"} <= set(parts_of(source))
    check_lossless(source, tmp_path / "out.xlsm", first=first)


def convert(files: list[Path], out: Path) -> set[str]:
    """Names of the files that LibreOffice opens, all in one call; a file that brings it down ends the call."""
    profile = f"-env:UserInstallation=file://{out.parent}/profile"
    command = ["soffice", "--headless", profile, "--convert-to", "csv", "--outdir", str(out)]
    subprocess.run([*command, *map(str, files)], check=False, capture_output=True, timeout=280)
    done = {path.stem for path in out.glob("*.csv")}
    return {path.name for path in files if path.stem in done}


def not_reopened(copies: list[Path], originals: dict[str, Path], out: Path) -> tuple[list[str], list[str]]:
    """Copies that LibreOffice does not open although it opens their originals, and those of which it opens neither."""
    failed: list[str] = []
    hopeless: list[str] = []
    left = copies
    while left:
        opened = convert(left, out)
        left = [path for path in left if path.name not in opened]
        if left:
            original = convert([originals[left[0].name]], out.with_name(f"original-{left[0].stem}"))
            (failed if original else hopeless).append(left[0].name)
        left = left[1:]
    return failed, hopeless


@needs_libreoffice
@pytest.mark.libreoffice
def test_libreoffice_opens_our_own_workbooks(tmp_path: Path) -> None:
    source = rich_workbook(tmp_path / "in.xlsm")
    patch_rule(source, tmp_path / "rich.xlsm", "Invoices", "C2:C41", red_rule("1000"), first=True)
    patch_rule(pack(minimal_parts(), tmp_path / "least.xlsx"), tmp_path / "bare.xlsx", "Sheet1", "B2", red_rule())
    files = [tmp_path / "rich.xlsm", tmp_path / "bare.xlsx"]
    assert convert(files, tmp_path / "csv") == {"rich.xlsm", "bare.xlsx"}


@needs_data
@needs_libreoffice
@pytest.mark.data
@pytest.mark.libreoffice
def test_libreoffice_opens_every_copy(tmp_path: Path) -> None:
    copies = []
    for source in REAL:
        sheet, _ = busiest_worksheet(source)
        copies.append(tmp_path / source.name)
        patch_rule(source, copies[-1], sheet, "A1:C20", red_rule())
    failed, hopeless = not_reopened(copies, {path.name: path for path in REAL}, tmp_path / "csv")
    assert failed == []
    assert len(hopeless) <= 3, "LibreOffice 7.4 falls over one of the originals (sparklines)"


@needs_data
@pytest.mark.data
def test_every_workbook_is_read_or_refused_with_a_reason() -> None:
    from addin_backend.workbooks.reader import read_table

    read, reasons = 0, []
    for path in REAL:
        try:
            found = read_table(path)
        except AddinError as error:
            reasons.append(error.detail)
        else:
            read += 1
            assert found.table.rows == found.place.last_row - found.place.first_row + 1
    assert read > 20
    assert all(len(reason) > 20 for reason in reasons)
