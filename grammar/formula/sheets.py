"""What stands before the `!`: reading it, quoting it, taking it apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PLAIN_PART = r"[^\W\d][\w.]*"
_PLAIN = re.compile(rf"(?:\[[\w.]+\])?({_PLAIN_PART})(?::({_PLAIN_PART}))?|\[[\w.]+\]|#REF|")
_LIKE_AN_ADDRESS = re.compile(r"[A-Za-z]{1,3}\d+|R\d*(C\d*)?|C\d*|TRUE|FALSE", re.IGNORECASE)
_EXCHANGE = re.compile(r"[\w.]+\|(?:'(?:[^']|'')+'|[\w.]+)")
_PARTS = re.compile(r"(?P<folder>.*[\\/])?(?:\[(?P<book>[^\[\]]*)\])?(?P<first>[^\[\]:]*)(?::(?P<last>[^\[\]:]*))?", re.DOTALL)


def read_sheet(text: str) -> str:
    """`'Bob''s'!` -> `Bob's`; `'Jan 1':'Dec 31'!` -> `Jan 1:Dec 31`."""
    title = text[:-1]
    if not title.startswith("'"):
        return title
    return title[1:-1].replace("':'", ":").replace("''", "'")


def show_sheet(sheet: str | None) -> str:
    """The sheet with its `!`, in quotes where Excel needs them; nothing for None."""
    if sheet is None:
        return ""
    match = _PLAIN.fullmatch(sheet)
    if match and not any(part and _LIKE_AN_ADDRESS.fullmatch(part) for part in match.groups()):
        return f"{sheet}!"
    return f"{sheet}!" if _EXCHANGE.fullmatch(sheet) else "'" + sheet.replace("'", "''") + "'!"


@dataclass(frozen=True, slots=True)
class SheetParts:
    r"""`'C:\data\[Book.xlsx]Jan:Dec'!`: folder, book, first and last sheet; None for what is not there."""

    folder: str | None
    book: str | None
    first: str | None
    last: str | None


def sheet_parts(sheet: str) -> SheetParts:
    """The parts of a `sheet` attribute. A workbook's name without a sheet (`Book.xlsx!Rate`) cannot be told from a sheet's."""
    match = _PARTS.fullmatch(sheet)
    if match is None:
        return SheetParts(None, None, sheet, None)
    return SheetParts(*(match[name] or None for name in ("folder", "book", "first", "last")))
