"""Nodes from what the parser read: one method for every rule of `formula.lark`.

A token is an `re.Match` of the scanner; blanks that follow an operator belong to its text.
"""

from __future__ import annotations

import math
from typing import Protocol, TypeVar

from grammar.formula import nodes as f
from grammar.formula.addresses import read_cell, read_columns, read_rows
from grammar.formula.dialects import Locale
from grammar.formula.sheets import read_sheet
from grammar.formula.structured import BracketError, read_structured

T = TypeVar("T")


class Token(Protocol):
    """What the builder needs of a token."""

    def group(self) -> str: ...
    def start(self) -> int: ...
    def end(self) -> int: ...


class Refused(Exception):  # noqa: N818  # becomes a FormulaSyntaxError with the text's place
    """The symbols are in order, but this cannot be meant; `place` is where."""

    def __init__(self, message: str, place: int) -> None:
        super().__init__(message)
        self.message, self.place = message, place


_CONSTANTS = (f.Number, f.String, f.Boolean, f.Array, f.Missing)
_PREFIXES = ("_XLFN.", "_XLWS.", "_XLUDF.", "_XLL.", "_XLPM.")


class Builder:
    """The methods are named like the rules, or like the name behind a rule's `->`."""

    def __init__(self, locale: Locale) -> None:
        self._decimal = locale.decimal

    # -- constants -----------------------------------------------------------------------------------------------

    def number(self, token: Token) -> f.Node:
        text = token.group()
        value = float(text if self._decimal == "." else text.replace(self._decimal, "."))
        if math.isinf(value):
            raise Refused("Excel's numbers end at 9.99E+307.", token.start())
        return f.Number(value, place=(token.start(), token.end()))

    def signed_number(self, sign: Token, token: Token) -> f.Node:
        value = float(token.group().replace(self._decimal, "."))
        return f.Number(-value if sign.group()[0] == "-" else value, place=(sign.start(), token.end()))

    def string(self, token: Token) -> f.Node:
        return f.String(token.group()[1:-1].replace('""', '"'), place=(token.start(), token.end()))

    def boolean(self, token: Token) -> f.Node:
        return f.Boolean(token.group().upper() == "TRUE", place=(token.start(), token.end()))

    def error(self, *tokens: Token) -> f.Node:
        sheet, token = _sheet_and_token(tokens)
        return f.ErrorValue(token.group().upper(), sheet, place=_place(tokens))

    def missing(self) -> f.Node:
        return f.Missing()

    # -- references ----------------------------------------------------------------------------------------------

    def cell(self, *tokens: Token) -> f.Node:
        sheet, token = _sheet_and_token(tokens)
        found = read_cell(token.group())
        return f.Ref(*found, sheet, place=_place(tokens)) if found else f.Name(token.group(), sheet, place=_place(tokens))

    def columns(self, *tokens: Token) -> f.Node:
        sheet, token = _sheet_and_token(tokens)
        if (found := read_columns(token.group())) is None:
            return _range_of_names(token, sheet, tokens)
        first, last = (f.Ref(column, 0, column_fixed=fixed) for column, fixed in found)
        return f.Span(f.Ref(first.column, 0, first.column_fixed, sheet=sheet), last, place=_place(tokens))

    def rows(self, *tokens: Token) -> f.Node:
        sheet, token = _sheet_and_token(tokens)
        if (found := read_rows(token.group())) is None:
            raise Refused("A sheet has 1,048,576 rows.", token.start())
        (first, first_fixed), (last, last_fixed) = found
        start = f.Ref(0, first, row_fixed=first_fixed, sheet=sheet)
        return f.Span(start, f.Ref(0, last, row_fixed=last_fixed), place=_place(tokens))

    def name(self, *tokens: Token) -> f.Node:
        sheet, token = _sheet_and_token(tokens)
        return f.Name(token.group(), sheet, place=_place(tokens))

    def structured(self, *tokens: Token) -> f.Node:
        sheet, token = _sheet_and_token(tokens)
        try:
            return read_structured(token.group(), sheet, _place(tokens))
        except BracketError as error:
            raise Refused(f"This structured reference cannot be read: {error}.", token.start()) from None

    # -- operators -----------------------------------------------------------------------------------------------

    def binary(self, left: f.Node, token: Token, right: f.Node) -> f.Node:
        return f.Binary(token.group().rstrip(), left, right, place=_around(left, right))

    def intersect(self, left: f.Node, token: Token, right: f.Node) -> f.Node:
        _both_references(left, token, right, "A blank between two values means the cells that both have: one is missing here")
        return f.Binary(" ", left, right, place=_around(left, right))

    def range(self, first: f.Node, token: Token, last: f.Node) -> f.Node:
        _both_references(first, token, last, "A range's ends are cells, such as A1:B9: none is here")
        return f.Range(first, last, place=_around(first, last))

    def prefix(self, token: Token, operand: f.Node) -> f.Node:
        end = operand.place[1] if operand.place else token.end()
        return f.Signed(token.group()[0], operand, place=(token.start(), end))

    def postfix(self, operand: f.Node, token: Token) -> f.Node:
        start = operand.place[0] if operand.place else token.start()
        return f.Postfix(token.group(), operand, place=(start, token.end()))

    def spill(self, operand: f.Node, token: Token) -> f.Node:
        if isinstance(operand, _CONSTANTS):
            raise Refused("The # of a spilled range stands behind a cell, such as A1#.", token.start())
        return self.postfix(operand, token)

    # -- functions, parentheses, arrays --------------------------------------------------------------------------

    def call(self, *parts: Token | list[f.Node]) -> f.Node:
        *before, arguments, close = parts
        tokens: tuple[Token, ...] = (*before, close)  # type: ignore[arg-type]  # only the arguments are a list
        sheet, token = _sheet_and_token(tokens[:-1])
        name = token.group().rstrip()[:-1].rstrip()
        place = tokens[0].start(), tokens[-1].end()
        assert isinstance(arguments, list)
        return f.Call(name if sheet is not None else _capitals(name), _given(arguments), sheet, place=place)

    def invoke(self, callee: f.Node, _: Token, arguments: list[f.Node], close: Token) -> f.Node:
        start = callee.place[0] if callee.place else 0
        return f.Invoke(callee, _given(arguments), place=(start, close.end()))

    def group(self, _: Token, inner: f.Node, __: Token) -> f.Node:
        return inner

    def union(self, start: Token, areas: list[f.Node], close: Token) -> f.Node:
        return f.Union(tuple(areas), place=(start.start(), close.end()))

    def union_of_all(self, areas: list[f.Node]) -> f.Node:
        return f.Union(tuple(areas), place=_around(areas[0], areas[-1]))

    def two(self, first: f.Node, _: Token, second: f.Node) -> list[f.Node]:
        return [first, second]

    def array(self, start: Token, rows: list[list[f.Node]], close: Token) -> f.Node:
        if len({len(row) for row in rows}) > 1:
            raise Refused("The rows of an array have the same number of values.", start.start())
        return f.Array(tuple(tuple(row) for row in rows), place=(start.start(), close.end()))

    def first(self, item: T) -> list[T]:
        return [item]

    def more(self, items: list[T], _: Token, item: T) -> list[T]:
        items.append(item)
        return items


def _place(tokens: tuple[Token, ...]) -> f.Place:
    return tokens[0].start(), tokens[-1].end()


def _around(first: f.Node, last: f.Node) -> f.Place | None:
    return (first.place[0], last.place[1]) if first.place and last.place else None


def _sheet_and_token(tokens: tuple[Token, ...]) -> tuple[str | None, Token]:
    return (None, tokens[0]) if len(tokens) == 1 else (read_sheet(tokens[0].group()), tokens[1])


def _range_of_names(token: Token, sheet: str | None, tokens: tuple[Token, ...]) -> f.Node:
    """`abc:xyz`: no columns, but two names."""
    first, last = token.group().split(":")
    if "$" in token.group():
        raise Refused("A sheet's last column is XFD.", token.start())
    return f.Range(f.Name(first, sheet), f.Name(last), place=_place(tokens))


def _given(arguments: list[f.Node]) -> tuple[f.Node, ...]:
    return () if len(arguments) == 1 and isinstance(arguments[0], f.Missing) else tuple(arguments)


def _capitals(name: str) -> str:
    """`sum` -> `SUM`; Excel's prefixes of newer functions stay small: `_xlfn.XLOOKUP`."""
    upper = name.upper()
    if not upper.startswith("_XL"):
        return upper
    end = 0
    while prefix := next((p for p in _PREFIXES if upper.startswith(p, end)), None):
        end += len(prefix)
    return upper[:end].lower() + upper[end:]


def _both_references(left: f.Node, token: Token, right: f.Node, message: str) -> None:
    if isinstance(left, _CONSTANTS) or isinstance(right, _CONSTANTS):
        raise Refused(f"{message}.", token.start())
