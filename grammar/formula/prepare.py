"""A formula made ready for an engine: what engines cannot do, or what they do not know, is written out.

Each step is a function from a tree to a tree that means the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from grammar.errors import FormulaSyntaxError
from grammar.formula import nodes as f
from grammar.formula.addresses import MAX_COLUMN, MAX_ROW
from grammar.formula.dependencies import plain_name
from grammar.formula.parser import parse_formula
from grammar.formula.walk import rewrite, walk

MAX_NAMES = 32
"""How deep names may stand for formulas with names."""

_AREAS_APART = frozenset({"AVERAGE", "AVERAGEA", "COUNT", "COUNTA", "MAX", "MAXA", "MIN", "MINA", "PRODUCT", "SUM", "SUMSQ"})
"""These take areas one by one: SUM((A1,B2)) is SUM(A1,B2)."""

_OF_ONE_VALUE = frozenset({
    "ABS", "CODE", "DAY", "EXACT", "EXP", "FIND", "HOUR", "INT", "ISBLANK", "ISERR", "ISERROR", "ISEVEN", "ISLOGICAL", "ISNA",
    "ISNONTEXT", "ISNUMBER", "ISODD", "ISTEXT", "LEFT", "LEN", "LN", "LOG", "LOG10", "LOWER", "MID", "MINUTE", "MOD", "MONTH",
    "PROPER", "REPT", "RIGHT", "ROUND", "ROUNDDOWN", "ROUNDUP", "SEARCH", "SECOND", "SIGN", "SQRT", "SUBSTITUTE", "TEXT",
    "TRIM", "TRUNC", "UPPER", "VALUE", "WEEKDAY", "YEAR",
})  # fmt: skip
"""Functions whose arguments are one value each; given an area, Excel computes one result for every cell."""

Box = tuple[int, int, int, int]
"""First row, first column, last row, last column."""


def on_sheet(node: f.Node, sheet: str) -> f.Node:
    """References without a sheet get this one, so that the formula may stand on another sheet."""

    def named(current: f.Node) -> f.Node:
        match current:
            case f.Ref(sheet=None):
                return replace(current, sheet=sheet)
            case f.Span(f.Ref(sheet=None) as first, last):
                return replace(current, first=replace(first, sheet=sheet), last=last)
            case f.Range(f.Ref(), f.Ref(sheet=other) as last) if other == sheet:
                return replace(current, last=replace(last, sheet=None))
            case _:
                return current

    return rewrite(_unnamed_ends(node), named)


def _unnamed_ends(node: f.Node) -> f.Node:
    """`Sheet1!A1:B2`: the second end lies on the first one's sheet, and says so."""

    def change(current: f.Node) -> f.Node:
        match current:
            case f.Range(f.Ref(sheet=str() as sheet), f.Ref(sheet=None) as last):
                return replace(current, last=replace(last, sheet=sheet))
            case _:
                return current

    return rewrite(node, change)


def with_names(node: f.Node, names: Mapping[str, f.Node]) -> f.Node:
    """Defined names replaced by what they stand for; `names` by their names in capitals. Unknown names stay."""
    for _ in range(MAX_NAMES):
        found = False

        def change(current: f.Node) -> f.Node:
            nonlocal found
            if isinstance(current, f.Name) and (meant := names.get(current.name.upper())) is not None:
                found = True
                return meant
            return current

        node = rewrite(node, change)
        if not found:
            break
    return node


def written_out(node: f.Node) -> f.Node:
    """Intersections of plain areas and INDIRECT of a constant computed, unions in sums taken apart, called LAMBDAs made LET."""
    return rewrite(node, _written_out)


def _written_out(node: f.Node) -> f.Node:
    match node:
        case f.Binary(" ", left, right):
            return _intersection(left, right) or node
        case f.Range(f.Ref() as first, f.Ref() as last) if first.row > last.row or first.column > last.column:
            return _from_top_left(first, last)
        case f.Call("INDIRECT", (f.String(text),) | (f.String(text), f.Boolean(True))):
            return _indirect(text) or node
        case f.Call(name, arguments) if plain_name(name) in _AREAS_APART:
            parts = [
                part for argument in arguments for part in (argument.areas if isinstance(argument, f.Union) else (argument,))
            ]
            return replace(node, arguments=tuple(parts))
        case f.Invoke(f.Call(name, (*parameters, body)), arguments) if plain_name(name) == "LAMBDA":
            return _let(parameters, arguments, body) or node
        case f.Invoke(f.Call(name, (*pairs, f.Call() as body)) as call, arguments) if plain_name(name) == "LET":
            return replace(call, arguments=(*pairs, _written_out(f.Invoke(body, arguments))))
        case _:
            return node


def computed_for_each(node: f.Node) -> str | None:
    """The first function of one value that is given many, as in SUMPRODUCT(LEN(A1:A9)); None where there is none."""
    for call in walk(node):
        if isinstance(call, f.Call) and plain_name(call.name) in _OF_ONE_VALUE and any(map(_is_many, call.arguments)):
            return call.name
    return None


def _is_many(node: f.Node) -> bool:
    match node:
        case f.Range(f.Ref() as first, f.Ref() as last):
            return (first.column, first.row) != (last.column, last.row)
        case f.Range() | f.Span() | f.Array():
            return True
        case f.Binary(operator, left, right) if operator != " ":
            return _is_many(left) or _is_many(right)
        case f.Signed("-" | "+", operand) | f.Postfix("%", operand):
            return _is_many(operand)
        case _:
            return False


def _from_top_left(first: f.Ref, last: f.Ref) -> f.Node:
    """`B8:A1` as `A1:B8`."""
    start = replace(first, column=min(first.column, last.column), row=min(first.row, last.row))
    return f.Range(start, replace(last, column=max(first.column, last.column), row=max(first.row, last.row)))


def _indirect(text: str) -> f.Node | None:
    """The reference that a constant text names; None where it names none."""
    try:
        node = parse_formula(text)
    except FormulaSyntaxError:
        return None
    return node if isinstance(node, f.Ref | f.Span | f.Range | f.Name) else None


def _let(parameters: list[f.Node], arguments: tuple[f.Node, ...], body: f.Node) -> f.Node | None:
    if len(parameters) != len(arguments) or not all(isinstance(parameter, f.Name) for parameter in parameters):
        return None
    if not parameters:
        return body
    if any(isinstance(inner, f.Name) and inner in parameters for argument in arguments for inner in walk(argument)):
        return None  # LET would give the argument the parameter's meaning
    pairs = [node for pair in zip(parameters, arguments, strict=True) for node in pair]
    return f.Call("LET", (*pairs, body))


def _intersection(left: f.Node, right: f.Node) -> f.Node | None:
    """The cells both have; #NULL! where there is none; None where an end is computed."""
    one, other = _box(left), _box(right)
    if one is None or other is None:
        return None
    (sheet, a), (second, b) = one, other
    box = max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])
    if sheet != second or box[0] > box[2] or box[1] > box[3]:
        return f.ErrorValue("#NULL!")
    first = f.Ref(box[1], box[0], True, True, sheet)
    return first if box[:2] == box[2:] else f.Range(first, f.Ref(box[3], box[2], True, True))


def _box(node: f.Node) -> tuple[str | None, Box] | None:
    match node:
        case f.Ref(column, row, _, _, sheet):
            return sheet, (row, column, row, column)
        case f.Range(f.Ref(c1, r1, _, _, sheet), f.Ref(c2, r2, _, _, other)) if other in (None, sheet):
            return sheet, (min(r1, r2), min(c1, c2), max(r1, r2), max(c1, c2))
        case f.Span(f.Ref(c1, r1, _, _, sheet), f.Ref(c2, r2)):
            rows = (min(r1, r2), max(r1, r2)) if r1 else (1, MAX_ROW)
            columns = (min(c1, c2), max(c1, c2)) if c1 else (1, MAX_COLUMN)
            return sheet, (rows[0], columns[0], rows[1], columns[1])
        case _:
            return None
