"""An `ExcelRule` and a `Look` as openpyxl's `Rule` with its differential style; `.to_tree()` of both gives the XML.

The caller sets `priority`, and `dxfId` where it grafts the style into a workbook's own `styles.xml`.
"""

from __future__ import annotations

from typing import Any

from openpyxl.formatting.rule import ColorScale, DataBar, FormatObject, IconSet, Rule
from openpyxl.styles import Border, Color, Font, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import BUILTIN_FORMATS_REVERSE, NumberFormat

from grammar.errors import UnsupportedRuleError
from grammar.excel.rule import ColorScaleParts, DataBarParts, ExcelRule, IconSetParts, Threshold
from grammar.excel.visuals import EXTENDED_ICON_SETS
from grammar.look import Look

_FIRST_CUSTOM_FORMAT = 164  # ECMA-376 part 1, 18.8.30: ids below are built in


def to_openpyxl(rule: ExcelRule, look: Look) -> Rule:
    """The openpyxl rule; a look that is a colour scale, data bar or icon set has no differential style.

    Raises:
        UnsupportedRuleError: an icon set that only Excel 2010's extension can say (3Stars, 3Triangles, 5Boxes).
    """
    said: dict[str, Any] = {
        "type": rule.type,
        "operator": rule.operator,
        "formula": list(rule.formulas),
        "text": rule.text,
        "rank": rule.rank,
        "percent": rule.percent or None,
        "bottom": rule.bottom or None,
        "aboveAverage": None if rule.above_average else False,
        "stdDev": rule.std_dev,
        "equalAverage": rule.equal_average or None,
        "timePeriod": rule.time_period,
    }
    made = Rule(**said)  # openpyxl's descriptors check the names
    match rule.visual:
        case ColorScaleParts(thresholds, colors):
            made.colorScale = ColorScale(cfvo=[_cfvo(t) for t in thresholds], color=[_color(c) for c in colors])
        case DataBarParts(low, high, color):
            made.dataBar = DataBar(cfvo=[_cfvo(low), _cfvo(high)], color=_color(color))
        case IconSetParts():
            made.iconSet = _icons(rule.visual)
        case None:
            made.dxf = differential_style(look)
    return made


def differential_style(look: Look) -> DifferentialStyle:
    """The look as a `dxf`. A solid fill has only a bgColor there, as Excel writes it (in a cell's own style it is fgColor)."""
    side = Side(style="thin", color=_color(look.border)) if look.border else None
    return DifferentialStyle(
        font=_font(look),
        fill=PatternFill(bgColor=_color(look.fill)) if look.fill else None,
        border=Border(left=side, right=side, top=side, bottom=side) if side else None,
        numFmt=_number_format(look.number_format) if look.number_format else None,
    )


def _font(look: Look) -> Font | None:
    if not (look.font_color or look.bold or look.italic or look.underline or look.strikethrough):
        return None
    return Font(
        b=look.bold or None,
        i=look.italic or None,
        u="single" if look.underline else None,
        strike=look.strikethrough or None,
        color=_color(look.font_color) if look.font_color else None,
    )


def _number_format(code: str) -> NumberFormat:
    return NumberFormat(numFmtId=BUILTIN_FORMATS_REVERSE.get(code, _FIRST_CUSTOM_FORMAT), formatCode=code)


def _color(value: str) -> Color:
    return Color(rgb="FF" + value.removeprefix("#"))


def _cfvo(threshold: Threshold) -> FormatObject:
    said: dict[str, Any] = {"type": threshold.type, "val": threshold.value, "gte": None if threshold.at_least else False}
    return FormatObject(**said)


def _icons(parts: IconSetParts) -> IconSet:
    if parts.style in EXTENDED_ICON_SETS:
        raise UnsupportedRuleError(
            f"The icon set {parts.style} exists only in Excel 2010's extension of the file format; there are 17 older ones."
        )
    said: dict[str, Any] = {"iconSet": parts.style, "cfvo": [_cfvo(t) for t in parts.thresholds]}
    return IconSet(**said, reverse=parts.reverse or None, showValue=None if parts.show_value else False)
