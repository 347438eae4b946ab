"""How often a cell's value stands in its column, as a formula."""

from __future__ import annotations

import re

from grammar import nodes as n
from grammar.excel.context import Context
from grammar.excel.values import value_formula
from grammar.table import Class

_MONTH = re.compile(r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\W*\d", re.IGNORECASE)
_MAX_CRITERION = 255  # characters COUNTIF accepts


def repeats_formula(value: n.Value, context: Context) -> str:
    """COUNTIF, which is fast, where it compares as the rule language does; else a SUMPRODUCT over exact comparisons.

    COUNTIF reads its criterion: `*`, `?`, `~` and a leading `<`, `=`, `>` are patterns to it, and the text "1" is the number 1.
    """
    cell, cells = value_formula(value, context), context.whole(value)
    if context.only(value, Class.NUMBER) or (context.only(value, Class.TEXT) and _are_names(value, context)):
        return f"COUNTIF({cells},{cell})"
    same = f'({cells}<>"")*({cells}={cell})'
    if context.has(value, Class.ERROR):
        same = f"IFERROR({same},0)"
    return f"SUMPRODUCT({same})"


def _are_names(value: n.Value, context: Context) -> bool:
    cells = (cell for k in context.indexes(value) for cell in context.table.columns[k].cells)
    return all(_is_name(cell) for cell in cells if isinstance(cell, str) and cell)


def _is_name(text: str) -> bool:
    """A text that COUNTIF can only take as that text."""
    if len(text) > _MAX_CRITERION or not text[0].isalpha() or any(mark in text for mark in "*?~"):
        return False
    return text.casefold() not in ("true", "false") and not _MONTH.match(text)
