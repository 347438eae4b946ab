"""LibreOffice colours the cells that `grammar.evaluate` names: at least 3,000 pairs of rule and table, every predicate."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from pathlib import Path

import pytest

from grammar import nodes as n
from grammar.printer import show
from tests.agreement.books import Pair, coloured, make_pairs
from tests.agreement.known import DIFFERENCES, excluded
from tests.agreement.libreoffice import needs_libreoffice

SEED = 2026
PAIRS = 3200
PREDICATES = (
    n.COMPARISONS + n.RANGES + n.TEXT_TESTS + n.STATES + n.RANKS + n.AVERAGES + n.PERIODS
)  # fmt: skip
KINDS = {
    "expression", "cellIs", "containsText", "notContainsText", "beginsWith", "endsWith", "containsBlanks", "notContainsBlanks",
    "containsErrors", "notContainsErrors", "duplicateValues", "uniqueValues", "top10", "aboveAverage", "timePeriod",
}  # fmt: skip


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    # LibreOffice asks the machine for today's date, so the evaluator must be told the same
    return list(make_pairs(SEED, PAIRS, dt.datetime.now().astimezone().date()))


@needs_libreoffice
@pytest.mark.timeout(600)
def test_every_cell_agrees(pairs: list[Pair], tmp_path: Path) -> None:
    wrong: list[str] = []
    counts: Counter[str] = Counter()
    for pair, shown in coloured(pairs, tmp_path):
        known = {name: len(rows) for name, rows in excluded(pair).items()}
        counts.update(known)
        left_out = set().union(*excluded(pair).values())
        wanted = {cell for cell, hit in pair.cells().items() if hit}
        counts["cells"] += len(pair.cells())
        differing = {cell for cell in wanted ^ shown if _row(pair, cell) not in left_out}
        counts["compared"] += sum(_row(pair, cell) not in left_out for cell in pair.cells())
        if differing:
            wrong.append(f"{show(pair.rule)} ({pair.scope}, {pair.blanks}) as {pair.excel.as_dict()}: {sorted(differing)[:3]}")
    print(dict(counts))  # noqa: T201  # shown by `pytest -s`: the figure of the agreement
    assert not wrong, "\n".join(wrong[:10])
    assert counts["compared"] > 0.85 * counts["cells"], "too many cells are left out for the test to mean much"


def test_the_pairs_are_over_everything(pairs: list[Pair]) -> None:
    assert len(pairs) >= 3000
    names = Counter(name for pair in pairs for name in re.findall(r"[A-Za-z0-9]+(?=\()", show(pair.rule)))
    assert {name: names[name] for name in PREDICATES if names[name] < 20} == {}
    assert {pair.excel.type for pair in pairs} == KINDS
    assert {(pair.scope, pair.blanks) for pair in pairs} == {(s, b) for s in ("cells", "row") for b in ("skip", "excel")}
    assert sum(any(pair.expected) and not all(pair.expected) for pair in pairs) > 0.5 * len(pairs)


def test_pairs_are_the_same_for_the_same_seed() -> None:
    today = dt.date(2026, 6, 15)
    first, second = (list(make_pairs(SEED, 40, today)) for _ in range(2))
    assert [(p.rule, p.rows, p.excel, p.expected) for p in first] == [(p.rule, p.rows, p.excel, p.expected) for p in second]


def test_every_known_difference_has_its_reason() -> None:
    text = Path(__file__).with_name("known_differences.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| ([a-z-]+) \| \S", text, re.MULTILINE)
    assert [name for name in named if name != "name"] == list(DIFFERENCES)


def _row(pair: Pair, cell: str) -> int:
    return int(re.sub(r"\D", "", cell)) - pair.place.first_row
