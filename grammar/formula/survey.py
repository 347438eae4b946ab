"""Many formulas, one a line: which are read, and which are read back from their printed form as the same tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from grammar.errors import FormulaSyntaxError
from grammar.formula.dialects import US, Locale
from grammar.formula.parser import parse_formula
from grammar.formula.printer import show_formula

_SAMPLE = 64
"""Lines that decide whether a file is a column of CSV."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One formula, as it stands in the line `line` (from 1); `error` is None where it was read and read back."""

    line: int
    formula: str
    parsed: bool
    error: str | None


def survey(lines: Iterable[str], *, locale: Locale = US) -> Iterator[Finding]:
    """A finding for every line that is not empty, in order; nothing is held but the line at hand.

    When all of the first lines stand in double quotes, the file is taken for a column of CSV: the quotes are taken off, and
    doubled quotes within are single ones. Otherwise a line in quotes is a formula that is a text.
    """
    stream = iter(lines)
    first = list(islice(stream, _SAMPLE))
    quoted = is_quoted(first)
    for number, line in enumerate(chain(first, stream), 1):
        text = line.rstrip("\r\n").removeprefix("\ufeff")
        if not text.strip():
            continue
        yield check_line(number, unquoted(text) if quoted else text, locale)


def is_quoted(lines: Iterable[str]) -> bool:
    """Whether all of several lines that are not empty stand in double quotes."""
    found = [line.strip().removeprefix("\ufeff") for line in lines if line.strip()]
    return len(found) > 1 and all(len(line) > 1 and line[0] == line[-1] == '"' for line in found)


def unquoted(line: str) -> str:
    """`"IF(A1=""x"",1)"` -> `IF(A1="x",1)`; a line without quotes as it is."""
    text = line.strip()
    return text[1:-1].replace('""', '"') if len(text) > 1 and text[0] == text[-1] == '"' else line


def check_line(number: int, formula: str, locale: Locale = US) -> Finding:
    """Whether one formula is read, and its printed form, too."""
    try:
        node = parse_formula(formula, locale=locale)
    except FormulaSyntaxError as error:
        return Finding(number, formula, False, f"{error.message} (column {error.column})")
    printed = show_formula(node, locale=locale)
    try:
        same = parse_formula(printed, locale=locale) == node
    except FormulaSyntaxError as error:
        return Finding(number, formula, True, f"Its printed form cannot be read: {printed} ({error.message})")
    return Finding(number, formula, True, None if same else f"Its printed form is read as something else: {printed}")
