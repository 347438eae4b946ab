"""Arbitrary formulas evaluated over sheets, by the engine formualizer (an optional dependency, loaded when it is first used).

    book = Book({"Data": {(1, 1): "Profit", (2, 1): 5200}})
    book.evaluate("IF(A2>5000,A2*2%,1/0)", sheet="Data", at=(2, 1))

Values are Excel's: numbers (dates are days since 1900), texts, TRUE and FALSE, None for an empty cell, and errors as values
(`ExcelError`). What the engine does differently from Excel is listed in `tests/agreement/formulas/known_differences.md`.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from grammar.errors import GrammarError
from grammar.formula import nodes as f
from grammar.formula.addresses import Cell
from grammar.formula.parser import parse_formula
from grammar.formula.prepare import computed_for_each, on_sheet, with_names, written_out
from grammar.formula.printer import show_formula
from grammar.table import ERRORS

Given = None | bool | int | float | str | dt.date | dt.datetime | dt.time
"""A cell's content, as openpyxl reads it; a text such as "#N/A" is that error."""


@dataclass(frozen=True, slots=True)
class ExcelError:
    """`#DIV/0!` and its siblings: a value, not an exception."""

    code: str

    def __str__(self) -> str:
        return self.code


Value = None | bool | float | str | ExcelError


class EngineMissingError(GrammarError):
    """The package formualizer is not installed. Install it: pip install formualizer."""


class EngineError(GrammarError):
    """The engine does not know something this formula uses, or gave up. The formula may still be right in Excel."""


@dataclass(frozen=True, slots=True)
class Area:
    """A table for structured references: its name, sheet, first and last cell with the header row, and headers."""

    name: str
    sheet: str
    first: Cell
    last: Cell
    headers: tuple[str, ...]


_KINDS = {
    "Div": "#DIV/0!", "Value": "#VALUE!", "Ref": "#REF!", "Name": "#NAME?", "Num": "#NUM!", "Na": "#N/A", "Null": "#NULL!",
    "Spill": "#SPILL!", "Calc": "#CALC!", "Circ": "#REF!",
}  # fmt: skip
_CODES = {code: kind for kind, code in _KINDS.items() if kind != "Circ"}
_SCRATCH = "\x7fformula"
"""The sheet where formulas are put: at their own cell's place, so that ROW() and implicit intersection are right."""

MAX_SECONDS = 10


class Book:
    """Sheets with values, on which formulas can be tried. Formulas never change the values."""

    def __init__(
        self,
        sheets: Mapping[str, Mapping[Cell, Given]],
        *,
        names: Mapping[str, str] | None = None,
        tables: Iterable[Area] = (),
        now: dt.datetime | None = None,
    ) -> None:
        """Values by sheet and cell (row and column, from 1); defined names as formulas; `now` is what NOW() and TODAY() say.

        Raises:
            EngineMissingError: formualizer is not installed.
        """
        engine = _engine()
        self._error = engine.LiteralValue.error
        settings = engine.EvaluationConfig()
        settings.max_eval_time_ms = MAX_SECONDS * 1000
        self._book = engine.Workbook(config=engine.WorkbookConfig(eval_config=settings))
        self._book.set_temporal_egress("serial")
        if now is not None:
            self._book.set_deterministic_clock(now.replace(tzinfo=dt.UTC))
        for title, cells in sheets.items():
            sheet = self._book.sheet(title)
            for (row, column), value in cells.items():
                sheet.set_value(row, column, self._given(value))
        for table in tables:
            self._book.add_table(table.name, table.sheet, (*table.first, *table.last), list(table.headers))
        self._scratch = self._book.sheet(_SCRATCH)
        self._names = {name.upper(): parse_formula(text) for name, text in (names or {}).items()}

    def evaluate(self, formula: str | f.Node, *, sheet: str, at: Cell = (1, 1)) -> Value:
        """What the formula gives in the cell `at` of `sheet`; of an array the first value.

        Raises:
            FormulaSyntaxError: it is no formula.
            EngineError: the engine cannot evaluate it.
        """
        return self.evaluate_all([(formula, at)], sheet=sheet)[0]

    def evaluate_all(self, formulas: Sequence[tuple[str | f.Node, Cell]], *, sheet: str) -> list[Value]:
        """Many formulas with their cells, all on one sheet; as `evaluate`."""
        found: list[Value] = []
        ready = [(self._ready(formula, sheet), at) for formula, at in formulas]
        for text, (row, column) in ready:
            try:
                self._scratch.set_formula(row, column, f"={text}")
                result = self._book.evaluate_cell(_SCRATCH, row, column)
            except Exception as error:  # the engine raises RuntimeError and kin for whatever it does not know
                raise EngineError(f"This formula cannot be evaluated: {error}") from None
            finally:
                self._scratch.set_value(row, column, None)
            found.append(_value(result))
        return found

    def _ready(self, formula: str | f.Node, sheet: str) -> str:
        node = parse_formula(formula) if isinstance(formula, str) else formula
        node = written_out(with_names(node, self._names))
        if name := computed_for_each(node):
            raise EngineError(
                f"This formula cannot be evaluated: the engine computes {name} for one value, not for each of many."
            )
        return show_formula(on_sheet(node, sheet))

    def _given(self, value: Given) -> Any:
        if isinstance(value, str) and value in ERRORS:
            return self._error(_CODES.get(value, "Value"), value)
        return value


def _value(result: Any) -> Value:
    if isinstance(result, list):
        return _value(result[0]) if result else None
    if isinstance(result, dict):
        kind = str(result.get("kind"))
        if kind not in _KINDS:
            raise EngineError(f"This formula uses something the engine does not know ({kind}).")
        return ExcelError(_KINDS[kind])
    if isinstance(result, int | float) and not isinstance(result, bool):
        return float(result) if math.isfinite(result) else ExcelError("#NUM!")
    if result is None or isinstance(result, bool | str):
        return result
    raise EngineError(f"The engine gave {type(result).__name__}, which is no value of Excel's.")


def _engine() -> ModuleType:
    try:
        import formualizer
    except ImportError:
        raise EngineMissingError(
            "Formulas are evaluated by the package formualizer; it is not installed: pip install formualizer."
        ) from None
    return formualizer
