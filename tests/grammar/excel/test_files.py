"""Excel rules as openpyxl's objects and as Office.js data."""

from __future__ import annotations

import json
from typing import Any

import pytest
from openpyxl.formatting.rule import Rule
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.xml.functions import tostring

from grammar.errors import UnsupportedRuleError
from grammar.excel.office_js import office_js
from grammar.excel.openpyxl_rules import to_openpyxl
from grammar.excel.rule import Place
from grammar.excel.translate import translate
from grammar.look import Look
from grammar.parse import parse
from grammar.table import Table

TABLE = Table.from_rows([["Name", "Amount"], ["Ann", 1], ["Bob", 2], ["Cy", 3]])
PLACE = Place(2, 4, 1)


def _xml(text: str, look: Look | None = None) -> tuple[str, str]:
    rule = to_openpyxl(translate(parse(text), TABLE, PLACE), look or Look.default())
    return _text_of(rule), _text_of(rule.dxf) if rule.dxf else ""


def _text_of(thing: Rule | DifferentialStyle) -> str:
    """As text, in the one form both of openpyxl's XML libraries can be brought to."""
    data: bytes | str = tostring(thing.to_tree())
    return (data.decode() if isinstance(data, bytes) else data).replace(" />", "/>")


def _office(text: str, look: Look | None = None) -> dict[str, Any]:
    data = office_js(translate(parse(text), TABLE, PLACE), look or Look.default())
    assert json.loads(json.dumps(data)) == data
    return data


def test_the_default_look_is_written_as_excel_writes_it() -> None:
    rule, style = _xml("GreaterThan(c[1], 2)")
    assert rule == '<cfRule type="cellIs" priority="0" operator="greaterThan"><formula>2</formula></cfRule>'
    # a solid dxf fill has a bgColor only, and no patternType
    assert style == (
        '<dxf><font><color rgb="FF9C0006"/></font><fill><patternFill><bgColor rgb="FFFFC7CE"/></patternFill></fill></dxf>'
    )


def test_every_part_of_a_look_is_written() -> None:
    look = Look.from_words({
        "font_color": "blue", "bold": True, "italic": True, "underline": True, "strikethrough": True, "border": "red",
        "number_format": "0.0",
    })  # fmt: skip
    _, style = _xml("Blanks(c[1])", look)
    for part in ('<b val="1"/>', '<i val="1"/>', '<strike val="1"/>', '<u val="single"/>', 'rgb="FF0070C0"'):
        assert part in style
    assert style.count('style="thin"') == 4
    assert '<numFmt numFmtId="164" formatCode="0.0"/>' in style
    assert "<fill>" not in style


def test_a_scale_has_no_style() -> None:
    rule, style = _xml("ColorScale(c[1])")
    assert style == ""
    assert rule.count("<cfvo") == rule.count("<color ") == 3
    assert '<cfvo type="percentile" val="50"/>' in rule


def test_icons_of_the_extension_are_refused() -> None:
    with pytest.raises(UnsupportedRuleError, match="3Stars"):
        _xml('IconSet(c[1], "3Stars")')


@pytest.mark.parametrize(
    ("text", "kind", "name", "rule"),
    [
        ("GreaterThan(c[1], 2)", "cellValue", "cellValue", {"formula1": "=2", "operator": "GreaterThan"}),
        ("NotBetween(c[1], 2, 3)", "cellValue", "cellValue", {"formula1": "=2", "formula2": "=3", "operator": "NotBetween"}),
        ('EndsWith(c[0], "n")', "containsText", "textComparison", {"operator": "EndsWith", "text": "n"}),
        ("BottomPercent(c[1], 5)", "topBottom", "topBottom", {"rank": 5, "type": "BottomPercent"}),
        ("Top(c[1], 5)", "topBottom", "topBottom", {"rank": 5, "type": "TopItems"}),
        ("NOT(Blanks(c[0]))", "presetCriteria", "preset", {"criterion": "NonBlanks"}),
        ("Unique(c[0])", "presetCriteria", "preset", {"criterion": "UniqueValues"}),
        ("Last7Days(c[1])", "presetCriteria", "preset", {"criterion": "LastSevenDays"}),
        ("NextMonth(c[1])", "presetCriteria", "preset", {"criterion": "NextMonth"}),
        ("AboveAverage(c[1])", "presetCriteria", "preset", {"criterion": "AboveAverage"}),
        ("BelowAverage(c[1], 2)", "presetCriteria", "preset", {"criterion": "TwoStdDevBelowAverage"}),
        ("OR(Blanks(c[0]), Blanks(c[1]))", "custom", "custom", {"formula": "=OR(LEN(TRIM($A2))=0,LEN(TRIM($B2))=0)"}),
    ],
)
def test_office_js(text: str, kind: str, name: str, rule: dict[str, Any]) -> None:
    data = _office(text)
    assert (data["type"], data["property"], data["range"][0]) == (
        kind,
        name,
        "B" if "(c[1]" in text and "OR" not in text else "A",
    )
    assert data[name]["rule"] == rule
    assert data[name]["format"] == {"fill": {"color": "#FFC7CE"}, "font": {"color": "#9C0006"}}


def test_office_js_looks() -> None:
    scale = _office("ColorScale(c[1])")["colorScale"]["criteria"]
    assert scale["minimum"] == {"formula": None, "type": "LowestValue", "color": "#F8696B"}
    assert scale["midpoint"] == {"formula": "50", "type": "Percentile", "color": "#FFEB84"}
    bar = _office("DataBar(c[1])")["dataBar"]
    assert bar["positiveFormat"]["fillColor"] == "#638EC6"
    icons = _office('IconSet(c[1], "3Stars")')["iconSet"]
    assert icons["style"] == "ThreeStars"
    assert icons["criteria"][1] == {"type": "Percent", "operator": "GreaterThanOrEqual", "formula": "=33"}
    assert _office("IconSet(c[1])")["iconSet"]["style"] == "ThreeTrafficLights1"


def test_office_js_formats() -> None:
    look = Look.from_words({"bold": True, "underline": True, "border": "red", "number_format": "0%"})
    made = _office("Blanks(c[1])", look)["preset"]["format"]
    assert made["font"] == {"bold": True, "underline": "Single"}
    assert made["borders"]["EdgeLeft"] == {"style": "Continuous", "color": "#FF0000"}
    assert made["numberFormat"] == "0%"


def test_office_js_has_three_deviations() -> None:
    with pytest.raises(UnsupportedRuleError, match="three standard deviations"):
        _office("AboveAverage(c[1], 4)")
