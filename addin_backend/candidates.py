"""The candidate: one rule with everything a person or a program needs to judge and to apply it.

HTTP, the command line's `--json` and the batch report all show this one shape (`Candidate.as_dict`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grammar.check import check
from grammar.describe import describe
from grammar.errors import UnsupportedRuleError
from grammar.evaluate import evaluate
from grammar.excel.context import Blanks, Scope
from grammar.excel.office_js import office_js
from grammar.excel.rewrite import replace_values
from grammar.excel.rule import ExcelRule, Place
from grammar.excel.translate import translate
from grammar.look import Look
from grammar.nodes import Cell, Column, Rule, Value, Visual, children, columns_of
from grammar.printer import show
from grammar.table import Table
from grammar.target import target_column

SHOWN_CELLS = 20


@dataclass(frozen=True, eq=False)
class Matches:
    """What a rule matches now.

    `masks` maps a column of the table to the rows that match there, (rows,); under scope "row" and for rules about one column
    it has one entry. None where only Excel can tell (`Formula`).
    """

    place: Place
    width: int
    rows: int
    scope: Scope
    masks: dict[int, NDArray[np.bool_]] | None

    @property
    def count(self) -> int | None:
        """Matching cells, or matching rows under scope "row"."""
        return None if self.masks is None else int(sum(mask.sum() for mask in self.masks.values()))

    @property
    def of(self) -> int:
        """Cells, or rows, that the rule stands on."""
        return self.rows * (1 if self.masks is None else len(self.masks))

    def addresses(self) -> Iterator[str]:
        """Matching cells, `C3`, from top to bottom; whole matching rows of the table, `A3:F3`, under scope "row"."""
        for column, mask in (self.masks or {}).items():
            for k in np.flatnonzero(mask):
                row = self.place.first_row + int(k)
                if self.scope == "row":
                    first, last = self.place.letters(0), self.place.letters(self.width - 1)
                    yield f"{first}{row}:{last}{row}" if self.width > 1 else f"{first}{row}"
                else:
                    yield f"{self.place.letters(column)}{row}"

    def as_dict(self, *, all_cells: bool = False) -> dict[str, Any]:
        """`count`, `of` and the first cells, or all of them."""
        return {
            "count": self.count,
            "of": self.of,
            "cells": list(islice(self.addresses(), None if all_cells else SHOWN_CELLS)),
        }


@dataclass(frozen=True, eq=False)
class Candidate:
    """One rule for one table: in words, on the sheet, in Excel's terms. `confidence`, `votes`, `seeds` are the model's."""

    rule: Rule
    explanation: str
    scope: Scope
    blanks: Blanks
    look: Look
    matches: Matches
    excel: ExcelRule
    office_js: dict[str, Any]
    confidence: float | None = None
    votes: int | None = None
    seeds: int | None = None

    @property
    def text(self) -> str:
        """The rule in the rule language."""
        return show(self.rule)

    @property
    def applies_to(self) -> str:
        """The cells the conditional format stands on."""
        return self.excel.sqref

    def as_dict(self, *, all_cells: bool = False) -> dict[str, Any]:
        """Plain JSON; `all_cells` lists every matching cell instead of the first 20."""
        return {
            "rule": self.text,
            "explanation": self.explanation,
            "applies_to": self.applies_to,
            "scope": self.scope,
            "blanks": self.blanks,
            "format": self.look.as_dict(),
            "matches": self.matches.as_dict(all_cells=all_cells),
            "excel": self.excel.as_dict(),
            "office_js": self.office_js,
            "confidence": self.confidence,
            "votes": self.votes,
            "seeds": self.seeds,
        }


def default_place(table: Table) -> Place:
    """Where a table without a workbook is taken to be: header in row 1, c[0] in column A."""
    return Place(2, table.rows + 1, 1)


def build_candidate(
    rule: Rule,
    table: Table,
    place: Place,
    *,
    today: dt.date,
    look: Look,
    scope: Scope = "cells",
    blanks: Blanks = "skip",
    confidence: float | None = None,
    votes: int | None = None,
    seeds: int | None = None,
) -> Candidate:
    """Check a rule against its table, evaluate, explain and translate it.

    A rule that leaves its column out (`GreaterThan(10)`) is about the only column of a table with one, and about every column
    of a wider one, each by itself.

    Raises:
        RuleCheckError: the rule does not fit the table.
        UnsupportedRuleError: Excel cannot say it.
    """
    if len(table.columns) == 1:
        rule = replace_values(rule, lambda value: Column(0) if isinstance(value, Cell) else value)
    if isinstance(rule, Visual):
        scope = "cells"  # a scale, a bar or an icon shows a cell's own value
    check(rule, table)
    matches = Matches(place, len(table.columns), table.rows, scope, _masks(rule, table, today, scope, blanks))
    excel = translate(rule, table, place, scope=scope, blanks=blanks)
    words = describe(rule, table, scope=scope, blanks=blanks)
    return Candidate(rule, words, scope, blanks, look, matches, excel, office_js(excel, look), confidence, votes, seeds)


def _masks(rule: Rule, table: Table, today: dt.date, scope: Scope, blanks: Blanks) -> dict[int, NDArray[np.bool_]] | None:
    """Matching rows by the column whose cells are coloured."""
    try:
        if scope == "cells" and _leaves_column_out(rule) and not columns_of(rule):
            every = range(len(table.columns))
            return {k: evaluate(rule, table, today=today, blanks=blanks, cell=k) for k in every}
        return {target_column(rule): evaluate(rule, table, today=today, blanks=blanks)}
    except UnsupportedRuleError:
        return None


def _leaves_column_out(node: Rule | Value) -> bool:
    return isinstance(node, Cell) or any(map(_leaves_column_out, children(node)))
