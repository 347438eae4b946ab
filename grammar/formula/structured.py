"""Structured references as text: what stands in the brackets of `Sales[[#This Row],[Net]:[Gross]]`."""

from __future__ import annotations

import re

from grammar.formula import nodes as f

_PART = re.compile(r"\[((?:[^\[\]']|'.)*)\]", re.DOTALL)
_ESCAPED = re.compile(r"'(.)", re.DOTALL)
_SPECIAL = re.compile(r"([\[\]#'@])")
_SIMPLE = re.compile(r"\w+")
_BARE = re.compile(r"(?:[^\[\]']|'.)+", re.DOTALL)
_ITEMS = {item.casefold(): item for item in ("#All", "#Data", "#Headers", "#Totals", "#This Row")}


class BracketError(ValueError):
    """The brackets hold no structured reference."""


def read_structured(text: str, sheet: str | None, place: f.Place) -> f.Structured:
    """`Table[inside]`, with or without the table.

    Raises:
        BracketError: the message says what is wrong.
    """
    table, _, inside = text.partition("[")
    inside = inside[:-1].strip()
    items, first, last = _read_inside(inside)
    return f.Structured(table or None, items, first, last, sheet, place=place)


def _read_inside(inside: str) -> tuple[tuple[str, ...], str | None, str | None]:
    if not inside:
        return (), None, None
    if inside.startswith("@"):
        return ("@",), *_read_columns(inside[1:].strip())
    if inside.startswith("#"):
        return (_item(inside),), None, None
    if inside.startswith("["):
        return _read_parts(inside)
    return (), *_read_columns(inside)


def _read_parts(inside: str) -> tuple[tuple[str, ...], str | None, str | None]:
    """`[#Headers],[#Data],[A]:[B]`: items first, then columns; the separator is `,` or, in other locales, `;`."""
    items: list[str] = []
    place = 0
    while match := re.compile(r"\s*\[\s*(#(?:[^\[\]']|'.)*)\]\s*([,;]?)\s*").match(inside, place):
        items.append(_item(match[1]))
        place = match.end()
        if not match[2]:
            break
    rest = inside[place:].strip()
    if not rest and not items:
        raise BracketError("there is neither a column nor an item in the brackets")
    return tuple(items), *_read_columns(rest)


def _read_columns(text: str) -> tuple[str | None, str | None]:
    if not text:
        return None, None
    if "[]" in text:
        raise BracketError("a column's name is missing")
    if not text.startswith("["):
        if not _BARE.fullmatch(text):
            raise BracketError("a column's name has brackets of its own when more than one thing stands in the brackets")
        return _unescape(text), None
    match = re.fullmatch(rf"{_PART.pattern}\s*(?::\s*{_PART.pattern})?", text, re.DOTALL)
    if match is None:
        raise BracketError("columns are written [first]:[last]")
    return _unescape(match[1]), None if match[2] is None else _unescape(match[2])


def _item(text: str) -> str:
    text = text.strip()
    return _ITEMS.get(text.casefold(), text)


def _unescape(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"'\1", text)


def show_structured(node: f.Structured, separator: str = ",") -> str:
    """The reference without its sheet, in the shortest form that means the same."""
    return f"{node.table or ''}[{_inside(node, separator)}]"


def _inside(node: f.Structured, separator: str) -> str:
    columns = _columns(node)
    if node.items == ("@",):
        bare = node.first is not None and node.last is None and _SIMPLE.fullmatch(node.first)
        return "@" + (node.first or "" if bare else columns)
    if not node.items:
        return (
            _escape(node.first)
            if node.first is not None and node.last is None and node.first.strip() == node.first
            else columns
        )
    if node.items and not columns and len(node.items) == 1:
        return node.items[0]
    return separator.join([*(f"[{item}]" for item in node.items), *([columns] if columns else [])])


def _columns(node: f.Structured) -> str:
    if node.first is None:
        return ""
    return f"[{_escape(node.first)}]" + ("" if node.last is None else f":[{_escape(node.last)}]")
