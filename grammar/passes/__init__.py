"""Simplification: rules with the same meaning get the same text.

Every pass is a function `Rule -> Rule` in a file of its own that keeps the meaning for every table, under both settings of
`blanks` (a property test evaluates rules before and after). `simplify` runs the pipeline until nothing changes.
"""

from __future__ import annotations

from collections.abc import Callable

from grammar.nodes import Rule
from grammar.passes.columns_first import columns_first
from grammar.passes.flatten import flatten
from grammar.passes.merge_ranges import merge_ranges
from grammar.passes.push_negations import push_negations
from grammar.passes.remove_repeats import remove_repeats
from grammar.passes.text_equality import text_equality

PIPELINE: tuple[Callable[[Rule], Rule], ...] = (
    columns_first,
    push_negations,
    text_equality,
    flatten,
    remove_repeats,
    merge_ranges,
)

_ROUNDS = 10  # two are enough for every rule seen; the bound is there so that a wrong pass cannot loop for ever


def simplify(rule: Rule) -> Rule:
    """The canonical form of a rule: the same matches on every table, the same target column."""
    for _ in range(_ROUNDS):
        before = rule
        for simplifier in PIPELINE:
            rule = simplifier(rule)
        if rule == before:
            break
    return rule
