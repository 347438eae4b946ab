"""Rules go in and come out; everything else stays."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest
from lxml import etree
from openpyxl.formatting.rule import ColorScaleRule, Rule

from addin_backend.errors import NoSuchSheetError, NotAWorksheetError, RangeError, RuleNotFoundError, TargetError
from addin_backend.workbooks.patcher import Addition, PatchReport, patch_rule, patch_rules, undo_rule
from tests.addin_backend.fixtures.workbooks import (
    MACRO_TYPE,
    MAIN,
    OFFICE,
    STRICT,
    loaded,
    minimal_parts,
    pack,
    parts_of,
    red_rule,
    rich_workbook,
    row_xml,
)  # fmt: skip

SHEET = "xl/worksheets/sheet1.xml"
STYLES = "xl/styles.xml"
SIMPLE_STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><cellStyles count="0"/><tableStyles count="0"/></styleSheet>'
)


def raw_entries(path: Path) -> dict[str, bytes]:
    """The packed bytes of each part, as they lie in the file."""
    data = path.read_bytes()
    found = {}
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            start = info.header_offset + 30 + int.from_bytes(data[info.header_offset + 26 : info.header_offset + 28], "little")
            start += int.from_bytes(data[info.header_offset + 28 : info.header_offset + 30], "little")
            found[info.filename] = data[start : start + info.compress_size]
    return found


def children(path: Path, part: str = SHEET) -> list[str]:
    return [etree.QName(item).localname for item in etree.fromstring(parts_of(path)[part])]


def priorities(path: Path) -> list[tuple[str, int]]:
    """(first formula or type, priority) of every rule of the sheet, x14 ones too, in the order of the file."""
    root = etree.fromstring(parts_of(path)[SHEET])
    rules = [item for item in root.iter() if etree.QName(item).localname == "cfRule"]
    return [("".join(rule.itertext()) or rule.get("type", ""), int(rule.get("priority", "0"))) for rule in rules]


def test_it_works(tmp_path: Path) -> None:
    source = rich_workbook(tmp_path / "in.xlsm")
    report = patch_rule(source, tmp_path / "out.xlsm", "Invoices", "C2:C41", red_rule("1000"))
    assert (report.sheet, report.part, report.sqref, report.priority, report.dxf) == ("Invoices", SHEET, "C2:C41", 5, 2)
    rules = [rule for area in loaded(tmp_path / "out.xlsm")["Invoices"].conditional_formatting for rule in area.rules]
    added = next(rule for rule in rules if rule.formula == ["1000"])
    assert (added.type, added.operator, added.priority) == ("cellIs", "greaterThan", 5)
    assert added.dxf.font.b
    assert added.dxf.fill.bgColor.rgb == "FFFFC7CE"


def test_only_sheet_and_styles_change(tmp_path: Path) -> None:
    source = rich_workbook(tmp_path / "in.xlsm")
    patch_rule(source, tmp_path / "out.xlsm", "Invoices", "C2:C41", red_rule())
    before, after = raw_entries(source), raw_entries(tmp_path / "out.xlsm")
    assert list(before) == list(after)
    assert {name for name in before if before[name] != after[name]} == {SHEET, STYLES}
    assert "xl/vbaProject.bin" in before
    old, new = parts_of(source)[SHEET], parts_of(tmp_path / "out.xlsm")[SHEET]
    start = next(k for k, (a, b) in enumerate(zip(old, new, strict=False)) if a != b)
    assert new[:start] + new[start + len(new) - len(old) :] == old


def test_existing_rules_keep_their_order(tmp_path: Path) -> None:
    source = rich_workbook(tmp_path / "in.xlsm")
    before = priorities(source)
    patch_rule(source, tmp_path / "last.xlsm", "Invoices", "C2:C41", red_rule("77"))
    patch_rule(source, tmp_path / "first.xlsm", "Invoices", "C2:C41", red_rule("77"), first=True)
    last, first = priorities(tmp_path / "last.xlsm"), priorities(tmp_path / "first.xlsm")
    assert [item for item in last if item[0] != "77"] == before
    assert dict(last)["77"] == max(number for _, number in before) + 1
    assert dict(first)["77"] == 1
    assert [item for item in first if item[0] != "77"] == [(text, number + 1) for text, number in before]
    assert any(text.startswith("Other!$A$1>5") for text, _ in before), "the x14 rule takes part"


def test_a_colour_scale_needs_no_style(tmp_path: Path) -> None:
    source = rich_workbook(tmp_path / "in.xlsm")
    scale = ColorScaleRule("min", None, "FFFF0000", "max", None, "FF00FF00")
    report = patch_rule(source, tmp_path / "out.xlsm", "Invoices", "C2:C41", scale)
    assert report.dxf is None
    before, after = parts_of(source), parts_of(tmp_path / "out.xlsm")
    assert {name for name in before if before[name] != after[name]} == {SHEET}


FOLLOWERS = ("dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter", "drawing", "extLst")


@pytest.mark.parametrize(
    "before", ["", "<sheetProtection/>", "<autoFilter/>", "<mergeCells/>", "<phoneticPr/>", "<conditionalFormatting/>"]
)
@pytest.mark.parametrize("after", ["", *[f"<{name}/>" for name in FOLLOWERS]])
def test_the_rule_stands_where_the_schema_has_it(tmp_path: Path, before: str, after: str) -> None:
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData/>{before}{after}</worksheet>'
    source = pack(minimal_parts(sheet, styles=SIMPLE_STYLES), tmp_path / "in.xlsx")
    patch_rule(source, tmp_path / "out.xlsx", "Sheet1", "A1:A9", red_rule())
    names = [re.sub(r"[</>]", "", item) for item in (before, after) if item]
    expected = ["sheetData", *names[: len(names) - bool(after)], "conditionalFormatting", *(names[-1:] if after else [])]
    assert children(tmp_path / "out.xlsx") == expected


@pytest.mark.parametrize(
    ("styles", "dxfs", "index"),
    [
        (SIMPLE_STYLES, 1, 0),
        (SIMPLE_STYLES.replace("<tableStyles", '<dxfs count="0"/><tableStyles'), 1, 0),
        (SIMPLE_STYLES.replace("<tableStyles", "<dxfs/><tableStyles"), 1, 0),
        (SIMPLE_STYLES.replace("<tableStyles", "<dxfs count='2'>\n <dxf/>\n <dxf/>\n</dxfs><tableStyles"), 3, 2),
        (f'<styleSheet xmlns="{MAIN}"/>', 1, 0),
        (f'<x:styleSheet xmlns:x="{MAIN}"><x:fonts/><x:extLst/></x:styleSheet>', 1, 0),
    ],
)
def test_the_style_goes_to_the_end_of_the_list(tmp_path: Path, styles: str, dxfs: int, index: int) -> None:
    source = pack(minimal_parts(styles=styles), tmp_path / "in.xlsx")
    report = patch_rule(source, tmp_path / "out.xlsx", "Sheet1", "B2", red_rule())
    root = etree.fromstring(parts_of(tmp_path / "out.xlsx")[STYLES])
    (holder,) = root.iterfind(f"{{{MAIN}}}dxfs")
    assert (len(holder), holder.get("count"), report.dxf) == (dxfs, str(dxfs), index)
    assert holder[index].find(f"{{{MAIN}}}font") is not None
    order = [etree.QName(item).localname for item in root]
    assert order.index("dxfs") == len([name for name in order if name in ("fonts", "cellStyles")])


def test_a_number_format_gets_a_free_id(tmp_path: Path) -> None:
    formats = '<numFmts count="1"><numFmt numFmtId="164" formatCode="0.00"/></numFmts>'
    styles = SIMPLE_STYLES.replace("<fonts", f"{formats}<fonts")
    source = pack(minimal_parts(styles=styles), tmp_path / "in.xlsx")
    patch_rule(source, tmp_path / "out.xlsx", "Sheet1", "B2", red_rule(number_format=True))
    written = etree.fromstring(parts_of(tmp_path / "out.xlsx")[STYLES]).find(f".//{{{MAIN}}}dxf/{{{MAIN}}}numFmt")
    assert written is not None
    assert (written.get("numFmtId"), written.get("formatCode")) == ("165", '0.0 "é"')


@pytest.mark.parametrize("namespace", [MAIN, STRICT])
@pytest.mark.parametrize("prefix", ["", "x:"])
def test_prefixes_and_strict_files_are_followed(tmp_path: Path, namespace: str, prefix: str) -> None:
    declared = f'xmlns:{prefix[:-1]}="{namespace}"' if prefix else f'xmlns="{namespace}"'
    rows = row_xml(1, ["Name"], prefix) + row_xml(2, ["a"], prefix)
    sheet = (
        f"<{prefix}worksheet {declared}><{prefix}sheetData>{rows}</{prefix}sheetData><{prefix}pageMargins/></{prefix}worksheet>"
    )
    source = pack(minimal_parts(sheet, styles=SIMPLE_STYLES, namespace=namespace), tmp_path / "in.xlsx")
    patch_rule(source, tmp_path / "out.xlsx", "Sheet1", "A2", red_rule())
    root = etree.fromstring(parts_of(tmp_path / "out.xlsx")[SHEET])
    rule = root.find(f"{{{namespace}}}conditionalFormatting/{{{namespace}}}cfRule")
    assert rule is not None
    assert rule.findtext(f"{{{namespace}}}formula") == "5"


def test_a_workbook_without_styles_gets_them(tmp_path: Path) -> None:
    source = pack(minimal_parts(), tmp_path / "in.xlsx")
    report = patch_rule(source, tmp_path / "out.xlsx", "Sheet1", "B2", red_rule())
    before, after = parts_of(source), parts_of(tmp_path / "out.xlsx")
    assert report.added_parts == (STYLES,)
    assert set(after) - set(before) == {STYLES}
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {SHEET, "[Content_Types].xml", "xl/_rels/workbook.xml.rels"}
    (rule,) = next(iter(loaded(tmp_path / "out.xlsx")["Sheet1"].conditional_formatting)).rules
    assert rule.dxf.fill.bgColor.rgb == "FFFFC7CE"


def test_declaration_comments_and_utf16_survive(tmp_path: Path) -> None:
    text = (
        f'<?xml version="1.0" encoding="UTF-16" standalone="yes"?><!-- kept --><worksheet xmlns="{MAIN}"><sheetData>'
        f"{row_xml(1, ['Größe', '数量'])}</sheetData></worksheet>"
    )
    parts = minimal_parts(styles=SIMPLE_STYLES)
    parts[SHEET] = text.encode("utf-16")
    source = pack(parts, tmp_path / "in.xlsx")
    patch_rule(source, tmp_path / "out.xlsx", "Sheet1", "A1", red_rule('"é"'))
    data = parts_of(tmp_path / "out.xlsx")[SHEET]
    assert b"<!-- kept -->" in data
    assert 'standalone="yes"' in data.decode()
    root = etree.fromstring(data)
    assert [item.text for item in root.iter(f"{{{MAIN}}}t")] == ["Größe", "数量"]
    assert root.findtext(f".//{{{MAIN}}}formula") == '"é"'


def test_several_rules_at_once(tmp_path: Path) -> None:
    source = rich_workbook(tmp_path / "in.xlsm")
    wanted = [
        Addition("Invoices", "C2:C41", red_rule("1")),
        Addition("Other", "A1", red_rule("2")),
        Addition("Invoices", "D2", red_rule("3")),
    ]
    reports = patch_rules(source, tmp_path / "out.xlsm", wanted)
    assert [report.dxf for report in reports] == [2, 3, 4]
    assert [report.priority for report in reports] == [5, 1, 6]
    book = loaded(tmp_path / "out.xlsm")
    assert [rule.dxf.font.b for area in book["Other"].conditional_formatting for rule in area.rules] == [True]


# -- undo --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", [False, True])
def test_undo_gives_back_every_byte(tmp_path: Path, first: bool) -> None:
    source = rich_workbook(tmp_path / "in.xlsm")
    report = patch_rule(source, tmp_path / "out.xlsm", "Invoices", "C2:C41", red_rule(), first=first)
    kept = PatchReport.from_dict(json.loads(json.dumps(report.as_dict())))
    assert kept == report
    undo_rule(tmp_path / "out.xlsm", tmp_path / "back.xlsm", kept)
    assert parts_of(tmp_path / "back.xlsm") == parts_of(source)


def test_undo_of_the_earlier_of_two_rules(tmp_path: Path) -> None:
    source = rich_workbook(tmp_path / "in.xlsm")
    earlier = patch_rule(source, tmp_path / "one.xlsm", "Invoices", "C2:C41", red_rule("1"))
    patch_rule(tmp_path / "one.xlsm", tmp_path / "two.xlsm", "Invoices", "C2:C41", red_rule("2"))
    undo_rule(tmp_path / "two.xlsm", tmp_path / "back.xlsm", earlier)
    assert "2" in dict(priorities(tmp_path / "back.xlsm"))
    assert [item for item in priorities(tmp_path / "back.xlsm") if item[0] != "2"] == priorities(source)


def test_undo_after_another_program_saved_the_file(tmp_path: Path) -> None:
    source = rich_workbook(tmp_path / "in.xlsm")
    report = patch_rule(source, tmp_path / "out.xlsm", "Invoices", "C2:C41", red_rule("123"))
    book = loaded(tmp_path / "out.xlsm")
    book["Invoices"]["A2"] = "changed"
    book.save(tmp_path / "saved.xlsm")
    undo_rule(tmp_path / "saved.xlsm", tmp_path / "back.xlsm", report)
    left = [rule.formula for area in loaded(tmp_path / "back.xlsm")["Invoices"].conditional_formatting for rule in area.rules]
    assert ["123"] not in left
    assert ["3000"] in left
    with pytest.raises(RuleNotFoundError):
        undo_rule(tmp_path / "back.xlsm", tmp_path / "again.xlsm", report)


# -- refusals ----------------------------------------------------------------------------------------------------------


def test_the_input_is_not_overwritten(tmp_path: Path) -> None:
    source = rich_workbook(tmp_path / "in.xlsm")
    (tmp_path / "link.xlsm").symlink_to(source)
    before = source.read_bytes()
    for target in (source, tmp_path / "link.xlsm", tmp_path / "x" / ".." / "in.xlsm"):
        (tmp_path / "x").mkdir(exist_ok=True)
        with pytest.raises(TargetError, match="overwrite the input"):
            patch_rule(source, target, "Invoices", "C2", red_rule())
    assert source.read_bytes() == before


@pytest.mark.parametrize("name", ["out.xlsx", "out.csv", "out"])
def test_a_macro_workbook_keeps_its_ending(tmp_path: Path, name: str) -> None:
    source = rich_workbook(tmp_path / "in.xlsm")
    with pytest.raises(TargetError, match=r"\.xlsm"):
        patch_rule(source, tmp_path / name, "Invoices", "C2", red_rule())
    assert not (tmp_path / name).exists()


def test_a_workbook_without_macros_is_not_named_xlsm(tmp_path: Path) -> None:
    source = pack(minimal_parts(), tmp_path / "in.xlsx")
    with pytest.raises(TargetError, match="has no macros"):
        patch_rule(source, tmp_path / "out.xlsm", "Sheet1", "A1", red_rule())
    misnamed = pack(minimal_parts(content_type=MACRO_TYPE), tmp_path / "misnamed.xlsx")
    patch_rule(misnamed, tmp_path / "copy.xlsx", "Sheet1", "A1", red_rule())


def test_a_missing_folder(tmp_path: Path) -> None:
    source = pack(minimal_parts(), tmp_path / "in.xlsx")
    with pytest.raises(TargetError, match="does not exist"):
        patch_rule(source, tmp_path / "nowhere" / "out.xlsx", "Sheet1", "A1", red_rule())


@pytest.mark.parametrize("sqref", ["", "A1:", "Sheet1!A1", "A1,B2", 'A1" x="', "A0"])
def test_a_range_that_is_none(tmp_path: Path, sqref: str) -> None:
    source = pack(minimal_parts(), tmp_path / "in.xlsx")
    with pytest.raises(RangeError):
        patch_rule(source, tmp_path / "out.xlsx", "Sheet1", sqref, red_rule())
    assert not (tmp_path / "out.xlsx").exists()


def test_no_such_sheet(tmp_path: Path) -> None:
    source = rich_workbook(tmp_path / "in.xlsm")
    with pytest.raises(NoSuchSheetError, match="'Invoices', 'Other'") as caught:
        patch_rule(source, tmp_path / "out.xlsm", "Bills", "A1", red_rule())
    assert caught.value.extra["sheets"] == ["Invoices", "Other"]


def test_a_chart_sheet_has_no_cells(tmp_path: Path) -> None:
    parts = minimal_parts()
    related = str(parts["xl/_rels/workbook.xml.rels"]).replace(f"{OFFICE}/worksheet", f"{OFFICE}/chartsheet")
    source = pack({**parts, "xl/_rels/workbook.xml.rels": related}, tmp_path / "in.xlsx")
    with pytest.raises(NotAWorksheetError, match="chart sheet"):
        patch_rule(source, tmp_path / "out.xlsx", "Sheet1", "A1", red_rule())


def test_text_of_a_rule_is_escaped(tmp_path: Path) -> None:
    source = pack(minimal_parts(), tmp_path / "in.xlsx")
    formula = 'A1="<&>\'"&"\u05d0\U0001f600"'
    patch_rule(source, tmp_path / "out.xlsx", "Sheet1", "a1:$b$2", Rule("expression", formula=[formula], dxf=red_rule().dxf))
    (area,) = loaded(tmp_path / "out.xlsx")["Sheet1"].conditional_formatting
    assert str(area.sqref) == "A1:B2"
    assert area.rules[0].formula == [formula]
