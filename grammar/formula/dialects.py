"""How formulas are written: the separators of a locale, and A1 or R1C1 references."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Style = Literal["A1", "R1C1"]


@dataclass(frozen=True, slots=True)
class Locale:
    """Separators. `suffix` names the terminals of `formula.lark` that take the place of the usual ones."""

    name: str
    separator: str
    column_break: str
    row_break: str
    decimal: str
    suffix: str


US = Locale("us", ",", ",", ";", ".", "")
"""As every file stores formulas, and as they are shown in English."""

EU = Locale("eu", ";", "\\", ";", ",", "__EU")
"""As they are shown where numbers have a decimal comma; function names stay English. `.` also parts the columns of an array."""

LOCALES = {locale.name: locale for locale in (US, EU)}
