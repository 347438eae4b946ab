"""An `ExcelRule` and a `Look` as plain data that task-pane JavaScript applies with `Excel.ConditionalFormat` (ExcelApi 1.6).

The pane does, in effect, `cf = range.conditionalFormats.add(Excel.ConditionalFormatType[type])` and assigns what stands under
`property` (`cellValue`, `custom`, `preset` …) to `cf[property]`. Names and values are those of the Office.js reference,
https://learn.microsoft.com/javascript/api/excel/excel.conditionalformat.
"""

from __future__ import annotations

from typing import Any

from grammar.errors import UnsupportedRuleError
from grammar.excel.rule import ColorScaleParts, DataBarParts, ExcelRule, IconSetParts, Threshold
from grammar.look import Look

_OPERATORS = {
    "equal": "EqualTo", "notEqual": "NotEqualTo", "greaterThan": "GreaterThan", "greaterThanOrEqual": "GreaterThanOrEqual",
    "lessThan": "LessThan", "lessThanOrEqual": "LessThanOrEqual", "between": "Between", "notBetween": "NotBetween",
}  # fmt: skip
_TEXT = {
    "containsText": "Contains", "notContainsText": "NotContains", "beginsWith": "BeginsWith", "endsWith": "EndsWith",
}  # fmt: skip
_PRESETS = {
    "containsBlanks": "Blanks", "notContainsBlanks": "NonBlanks", "containsErrors": "Errors", "notContainsErrors": "NonErrors",
    "duplicateValues": "DuplicateValues", "uniqueValues": "UniqueValues",
}  # fmt: skip
_DEVIATIONS = {1: "OneStdDev", 2: "TwoStdDev", 3: "ThreeStdDev"}
_THRESHOLDS = {"num": "Number", "percent": "Percent", "percentile": "Percentile", "formula": "Formula"}
_ICON_WORDS = {"3": "Three", "4": "Four", "5": "Five"}
_EDGES = ("EdgeTop", "EdgeBottom", "EdgeLeft", "EdgeRight")


def office_js(rule: ExcelRule, look: Look) -> dict[str, Any]:
    """`{"type", "property", "range", property: {...}}`, JSON-ready; formulas carry their `=`.

    Raises:
        UnsupportedRuleError: more than three standard deviations, which Office.js has no word for.
    """
    kind, name, body = _body(rule)
    if rule.visual is None:
        body["format"] = _format(look)
    return {"type": kind, "property": name, "range": rule.sqref, name: body}


def _body(rule: ExcelRule) -> tuple[str, str, dict[str, Any]]:
    """Key of `Excel.ConditionalFormatType`, property of `Excel.ConditionalFormat`, and what goes into it."""
    match rule.type:
        case "cellIs":
            parts = {f"formula{number}": f"={formula}" for number, formula in enumerate(rule.formulas, 1)}
            return "cellValue", "cellValue", {"rule": {**parts, "operator": _OPERATORS[str(rule.operator)]}}
        case "containsText" | "notContainsText" | "beginsWith" | "endsWith":
            return "containsText", "textComparison", {"rule": {"operator": _TEXT[rule.type], "text": rule.text}}
        case "top10":
            kind = ("Bottom" if rule.bottom else "Top") + ("Percent" if rule.percent else "Items")
            return "topBottom", "topBottom", {"rule": {"rank": rule.rank, "type": kind}}
        case "expression":
            return "custom", "custom", {"rule": {"formula": f"={rule.formulas[0]}"}}
        case "colorScale" | "dataBar" | "iconSet":
            return rule.type, rule.type, _visual(rule)
        case _:
            return "presetCriteria", "preset", {"rule": {"criterion": _criterion(rule)}}


def _criterion(rule: ExcelRule) -> str:
    if rule.type in _PRESETS:
        return _PRESETS[rule.type]
    if rule.time_period:
        period = rule.time_period
        return "LastSevenDays" if period == "last7Days" else period[0].upper() + period[1:]
    side = "Above" if rule.above_average else "Below"
    if not rule.std_dev:
        return f"{'EqualOr' if rule.equal_average else ''}{side}Average"
    if rule.std_dev not in _DEVIATIONS:
        raise UnsupportedRuleError("Office.js knows one, two and three standard deviations only.")
    return f"{_DEVIATIONS[rule.std_dev]}{side}Average"


def _format(look: Look) -> dict[str, Any]:
    """`Excel.ConditionalRangeFormat`: only what is said."""
    font: dict[str, Any] = {key: True for key in ("bold", "italic", "strikethrough") if getattr(look, key)}
    if look.underline:
        font["underline"] = "Single"
    if look.font_color:
        font["color"] = look.font_color
    parts: dict[str, Any] = {"fill": {"color": look.fill}} if look.fill else {}
    if font:
        parts["font"] = font
    if look.border:
        parts["borders"] = {edge: {"style": "Continuous", "color": look.border} for edge in _EDGES}
    if look.number_format:
        parts["numberFormat"] = look.number_format
    return parts


def _visual(rule: ExcelRule) -> dict[str, Any]:
    match rule.visual:
        case ColorScaleParts(thresholds, colors):
            names = ("minimum", "maximum") if len(thresholds) == 2 else ("minimum", "midpoint", "maximum")
            points = zip(names, thresholds, colors, strict=True)
            return {"criteria": {name: {**_point(threshold), "color": color} for name, threshold, color in points}}
        case DataBarParts(low, high, color):
            rules = {"lowerBoundRule": _bound(low), "upperBoundRule": _bound(high)}
            return {"positiveFormat": {"fillColor": color, "gradientFill": True}, **rules}
        case IconSetParts():
            return _icons(rule.visual)
    raise TypeError(f"{rule.type} has no visual parts")


def _point(threshold: Threshold) -> dict[str, Any]:
    if threshold.value is None:
        return {"formula": None, "type": "LowestValue" if threshold.type == "min" else "HighestValue"}
    return {"formula": threshold.value, "type": _THRESHOLDS[threshold.type]}


def _bound(threshold: Threshold) -> dict[str, Any]:
    return {"type": _point(threshold)["type"]} if threshold.value is None else _point(threshold)


def _icons(parts: IconSetParts) -> dict[str, Any]:
    style = parts.style or "3TrafficLights1"
    criteria: list[dict[str, Any]] = [{}]  # the first icon has no threshold of its own in Office.js
    for threshold in parts.thresholds[1:]:
        operator = "GreaterThanOrEqual" if threshold.at_least else "GreaterThan"
        criteria.append({"type": _THRESHOLDS[threshold.type], "operator": operator, "formula": f"={threshold.value}"})
    named = _ICON_WORDS[style[0]] + style[1:]
    return {"style": named, "criteria": criteria, "reverseIconOrder": parts.reverse, "showIconOnly": not parts.show_value}
