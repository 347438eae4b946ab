"""What a formula looks at: cells, ranges, names, tables, sheets; and whether it must be computed anew all the time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grammar.formula import nodes as f
from grammar.formula.walk import children, walk

Reference = f.Ref | f.Span | f.Range | f.Name | f.Structured

VOLATILE = frozenset({"CELL", "INDIRECT", "INFO", "NOW", "OFFSET", "RAND", "RANDARRAY", "RANDBETWEEN", "TODAY"})
"""Computed whenever anything is: https://learn.microsoft.com/office/client-developer/excel/excel-recalculation."""

_PREFIXES = ("_xlfn.", "_xlws.", "_xlpm.", "_xlop.", "_xludf.", "_xll.")


@dataclass(frozen=True, slots=True)
class Dependencies:
    """Each thing once, in the order of the formula.

    `ranges` are areas of several cells: `A1:B2`, `A:A`, and ranges with a computed end such as `INDEX(A:A,2):B5`. `names` are
    without the variables of LET and LAMBDA. `sheets` are titles as they stand before the `!`. `volatile` and `functions` are in
    capitals and without Excel's prefixes.
    """

    cells: tuple[f.Ref, ...]
    ranges: tuple[f.Span | f.Range, ...]
    names: tuple[f.Name, ...]
    tables: tuple[f.Structured, ...]
    sheets: tuple[str, ...]
    functions: tuple[str, ...]
    volatile: tuple[str, ...]


def references(node: f.Node) -> tuple[Reference, ...]:
    """Cells, ranges, names and structured references, each once, in order; a range of two cells is one reference."""
    return tuple(dict.fromkeys(_references(node)))


def dependencies(node: f.Node) -> Dependencies:
    """Everything the formula looks at."""
    found = references(node)
    variables = _variables(node)
    functions = tuple(dict.fromkeys(plain_name(call.name) for call in walk(node) if isinstance(call, f.Call)))
    computed = tuple(one for one in walk(node) if isinstance(one, f.Range) and not _is_plain(one))
    return Dependencies(
        cells=tuple(one for one in found if isinstance(one, f.Ref)),
        ranges=tuple(dict.fromkeys([*(one for one in found if isinstance(one, f.Span | f.Range)), *computed])),
        names=tuple(
            one for one in found if isinstance(one, f.Name) and not (one.sheet is None and _bare(one.name) in variables)
        ),
        tables=tuple(one for one in found if isinstance(one, f.Structured)),
        sheets=tuple(dict.fromkeys(sheet for one in walk(node) if (sheet := getattr(one, "sheet", None)) is not None)),
        functions=functions,
        volatile=tuple(name for name in functions if name in VOLATILE),
    )


def plain_name(function: str) -> str:
    """`_xlfn._xlws.SORT` -> `SORT`."""
    while prefix := next((p for p in _PREFIXES if function.lower().startswith(p)), None):
        function = function[len(prefix) :]
    return function.upper()


def _references(node: f.Node) -> Iterator[Reference]:
    waiting = [node]
    while waiting:
        current = waiting.pop()
        match current:
            case f.Range() if _is_plain(current):
                yield current
            case f.Ref() | f.Span() | f.Name() | f.Structured():
                yield current
            case _:
                waiting.extend(reversed(children(current)))


def _is_plain(node: f.Range) -> bool:
    return isinstance(node.first, f.Ref) and isinstance(node.last, f.Ref)


def _variables(node: f.Node) -> set[str]:
    """Names that LET and LAMBDA give, wherever in the formula: a name of the workbook with the same name is hidden there."""
    found: set[str] = set()
    for call in walk(node):
        if isinstance(call, f.Call) and plain_name(call.name) in ("LET", "LAMBDA"):
            step = 2 if plain_name(call.name) == "LET" else 1
            found |= {_bare(name.name) for name in call.arguments[:-1:step] if isinstance(name, f.Name)}
    return found


def _bare(name: str) -> str:
    return plain_name(name)
