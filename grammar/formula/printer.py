"""Formulas as text, with the fewest parentheses: `parse_formula(show_formula(node)) == node`."""

from __future__ import annotations

import re

from grammar.formula import nodes as f
from grammar.formula.addresses import MAX_COLUMN, Cell, column_number, show_cell, show_cell_r1c1
from grammar.formula.dialects import US, Locale, Style
from grammar.formula.sheets import show_sheet
from grammar.formula.structured import show_structured
from grammar.printer import show_number

_LETTERS = re.compile(r"[A-Za-z]{1,3}")
_LEVELS = {
    **dict.fromkeys(("=", "<>", "<", "<=", ">", ">="), 1), "&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 5, " ": 8,
}  # fmt: skip
_ANY, _PERCENT, _SIGN, _RANGE, _SPILL, _PRIMARY, _CALLABLE = 0, 6, 7, 9, 10, 11, 12

Piece = str | tuple[f.Node, int]
"""Text, or a node with the level it needs to stand without parentheses."""


def show_formula(node: f.Node, *, locale: Locale = US, style: Style = "A1", at: Cell = (1, 1)) -> str:
    """The formula without its `=`; no blanks but the one that intersects.

    `locale`, `style` and `at` are those of `parse_formula`.
    """
    return _Printer(locale, style, at).show(node)


class _Printer:
    """Prints from a list of what is still to do, not by recursion: a sum may have thousands of terms."""

    def __init__(self, locale: Locale, style: Style, at: Cell) -> None:
        self._locale, self._style, self._at = locale, style, at

    def show(self, node: f.Node) -> str:
        done: list[str] = []
        waiting: list[Piece] = [(node, _ANY)]
        while waiting:
            piece = waiting.pop()
            if isinstance(piece, str):
                done.append(piece)
                continue
            inner, wanted = piece
            pieces = self._pieces(inner)
            if _level(inner) < wanted:
                pieces = ["(", *pieces, ")"]
            waiting.extend(reversed(pieces))
        return "".join(done)

    def _pieces(self, node: f.Node) -> list[Piece]:
        match node:
            case f.Range(first, last):
                return [(first, _CALLABLE if _would_join(first, last, self._style) else _RANGE), ":", (last, _SPILL)]
            case f.Signed(sign, operand):
                return [sign, (operand, _SIGN)]
            case f.Postfix(sign, operand):
                return [(operand, _SPILL if sign == "#" else _PERCENT), sign]
            case f.Binary(" ", left, right) if _like_a_function(_last(left)) and _opens(right, _RANGE, self._style):
                return [(left, _CALLABLE), " ", (right, _RANGE)]  # `rate (A1,B1)` would be a function's call
            case f.Binary(operator, left, right):
                level = _LEVELS[operator]
                return [(left, level), operator, (right, level + 1)]
            case f.Call(name, arguments, sheet):
                return [f"{show_sheet(sheet)}{name}(", *self._list(arguments), ")"]
            case f.Invoke(callee, arguments):
                return [(callee, _CALLABLE), "(", *self._list(arguments), ")"]
            case f.Union(areas):
                return ["(", *self._list(areas), ")"]
            case _:
                return [self._leaf(node)]

    def _list(self, nodes: tuple[f.Node, ...]) -> list[Piece]:
        pieces: list[Piece] = []
        for node in nodes:
            pieces += [self._locale.separator, (node, _ANY)]
        return pieces[1:]

    def _leaf(self, node: f.Node) -> str:
        match node:
            case f.Number(value):
                return self._number(value)
            case f.String(value):
                return '"' + value.replace('"', '""') + '"'
            case f.Boolean(flag):
                return "TRUE" if flag else "FALSE"
            case f.ErrorValue(code, sheet):
                return show_sheet(sheet) + code
            case f.Ref():
                return show_sheet(node.sheet) + self._address(node)
            case f.Span(first, last):
                return show_sheet(first.sheet) + self._span(self._address(first), self._address(last))
            case f.Name(name, sheet):
                return show_sheet(sheet) + name
            case f.Structured():
                return show_sheet(node.sheet) + show_structured(node, self._locale.separator)
            case f.Array(rows):
                lines = [self._locale.column_break.join(map(self._leaf, row)) for row in rows]
                return "{" + self._locale.row_break.join(lines) + "}"
            case _:
                return ""

    def _span(self, first: str, last: str) -> str:
        """`A:A`, but `C1` and not `C1:C1` in R1C1."""
        return first if first == last and self._style == "R1C1" else f"{first}:{last}"

    def _number(self, value: float) -> str:
        text = show_number(value)
        return text if self._locale.decimal == "." else text.replace(".", self._locale.decimal)

    def _address(self, ref: f.Ref) -> str:
        if self._style == "A1":
            return show_cell(ref.column, ref.row, ref.column_fixed, ref.row_fixed)
        return show_cell_r1c1(ref.column, ref.row, ref.column_fixed, ref.row_fixed, self._at)


def _would_join(first: f.Node, last: f.Node, style: Style) -> bool:
    """Whether `first:last` without parentheses would be read as something else.

    A name beside a name or columns may look like whole columns, `a:b`; a name beside a sheet like several sheets, `a:Sheet1!b`.
    In R1C1 notation cells, rows and columns look like names: `RC:Sheet1!R1`, `C:C[1]`.
    """
    before, after = _last(first), _first(last)
    if style == "R1C1" and isinstance(before, f.Ref | f.Span):
        return _sheet_of(after) is not None or isinstance(after, f.Span)
    if not isinstance(before, f.Name):
        return False
    if _sheet_of(after) is not None:
        return before.sheet is None
    if not _LETTERS.fullmatch(before.name):
        return False
    if isinstance(after, f.Name):
        alone = before is first and after is last and max(_column(before.name), _column(after.name)) > MAX_COLUMN
        return bool(_LETTERS.fullmatch(after.name)) and not alone
    return isinstance(after, f.Span)


def _like_a_function(node: f.Node) -> bool:
    """Whether the text, with a blank and a parenthesis behind it, would call a function: a name, or the cell LOG10."""
    return isinstance(node, f.Name) or (isinstance(node, f.Ref) and (node.column, node.row) == (column_number("LOG"), 10))


def _column(letters: str) -> int:
    return column_number(letters) if _LETTERS.fullmatch(letters) else 0


def _sheet_of(node: f.Node) -> str | None:
    sheet: str | None = node.first.sheet if isinstance(node, f.Span) else getattr(node, "sheet", None)
    return sheet


def _first(node: f.Node) -> f.Node:
    """What the text of a range's second end begins with."""
    while isinstance(node, f.Postfix | f.Invoke):
        node = node.operand if isinstance(node, f.Postfix) else node.callee
    return node


def _last(node: f.Node) -> f.Node:
    """What the text of a reference ends with."""
    while isinstance(node, f.Range | f.Binary):
        node = node.last if isinstance(node, f.Range) else node.right
    return node


def _opens(node: f.Node, wanted: int, style: Style) -> bool:
    """Whether the text begins with a parenthesis, where the level `wanted` is needed."""
    while _level(node) >= wanted:
        match node:
            case f.Range(first, last):
                node, wanted = first, _CALLABLE if _would_join(first, last, style) else _RANGE
            case f.Postfix("#", operand):
                node, wanted = operand, _SPILL
            case f.Invoke(callee):
                node, wanted = callee, _CALLABLE
            case _:
                return isinstance(node, f.Union)
    return True


def _level(node: f.Node) -> int:
    match node:
        case f.Binary(operator):
            return _LEVELS[operator]
        case f.Postfix("%"):
            return _PERCENT
        case f.Signed():
            return _SIGN
        case f.Range():
            return _RANGE
        case f.Postfix():
            return _SPILL
        case f.Call() | f.Invoke():
            return _CALLABLE
        case _:
            return _PRIMARY
