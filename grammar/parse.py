"""Text of the rule language -> `Rule`. Reading is generous: any case, older names, unquoted text, left-out columns.

The Lark tree (`rules.lark`) is built by LALR; this file gives each call its meaning. Where a text literal stands without
quotes (`TextContains(In Progress)`), the literal is quoted and the text parsed once more.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache, partialmethod
from importlib.resources import files

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from grammar import nodes as n
from grammar.bare_text import quote_bare_text
from grammar.errors import RuleSyntaxError
from grammar.lark_errors import error_at, refuse_depth, syntax_error

MAX_RULE_LENGTH = 10_000
MAX_DEPTH = 40

_CANONICAL = {
    name.casefold(): name
    for group in (
        n.COMPARISONS, n.RANGES, n.TEXT_TESTS, n.STATES, n.RANKS, n.AVERAGES, n.PERIODS, n.VISUALS,
        ("AND", "OR", "NOT", "Formula"),
    )
    for name in group
}  # fmt: skip
_OLDER = {
    "equal": "Equals", "notequal": "NotEquals", "duplicate": "Duplicates", "textstartswith": "StartsWith",
    "textendswith": "EndsWith", "textbeginswith": "StartsWith", "beginswith": "StartsWith", "contains": "TextContains",
    "greaterthanequals": "GreaterThanEqual", "lessthanequals": "LessThanEqual", "greaterthanorequal": "GreaterThanEqual",
    "lessthanorequal": "LessThanEqual", "blank": "Blanks", "isblank": "Blanks", "error": "Errors", "iserror": "Errors",
    "last7day": "Last7Days",
}  # fmt: skip
_NEGATED = {
    "notblanks": "Blanks", "noblanks": "Blanks", "noterrors": "Errors", "noerrors": "Errors", "textnotcontains": "TextContains",
    "nottextcontains": "TextContains", "textnotequals": "TextEquals", "notcontains": "TextContains",
}  # fmt: skip
_EXTREME = {"max": "Top", "min": "Bottom"}


def parse(text: str) -> n.Rule:
    """Parse one rule.

    Raises:
        RuleSyntaxError: with line, column and a caret; also for unknown names and wrong numbers of arguments.
    """
    if len(text) > MAX_RULE_LENGTH:
        raise RuleSyntaxError(f"A rule may have at most {MAX_RULE_LENGTH:,} characters; this one has {len(text):,}.")
    text = text.strip().removeprefix("=")
    try:
        return _Reader(text).rule(_tree(text))
    except RuleSyntaxError as error:
        quoted = quote_bare_text(text)
        try:
            return _Reader(quoted).rule(_tree(quoted))
        except RuleSyntaxError:
            raise error from None


@lru_cache(maxsize=1)
def _lark() -> Lark:
    source = files("grammar").joinpath("rules.lark").read_text(encoding="utf-8")
    return Lark(source, start="rule", parser="lalr", maybe_placeholders=False, propagate_positions=True)


def _tree(text: str) -> Tree[Token]:
    refuse_depth(text, MAX_DEPTH, "The rule")
    try:
        return _lark().parse(text)
    except UnexpectedInput as error:
        raise syntax_error(text, error, "a rule", "A rule looks like GreaterThan(c[2], 4000).") from None


class _Reader:
    """Gives a Lark tree its meaning; `text` is kept for the place in error messages."""

    def __init__(self, text: str) -> None:
        self.text = text

    # -- rules ---------------------------------------------------------------------------------------------------

    def rule(self, tree: Tree[Token] | Token) -> n.Rule:
        if not isinstance(tree, Tree) or tree.data != "call":
            raise self._error("A rule was expected here, such as GreaterThan(c[2], 4000).", tree)
        key = str(tree.children[0]).casefold()
        arguments = tree.children[1:]
        if key in _NEGATED:
            return n.Not(self._named(_NEGATED[key], arguments, tree))
        if key in _EXTREME:
            return self._named(_EXTREME[key], arguments, tree)
        name = _CANONICAL.get(key) or _OLDER.get(key)
        if name is None:
            raise self._error(f"There is no predicate called '{tree.children[0]}'.{_suggestion(key)}", tree)
        return self._named(name, arguments, tree)

    def _named(self, name: str, arguments: list[Tree[Token] | Token], tree: Tree[Token]) -> n.Rule:
        if name in ("AND", "OR"):
            return self._junction(name, arguments, tree)
        if name == "NOT":
            self._count(name, arguments, 1, 1, tree)
            return n.Not(self.rule(arguments[0]))
        if name == "Formula":
            self._count(name, arguments, 1, 1, tree)
            body = self.value(arguments[0])
            if not isinstance(body, n.Text):
                raise self._error('Formula takes one text, such as Formula("=$B2>10").', tree)
            return n.Formula(body.value.removeprefix("="))
        values = [self.value(a) for a in arguments]
        if name in n.TEXT_TESTS and arguments:
            values[-1] = self._text_argument(arguments[-1])
        return self._predicate(name, values, tree)

    def _text_argument(self, tree: Tree[Token] | Token) -> n.Value:
        """A number or truth value compared as text is the text as it was typed: `TextEquals(007)`."""
        value = self.value(tree)
        if isinstance(value, n.Number | n.Bool) and isinstance(tree, Tree):
            return n.Text(self.text[tree.meta.start_pos : tree.meta.end_pos])
        if isinstance(value, n.Arithmetic) and not n.columns_of(value):
            raise self._error("A text is needed here; put it in double quotes.", tree)
        return value

    def _junction(self, name: str, arguments: list[Tree[Token] | Token], tree: Tree[Token]) -> n.Rule:
        if not arguments:
            raise self._error(f"{name} needs at least one rule.", tree)
        items = tuple(self.rule(a) for a in arguments)
        if len(items) == 1:
            return items[0]
        return n.And(items) if name == "AND" else n.Or(items)

    def _predicate(self, name: str, values: list[n.Value], tree: Tree[Token]) -> n.Rule:
        if name in n.COMPARISONS:
            left, right = self._with_cell(name, values, 2, tree)
            return n.Compare(name, left, right)
        if name in n.RANGES:
            value, low, high = self._with_cell(name, values, 3, tree)
            return n.Between(name, value, low, high)
        if name in n.TEXT_TESTS:
            value, text = self._with_cell(name, values, 2, tree)
            return n.TextTest(name, value, text)
        if name in n.STATES:
            return n.State(name, *self._with_cell(name, values, 1, tree))
        if name in n.PERIODS:
            return n.Period(name, *self._with_cell(name, values, 1, tree))
        if name in n.VISUALS:
            return self._visual(name, values, tree)
        return self._counted(name, values, tree)

    def _with_cell(self, name: str, values: list[n.Value], count: int, tree: Tree[Token]) -> list[n.Value]:
        if len(values) == count - 1:
            return [n.Cell(), *values]
        self._count(name, values, count - 1, count, tree)
        return values

    def _visual(self, name: str, values: list[n.Value], tree: Tree[Token]) -> n.Rule:
        self._count(name, values, 0, 2, tree)
        style = values.pop() if values and isinstance(values[-1], n.Text) else None
        value = values[0] if values else n.Cell()
        return n.Visual(name, value, style.value if isinstance(style, n.Text) else None)

    def _counted(self, name: str, values: list[n.Value], tree: Tree[Token]) -> n.Rule:
        self._count(name, values, 0, 2, tree)
        last = values[-1] if values else None
        amount = last if isinstance(last, n.Number) else None
        values = values[:-1] if amount else values
        if len(values) > 1:
            raise self._error(f"The last argument of {name} must be a number.", tree)
        value = values[0] if values else n.Cell()
        if name in n.AVERAGES:
            return n.Average(name, value, self._whole(name, amount, 0, tree))
        if isinstance(amount, n.Number) and amount.percent:
            name = {"Top": "TopPercent", "Bottom": "BottomPercent"}.get(name, name)
            amount = n.Number(round(amount.value * 100, 9))
        return n.Rank(name, value, self._whole(name, amount, 1, tree))

    def _whole(self, name: str, amount: n.Number | None, default: int, tree: Tree[Token]) -> int:
        if amount is None:
            return default
        if amount.value != int(amount.value):
            raise self._error(f"{name} takes a whole number, not {amount.value:g}.", tree)
        return int(amount.value)

    # -- values --------------------------------------------------------------------------------------------------

    def value(self, tree: Tree[Token] | Token) -> n.Value:
        if not isinstance(tree, Tree):
            raise self._error("A value was expected here.", tree)
        reader: Callable[[Tree[Token]], n.Value] = getattr(self, f"_value_{tree.data}")
        return reader(tree)

    def _value_number(self, tree: Tree[Token]) -> n.Value:
        return n.Number(_finite(float(tree.children[0])))  # type: ignore[arg-type]  # a token is a str

    def _value_percent(self, tree: Tree[Token]) -> n.Value:
        number = Decimal(str(tree.children[0]).rstrip("% \u00a0\t\r\n")) / 100
        return n.Number(_finite(float(number)), percent=True)

    def _value_negative(self, tree: Tree[Token]) -> n.Value:
        inner = self.value(tree.children[0])
        if isinstance(inner, n.Number):
            return n.Number(-inner.value, inner.percent)
        return n.Arithmetic("-", n.Number(0), inner)

    def _value_string(self, tree: Tree[Token]) -> n.Value:
        text = str(tree.children[0])
        return n.Text(text[1:-1].replace(text[0] * 2, text[0]))

    def _value_column(self, tree: Tree[Token]) -> n.Value:
        digits = re.sub(r"\D", "", str(tree.children[0]))
        return n.Column(int(digits[:9]))

    def _value_bare(self, tree: Tree[Token]) -> n.Value:
        words = [str(token) for token in tree.children]
        if len(words) == 1 and words[0].casefold() in ("true", "false"):
            return n.Bool(words[0].casefold() == "true")
        return n.Text(" ".join(words))

    def _arithmetic(self, operator: str, tree: Tree[Token]) -> n.Value:
        for side in tree.children:
            if isinstance(side, Tree) and side.data == "bare" and not isinstance(self.value(side), n.Bool):
                raise self._error("A word cannot be calculated with; put text in double quotes.", side)
        left, right = (self.value(side) for side in tree.children)
        return n.Arithmetic(operator, left, right)

    _value_add = partialmethod(_arithmetic, "+")
    _value_subtract = partialmethod(_arithmetic, "-")
    _value_multiply = partialmethod(_arithmetic, "*")
    _value_divide = partialmethod(_arithmetic, "/")

    def _value_call(self, tree: Tree[Token]) -> n.Value:
        name = str(tree.children[0]).upper()
        arguments = tree.children[1:]
        if name == "TODAY":
            self._count(name, arguments, 0, 0, tree)
            return n.TodayValue()
        if name == "DATE":
            return self._date(arguments, tree)
        if name not in n.FUNCTIONS:
            raise self._error(f"There is no function called '{tree.children[0]}'.", tree)
        self._count(name, arguments, 0, 1, tree)
        return n.Call(name, self.value(arguments[0]) if arguments else n.Cell())

    def _date(self, arguments: list[Tree[Token] | Token], tree: Tree[Token]) -> n.Value:
        self._count("DATE", arguments, 3, 3, tree)
        parts = [self.value(a) for a in arguments]
        if not all(isinstance(p, n.Number) and p.value == int(p.value) for p in parts):
            raise self._error("DATE takes three whole numbers: year, month, day.", tree)
        year, month, day = (int(p.value) for p in parts if isinstance(p, n.Number))
        if not (1900 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= 31):
            raise self._error(f"DATE({year}, {month}, {day}) is no day Excel knows.", tree)
        return n.Date(year, month, day)

    # -- errors --------------------------------------------------------------------------------------------------

    def _count(self, name: str, arguments: object, low: int, high: int, tree: Tree[Token]) -> None:
        given = len(arguments)  # type: ignore[arg-type]  # always a list; its element type does not matter here
        if not low <= given <= high:
            wanted = str(low) if low == high else f"{low} to {high}"
            raise self._error(f"{name} takes {wanted} arguments, not {given}.", tree)

    def _error(self, message: str, where: Tree[Token] | Token) -> RuleSyntaxError:
        place = where.meta.start_pos if isinstance(where, Tree) else where.start_pos
        return error_at(self.text, place or 0, message)


def _finite(number: float) -> float:
    if number in (float("inf"), float("-inf")):
        raise RuleSyntaxError("A number of that size does not exist in Excel.")
    return number


def _suggestion(key: str) -> str:
    import difflib

    near = difflib.get_close_matches(key, list(_CANONICAL), n=1)
    return f" Did you mean {_CANONICAL[near[0]]}?" if near else ""
