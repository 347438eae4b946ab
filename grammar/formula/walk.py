"""Going through a formula and rebuilding it, without recursion: a sum may have thousands of terms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from grammar.formula import nodes as f


def children(node: f.Node) -> tuple[f.Node, ...]:
    """Direct sub-nodes, in the order they are printed."""
    match node:
        case f.Range(first, last) | f.Span(first, last):
            return (first, last)
        case f.Signed(_, operand) | f.Postfix(_, operand):
            return (operand,)
        case f.Binary(_, left, right):
            return (left, right)
        case f.Call(_, arguments, _):
            return arguments
        case f.Invoke(callee, arguments):
            return (callee, *arguments)
        case f.Union(areas):
            return areas
        case f.Array(rows):
            return tuple(item for row in rows for item in row)
        case _:
            return ()


def walk(node: f.Node) -> Iterator[f.Node]:
    """The node and everything below it, from the first character to the last."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(reversed(children(current)))


def rewrite(node: f.Node, change: Callable[[f.Node], f.Node]) -> f.Node:
    """The formula with `change` applied to every node, innermost first; the two ends of a `Span` belong to it."""
    waiting: list[tuple[f.Node, bool]] = [(node, False)]
    done: list[f.Node] = []
    while waiting:
        current, ready = waiting.pop()
        below = () if isinstance(current, f.Span) else children(current)
        if below and not ready:
            waiting.append((current, True))
            waiting.extend((child, False) for child in reversed(below))
            continue
        if below:
            changed = tuple(done[-len(below) :])
            del done[-len(below) :]
            if any(new is not old for new, old in zip(changed, below, strict=True)):
                current = _with_children(current, changed)
        done.append(change(current))
    return done[0]


def _with_children(node: f.Node, new: tuple[f.Node, ...]) -> f.Node:
    match node:
        case f.Range():
            return replace(node, first=new[0], last=new[1])
        case f.Signed() | f.Postfix():
            return replace(node, operand=new[0])
        case f.Binary():
            return replace(node, left=new[0], right=new[1])
        case f.Call():
            return replace(node, arguments=new)
        case f.Invoke():
            return replace(node, callee=new[0], arguments=new[1:])
        case f.Union():
            return replace(node, areas=new)
        case f.Array(rows):
            items = iter(new)
            return replace(node, rows=tuple(tuple(next(items) for _ in row) for row in rows))
        case _:
            return node
