"""Use-cases around workbooks, as functions over plain data; the command line and HTTP are thin shells around them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from addin_backend.candidates import Candidate, build_candidate
from addin_backend.errors import grammar_errors
from addin_backend.workbooks.archive import Limits
from addin_backend.workbooks.patcher import PatchReport, add_rule
from addin_backend.workbooks.reader import SheetTable, read_table
from grammar.excel.context import Blanks, Scope
from grammar.look import Look
from grammar.parse import parse
from grammar.passes import simplify


@dataclass(frozen=True)
class ApplyResult:
    """A rule that was put into a copy of a workbook.

    `address` is the table's range with its header; `notes` are sentences for the user, also about a rule that matches nothing;
    `report` is what `undo_rule` needs.
    """

    target: Path
    sheet: str
    address: str
    candidate: Candidate
    report: PatchReport
    notes: tuple[str, ...]

    def as_dict(self, *, all_cells: bool = False) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "output": self.target.name,
            "sheet": self.sheet,
            "range": self.address,
            "candidate": self.candidate.as_dict(all_cells=all_cells),
            "notes": list(self.notes),
            "undo": self.report.as_dict(),
        }


def apply_rule(
    source: Path,
    target: Path,
    rule_text: str,
    *,
    today: dt.date,
    sheet: str | None = None,
    cells: str | None = None,
    scope: Scope = "cells",
    look: Look | None = None,
    blanks: Blanks = "skip",
    first: bool = False,
    limits: Limits | None = None,
) -> ApplyResult:
    """Put an explicit rule into a copy of a workbook; no model is involved.

    Args:
        source: the workbook; never changed.
        target: the copy; appears whole or not at all.
        rule_text: in the rule language, columns counted from 0 within the table that was found or given.
        today: what TODAY() and "last week" count from in the preview (in Excel they follow the calendar).
        sheet: name of a sheet, see `read_table`.
        cells: range or name of the table, see `read_table`.
        scope: colour the cells of the rule's first column, or whole rows of the table.
        look: None is Excel's light red fill with dark red text.
        blanks: "skip" leaves empty cells alone, "excel" takes them as Excel's bare comparison does.
        first: put the rule before the sheet's other rules instead of after them.
        limits: what is accepted of the file.

    Raises:
        RuleError: the rule cannot be read, does not fit the table, or cannot be said in Excel.
        Everything that `read_table` and `patch_rules` raise.
    """
    with grammar_errors():
        rule = simplify(parse(rule_text))
        found = read_table(source, sheet=sheet, cells=cells, limits=limits)
        candidate = build_candidate(
            rule, found.table, found.place, scope=scope, look=look or Look.default(), blanks=blanks, today=today
        )
    return apply_candidate(source, target, found, candidate, first=first, limits=limits)


def apply_candidate(
    source: Path, target: Path, found: SheetTable, candidate: Candidate, *, first: bool = False, limits: Limits | None = None
) -> ApplyResult:
    """Put a candidate for the table `found` into a copy of its workbook; raises as `patch_rules` does."""
    with grammar_errors():
        report = add_rule(source, target, found.sheet, candidate.excel, candidate.look, first=first, limits=limits)
    notes = (*found.notes, *_match_notes(candidate))
    return ApplyResult(target, found.sheet, found.address, candidate, report, notes)


def _match_notes(candidate: Candidate) -> tuple[str, ...]:
    matches = candidate.matches
    what = "rows" if candidate.scope == "row" else "cells"
    if matches.count is None:
        return ("Which cells match is for Excel to work out: the rule is a formula.",)
    if matches.count == 0:
        return (f"None of the {matches.of:,} {what} matches now; the format will show when one does.",)
    return ()
