"""Formula patterns with gaps: `LEN(TRIM(X_))=0` fits `LEN(TRIM($C2))=0` and binds X_ to the reference.

A name that ends in `_` is a gap; the same gap must be filled by the same node everywhere.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from functools import lru_cache

from grammar.formula import nodes as f
from grammar.formula import parse_formula
from grammar.formula.walk import rewrite

Bindings = dict[str, f.Node]


@lru_cache(maxsize=256)
def pattern(text: str) -> f.Node:
    """The pattern as a tree, parsed once."""
    return parse_formula(text)


def fit(text: str, node: f.Node) -> Bindings | None:
    """What the gaps of the pattern stand for in the node; None when it does not fit."""
    bindings: Bindings = {}
    return bindings if _fits(pattern(text), node, bindings) else None


def _fits(wanted: object, found: object, bindings: Bindings) -> bool:
    if isinstance(wanted, f.Name) and wanted.name.endswith("_"):
        return bindings.setdefault(wanted.name, found) == found  # type: ignore[arg-type]  # gaps stand where nodes stand
    if isinstance(wanted, tuple) and isinstance(found, tuple):
        return len(wanted) == len(found) and all(_fits(a, b, bindings) for a, b in zip(wanted, found, strict=True))
    if type(wanted) is not type(found):
        return False
    if is_dataclass(wanted):
        return all(
            _fits(getattr(wanted, one.name), getattr(found, one.name), bindings) for one in fields(wanted) if one.compare
        )
    return wanted.casefold() == found.casefold() if isinstance(wanted, str) and isinstance(found, str) else wanted == found


def plain(node: f.Node) -> f.Node:
    """The formula without what translation adds against errors: IFERROR(x, FALSE), SUMPRODUCT over IF(ISNUMBER(r), r, "")."""
    return rewrite(node, _without_guard)


def _without_guard(node: f.Node) -> f.Node:
    match node:
        case f.Call("IFERROR", (inner, (f.Boolean(False) | f.Number(0)))):
            return inner
        case f.Call("SUMPRODUCT", (f.Call(name, (f.Call("IF", (f.Call("ISNUMBER", (cells,)), again, f.String(""))), *more)),)):
            return f.Call(name, (cells, *more)) if cells == again else node
        case _:
            return node
