"""Rules of workbooks in the rule language: what people write, and what cannot be said."""

from __future__ import annotations

import pytest
from openpyxl.formatting.rule import ColorScale, DataBar, FormatObject, IconSet, Rule
from openpyxl.styles import Color

from grammar.errors import UnsupportedRuleError
from grammar.excel.read_back import read_back, without_guards
from grammar.excel.rule import Place
from grammar.parse import parse
from grammar.printer import show

PLACE = Place(2, 21, 1)


def _read(sqref: str, kind: str, *formulas: str, **more: object) -> str:
    return show(read_back(Rule(type=kind, formula=list(formulas), **more), sqref, PLACE))  # type: ignore[arg-type]  # kinds by name


@pytest.mark.parametrize(
    ("formula", "rule"),
    [
        ("$C2>4000", "GreaterThan(c[2], 4000)"),
        ("=$C2>=10%", "GreaterThanEqual(c[2], 10%)"),
        ("$C2<-5", "LessThan(c[2], -5)"),
        ('AND($C2>5,$B2="Paid")', 'AND(GreaterThan(c[2], 5), Equals(c[1], "Paid"))'),
        ('NOT(ISERROR(SEARCH("x",$A2)))', 'TextContains(c[0], "x")'),
        ('ISNUMBER(SEARCH("a~*b",$A2))', 'TextContains(c[0], "a*b")'),
        ('LEFT($A2,2)="AB"', 'StartsWith(c[0], "AB")'),
        ('RIGHT($A2,LEN("z"))<>"z"', 'NOT(EndsWith(c[0], "z"))'),
        ("ISBLANK($B2)", "Blanks(c[1])"),
        ("LEN(TRIM($B2))=0", "Blanks(c[1])"),
        ("COUNTIF($A$2:$A$21,$A2)>1", "Duplicates(c[0])"),
        ("COUNTIF($A:$A,$A2)=1", "Unique(c[0])"),
        ("$C2>AVERAGE($C$2:$C$21)", "GreaterThan(c[2], AVERAGE(c[2]))"),
        ("$C2>=LARGE($C$2:$C$21,3)", "Top(c[2], 3)"),
        ("$D2<TODAY()-30", "LessThan(c[3], TODAY() - 30)"),
        ("WEEKDAY($D2)=7", "Equals(WEEKDAY(c[3]), 7)"),
        ("FLOOR($D2,1)=TODAY()-1", "Yesterday(c[3])"),
        ("IF($C2>5,TRUE,FALSE)", "GreaterThan(c[2], 5)"),
        ("OR($C2<5,IFERROR($D2>7,FALSE))", "OR(LessThan(c[2], 5), GreaterThan(c[3], 7))"),
        ("($C2-$D2)/$D2>0.2", "GreaterThan((c[2] - c[3]) / c[3], 0.2)"),
    ],
)
def test_formulas(formula: str, rule: str) -> None:
    assert _read("A2:E21", "expression", formula) == rule


@pytest.mark.parametrize(
    "formula",
    [
        "MOD(ROW(),2)=0",
        "$C3>5",  # the next row
        "$C$2>5",  # one fixed cell
        "Sheet2!$C2>5",
        "B2>5",  # a neighbour that moves along
        'SEARCH("a*b",$A2)>0',
        'ISNUMBER(SEARCH("a*b",$A2))',
        'ISNUMBER(FIND("x",$A2))',
        "COUNTIF($B$2:$B$21,$A2)>1",
        "COUNTIF($A$5:$A$9,$A2)>1",
        'LEFT($A2,3)="AB"',
        "$C2>=LARGE($C$2:$C$21,$D2)",
        "Rate>5",
        "AND()",
        "ISNUMBER($C2)",
        "$C2>",
    ],
)
def test_what_cannot_be_said(formula: str) -> None:
    with pytest.raises(UnsupportedRuleError):
        _read("A2:E21", "expression", formula)


@pytest.mark.parametrize(
    ("kind", "formulas", "more", "rule"),
    [
        ("cellIs", ("5",), {"operator": "lessThan"}, "LessThan(c[2], 5)"),
        ("cellIs", ("2", "6"), {"operator": "notBetween"}, "NotBetween(c[2], 2, 6)"),
        ("cellIs", ("D2",), {"operator": "equal"}, "Equals(c[2], c[3])"),
        ("containsText", (), {"text": "Hell", "operator": "containsText"}, 'TextContains(c[2], "Hell")'),
        ("notContainsText", (), {"text": "x"}, 'NOT(TextContains(c[2], "x"))'),
        ("containsText", ('NOT(ISERROR(SEARCH("y",C2)))',), {}, 'TextContains(c[2], "y")'),
        ("top10", (), {"rank": 5, "percent": True, "bottom": True}, "BottomPercent(c[2], 5)"),
        ("aboveAverage", (), {"aboveAverage": False, "stdDev": 2}, "BelowAverage(c[2], 2)"),
        ("aboveAverage", (), {"equalAverage": True}, "GreaterThanEqual(c[2], AVERAGE(c[2]))"),
        ("timePeriod", (), {"timePeriod": "last7Days"}, "Last7Days(c[2])"),
        ("duplicateValues", (), {}, "Duplicates(c[2])"),
        ("notContainsErrors", (), {}, "NOT(Errors(c[2]))"),
    ],
)
def test_native_kinds(kind: str, formulas: tuple[str, ...], more: dict[str, object], rule: str) -> None:
    assert _read("C2:C21", kind, *formulas, **more) == rule


def test_a_wide_range_is_about_its_cells() -> None:
    assert _read("A2:C21", "cellIs", "5", operator="greaterThan") == "GreaterThan(5)"
    assert _read("A2:C21", "expression", "A2>5") == "GreaterThan(5)"
    assert _read("B2:B9 D2:D9", "duplicateValues") == "Duplicates()"


def test_looks() -> None:
    ends = [FormatObject("min"), FormatObject("max")]
    scale = Rule("colorScale", colorScale=ColorScale(ends, [Color("FFFFFFFF"), Color("FFF8696B")]))
    assert show(read_back(scale, "C2:C21", PLACE)) == 'ColorScale(c[2], "red-white")'
    bar = Rule("dataBar", dataBar=DataBar(cfvo=ends, color=Color("FF63C384")))
    assert show(read_back(bar, "C2:C21", PLACE)) == 'DataBar(c[2], "green")'
    icons = Rule("iconSet", iconSet=IconSet("3Arrows", cfvo=[FormatObject("percent", "0"), *ends]))
    assert show(read_back(icons, "C2:C21", PLACE)) == 'IconSet(c[2], "3Arrows")'


def test_refusals() -> None:
    for kind, more in (("cellIs", {"operator": "lessThan"}), ("cellIs", {}), ("expression", {})):
        with pytest.raises(UnsupportedRuleError):
            _read("C2:C21", kind, **more)
    with pytest.raises(UnsupportedRuleError, match="cannot be read"):
        _read("all of it", "duplicateValues")
    with pytest.raises(UnsupportedRuleError, match="left of the table"):
        show(read_back(Rule(type="duplicateValues"), "A2:A9", Place(2, 9, 3)))


def test_guards_come_off() -> None:
    guarded = parse('OR(AND(NotEquals(c[2], ""), LessThan(c[2], 15)), Blanks(c[1]))')
    assert without_guards(guarded) == (parse("OR(LessThan(c[2], 15), Blanks(c[1]))"), "skip")
    bare = parse('AND(NotEquals(c[2], ""), LessThan(c[1], 15))')
    assert without_guards(bare) == (bare, "excel")
