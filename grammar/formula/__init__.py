"""Excel formulas: read, printed, moved, listed, evaluated.

`formula.lark` is the language; the functions below are what the rest of the project uses.
"""

from __future__ import annotations

from grammar.formula.addresses import MAX_COLUMN, MAX_ROW, column_letters, column_number
from grammar.formula.dependencies import Dependencies, dependencies, references
from grammar.formula.dialects import EU, US, Locale
from grammar.formula.parser import MAX_LENGTH, parse_formula
from grammar.formula.printer import show_formula
from grammar.formula.shift import for_cell, shift

__all__ = [
    "EU",
    "MAX_COLUMN",
    "MAX_LENGTH",
    "MAX_ROW",
    "US",
    "Dependencies",
    "Locale",
    "column_letters",
    "column_number",
    "dependencies",
    "for_cell",
    "parse_formula",
    "references",
    "shift",
    "show_formula",
]
