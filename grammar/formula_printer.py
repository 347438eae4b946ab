"""Formulas as text, in one form: `parse_formula(show_formula(node)) == node`."""

from __future__ import annotations

import re

from grammar import formula_nodes as f
from grammar.printer import show_number
from grammar.table import column_letter

_LEVELS = {
    **dict.fromkeys(("=", "<>", "<", "<=", ">", ">="), 1), "&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 5, " ": 8,
}  # fmt: skip
_PERCENT, _SIGN, _RANGE, _SPILL, _PRIMARY = 6, 7, 9, 10, 11
_PLAIN_SHEET = re.compile(r"(\[\d+\])?[^\W\d][\w.]*|\[\d+\]")
_LIKE_A_CELL = re.compile(r"[A-Za-z]{1,3}\d+|[Rr]\d*[Cc]?\d*|[Cc]\d*|TRUE|FALSE", re.IGNORECASE)


def show_formula(node: f.Node) -> str:
    """The formula without its `=`; no blanks but the one that intersects."""
    match node:
        case f.Number(value):
            return show_number(value)
        case f.String(value):
            return '"' + value.replace('"', '""') + '"'
        case f.Boolean(flag):
            return "TRUE" if flag else "FALSE"
        case f.ErrorValue(code, sheet):
            return _sheet(sheet) + code
        case f.Missing():
            return ""
        case f.Ref():
            return _sheet(node.sheet) + _reference(node)
        case f.Span(first, last):
            return f"{_sheet(first.sheet)}{_reference(first)}:{_reference(last)}"
        case f.Name(name, sheet):
            return _sheet(sheet) + name
        case f.Structured(text):
            return text
        case f.Call(name, arguments, sheet):
            return f"{_sheet(sheet)}{name}({','.join(show_formula(argument) for argument in arguments)})"
        case f.Array(rows):
            return "{" + ";".join(",".join(show_formula(item) for item in row) for row in rows) + "}"
        case f.Union(areas):
            return f"({','.join(show_formula(area) for area in areas)})"
        case _:
            return _operation(node)


def _operation(node: f.Node) -> str:
    level = _level(node)
    match node:
        case f.Range(first, last):
            return f"{_within(first, level)}:{_within(last, level + 1)}"
        case f.Signed(sign, operand):
            return sign + _within(operand, level)
        case f.Postfix(sign, operand):
            return _within(operand, level) + sign
        case _:
            return _chain(node)


def _chain(node: f.Node) -> str:
    """Binary operators, without recursion down the left side: a sum may have a thousand terms."""
    parts: list[str] = []
    level = _level(node)
    while isinstance(node, f.Binary) and _level(node) == level:
        parts += [_within(node.right, level + 1), node.operator]
        node = node.left
    parts.append(_within(node, level))
    return "".join(reversed(parts))


def _within(node: f.Node, level: int) -> str:
    text = show_formula(node)
    return f"({text})" if _level(node) < level else text


def _level(node: f.Node) -> int:
    match node:
        case f.Binary(operator, _, _):
            return _LEVELS[operator]
        case f.Postfix(sign, _):
            return _PERCENT if sign == "%" else _SPILL
        case f.Signed():
            return _SIGN
        case f.Range():
            return _RANGE
        case _:
            return _PRIMARY


def _reference(ref: f.Ref) -> str:
    column = ("$" * ref.column_fixed + column_letter(ref.column - 1)) if ref.column else ""
    row = ("$" * ref.row_fixed + str(ref.row)) if ref.row else ""
    return column + row


def _sheet(sheet: str | None) -> str:
    if sheet is None:
        return ""
    if sheet == "#REF" or (_PLAIN_SHEET.fullmatch(sheet) and not _LIKE_A_CELL.fullmatch(sheet)):
        return f"{sheet}!"
    return "'" + sheet.replace("'", "''") + "'!"
