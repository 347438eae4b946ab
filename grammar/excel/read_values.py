"""Formula nodes as values of the rule language, seen from the first cell of the rule's range."""

from __future__ import annotations

import re
from dataclasses import dataclass

from grammar import nodes as n
from grammar.errors import UnsupportedRuleError
from grammar.excel.rule import Place
from grammar.formula import column_number
from grammar.formula import nodes as f
from grammar.target import AGGREGATES

_AREA = re.compile(r"\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a rule's formulas stand: the first cell and the columns (from 1) of its range, and the table's place."""

    place: Place
    first_row: int
    first_column: int
    columns: frozenset[int]

    @classmethod
    def of(cls, sqref: str, place: Place) -> Frame:
        """Of a range such as `C2:C21` or `A2:A9 C2:C9`.

        Raises:
            UnsupportedRuleError: a range that cannot be read.
        """
        areas = [_AREA.fullmatch(part) for part in sqref.split()]
        if not areas or not all(areas):
            raise UnsupportedRuleError(f"The range '{sqref}' cannot be read.")
        columns: set[int] = set()
        for area in filter(None, areas):
            columns |= set(range(column_number(area[1]), column_number(area[3] or area[1]) + 1))
        first_row = min(int(area[2]) for area in areas if area)
        return cls(place, first_row, min(columns), frozenset(columns))

    @property
    def own(self) -> n.Column | n.Cell:
        """The cell being formatted: a column where the range is one column wide."""
        return n.Column(self.index(self.first_column)) if len(self.columns) == 1 else n.Cell()

    def index(self, column: int) -> int:
        """Which c[k] a sheet column is."""
        index = column - self.place.first_column
        if index < 0:
            raise UnsupportedRuleError("The rule reads a column left of the table.")
        return index

    # -- values --------------------------------------------------------------------------------------------------

    def value(self, node: f.Node) -> n.Value:
        """The value, or UnsupportedRuleError where the language has none."""
        match node:
            case f.Number(amount):
                return n.Number(amount)
            case f.Postfix("%", f.Number(amount)):
                return n.Number(round(amount / 100, 12), percent=True)
            case f.Signed("-", operand):
                inner = self.value(operand)
                if isinstance(inner, n.Number):
                    return n.Number(-inner.value, inner.percent)
                return n.Arithmetic("-", n.Number(0), inner)
            case f.Signed("+", operand):
                return self.value(operand)
            case f.String(text):
                return n.Text(text)
            case f.Boolean(flag):
                return n.Bool(flag)
            case f.Ref():
                return self.reference(node)
            case f.Call():
                return self._call(node)
            case f.Binary(("+" | "-" | "*" | "/") as operator, left, right):
                return n.Arithmetic(operator, self.value(left), self.value(right))
            case f.Binary("&", (f.String() | f.Binary()) as first, f.String(last)):  # a text cut into pieces of 255 characters
                joined = self.value(first)
                if isinstance(joined, n.Text):
                    return n.Text(joined.value + last)
        raise UnsupportedRuleError("The rule's formula has a value that the rule language cannot say.")

    def reference(self, node: f.Node) -> n.Column | n.Cell:
        """A cell of the same row: a column of the table, or the cell being formatted."""
        if not isinstance(node, f.Ref) or node.sheet is not None or not node.column:
            raise UnsupportedRuleError("The rule's formula looks at something else than a cell of the same row.")
        if node.row_fixed or node.row != self.first_row:
            raise UnsupportedRuleError("The rule's formula looks at another row.")
        if node.column_fixed or len(self.columns) == 1:
            return n.Column(self.index(node.column))
        if node.column == self.first_column:
            return n.Cell()
        raise UnsupportedRuleError("The rule's formula looks at a neighbouring cell that moves along with the formatted one.")

    def whole(self, node: f.Node) -> n.Column | n.Cell:
        """All rows of a column: cells of one column that hold at least the table's data rows, or the whole range."""
        match node:
            case f.Range(f.Ref() as start, f.Ref() as end) | f.Span(start, end) if start.sheet is None and end.sheet is None:
                whole = not start.row and not end.row
                covers = whole or (start.row <= self.first_row and end.row >= self.place.last_row)
                if covers and start.column and start.column == end.column and (start.column_fixed or whole):
                    return n.Column(self.index(start.column))
                if covers and (start.column, end.column) == (min(self.columns), max(self.columns)):
                    return n.Cell()
        raise UnsupportedRuleError("The rule's formula looks at cells that are no whole column of the table.")

    def _call(self, node: f.Call) -> n.Value:
        match node.name, node.arguments:
            case "TODAY", ():
                return n.TodayValue()
            case "DATE", (f.Number(year), f.Number(month), f.Number(day)):
                return n.Date(int(year), int(month), int(day))
            case name, (argument,) if name in AGGREGATES:
                return n.Call(name, self.whole(argument))
            case name, (argument,) if name in n.FUNCTIONS:
                return n.Call(name, self.value(argument))
        raise UnsupportedRuleError(f"The rule language has no function {node.name} of that form.")
