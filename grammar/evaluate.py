"""Which rows of a table a rule matches, all rows at once, with Excel's meaning.

Logic has three answers. A comparison with an error in it is neither true nor false, so that neither it nor its negation
matches. Under `blanks="skip"` the same holds for a comparison over an empty cell: NOT(TextEquals(c[3], "Paid")) leaves out
rows without a status. AND, OR and NOT combine the answers as Kleene's logic does, which is the same as pushing NOT down to the
comparisons and guarding each of them. Under `blanks="excel"` an empty cell is 0, "" or FALSE, as in a bare Excel formula, and
an error anywhere makes the whole rule an error, which Excel does not colour.

Excel has no other word for "not a duplicate" than Unique, so an empty cell is neither, under both settings.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from grammar import nodes as n
from grammar.errors import UnsupportedRuleError
from grammar.evaluation import predicates
from grammar.evaluation.compare import between, compare
from grammar.evaluation.values import vector
from grammar.evaluation.vectors import Bools, Vector
from grammar.table import Class, Table
from grammar.target import row_columns

Blanks = Literal["skip", "excel"]


def evaluate(
    rule: n.Rule, table: Table, *, today: dt.date, blanks: Blanks = "skip", cell: int | None = None
) -> NDArray[np.bool_]:
    """The rows the rule matches, (rows,). A look (ColorScale …) matches the cells with numbers.

    `today` is what TODAY() and the date periods refer to; `cell` is the column that a left-out column stands for.

    Raises:
        RuleCheckError: a column the table does not have, or a left-out column that `cell` does not name.
        UnsupportedRuleError: a `Formula`.
    """
    evaluator = _Evaluator(table, today, blanks, cell)
    answer = evaluator.truth(rule)
    yes = answer.yes & ~evaluator.poison
    return np.array(np.broadcast_to(yes, (table.rows,)))


@dataclass(frozen=True, slots=True)
class _Truth:
    """Where a rule is true and where it is false; elsewhere it is neither; (rows,) or (1,)."""

    yes: Bools
    no: Bools


class _Evaluator:
    def __init__(self, table: Table, today: dt.date, blanks: Blanks, cell: int | None) -> None:
        self.table = table
        self.today = today
        self.skip = blanks == "skip"
        self.cell = cell
        self.poison: Bools = np.zeros(1, dtype=np.bool_)  # rows where an error spoils the whole rule, under "excel"

    def truth(self, rule: n.Rule) -> _Truth:
        match rule:
            case n.And(items):
                answers = [self.truth(item) for item in items]
                return _Truth(_all([a.yes for a in answers]), ~_all([~a.no for a in answers]))
            case n.Or(items):
                answers = [self.truth(item) for item in items]
                return _Truth(~_all([~a.yes for a in answers]), _all([a.no for a in answers]))
            case n.Not(item):
                answer = self.truth(item)
                return _Truth(answer.no, answer.yes)
            case n.Formula():
                raise UnsupportedRuleError("A Formula rule is Excel's to compute; its rows cannot be told here.")
            case _:
                return self._leaf(rule)

    def _leaf(self, rule: n.Rule) -> _Truth:
        values = [self._vector(value) for value in n.children(rule) if not isinstance(value, n.Rule)]
        match rule:
            case n.State("Errors", _):
                yes = values[0].errors
                return _Truth(yes, ~yes)
            case n.Visual():
                yes = values[0].numeric
                return _Truth(yes, ~yes)
        yes, errors = self._holds(rule, values)
        if not self.skip:
            self.poison = self.poison | errors
        known = ~(errors | self._empty(rule))
        return _Truth(yes & known, ~yes & known)

    def _holds(self, rule: n.Rule, values: list[Vector]) -> tuple[Bools, Bools]:
        """Where the leaf holds, and where it is an error."""
        errors = ~_all([~value.errors for value in values])
        match rule:
            case n.Compare(name, _, _):
                return compare(name, *values), errors
            case n.Between(name, _, _, _):
                inside = between(*values)
                return (inside if name == "Between" else ~inside), errors
            case n.TextTest(name, _, _):
                return predicates.text_test(name, *values), errors
            case n.State("Blanks", _):
                return predicates.blank(values[0]), errors
            case n.State(name, _):
                return predicates.repeated(values[0]) == (name == "Duplicates"), errors
            case n.Rank(name, _, count):
                return predicates.ranked(name, values[0], count), errors
            case n.Average(name, _, deviations):
                return predicates.off_average(name, values[0], deviations), errors
            case n.Period(name, _):
                # a period of a text is #VALUE! in Excel's formula for it, so "not last week" does not hold either
                return predicates.in_period(name, values[0], self.today), errors | (values[0].has(Class.TEXT))
        raise UnsupportedRuleError(f"{type(rule).__name__} cannot be evaluated.")

    def _vector(self, value: n.Value) -> Vector:
        return vector(value, self.table, self.today, self.cell)

    def _empty(self, rule: n.Rule) -> Bools:
        """Rows the leaf leaves out because a cell it compares is empty."""
        nothing = np.zeros(1, dtype=np.bool_)
        if isinstance(rule, n.State):
            return nothing if rule.name == "Blanks" else self._vector(rule.value).blanks
        if not self.skip or asks_for_empty(rule):
            return nothing
        cell = 0 if self.cell is None else self.cell
        empty = [self._vector(n.Column(k)).blanks for k in row_columns(rule, cell)]
        return ~_all([~found for found in empty]) if empty else nothing


def asks_for_empty(rule: n.Rule) -> bool:
    """Whether a leaf is about empty cells: Blanks, Errors, a comparison with the empty text, or with LEN(x) = 0."""
    match rule:
        case n.State(("Blanks" | "Errors"), _):
            return True
        case n.TextTest("TextEquals", _, n.Text("")):
            return True
        case n.Compare(_, left, right):
            pair = (left, right)
            if n.Text("") in pair:
                return True
            return n.Number(0) in pair and any(isinstance(v, n.Call) and v.name == "LEN" for v in pair)
        case _:
            return False


def _all(arrays: list[Bools]) -> Bools:
    result = arrays[0]
    for array in arrays[1:]:
        result = result & array
    return result
