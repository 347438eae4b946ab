"""The table a rule is about: typed columns, built from rows of cells, with numpy views for evaluation.

A cell is `None`, `bool`, `int`, `float`, `datetime.date`/`datetime`/`time`, or `str`; an Excel error is a str such as
`"#DIV/0!"` (errors are values here, see ECMA-376 part 1, 18.18.11). Dates are kept as Excel serial numbers of the 1900
system. Rows that come as text (a pasted table, JSON, CSV) are read with `coerce=True`: `"2026-06-12"`, `"$1,200.00"`,
`"35%"` become what Excel makes of them when they are typed in; a workbook's own cells are taken as they are.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from grammar.errors import TableError

Cell = None | bool | int | float | str | dt.date | dt.datetime | dt.time

ERRORS = frozenset({
    "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!", "#FIELD!",
    "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!",
})  # fmt: skip
MAX_COLUMNS = 16_384
_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001  # cells have no time zone


class Kind(StrEnum):
    """What most of a column's filled cells are."""

    EMPTY = "empty"
    NUMBER = "number"
    DATE = "date"
    TEXT = "text"
    BOOL = "bool"


class Class(IntEnum):
    """What one cell is to Excel's comparisons, in Excel's order (number < text < truth value)."""

    BLANK = 0
    NUMBER = 1
    TEXT = 2
    BOOL = 3
    ERROR = 4


@dataclass(frozen=True, eq=False)
class Column:
    """One column: `header`, `kind`, and `cells` (as coerced; dates are `datetime`), length = rows of data."""

    index: int
    header: str
    kind: Kind
    cells: tuple[Cell, ...]

    @cached_property
    def classes(self) -> NDArray[np.int8]:
        """`Class` of every cell, (rows,)."""
        return np.fromiter((classify(cell) for cell in self.cells), dtype=np.int8, count=len(self.cells))

    @cached_property
    def numbers(self) -> NDArray[np.float64]:
        """Numbers, dates as serial numbers, truth values as 0/1; NaN elsewhere; (rows,)."""
        return np.fromiter((_number_of(cell) for cell in self.cells), dtype=np.float64, count=len(self.cells))

    @cached_property
    def texts(self) -> NDArray[np.object_]:
        """Case-folded display text of every cell (`""` for blanks and errors), as people see it; (rows,)."""
        texts = np.empty(len(self.cells), dtype=object)
        texts[:] = ["" if classify(c) in (Class.BLANK, Class.ERROR) else display(c).casefold() for c in self.cells]
        return texts


@dataclass(frozen=True, eq=False)
class Table:
    """A header row and data; `columns[k]` is `c[k]` of the rule language."""

    columns: tuple[Column, ...]
    rows: int

    @classmethod
    def from_rows(cls, rows: Sequence[Sequence[Cell]], *, coerce: bool = True) -> Table:
        """Build from a header row and data rows; short rows are filled with blanks.

        Raises:
            TableError: no rows, no header cell, a data row longer than the header with something in it, too many columns.
        """
        if not rows or not any(not is_blank(cell) for cell in rows[0]):
            raise TableError("The table has no header row.")
        width = len(rows[0])
        if width > MAX_COLUMNS:
            raise TableError(f"A table may have at most {MAX_COLUMNS:,} columns; this one has {width:,}.")
        data = [_fit(row, width, number) for number, row in enumerate(rows[1:], 2)]
        headers = [" ".join(display(cell).split()) for cell in rows[0]]
        columns = tuple(make_column(k, headers[k], [row[k] for row in data], coerce=coerce) for k in range(width))
        return cls(columns, len(data))

    @property
    def headers(self) -> tuple[str, ...]:
        """Header texts in order."""
        return tuple(column.header for column in self.columns)


def make_column(index: int, header: str, cells: Iterable[Cell], *, coerce: bool = True) -> Column:
    """A typed column; with `coerce`, text that Excel would read as a number or a date is read so."""
    taken = list(cells)
    if any(issubclass(cell_type, dt.date) for cell_type in set(map(type, taken))):
        taken = [_as_datetime(cell) for cell in taken]
    if coerce:
        taken = _coerce(taken)
    return Column(index, header, _kind(taken), tuple(taken))


def is_blank(cell: Cell) -> bool:
    """Empty cell or empty text (a formula that returned `""`)."""
    return cell is None or cell == ""


def classify(cell: Cell) -> Class:
    """The cell's class in comparisons."""
    if cell is None or cell == "":
        return Class.BLANK
    if isinstance(cell, bool):
        return Class.BOOL
    if isinstance(cell, str):
        return Class.ERROR if cell in ERRORS else Class.TEXT
    return Class.NUMBER


def serial(moment: dt.date | dt.time) -> float:
    """Excel's serial number of a date, date-time or time (1900 system, its leap-year bug included before March 1900)."""
    if isinstance(moment, dt.time):
        return (moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / 1e6) / 86400
    if not isinstance(moment, dt.datetime):
        moment = dt.datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001  # cells have no time zone
    delta = moment.replace(tzinfo=None) - _EPOCH
    days = delta.days + delta.seconds / 86400 + delta.microseconds / 86400e6
    return days if days >= 61 else days - 1


def display(cell: Cell) -> str:
    """A cell as text: dates as ISO, whole numbers without a point, TRUE/FALSE."""
    match cell:
        case None:
            return ""
        case bool():
            return "TRUE" if cell else "FALSE"
        case dt.datetime():
            return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ", "minutes")
        case dt.date() | dt.time():
            return cell.isoformat()
        case float() if cell == int(cell) and abs(cell) < 1e15:
            return str(int(cell))
        case float():
            return f"{cell:.15g}"
        case _:
            return str(cell)


def column_letter(index: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


_NUMBER_TEXT = re.compile(r"""
    ^\s*(?P<open>\()?\s*(?P<sign>[-−+])?\s*(?P<before>US\$|[$€£¥₹]|EUR|USD|GBP|CHF|Rs\.?)?\s*(?P<sign2>[-−])?
    (?P<digits>\d{1,3}(?:[,\u00a0' ]\d{3})+(?:\.\d+)?
    |(?P<comma>(?:\d{1,3}(?:[.\u00a0 ]\d{3})+|\d+),\d{1,2})|\d+(?:\.\d+)?|\.\d+)
    \s*(?P<after>[$€£¥₹]|EUR|USD|GBP|CHF|kr)?\s*(?P<percent>%)?\s*(?P<close>\))?\s*$""", re.VERBOSE)  # fmt: skip
_ISO = re.compile(r"^\s*(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?)?\s*$")
_LEADING_ZERO = re.compile(r"^\s*0\d+\s*$")


def read_number(text: str) -> float | None:
    """`"$1,200.00"` -> 1200.0, `"(5)"` -> -5.0, `"35%"` -> 0.35; None when Excel would keep the text.

    A comma before the last one or two digits is a decimal comma: `"1.011,50 €"` -> 1011.5.
    """
    match = _NUMBER_TEXT.match(text)
    if match is None or bool(match["open"]) != bool(match["close"]) or _LEADING_ZERO.match(text):
        return None
    digits = match["digits"]
    if match["comma"]:
        digits = digits.replace(".", "").replace(",", ".")
    number = float(re.sub(r"[,\u00a0' ]", "", digits))
    if match["percent"]:
        number = round(number / 100, 12)
    negative = bool(match["open"]) or match["sign"] in ("-", "−") or bool(match["sign2"])
    return -number if negative else number


def read_date(text: str) -> dt.datetime | None:
    """ISO dates and date-times; None for everything else."""
    match = _ISO.match(text)
    if match is None:
        return None
    try:
        year, month, day, hour, minute, second = (int(part) for part in match.groups(default="0"))
        return dt.datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  # cells have no time zone
    except ValueError:
        return None


def _coerce(cells: list[Cell]) -> list[Cell]:
    """Read text cells as numbers or dates where at least half of the column's text (or the rest of it) is of that kind."""
    texts = [c for c in cells if isinstance(c, str) and c != "" and c not in ERRORS]
    if not texts:
        return cells
    others = sum(isinstance(c, int | float | dt.datetime) and not isinstance(c, bool) for c in cells)
    dates = {t: d for t in texts if (d := read_date(t)) is not None}
    numbers = {t: v for t in texts if (v := read_number(t)) is not None}
    wanted = (len(texts) + others) / 2
    result = cells
    if dates and sum(t in dates for t in texts) + others >= wanted:
        result = [dates.get(c, c) if isinstance(c, str) else c for c in result]
    if numbers and sum(t in numbers for t in texts) + others >= wanted:
        result = [numbers.get(c, c) if isinstance(c, str) else c for c in result]
    return result


def _kind(cells: list[Cell]) -> Kind:
    types = Counter(map(type, cells))  # counted at C speed: a sheet may have a million cells
    counts = dict.fromkeys(Kind, 0)
    for cell_type, number in types.items():
        if issubclass(cell_type, str):
            counts[Kind.TEXT] += sum(isinstance(c, str) and c not in ERRORS and c != "" and not c.isspace() for c in cells)
        elif issubclass(cell_type, bool):
            counts[Kind.BOOL] += number
        elif cell_type is not type(None):
            counts[Kind.DATE if issubclass(cell_type, dt.datetime) else Kind.NUMBER] += number
    best = max((Kind.NUMBER, Kind.DATE, Kind.TEXT, Kind.BOOL), key=lambda kind: counts[kind])
    return best if counts[best] else Kind.EMPTY


def _as_datetime(cell: Cell) -> Cell:
    if isinstance(cell, dt.date) and not isinstance(cell, dt.datetime):
        return dt.datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001  # cells have no time zone
    if isinstance(cell, dt.datetime):
        return cell.replace(tzinfo=None)
    return cell


def _number_of(cell: Cell) -> float:
    if isinstance(cell, bool | int | float):
        return float(cell)
    if isinstance(cell, dt.date | dt.time):
        return serial(cell)
    return float("nan")


def _fit(row: Sequence[Cell], width: int, number: int) -> list[Cell]:
    if len(row) == width:
        return list(row)
    if any(not is_blank(cell) for cell in row[width:]):
        raise TableError(f"Row {number} has more cells than the header ({len(row)} against {width}).")
    return list(row[:width]) + [None] * (width - len(row))
