"""One predicate, or its negation, as an Excel condition.

The rule language's logic has three answers (`grammar.evaluate`): a comparison over an error, or under `blanks="skip"` over an
empty cell, is neither true nor false. So NOT is pushed down to the predicates, and each predicate is written so that it is
true exactly where the language says so: with a guard against empty cells (`$C2<>""`) where bare Excel may colour them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from grammar import nodes as n
from grammar.excel.context import Context
from grammar.excel.periods import period_formula
from grammar.excel.repeats import repeats_formula
from grammar.excel.rule import escape_wildcards, quote
from grammar.excel.values import value_formula
from grammar.table import Class

SIGNS = {
    "Equals": "=", "NotEquals": "<>", "GreaterThan": ">", "GreaterThanEqual": ">=", "LessThan": "<", "LessThanEqual": "<=",
}  # fmt: skip
OPPOSITE = {
    "Equals": "NotEquals", "NotEquals": "Equals", "GreaterThan": "LessThanEqual", "LessThanEqual": "GreaterThan",
    "LessThan": "GreaterThanEqual", "GreaterThanEqual": "LessThan", "Between": "NotBetween", "NotBetween": "Between",
}  # fmt: skip
_NUMBER_LIKE = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?|true|false", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Condition:
    """Formula texts that must all be true; `may_fail` when one of them may be an error in some row."""

    parts: tuple[str, ...]
    may_fail: bool = False

    @property
    def formula(self) -> str:
        """The parts as one formula."""
        return self.parts[0] if len(self.parts) == 1 else f"AND({','.join(self.parts)})"


def settle(leaf: n.Rule, positive: bool) -> tuple[n.Rule, bool]:
    """A negated leaf as the positive one that says the same, where there is one."""
    match leaf:
        case n.Compare(name, left, right) if not positive:
            return n.Compare(OPPOSITE[name], left, right), True
        case n.Between(name, value, low, high) if not positive:
            return n.Between(OPPOSITE[name], value, low, high), True
        case n.State(("Duplicates" | "Unique") as name, value) if not positive:
            return n.State("Unique" if name == "Duplicates" else "Duplicates", value), True
        case _:
            return leaf, positive


def leaf_condition(leaf: n.Rule, positive: bool, context: Context) -> Condition:
    """The condition that is true where the leaf (or, with `positive` False, its negation) holds."""
    leaf, positive = settle(leaf, positive)
    guards = _guards(leaf, positive, context)
    parts = _parts(leaf, positive, context)
    failing = _swallows_errors(leaf, positive) and not guards
    if failing and context.has(leaf, Class.ERROR):
        guards = [f"NOT(ISERROR({context.reference(node)}))" for node in context.readers(leaf)]
    return Condition((*guards, *parts), _may_fail(leaf, context))


def needs_guard(leaf: n.Rule, positive: bool, context: Context) -> bool:
    """Whether an empty cell must be kept out explicitly, now or once a cell is emptied."""
    match leaf:
        case n.State(("Duplicates" | "Unique"), _):
            return True  # COUNTIF over an empty cell counts zeros
        case n.State():
            return False
        case n.Rank() | n.Average() | n.Period() if positive:
            return False  # an empty cell is no number, and no day of any period
        case _:
            return context.colours_empty(leaf if positive else n.Not(leaf))


def _guards(leaf: n.Rule, positive: bool, context: Context) -> list[str]:
    if not needs_guard(leaf, positive, context):
        return []
    return [f'{context.reference(node)}<>""' for node in context.readers(leaf)]


def _swallows_errors(leaf: n.Rule, positive: bool) -> bool:
    """A negated search is true on an error cell, where the language says neither."""
    return isinstance(leaf, n.TextTest) and leaf.name == "TextContains" and not positive


def _may_fail(leaf: n.Rule, context: Context) -> bool:
    match leaf:
        case n.State("Errors", _):
            return False
        case n.State():
            return context.has(leaf, Class.ERROR)
        case n.Period():
            return context.has(leaf, Class.ERROR, Class.TEXT) or context.has_empty_text(leaf)
        case n.Formula():
            return True
        case _:
            return context.may_fail(leaf)


def _parts(leaf: n.Rule, positive: bool, context: Context) -> list[str]:
    match leaf:
        case n.Compare(name, left, right):
            return [f"{value_formula(left, context)}{SIGNS[name]}{value_formula(right, context)}"]
        case n.Between():
            return _between(leaf, context)
        case n.TextTest():
            return [_text_test(leaf, positive, context)]
        case n.State("Blanks", value):
            return [f"LEN(TRIM({value_formula(value, context)})){'=' if positive else '>'}0"]
        case n.State("Errors", value):
            found = f"ISERROR({value_formula(value, context)})"
            return [found if positive else f"NOT({found})"]
        case n.State(name, value):
            return [repeats_formula(value, context) + (">1" if name == "Duplicates" else "=1")]
        case n.Rank() | n.Average():
            parts = _rank(leaf, context) if isinstance(leaf, n.Rank) else _average(leaf, context)
            return parts if positive else [f"NOT(AND({','.join(parts)}))"]
        case n.Period(name, value):
            cell = value_formula(value, context)
            found = period_formula(name, cell)
            # FLOOR would read a text such as "5" or "2026-06-15" as a number
            numbers = [f"NOT(ISTEXT({cell}))"] if context.skip_blanks and context.has(value, Class.TEXT) else []
            return [*numbers, found if positive else f"NOT({found})"]
        case n.Formula(text):
            return [text if positive else f"NOT({text})"]
    raise TypeError(f"{type(leaf).__name__} is no single condition")


def _between(leaf: n.Between, context: Context) -> list[str]:
    """Ends included and in either order, as Excel takes a `cellIs` rule."""
    value, low, high = (value_formula(part, context) for part in (leaf.value, leaf.low, leaf.high))
    match ordered(leaf.low, leaf.high):
        case True:
            pass
        case False:
            low, high = high, low
        case None:
            low, high = f"MIN({low},{high})", f"MAX({low},{high})"
    if leaf.name == "Between":
        return [f"{value}>={low}", f"{value}<={high}"]
    return [f"OR({value}<{low},{value}>{high})"]


def ordered(low: n.Value, high: n.Value) -> bool | None:
    """Whether low <= high whatever the cells hold; None when that cannot be told from the values alone."""
    (first_base, first), (second_base, second) = _offset(low), _offset(high)
    return first <= second if first_base == second_base else None


def _offset(value: n.Value) -> tuple[n.Value | None, tuple[float, ...]]:
    """A value as something unknown and a constant over it: TODAY() + 30, c[2] - 5; a constant alone over a base of its kind."""
    match value:
        case n.Number(number, _):
            return None, (number,)
        case n.Date(year, month, day):
            return n.Date(0, 0, 0), (year, month, day)
        case n.Text(text):
            return n.Text(""), tuple(ord(character) for character in text.casefold())
        case n.Arithmetic(("+" | "-") as sign, left, n.Number(number, _)):
            base, start = _offset(left)
            if len(start) == 1:
                return base, (start[0] + (number if sign == "+" else -number),)
    return value, (0.0,)


# -- text ------------------------------------------------------------------------------------------------------------


def plain_text(leaf: n.TextTest, context: Context) -> bool:
    """Whether the cell's text is the cell itself, so that `=` compares what the language compares.

    A number's text is not the number: TextEquals(x, "5") holds on the number 5, where Excel's 5="5" is FALSE.
    """
    if isinstance(leaf.text, n.Text):
        return not _NUMBER_LIKE.fullmatch(leaf.text.value) or _texts_only(leaf.value, context)
    return _texts_only(leaf.value, context) and _texts_only(leaf.text, context)


def _texts_only(value: n.Value, context: Context) -> bool:
    return isinstance(value, n.Column | n.Cell | n.Text) and not context.has(value, Class.NUMBER, Class.BOOL)


def _text_test(leaf: n.TextTest, positive: bool, context: Context) -> str:
    cell, text = value_formula(leaf.value, context), value_formula(leaf.text, context)
    if leaf.name == "TextContains":
        found = f"SEARCH({_searched(leaf.text, text)},{cell})"
        return f"ISNUMBER({found})" if positive else f"ISERROR({found})"
    sign = "=" if positive else "<>"
    wanted = text if isinstance(leaf.text, n.Text) else f'{text}&""'
    if leaf.name == "TextEquals":
        return f"{cell}{sign}{text}" if plain_text(leaf, context) else f'{cell}&""{sign}{wanted}'
    side = "LEFT" if leaf.name == "StartsWith" else "RIGHT"
    return f"{side}({cell},LEN({text})){sign}{wanted}"


def _searched(text: n.Value, formula: str) -> str:
    if isinstance(text, n.Text):
        return quote(escape_wildcards(text.value))
    for character in "~*?":
        formula = f'SUBSTITUTE({formula},"{character}","~{character}")'
    return formula


# -- ranks and averages ------------------------------------------------------------------------------------------------


def _rank(leaf: n.Rank, context: Context) -> list[str]:
    """All that tie with the n-th are in; a percent means that share of the numbers, rounded down, at least one."""
    cell, cells = value_formula(leaf.value, context), context.whole(leaf.value)
    numbers = context.count_numbers(leaf.value)
    if leaf.name.endswith("Percent"):
        place = f"MAX(1,INT(COUNT({cells})*{leaf.count}/100))"
    else:
        place = str(leaf.count) if numbers >= leaf.count else f"MIN({leaf.count},COUNT({cells}))"
    top = leaf.name.startswith("Top")
    limit = _over_numbers("LARGE" if top else "SMALL", leaf.value, context, place)
    return [f"ISNUMBER({cell})", f"{cell}{'>=' if top else '<='}{limit}"]


def _average(leaf: n.Average, context: Context) -> list[str]:
    cell = value_formula(leaf.value, context)
    above = leaf.name == "AboveAverage"
    limit = _over_numbers("AVERAGE", leaf.value, context)
    if leaf.deviations:
        spread = _over_numbers("STDEV", leaf.value, context)
        if context.count_numbers(leaf.value) < 2:  # of one number alone STDEV is #DIV/0!
            spread = f"IFERROR({spread},0)"
        times = "" if leaf.deviations == 1 else f"{leaf.deviations}*"
        limit += f"{'+' if above else '-'}{times}{spread}"
    return [f"ISNUMBER({cell})", f"{cell}{'>' if above else '<'}{limit}"]


def _over_numbers(function: str, value: n.Value, context: Context, *more: str) -> str:
    """A function over the column's numbers; an error in the column is stepped over (SUMPRODUCT makes IF an array)."""
    cells = context.whole(value)
    if not context.has(value, Class.ERROR):
        return f"{function}({','.join((cells, *more))})"
    numbers = f'IF(ISNUMBER({cells}),{cells},"")'
    return f"SUMPRODUCT({function}({','.join((numbers, *more))}))"
