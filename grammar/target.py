"""The column a rule is about: the one whose cells are coloured when only cells are coloured."""

from __future__ import annotations

from grammar import nodes as n

AGGREGATES = frozenset({"AVERAGE", "MEDIAN", "MIN", "MAX"})  # functions over the whole column, not over the row's cell


def target_column(rule: n.Rule, cell: int | None = None) -> int:
    """Index of the first column the rule mentions, in the order it is printed.

    A column that stands only inside AVERAGE, MEDIAN, MIN or MAX counts when there is no other. `cell` is the column that
    `Cell()` (a left-out column) stands for; without it, and for a `Formula`, which names no column, the first column is meant.
    """
    mentioned = row_columns(rule, cell) or tuple(n.columns_of(rule))
    if mentioned:
        return mentioned[0]
    return cell if cell is not None else 0


def row_columns(node: n.Rule | n.Value, cell: int | None = None) -> tuple[int, ...]:
    """Columns whose cell of the same row the node reads, in order of first mention; `Cell()` counts as column `cell`."""
    found: dict[int, None] = {}
    _collect(node, cell, found)
    return tuple(found)


def has_row_cell(node: n.Rule | n.Value) -> bool:
    """Whether the node reads a cell of the row, a left-out column included."""
    return bool(row_columns(node, 0))


def _collect(node: n.Rule | n.Value, cell: int | None, found: dict[int, None]) -> None:
    match node:
        case n.Column(index):
            found[index] = None
        case n.Cell() if cell is not None:
            found[cell] = None
        case n.Call(name, _) if name in AGGREGATES:
            return
    for child in n.children(node):
        _collect(child, cell, found)
