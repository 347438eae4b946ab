"""Text of the rule language -> `Rule`. Reading is generous: any case, older names, unquoted text, left-out columns.

The Lark tree (`rules.lark`) is built by LALR; this file gives each call its meaning. Where a text literal stands without
quotes (`TextContains(In Progress)`), the literal is quoted and the text parsed once more.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from importlib.resources import files

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from grammar import nodes as n
from grammar.errors import RuleSyntaxError

MAX_RULE_LENGTH = 10_000
MAX_DEPTH = 40

_CANONICAL = {
    name.casefold(): name
    for group in (
        n.COMPARISONS, n.RANGES, n.TEXT_TESTS, n.STATES, n.RANKS, n.AVERAGES, n.PERIODS, n.VISUALS, ("AND", "OR", "NOT", "Formula"),
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
    except RuleSyntaxError:
        quoted = _quote_bare_text(text)
        if quoted == text:
            raise
        return _Reader(quoted).rule(_tree(quoted))


@lru_cache(maxsize=1)
def _lark() -> Lark:
    source = files("grammar").joinpath("rules.lark").read_text(encoding="utf-8")
    return Lark(source, start="rule", parser="lalr", maybe_placeholders=False, propagate_positions=True)


def _tree(text: str) -> Tree[Token]:
    _refuse_depth(text)
    try:
        return _lark().parse(text)
    except UnexpectedInput as error:
        raise _syntax_error(text, error) from None


def _refuse_depth(text: str) -> None:
    depth = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if depth > MAX_DEPTH:
            raise RuleSyntaxError(f"The rule is nested more than {MAX_DEPTH} levels deep.")


def _syntax_error(text: str, error: UnexpectedInput) -> RuleSyntaxError:
    if isinstance(error, UnexpectedCharacters):
        character = text[error.pos_in_stream]
        hint = "a text that starts here has no closing quote" if character in "\"'" else f"'{character}' cannot stand here"
        message = f"Not a rule: {hint}."
    elif isinstance(error, UnexpectedToken) and error.token.type == "$END":
        message = "Not a rule: it ends too early; a closing parenthesis or an argument is missing."
        return RuleSyntaxError(message, 1, len(text) + 1, f"{text}\n{' ' * len(text)}^")
    elif isinstance(error, UnexpectedToken):
        message = f"Not a rule: '{error.token}' cannot stand here. A rule looks like GreaterThan(c[2], 4000)."
    else:
        message = "Not a rule."
    return RuleSyntaxError(message, error.line, error.column, error.get_context(text).rstrip())


_TEXT_CALL = re.compile(
    r"\b(Text\w+|StartsWith|EndsWith|BeginsWith|Contains|Equals|NotEquals|NotContains)\(([^()\"']*)\)", re.IGNORECASE
)
_KEPT = re.compile(r"\s*(c\s*\[\s*\d+\s*\]|-?\d+(\.\d+)?\s?%?|TRUE|FALSE|)\s*", re.IGNORECASE)


def _quote_bare_text(text: str) -> str:
    """Quote unquoted literals: in `TextContains(c[1], In Progress)` all that is neither a column nor a number."""

    def quote(match: re.Match[str]) -> str:
        head, sep, rest = match[2].partition(",")
        arguments = [head, rest] if sep and _KEPT.fullmatch(head) and head.strip()[:1] in "cC" else [match[2]]
        kept = [a.strip() if _KEPT.fullmatch(a) else '"' + a.strip().replace('"', '""') + '"' for a in arguments]
        return f"{match[1]}({', '.join(kept)})"

    return _TEXT_CALL.sub(quote, text)


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
        return self._predicate(name, [self.value(a) for a in arguments], tree)

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
            return n.TextTest(name, value, _as_text(text))
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
        amount = values.pop() if isinstance(last, n.Number) else None
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
        number = float(str(tree.children[0]).rstrip("% "))
        return n.Number(round(_finite(number) / 100, 12), percent=True)

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

    def _value_add(self, tree: Tree[Token]) -> n.Value:
        return n.Arithmetic("+", *map(self.value, tree.children))

    def _value_subtract(self, tree: Tree[Token]) -> n.Value:
        return n.Arithmetic("-", *map(self.value, tree.children))

    def _value_multiply(self, tree: Tree[Token]) -> n.Value:
        return n.Arithmetic("*", *map(self.value, tree.children))

    def _value_divide(self, tree: Tree[Token]) -> n.Value:
        return n.Arithmetic("/", *map(self.value, tree.children))

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
        meta = where.meta if isinstance(where, Tree) else where
        line, column = getattr(meta, "line", 1) or 1, getattr(meta, "column", 1) or 1
        source = self.text.splitlines()[line - 1] if self.text else ""
        return RuleSyntaxError(message, line, column, f"{source}\n{' ' * (column - 1)}^")


def _as_text(value: n.Value) -> n.Value:
    """A number or truth value compared as text is the text of it: `TextEquals(5)`."""
    from grammar.printer import show_value

    return n.Text(show_value(value)) if isinstance(value, n.Number | n.Bool) else value


def _finite(number: float) -> float:
    if number in (float("inf"), float("-inf")):
        raise RuleSyntaxError("A number of that size does not exist in Excel.")
    return number


def _suggestion(key: str) -> str:
    import difflib

    near = difflib.get_close_matches(key, list(_CANONICAL), n=1)
    return f" Did you mean {_CANONICAL[near[0]]}?" if near else ""
