"""An Excel conditional format as plain data, and the place of a table on its sheet.

Names follow ECMA-376 part 1, 18.3.1.10 (`cfRule`) and 18.18.12 (`ST_CfType`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from grammar.table import column_letter

_WILDCARD = re.compile(r"[~*?]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table's data lie: sheet rows from 1, without the header; `first_column` is the sheet column of c[0], A = 1."""

    first_row: int
    last_row: int
    first_column: int = 1

    def letters(self, index: int) -> str:
        """Sheet column letters of c[index]."""
        return column_letter(self.first_column - 1 + index)

    def column_range(self, index: int) -> str:
        """Data cells of one column, `C2:C21`."""
        return self.area(index, index)

    def area(self, first: int, last: int) -> str:
        """Data cells of columns first to last of the table, both included, `A2:D21`."""
        bottom = max(self.last_row, self.first_row)
        corner = f"{self.letters(first)}{self.first_row}"
        opposite = f"{self.letters(last)}{bottom}"
        return corner if corner == opposite else f"{corner}:{opposite}"

    def absolute(self, first: int, last: int) -> str:
        """The same with `$`, as a formula over the whole column needs it: `$C$2:$C$21`."""
        bottom = max(self.last_row, self.first_row)
        return f"${self.letters(first)}${self.first_row}:${self.letters(last)}${bottom}"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A `cfvo`: `type` is min, max, num, percent, percentile or formula; `value` its text, None for min and max."""

    type: str
    value: str | None = None
    at_least: bool = True

    def as_dict(self) -> dict[str, object]:
        """Only what is said."""
        parts: dict[str, object] = {"type": self.type}
        if self.value is not None:
            parts["value"] = self.value
        return parts if self.at_least else parts | {"gte": False}


@dataclass(frozen=True, slots=True)
class ColorScaleParts:
    """Two or three thresholds, each with its colour "#RRGGBB"."""

    thresholds: tuple[Threshold, ...]
    colors: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """For the candidate object."""
        return {"thresholds": [t.as_dict() for t in self.thresholds], "colors": list(self.colors)}


@dataclass(frozen=True, slots=True)
class DataBarParts:
    """Shortest and longest bar's thresholds and the bar's colour "#RRGGBB"."""

    low: Threshold
    high: Threshold
    color: str

    def as_dict(self) -> dict[str, object]:
        """For the candidate object."""
        return {"low": self.low.as_dict(), "high": self.high.as_dict(), "color": self.color}


@dataclass(frozen=True, slots=True)
class IconSetParts:
    """A set of icons and the threshold from which each is shown; `style` None is Excel's default, 3TrafficLights1."""

    style: str | None
    thresholds: tuple[Threshold, ...]
    reverse: bool = False
    show_value: bool = True

    def as_dict(self) -> dict[str, object]:
        """For the candidate object."""
        parts: dict[str, object] = {
            "style": self.style or "3TrafficLights1",
            "thresholds": [t.as_dict() for t in self.thresholds],
        }
        if self.reverse:
            parts["reverse"] = True
        return parts if self.show_value else parts | {"show_value": False}


@dataclass(frozen=True, slots=True)
class ExcelRule:
    """One `cfRule` on the cells of `sqref`. Formulas are en-US text without the leading `=`, relative to the first cell."""

    type: str
    sqref: str
    operator: str | None = None
    formulas: tuple[str, ...] = ()
    text: str | None = None
    rank: int | None = None
    percent: bool = False
    bottom: bool = False
    above_average: bool = True
    std_dev: int | None = None
    equal_average: bool = False
    time_period: str | None = None
    visual: ColorScaleParts | DataBarParts | IconSetParts | None = None

    def as_dict(self) -> dict[str, object]:
        """The candidate's "excel": only what is said, named as in the file format."""
        parts: dict[str, object] = {"type": self.type, "sqref": self.sqref}
        said: dict[str, object] = {
            "operator": self.operator, "text": self.text, "rank": self.rank, "percent": self.percent or None,
            "bottom": self.bottom or None, "aboveAverage": None if self.above_average else False, "stdDev": self.std_dev,
            "equalAverage": self.equal_average or None, "timePeriod": self.time_period,
            "formulas": list(self.formulas) or None,
        }  # fmt: skip
        if self.visual:
            said[self.type] = self.visual.as_dict()
        return parts | {key: value for key, value in said.items() if value is not None}


def escape_wildcards(text: str) -> str:
    """Text as SEARCH must be given it to find it literally: `~`, `*` and `?` each after a `~`."""
    return _WILDCARD.sub(lambda match: "~" + match[0], text)


def quote(text: str) -> str:
    """A text literal of a formula; Excel allows 255 characters in one, so longer texts are joined with `&`."""
    pieces = [text[at : at + 255] for at in range(0, len(text), 255)] or [""]
    return "&".join('"' + piece.replace('"', '""') + '"' for piece in pieces)
