"""Abstract syntax of the rule language: frozen dataclasses, one per shape of `rule-language`.

Values (`Value`) stand inside predicates; rules (`Rule`) are what is true or false for a row. `Column(k)` is the k-th
column from 0; `Cell()` is "the cell being formatted", used where a rule leaves the column out.
"""

from __future__ import annotations

from dataclasses import dataclass

COMPARISONS = ("Equals", "NotEquals", "GreaterThan", "GreaterThanEqual", "LessThan", "LessThanEqual")
RANGES = ("Between", "NotBetween")
TEXT_TESTS = ("TextEquals", "TextContains", "StartsWith", "EndsWith")
STATES = ("Blanks", "Errors", "Duplicates", "Unique")
RANKS = ("Top", "Bottom", "TopPercent", "BottomPercent")
AVERAGES = ("AboveAverage", "BelowAverage")
PERIODS = (
    "Yesterday", "Today", "Tomorrow", "Last7Days", "LastWeek", "ThisWeek", "NextWeek", "LastMonth", "ThisMonth", "NextMonth",
)  # fmt: skip
VISUALS = ("ColorScale", "DataBar", "IconSet")
FUNCTIONS = ("LEN", "YEAR", "MONTH", "DAY", "WEEKDAY", "ABS", "AVERAGE", "MEDIAN", "MIN", "MAX")
OPERATORS = ("+", "-", "*", "/")


@dataclass(frozen=True, slots=True)
class Number:
    """`4000`, `0.9`, or `10%` (value 0.1, percent True)."""

    value: float
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """`"In Progress"`."""

    value: str


@dataclass(frozen=True, slots=True)
class Bool:
    """`TRUE` or `FALSE`."""

    value: bool


@dataclass(frozen=True, slots=True)
class Date:
    """`DATE(2026, 1, 31)`."""

    year: int
    month: int
    day: int


@dataclass(frozen=True, slots=True)
class TodayValue:
    """`TODAY()` as a value."""


@dataclass(frozen=True, slots=True)
class Column:
    """`c[k]`: the row's cell in the k-th column, from 0."""

    index: int


@dataclass(frozen=True, slots=True)
class Cell:
    """The cell being formatted, printed as nothing: `GreaterThan(10)`."""


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`left operator right`, operator one of + - * /."""

    operator: str
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Call:
    """`YEAR(c[4])`; AVERAGE, MEDIAN, MIN and MAX go over the whole column."""

    name: str
    argument: Value


Value = Number | Text | Bool | Date | TodayValue | Column | Cell | Arithmetic | Call


@dataclass(frozen=True, slots=True)
class Compare:
    """`GreaterThan(left, right)` and its five siblings (`name` in COMPARISONS)."""

    name: str
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Between:
    """`Between(x, low, high)` or `NotBetween`, ends included (`name` in RANGES)."""

    name: str
    value: Value
    low: Value
    high: Value


@dataclass(frozen=True, slots=True)
class TextTest:
    """`TextContains(x, "draft")` (`name` in TEXT_TESTS); case-insensitive, as Excel."""

    name: str
    value: Value
    text: Value


@dataclass(frozen=True, slots=True)
class State:
    """`Blanks(x)`, `Errors(x)`, `Duplicates(x)`, `Unique(x)`."""

    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class Rank:
    """`Top(x, n)` …; n counts cells, or percent (1-100) for TopPercent and BottomPercent."""

    name: str
    value: Value
    count: int = 1


@dataclass(frozen=True, slots=True)
class Average:
    """`AboveAverage(x [, n])`: n standard deviations away, 0 for the plain rule."""

    name: str
    value: Value
    deviations: int = 0


@dataclass(frozen=True, slots=True)
class Period:
    """`LastWeek(x)` … (`name` in PERIODS)."""

    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class And:
    """All hold. At least two items."""

    items: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One holds. At least two items."""

    items: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Does not hold."""

    item: Rule


@dataclass(frozen=True, slots=True)
class Visual:
    """`ColorScale(x)`, `DataBar(x)`, `IconSet(x, "3Arrows")`; stands alone. `style` is None for the default."""

    name: str
    value: Value
    style: str | None = None


@dataclass(frozen=True, slots=True)
class Formula:
    """`Formula("=…")`: any Excel formula, relative to the first cell of the range; `text` without the `=`."""

    text: str


Rule = Compare | Between | TextTest | State | Rank | Average | Period | And | Or | Not | Visual | Formula


def columns_of(node: Rule | Value) -> tuple[int, ...]:
    """Indexes of the columns a rule or value mentions, in order of first mention, without repetition."""
    found: dict[int, None] = {}
    _collect(node, found)
    return tuple(found)


def _collect(node: Rule | Value, found: dict[int, None]) -> None:
    if isinstance(node, Column):
        found[node.index] = None
    for child in children(node):
        _collect(child, found)


def children(node: Rule | Value) -> tuple[Rule | Value, ...]:
    """Direct sub-nodes, in the order they are printed."""
    match node:
        case Compare(_, left, right) | Arithmetic(_, left, right):
            return (left, right)
        case Between(_, value, low, high):
            return (value, low, high)
        case TextTest(_, value, text):
            return (value, text)
        case State(_, value) | Rank(_, value, _) | Average(_, value, _) | Period(_, value) | Visual(_, value, _):
            return (value,)
        case And(items) | Or(items):
            return items
        case Not(item):
            return (item,)
        case Call(_, argument):
            return (argument,)
        case _:
            return ()
