"""The public CF training split (PROSE benchmarks), read as requests. Not ours to ship: it is read from the data folder.

The rules leave the column out; it is the last column of the two-column tables. Pairs whose rule does not parse, does not fit
the table or repeats an earlier pair are left out.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

from grammar import nodes as n
from grammar.check import check
from grammar.errors import GrammarError
from grammar.parse import parse
from grammar.passes import simplify
from grammar.printer import show
from grammar.table import Table
from training.corpus.requests import Request


def read_cf_train(path: Path) -> list[Request]:
    """Requests of `cf_train.json`, cleaned."""
    found: dict[tuple[str, str], Request] = {}
    for record in json.loads(path.read_text(encoding="utf-8")):
        utterance = " ".join(str(record["NL Utterance"]).split())
        if len(utterance) < 3:
            continue
        table = Table.from_rows(record["Data"])
        try:
            rule = simplify(with_column(parse(record["Code"]), len(table.columns) - 1))
            check(rule, table)
        except GrammarError:
            continue
        text = show(rule)
        request = Request(utterance, text, None, {}, ("prose",), f"prose-{record['ID']}", table)
        found.setdefault((utterance.casefold(), text), request)
    return list(found.values())


def with_column(node: n.Rule, column: int) -> n.Rule:
    """The rule with every left-out column written."""
    return _fill(node, n.Column(column))  # type: ignore[return-value]  # a rule stays a rule


def _fill(node: n.Rule | n.Value, column: n.Column) -> n.Rule | n.Value:
    if isinstance(node, n.Cell):
        return column
    changes: dict[str, object] = {}
    for field in dataclasses.fields(node):
        value = getattr(node, field.name)
        if isinstance(value, tuple):
            changes[field.name] = tuple(_fill(item, column) for item in value)
        elif dataclasses.is_dataclass(value):
            changes[field.name] = _fill(value, column)  # type: ignore[arg-type]  # a node, the only dataclasses in here
    return dataclasses.replace(node, **changes) if changes else node  # type: ignore[arg-type]  # the node's own fields
