"""A rule as an English sentence, with the headers of its table: `Profit is greater than 4,000 and Status is not "Paid"`."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal

from grammar import nodes as n
from grammar.evaluate import asks_for_empty
from grammar.evaluation.values import day_of
from grammar.evaluation.vectors import of_column
from grammar.passes import simplify
from grammar.table import Table, column_letter
from grammar.target import row_columns
from grammar.value_types import Type, main_types

_COMPARED = {
    "Equals": "is",
    "NotEquals": "is not",
    "GreaterThan": "is greater than",
    "GreaterThanEqual": "is at least",
    "LessThan": "is less than",
    "LessThanEqual": "is at most",
}
_COMPARED_DAYS = {
    "Equals": "is",
    "NotEquals": "is not",
    "GreaterThan": "is after",
    "GreaterThanEqual": "is on or after",
    "LessThan": "is before",
    "LessThanEqual": "is on or before",
}
_COMPARED_MONTHS = {
    "GreaterThan": "is after {}",
    "GreaterThanEqual": "is {} or later",
    "LessThan": "is before {}",
    "LessThanEqual": "is {} or earlier",
}
_TEXT = {
    "TextEquals": ("is", "is not"),
    "TextContains": ("contains", "does not contain"),
    "StartsWith": ("starts with", "does not start with"),
    "EndsWith": ("ends with", "does not end with"),
}
_STATES = {
    "Blanks": ("is empty", "is not empty"),
    "Errors": ("is an error", "is not an error"),
    "Duplicates": ("occurs more than once", "occurs only once"),
    "Unique": ("occurs only once", "occurs more than once"),
}
_PERIODS = {
    "Yesterday": "yesterday", "Today": "today", "Tomorrow": "tomorrow", "Last7Days": "in the last 7 days",
    "LastWeek": "in the last week", "ThisWeek": "in this week", "NextWeek": "in the next week",
    "LastMonth": "in the last month", "ThisMonth": "in this month", "NextMonth": "in the next month",
}  # fmt: skip
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷"}
_CALLS = {
    "LEN": "the length of", "YEAR": "the year of", "MONTH": "the month of", "DAY": "the day of the month of",
    "WEEKDAY": "the weekday number of", "ABS": "the absolute value of", "AVERAGE": "the average of", "MEDIAN": "the median of",
    "MIN": "the smallest", "MAX": "the largest",
}  # fmt: skip
_VISUALS = {"ColorScale": "A colour scale over {}", "DataBar": "Data bars in {}", "IconSet": "Icons beside {}"}
_MATTERING = ("NotEquals", "LessThan", "LessThanEqual", "NotBetween")


def describe(
    rule: n.Rule, table: Table, *, scope: Literal["cells", "row"] = "cells", blanks: Literal["skip", "excel"] = "skip"
) -> str:
    """The rule in words; what becomes of empty cells is said where the table has some that the rule might be thought to touch.

    `scope` "row" begins with "Whole row where"; columns without a header are called by their letter. The rule must fit the
    table (`grammar.check`).
    """
    rule = simplify(rule)
    words = _Words(table)
    sentence = words.rule(rule)
    if scope == "row":
        sentence = f"Whole row where {sentence}" if not isinstance(rule, n.Visual | n.Formula) else f"{sentence} (whole row)"
    elif sentence.startswith(("the ", "either ", "column ")):
        sentence = sentence[0].upper() + sentence[1:]
    return sentence + words.about_blanks(rule, blanks)


def describe_value(value: n.Value, table: Table) -> str:
    """A value in words: `Profit × 1.1`, `31 Jan 2026`, `30 days ago`."""
    return _Words(table).value(value)


class _Words:
    def __init__(self, table: Table) -> None:
        self.table = table

    # -- rules -----------------------------------------------------------------------------------------------------------

    def rule(self, rule: n.Rule) -> str:
        match rule:
            case n.And(items):
                return self._joined(items, "and")
            case n.Or(items):
                return self._joined(items, "or")
            case n.Visual(name, value, style):
                return _VISUALS[name].format(self.value(value)) + (f" ({_style(style)})" if style else "")
            case n.Formula(text):
                return f"The formula ={text} is true"
            case _:
                return " ".join(self.phrase(rule))

    def _joined(self, items: tuple[n.Rule, ...], word: str) -> str:
        """Items with the same subject name it once: `Amount is greater than 1 and less than 5`."""
        parts: list[str] = []
        subject = verb = ""
        for item in items:
            if isinstance(item, n.And | n.Or):
                parts.append(self._nested(item))
                subject = ""
                continue
            new_subject, predicate = self.phrase(item)
            if new_subject == subject:
                parts.append(predicate.removeprefix("is ") if verb == "is" else predicate)
            else:
                parts.append(f"{new_subject} {predicate}")
            subject, verb = new_subject, predicate.split(" ", 1)[0]
        if len(parts) == 2:
            return f" {word} ".join(parts)
        return f"{', '.join(parts[:-1])} {word} {parts[-1]}"

    def _nested(self, item: n.And | n.Or) -> str:
        inner = self.rule(item)
        if isinstance(item, n.And):
            return f"({inner})"
        subjects = {self.phrase(x)[0] if not isinstance(x, n.And | n.Or) else "" for x in item.items}
        subject = subjects.pop() if len(subjects) == 1 else ""
        if subject and inner.startswith(f"{subject} is "):
            return f"{subject} is either {inner.removeprefix(f'{subject} is ')}"
        return f"either {inner}"

    def phrase(self, rule: n.Rule) -> tuple[str, str]:
        """Subject and predicate of a leaf, negated or not."""
        negated = isinstance(rule, n.Not)
        leaf = rule.item if isinstance(rule, n.Not) else rule
        no = " not" if negated else ""
        match leaf:
            case n.Compare(name, left, right):
                return self._compare(name, left, right)
            case n.Between(name, value, low, high):
                inside = "is between" if name == "Between" else "is not between"
                return self.value(value), f"{inside} {self._end(low, value)} and {self._end(high, value)}"
            case n.TextTest(name, value, text):
                return self.value(value), f"{_TEXT[name][negated]} {self.value(text)}"
            case n.State(name, value):
                return self.value(value), _STATES[name][negated]
            case n.Rank(name, value, count):
                return self.value(value), f"is{no} {self._rank(name, value, count)}"
            case n.Average(name, value, deviations):
                side = "above" if name == "AboveAverage" else "below"
                far = f"more than {deviations} standard deviation{'s' * (deviations > 1)} " if deviations else ""
                return self.value(value), f"is{no} {far}{side} the column's average"
            case n.Period(name, value):
                return self.value(value), f"is{no} {_PERIODS[name]}"
        return "the rule", f"{self.rule(leaf)} is{no} true"

    def _compare(self, name: str, left: n.Value, right: n.Value) -> tuple[str, str]:
        part = _calendar(left, right)
        if part is not None and name in ("Equals", "NotEquals") and isinstance(left, n.Call):
            return self.value(left.argument), f"{_COMPARED[name]} {part}"
        if isinstance(left, n.Call) and left.name == "YEAR" and isinstance(right, n.Number):
            return self.value(left), f"{_COMPARED[name]} {_plain(right)}"
        if isinstance(left, n.Call) and left.name == "MONTH" and part is not None:
            return self.value(left), _COMPARED_MONTHS[name].format(part.removeprefix("in "))
        if name in ("Equals", "NotEquals") and n.columns_of(right):
            return self.value(left), f"{_COMPARED[name]} the same as {self.value(right)}"
        verbs = _COMPARED_DAYS if self._is_day(right) and not isinstance(right, n.Number) else _COMPARED
        return self.value(left), f"{verbs[name]} {self._end(right, left)}"

    def _end(self, value: n.Value, beside: n.Value) -> str:
        """What something is compared with; `days` follows a number beside a difference of dates."""
        if isinstance(beside, n.Call) and beside.name == "YEAR" and isinstance(value, n.Number):
            return _plain(value)
        if isinstance(beside, n.Call) and beside.name == "MONTH" and (month := _calendar(beside, value)):
            return month.removeprefix("in ")
        text = self.value(value)
        match beside, value:
            case n.Arithmetic("-", left, right), n.Number(count, _) if self._is_day(left) and self._is_day(right):
                return f"{text} day{'s' * (count != 1)}"
            case _:
                return text

    def _rank(self, name: str, value: n.Value, count: int) -> str:
        top = name.startswith("Top")
        if name.endswith("Percent"):
            return f"in the {'top' if top else 'bottom'} {count}%"
        days = self._is_day(value)
        extreme = ("latest" if top else "earliest") if days else ("largest" if top else "smallest")
        return f"the {extreme} value" if count == 1 else f"among the {count:,} {extreme} values"

    # -- values ----------------------------------------------------------------------------------------------------------

    def value(self, value: n.Value) -> str:
        match value:
            case n.Number():
                return number(value)
            case n.Text(text):
                return f'"{text}"'
            case n.Bool(flag):
                return "TRUE" if flag else "FALSE"
            case n.Date():
                day = day_of(value)
                return f"{day.day} {_MONTHS[day.month - 1][:3]} {day.year}"
            case n.TodayValue():
                return "today"
            case n.Column(index):
                return self.column(index)
            case n.Cell():
                return "the cell"
            case n.Call(name, argument):
                return f"{_CALLS[name]} {self.value(argument)}"
            case n.Arithmetic("+" | "-", n.TodayValue(), n.Number(days, _)):
                return _days_from_today(days if value.operator == "+" else -days)
            case n.Arithmetic(operator, left, right):
                return f"{self._operand(left)} {_SIGNS[operator]} {self._operand(right)}"

    def _operand(self, value: n.Value) -> str:
        return f"({self.value(value)})" if isinstance(value, n.Arithmetic) else self.value(value)

    def column(self, index: int) -> str:
        """A header, with the column's letter where another column has the same one."""
        header = self.table.headers[index]
        if not header:
            return f"column {column_letter(index)}"
        same = sum(other.casefold() == header.casefold() for other in self.table.headers)
        return header if same == 1 else f"{header} (column {column_letter(index)})"

    def _is_day(self, value: n.Value) -> bool:
        return not isinstance(value, n.Cell) and main_types(value, self.table) == {Type.DATE}

    # -- empty cells -----------------------------------------------------------------------------------------------------

    def about_blanks(self, rule: n.Rule, blanks: str) -> str:
        names = [self.column(k) for k in dict.fromkeys(self._with_blanks(rule))]
        if not names:
            return ""
        what = "are left out" if blanks == "skip" else "count as 0 or empty text"
        return f"; empty cells in {' and '.join(names)} {what}"

    def _with_blanks(self, rule: n.Rule) -> list[int]:
        if isinstance(rule, n.And | n.Or):
            return [k for item in rule.items for k in self._with_blanks(item)]
        leaf = rule.item if isinstance(rule, n.Not) else rule
        matters = leaf.name in _MATTERING if isinstance(leaf, n.Compare | n.Between) else isinstance(rule, n.Not)
        if not matters or asks_for_empty(leaf) or isinstance(leaf, n.Formula):
            return []
        return [k for k in row_columns(leaf) if of_column(self.table.columns[k]).blanks.any()]


def number(value: n.Number) -> str:
    """`4,000`, `0.5`, `20%`."""
    exact = Decimal(repr(value.value)) * (100 if value.percent else 1)
    return f"{exact.normalize():,f}" + "%" * value.percent


def _style(style: str) -> str:
    """`3TrafficLights1` -> `3 traffic lights`."""
    return re.sub(r"(?<=[\da-z])(?=[A-Z])", " ", style).lower().rstrip("12 ") if style[:1].isdigit() else style


def _plain(value: n.Number) -> str:
    return number(value).replace(",", "")


def _calendar(left: n.Value, right: n.Value) -> str | None:
    """`in March`, `in 2025`, `a Saturday`, for a part of a date compared with a number of the right size."""
    if not isinstance(left, n.Call) or not isinstance(right, n.Number) or right.value != int(right.value):
        return None
    count = int(right.value)
    match left.name:
        case "MONTH" if 1 <= count <= 12:
            return f"in {_MONTHS[count - 1]}"
        case "WEEKDAY" if 1 <= count <= 7:
            return f"a {_DAYS[count - 1]}"
        case "YEAR":
            return f"in {count}"
        case "DAY":
            return f"on day {count} of the month"
        case _:
            return None


def _days_from_today(days: float) -> str:
    amount = number(n.Number(abs(days)))
    unit = "day" if abs(days) == 1 else "days"
    return f"{amount} {unit} {'from today' if days >= 0 else 'ago'}"
