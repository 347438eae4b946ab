"""Colour scales, data bars and icon sets: Excel's presets and the words that name them.

Presets are those of Excel's gallery (Home > Conditional Formatting). Icon sets: ECMA-376 part 1, 18.18.42
(`ST_IconSetType`, 17 sets); 3Triangles, 3Stars and 5Boxes came with Excel 2010 and live in an extension ([MS-XLSX] 2.6.38).
"""

from __future__ import annotations

from grammar.errors import UnsupportedRuleError
from grammar.excel.rule import ColorScaleParts, DataBarParts, IconSetParts, Threshold
from grammar.look import colour

ICON_SETS = (
    "3Arrows", "3ArrowsGray", "3Flags", "3TrafficLights1", "3TrafficLights2", "3Signs", "3Symbols", "3Symbols2",
    "4Arrows", "4ArrowsGray", "4RedToBlack", "4Rating", "4TrafficLights",
    "5Arrows", "5ArrowsGray", "5Rating", "5Quarters",
)  # fmt: skip
EXTENDED_ICON_SETS = ("3Stars", "3Triangles", "5Boxes")
DEFAULT_ICON_SET = "3TrafficLights1"
DEFAULT_BAR = "#638EC6"

_GREEN, _YELLOW, _RED, _WHITE, _BLUE = "#63BE7B", "#FFEB84", "#F8696B", "#FFFFFF", "#5A8AC6"
# Excel names a scale from its largest value down: "Green - Yellow - Red" gives green to the largest
_SCALES = {
    "green-yellow-red": (_RED, _YELLOW, _GREEN),
    "red-yellow-green": (_GREEN, _YELLOW, _RED),
    "green-white-red": (_RED, "#FCFCFF", _GREEN),
    "red-white-green": (_GREEN, "#FCFCFF", _RED),
    "blue-white-red": (_RED, "#FCFCFF", _BLUE),
    "red-white-blue": (_BLUE, "#FCFCFF", _RED),
    "white-red": (_RED, _WHITE),
    "red-white": (_WHITE, _RED),
    "green-white": (_WHITE, _GREEN),
    "white-green": (_GREEN, _WHITE),
    "green-yellow": ("#FFEF9C", _GREEN),
    "yellow-green": (_GREEN, "#FFEF9C"),
}
_BARS = {
    "blue": DEFAULT_BAR, "green": "#63C384", "red": "#FF555A", "orange": "#FFB628", "lightblue": "#008AEF", "purple": "#D6007B",
}  # fmt: skip


def color_scale(style: str | None) -> ColorScaleParts:
    """Three colours for lowest, 50th percentile and highest; `style` names them from the highest down: "green-yellow-red".

    Raises:
        UnsupportedRuleError: a style that names no two or three colours.
    """
    key = (style or "green-yellow-red").casefold().replace(" ", "")
    colors = _SCALES.get(key)
    if colors is None:
        named = [colour(word) for word in key.split("-")]
        colors = tuple(name for name in reversed(named) if name is not None)
        if len(colors) != len(named) or len(colors) not in (2, 3):
            raise UnsupportedRuleError(f"'{style}' is no colour scale; name two or three colours, as in green-yellow-red.")
    ends = (Threshold("min"), Threshold("max"))
    return ColorScaleParts(ends if len(colors) == 2 else (ends[0], Threshold("percentile", "50"), ends[1]), colors)


def color_scale_style(colors: tuple[str, ...]) -> str | None:
    """The style text of colours from lowest to highest; None for the default scale."""
    upper = tuple(color.upper() for color in colors)
    found = next((name for name, preset in _SCALES.items() if preset == upper), None)
    if found == "green-yellow-red":
        return None
    return found or "-".join(reversed(upper))


def data_bar(style: str | None) -> DataBarParts:
    """Bars from the shortest to the longest value; `style` is a colour.

    Raises:
        UnsupportedRuleError: a style that is no colour.
    """
    color = DEFAULT_BAR if style is None else _BARS.get(style.casefold().replace(" ", "")) or colour(style)
    if color is None:
        raise UnsupportedRuleError(f"'{style}' is no colour for data bars.")
    return DataBarParts(Threshold("min"), Threshold("max"), color)


def data_bar_style(color: str) -> str | None:
    """The style text of a bar's colour; None for the default."""
    upper = color.upper()
    return None if upper == DEFAULT_BAR else next((name for name, preset in _BARS.items() if preset == upper), upper)


def icon_set(style: str | None) -> IconSetParts:
    """The icons with Excel's thresholds: equal shares of the way from the smallest to the largest value, in whole percent.

    Raises:
        UnsupportedRuleError: a style Excel does not have.
    """
    if style is None:
        return IconSetParts(None, default_thresholds(3))
    wanted = style.casefold()
    name = next((known for known in (*ICON_SETS, *EXTENDED_ICON_SETS) if known.casefold() == wanted), None)
    if name is None:
        raise UnsupportedRuleError(f"'{style}' is no icon set of Excel; there are {', '.join(ICON_SETS + EXTENDED_ICON_SETS)}.")
    return IconSetParts(name, default_thresholds(int(name[0])))


def default_thresholds(icons: int) -> tuple[Threshold, ...]:
    """0, 33 and 67 percent for three icons, 0, 25, 50, 75 for four, 0, 20, 40, 60, 80 for five."""
    return tuple(Threshold("percent", str(round(100 * k / icons))) for k in range(icons))
