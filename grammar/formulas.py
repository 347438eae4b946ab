"""Excel formulas: text to tree and back, relative references moved, references listed.

A first grammar (`formula.lark`), enough for what the translator writes and for what people write in conditional formats. It
reads formulas as files keep them (English names, comma between arguments); LAMBDA called on the spot, DDE links and R1C1 are
not read.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import Any

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedInput

from grammar import formula_nodes as f
from grammar.errors import FormulaSyntaxError
from grammar.formula_printer import show_formula
from grammar.formula_refs import MAX_COLUMN, MAX_ROW, references, shift
from grammar.lark_errors import error_at, refuse_depth, syntax_error

__all__ = ["column_number", "parse_formula", "references", "shift", "show_formula"]

MAX_LENGTH = 8_192
MAX_DEPTH = 64
"""Excel's limits: https://support.microsoft.com/office/excel-specifications-and-limits."""

_STRING = re.compile(r'"[^"]*"')
_SIGNS = re.compile(rf"(?:[-+@]\s*){{{MAX_DEPTH + 1}}}")


def parse_formula(text: str) -> f.Node:
    """Read a formula, with or without its `=`.

    Raises:
        FormulaSyntaxError: with line, column and caret; also for what is too long or too deep for Excel.
    """
    text = text.strip().removeprefix("=")
    if len(text) > MAX_LENGTH:
        raise FormulaSyntaxError(f"A formula may have at most {MAX_LENGTH:,} characters; this one has {len(text):,}.")
    code = _STRING.sub(lambda match: "." * len(match.group()), text)
    refuse_depth(code, MAX_DEPTH, "The formula", FormulaSyntaxError)
    if signs := _SIGNS.search(code):
        raise error_at(text, signs.start(), f"More than {MAX_DEPTH} signs stand in a row.", FormulaSyntaxError)
    try:
        tree: Any = _lark().parse(text)  # with a transformer, Lark gives back what the transformer made
    except UnexpectedInput as error:
        example = "A formula looks like =$B2>10."
        raise syntax_error(text, error, "a formula", example, FormulaSyntaxError) from None
    node: f.Node = tree
    return node


@lru_cache(maxsize=1)
def _lark() -> Lark:
    source = files("grammar").joinpath("formula.lark").read_text(encoding="utf-8")
    return Lark(source, parser="lalr", maybe_placeholders=False, transformer=_Builder())


@v_args(inline=True)
class _Builder(Transformer[Token, f.Node]):
    """Makes a node of every rule while Lark reads, so that long sums need no deep recursion."""

    def number(self, token: Token) -> f.Node:
        return f.Number(float(token))

    def array_number(self, *parts: Token) -> f.Node:
        value = float(parts[-1])
        return f.Number(-value if parts[0] == "-" else value)

    def string(self, token: Token) -> f.Node:
        return f.String(token[1:-1].replace('""', '"'))

    def boolean(self, token: Token) -> f.Node:
        return f.Boolean(token.upper() == "TRUE")

    def error(self, token: Token) -> f.Node:
        return f.ErrorValue(token.upper())

    def cell(self, token: Token) -> f.Node:
        match = re.fullmatch(r"(\$?)([A-Za-z]+)(\$?)(\d+)", token)
        assert match is not None
        column, row = column_number(match[2]), int(match[4])
        if column > MAX_COLUMN or row > MAX_ROW:
            return f.Name(str(token))
        return f.Ref(column, row, bool(match[1]), bool(match[3]))

    def columns(self, token: Token) -> f.Node:
        ends = [(part.lstrip("$"), part.startswith("$")) for part in token.split(":")]
        first, last = (f.Ref(column_number(letters), 0, column_fixed=fixed) for letters, fixed in ends)
        if max(first.column, last.column) > MAX_COLUMN:
            return f.Range(*(f.Name(letters) for letters, _ in ends))
        return f.Span(first, last)

    def rows(self, token: Token) -> f.Node:
        first, last = (f.Ref(0, int(part.lstrip("$")), row_fixed=part.startswith("$")) for part in token.split(":"))
        return f.Span(first, last)

    def name(self, token: Token) -> f.Node:
        return f.Name(str(token))

    def on_sheet(self, sheet: Token, target: f.Node) -> f.Node:
        return _on_sheet(target, _title(sheet))

    def error_on_sheet(self, sheet: Token, token: Token) -> f.Node:
        return f.ErrorValue(token.upper(), _title(sheet))

    def quoted_name(self, sheet: Token, token: Token) -> f.Node:
        return f.Name(str(token), _title(sheet))

    def structured(self, token: Token) -> f.Node:
        return f.Structured(str(token))

    def call(self, name: Token, arguments: tuple[f.Node, ...]) -> f.Node:
        return f.Call(name.upper() if not name.startswith("_xl") else str(name), arguments)

    def call_on_sheet(self, sheet: Token, name: Token, arguments: tuple[f.Node, ...]) -> f.Node:
        return f.Call(str(name), arguments, _title(sheet))

    def arguments(self, *items: f.Node) -> tuple[f.Node, ...]:
        return () if items == (f.Missing(),) else items

    def argument(self, *item: f.Node) -> f.Node:
        return item[0] if item else f.Missing()

    def array(self, *rows: tuple[f.Node, ...]) -> f.Node:
        return f.Array(rows)

    def array_row(self, *items: f.Node) -> tuple[f.Node, ...]:
        return items

    def group(self, inner: f.Node) -> f.Node:
        return inner

    def union(self, *areas: f.Node) -> f.Node:
        return f.Union(areas)

    def range(self, first: f.Node, last: f.Node) -> f.Node:
        return f.Range(first, last)

    def spill(self, operand: f.Node) -> f.Node:
        return f.Postfix("#", operand)

    def percent(self, operand: f.Node) -> f.Node:
        return f.Postfix("%", operand)

    def signed(self, sign: Token, operand: f.Node) -> f.Node:
        return f.Signed(str(sign), operand)

    def implicit(self, operand: f.Node) -> f.Node:
        return f.Signed("@", operand)

    def intersect(self, left: f.Node, _blank: Token, right: f.Node) -> f.Node:
        return f.Binary(" ", left, right)

    def raised(self, left: f.Node, right: f.Node) -> f.Node:
        return f.Binary("^", left, right)

    def join(self, left: f.Node, right: f.Node) -> f.Node:
        return f.Binary("&", left, right)

    def binary(self, left: f.Node, operator: Token, right: f.Node) -> f.Node:
        return f.Binary(str(operator), left, right)


def column_number(letters: str) -> int:
    """A -> 1, XFD -> 16384."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _title(sheet: Token) -> str:
    """`'Bob''s'!` -> `Bob's`."""
    title = sheet[:-1]
    return title[1:-1].replace("''", "'") if title.startswith("'") else title


def _on_sheet(target: f.Node, sheet: str) -> f.Node:
    match target:
        case f.Ref(column, row, column_fixed, row_fixed, _):
            return f.Ref(column, row, column_fixed, row_fixed, sheet)
        case f.Span(first, last):
            return f.Span(f.Ref(first.column, first.row, first.column_fixed, first.row_fixed, sheet), last)
        case f.Name(name, _):
            return f.Name(name, sheet)
        case _:
            return target
