"""Where LibreOffice does not do what Excel does: each known difference as a function from a pair to the rows it touches.

Every name here has its reason in `known_differences.md`; a test holds the two together.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from grammar import nodes as n
from grammar.table import Class
from grammar.target import AGGREGATES, row_columns, target_column
from tests.agreement.books import Pair

Rows = set[int]


def truth_values(pair: Pair) -> Rows:
    """LibreOffice has no truth values, only numbers shown as TRUE."""
    if _has(pair.rule, n.Bool):
        return _all_rows(pair)
    if any(pair.table.columns[k].classes.tolist().count(Class.BOOL) for k in _whole_columns(pair.rule)):
        return _all_rows(pair)
    return _rows_with(pair, n.columns_of(pair.rule), Class.BOOL)


def errors_as_zero(pair: Pair) -> Rows:
    """A native kind takes an error, in the cell or in what it is compared with, as 0."""
    if pair.excel.type == "expression":
        return set()
    rows = _rows_with(pair, n.columns_of(pair.rule), Class.ERROR)
    return _all_rows(pair) if any(_rows_with(pair, (k,), Class.ERROR) for k in _whole_columns(pair.rule)) else rows


def text_beside_numbers(pair: Pair) -> Rows:
    """`cellIs` orders no text against a number; Excel counts every text as greater."""
    if pair.excel.type != "cellIs" or pair.excel.operator in ("equal", "notEqual"):
        return set()
    literal = any(isinstance(node, n.Text) for node in _walk(pair.rule))
    return _rows_with(pair, n.columns_of(pair.rule), Class.NUMBER if literal else Class.TEXT)


def empty_in_ranks(pair: Pair) -> Rows:
    """`top10` and `aboveAverage` take an empty or text cell as 0."""
    if pair.excel.type not in ("top10", "aboveAverage"):
        return set()
    return _rows_with(pair, (target_column(pair.rule),), Class.BLANK, Class.TEXT)


def empty_in_repeats(pair: Pair) -> Rows:
    """`duplicateValues` and `uniqueValues` take an empty cell as 0, or as a value of its own."""
    if pair.excel.type not in ("duplicateValues", "uniqueValues"):
        return set()
    return _rows_with(pair, (target_column(pair.rule),), Class.BLANK)


def case_in_repeats(pair: Pair) -> Rows:
    """`duplicateValues` and `uniqueValues` tell paid from Paid; Excel does not."""
    if pair.excel.type not in ("duplicateValues", "uniqueValues"):
        return set()
    cells = pair.table.columns[target_column(pair.rule)].cells
    seen: dict[str, set[str]] = {}
    for cell in cells:
        if isinstance(cell, str):
            seen.setdefault(cell.casefold(), set()).add(cell)
    return {row for row, cell in enumerate(cells) if isinstance(cell, str) and len(seen[cell.casefold()]) > 1}


def less_than_one_cell(pair: Pair) -> Rows:
    """A `top10` percentage that comes to less than one cell colours none; Excel colours one at least."""
    if pair.excel.type != "top10" or not pair.excel.percent or pair.excel.rank is None:
        return set()
    numbers = pair.table.columns[target_column(pair.rule)].classes.tolist().count(Class.NUMBER)
    return _all_rows(pair) if numbers * pair.excel.rank < 100 else set()


def day_zero(pair: Pair) -> Rows:
    """An empty cell is 30 December 1899 to YEAR, MONTH and DAY; to Excel it is 0 January 1900."""
    calls = [node for node in _walk(pair.rule) if isinstance(node, n.Call) and node.name in ("YEAR", "MONTH", "DAY")]
    columns = tuple(k for call in calls for k in row_columns(call))
    return _rows_with(pair, columns, Class.BLANK) if pair.blanks == "excel" else set()


def last_week_on_sundays(pair: Pair) -> Rows:
    """On a Sunday the native `lastWeek` begins a day early, with the Saturday of the week before."""
    if pair.excel.time_period != "lastWeek" or pair.today.isoweekday() != 7:
        return set()
    saturday = pair.today - dt.timedelta(days=8)
    cells = pair.table.columns[target_column(pair.rule)].cells
    return {row for row, cell in enumerate(cells) if isinstance(cell, dt.datetime) and cell.date() == saturday}


def deviations(pair: Pair) -> Rows:
    """`stdDev` of an `aboveAverage` rule is not read."""
    return _all_rows(pair) if pair.excel.std_dev else set()


def bare_empty_text(pair: Pair) -> Rows:
    """Ours: under `blanks="excel"` the evaluator takes a formula's empty text for an empty cell."""
    if pair.blanks != "excel":
        return set()
    return {row for k in n.columns_of(pair.rule) for row, cell in enumerate(pair.table.columns[k].cells) if cell == ""}


def bare_errors(pair: Pair) -> Rows:
    """Ours: under `blanks="excel"` an error anywhere makes the whole rule an error; SEARCH inside ISNUMBER does not."""
    texts = tuple(k for node in _walk(pair.rule) if isinstance(node, n.TextTest) for k in n.columns_of(node))
    return _rows_with(pair, texts, Class.ERROR) if pair.blanks == "excel" else set()


def bare_number_text(pair: Pair) -> Rows:
    """Ours: under `blanks="excel"` a period of a text is an error; Excel's FLOOR reads "5" as the number."""
    periods = tuple(k for node in _walk(pair.rule) if isinstance(node, n.Period) for k in n.columns_of(node))
    return _rows_with(pair, periods, Class.TEXT) if pair.blanks == "excel" else set()


DIFFERENCES: dict[str, Callable[[Pair], Rows]] = {
    "truth-values": truth_values,
    "errors-as-zero": errors_as_zero,
    "text-beside-numbers": text_beside_numbers,
    "empty-in-ranks": empty_in_ranks,
    "empty-in-repeats": empty_in_repeats,
    "case-in-repeats": case_in_repeats,
    "deviations": deviations,
    "less-than-one-cell": less_than_one_cell,
    "day-zero": day_zero,
    "last-week-on-sundays": last_week_on_sundays,
    "bare-empty-text": bare_empty_text,
    "bare-errors": bare_errors,
    "bare-number-text": bare_number_text,
}


def excluded(pair: Pair) -> dict[str, Rows]:
    """Rows of the pair where LibreOffice is no judge, by the difference that says so."""
    return {name: rows for name, find in DIFFERENCES.items() if (rows := find(pair))}


def _all_rows(pair: Pair) -> Rows:
    return set(range(pair.table.rows))


def _rows_with(pair: Pair, columns: tuple[int, ...], *classes: Class) -> Rows:
    return {row for k in columns for row, cls in enumerate(pair.table.columns[k].classes.tolist()) if cls in classes}


def _whole_columns(rule: n.Rule) -> Iterator[int]:
    """Columns the rule looks at as a whole."""
    for node in _walk(rule):
        if isinstance(node, n.Rank | n.Average) or (isinstance(node, n.State) and node.name in ("Duplicates", "Unique")):
            yield from row_columns(node)
        if isinstance(node, n.Call) and node.name in AGGREGATES:
            yield from n.columns_of(node)


def _walk(node: n.Rule | n.Value) -> Iterator[n.Rule | n.Value]:
    yield node
    for child in n.children(node):
        yield from _walk(child)


def _has(rule: n.Rule, kind: type) -> bool:
    return any(isinstance(node, kind) for node in _walk(rule))
