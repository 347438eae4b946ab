"""References of a formula: listed, and moved as Excel moves them when a formula is copied or stands for another cell."""

from __future__ import annotations

from grammar import formula_nodes as f

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384

Reference = f.Ref | f.Span | f.Range | f.Name | f.Structured


def references(node: f.Node) -> tuple[Reference, ...]:
    """Cells, ranges, names and structured references, each once, in order; a range of two cells is one reference."""
    found: dict[Reference, None] = {}
    waiting = [node]
    while waiting:
        current = waiting.pop()
        match current:
            case f.Range(f.Ref(), f.Ref()) | f.Ref() | f.Span() | f.Name() | f.Structured():
                found[current] = None
            case _:
                waiting.extend(reversed(f.children(current)))
    return tuple(found)


def shift(node: f.Node, *, rows: int = 0, columns: int = 0) -> f.Node:
    """The formula as it reads `rows` further down and `columns` further right: what is not fixed by `$` moves along.

    A reference that would leave the sheet becomes #REF!, as in a copied formula.
    """
    match node:
        case f.Ref():
            return _moved(node, rows, columns) or f.ErrorValue("#REF!")
        case f.Span(first, last):
            ends = _moved(first, rows, columns), _moved(last, rows, columns)
            return f.Span(ends[0], ends[1]) if ends[0] and ends[1] else f.ErrorValue("#REF!")
        case f.Range(first, last):
            a, b = shift(first, rows=rows, columns=columns), shift(last, rows=rows, columns=columns)
            lost = f.ErrorValue("#REF!")
            return lost if lost in (a, b) else f.Range(a, b)
        case f.Binary():
            return _shift_chain(node, rows, columns)
        case f.Signed(sign, operand):
            return f.Signed(sign, shift(operand, rows=rows, columns=columns))
        case f.Postfix(sign, operand):
            return f.Postfix(sign, shift(operand, rows=rows, columns=columns))
        case f.Call(name, arguments, sheet):
            return f.Call(name, tuple(shift(argument, rows=rows, columns=columns) for argument in arguments), sheet)
        case f.Union(areas):
            return f.Union(tuple(shift(area, rows=rows, columns=columns) for area in areas))
        case _:
            return node


def _shift_chain(node: f.Node, rows: int, columns: int) -> f.Node:
    """Down the left side without recursion: a sum may have a thousand terms."""
    rights: list[tuple[str, f.Node]] = []
    while isinstance(node, f.Binary):
        rights.append((node.operator, shift(node.right, rows=rows, columns=columns)))
        node = node.left
    result = shift(node, rows=rows, columns=columns)
    for operator, right in reversed(rights):
        result = f.Binary(operator, result, right)
    return result


def _moved(ref: f.Ref, rows: int, columns: int) -> f.Ref | None:
    column = ref.column + (columns if ref.column and not ref.column_fixed else 0)
    row = ref.row + (rows if ref.row and not ref.row_fixed else 0)
    if (ref.column and not 1 <= column <= MAX_COLUMN) or (ref.row and not 1 <= row <= MAX_ROW):
        return None
    return f.Ref(column, row, ref.column_fixed, ref.row_fixed, ref.sheet)
