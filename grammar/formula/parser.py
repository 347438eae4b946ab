"""Text to tree.

A formula's tokens, without what they say, decide which rules are used and in which order. So reading is two steps: `_plan` runs
the LALR automaton over the kinds of the tokens and gives the reductions in order; `_carry_out` makes the nodes. Formulas of one
shape (`A1+B1`, `C7+$D$2`) share a plan, which is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from typing import Any

from grammar.errors import FormulaSyntaxError, RuleSyntaxError
from grammar.formula import nodes as f
from grammar.formula.addresses import Cell, a1_of_r1c1
from grammar.formula.build import Builder, Refused
from grammar.formula.dialects import US, Locale, Style
from grammar.formula.hints import Hints, what_is_wrong
from grammar.formula.tables import END, SPACE, UNKNOWN, Reduction, Tables, tables
from grammar.lark_errors import error_at

MAX_LENGTH = 8_192
MAX_FUNCTIONS = 64
"""Excel's limits: https://support.microsoft.com/office/excel-specifications-and-limits."""

MAX_PARENTHESES = 256
MAX_SIGNS = 64
"""Our own limits, against texts that are attacks."""

MAX_PLANS = 8_192
"""Plans kept; when there are more they are all forgotten. A plan takes about a kilobyte."""

Step = tuple[Callable[..., Any], int] | None
"""A node to be made of the last so many things; None takes the next token."""

Plan = tuple[Step, ...]
Match = re.Match[str]


def parse_formula(text: str, *, locale: Locale = US, style: Style = "A1", at: Cell = (1, 1), remember: bool = True) -> f.Node:
    """Read a formula, with or without its `=`.

    Args:
        text: the formula; blanks and line breaks around and in it do not matter.
        locale: `EU` for `;` between arguments and decimal commas.
        style: how references are written; R1C1 references are counted from the cell `at`.
        at: row and column of the formula's cell, from 1; only for R1C1.
        remember: keep the plan of this shape for the next formula like it.

    Raises:
        FormulaSyntaxError: with line, column, caret and a hint; also for what is too long or too deep for Excel.
    """
    begin = _first_character(text)
    if len(text) - begin > MAX_LENGTH:
        raise FormulaSyntaxError(f"A formula may have at most {MAX_LENGTH:,} characters; this one has {len(text) - begin:,}.")
    parser = _parser(locale, style)
    return parser.parse(text, begin, at, remember)


def _first_character(text: str) -> int:
    """Where the formula begins behind blanks and one `=`."""
    begin = len(text) - len(text.lstrip())
    if text.startswith("=", begin):
        begin += 1
        begin += len(text) - begin - len(text[begin:].lstrip())
    return begin


@lru_cache(maxsize=4)
def _parser(locale: Locale, style: Style) -> _Parser:
    return _Parser(tables(locale, style), Builder(locale), style)


class _StoppedError(Exception):
    """The automaton has no way on at the token number `index`; `message` where another reason stops it."""

    def __init__(self, index: int, message: str = "") -> None:
        super().__init__(message)
        self.index, self.message = index, message


class _Parser:
    """One way to write formulas: its tables, its builder, and the plans of the shapes it has met."""

    def __init__(self, found: Tables, builder: Builder, style: Style) -> None:
        self._tables, self._builder, self._style = found, builder, style
        self._makers = {rule: getattr(builder, rule) for rule in found.methods()}
        self._plans: dict[tuple[str, ...], Plan] = {}
        self._passed: dict[tuple[int, int, str], int] = {}

    def parse(self, text: str, begin: int, at: Cell, remember: bool) -> f.Node:
        tokens, kinds = self._scan(text, begin)
        shape = tuple(kinds)
        plan = self._plans.get(shape) if remember else None
        try:
            if plan is None:
                plan = self._plan(shape)
                if remember:
                    self._keep(shape, plan)
            return _carry_out(plan, tokens if self._style == "A1" else _in_a1(tokens, at))
        except _StoppedError as error:
            raise self._syntax_error(text, tokens, kinds, error) from None
        except Refused as error:
            raise error_at(text, error.place, error.message, FormulaSyntaxError) from None

    def _scan(self, text: str, begin: int) -> tuple[list[Match], list[str]]:
        """Tokens and their kinds, without the blanks that mean nothing, up to the first character that starts no token."""
        tokens: list[Match] = []
        kinds: list[str] = []
        for match in self._tables.scanner.finditer(text, begin):
            kind = match.lastgroup
            if kind != SPACE:
                assert kind is not None
                tokens.append(match)
                kinds.append(kind)
                if kind == UNKNOWN:
                    break
        return tokens, kinds

    def _plan(self, shape: tuple[str, ...]) -> Plan:
        """The reductions that the automaton makes over these kinds of tokens."""
        _refuse_depth(shape)
        actions, end = self._tables.actions, self._tables.end
        states = [self._tables.start]
        steps: list[Step] = []
        for index, kind in enumerate((*shape, END)):
            while True:
                action = actions[states[-1]].get(kind)
                if action is None:
                    raise _StoppedError(index)
                if isinstance(action, int):
                    states.append(action)
                    steps.append(None)
                    break
                if action.method:
                    steps.append((self._makers[action.method], action.size))
                    if action.size:
                        del states[-action.size :]
                    after = actions[states[-1]][action.origin]
                    assert isinstance(after, int)
                    states.append(after)
                else:
                    states[-1] = self._after_passing(states[-2], states[-1], kind)
                if kind == END and states[-1] == end:
                    return tuple(steps)
        raise AssertionError("the table accepts at the end")

    def _after_passing(self, below: int, state: int, kind: str) -> int:
        """The state behind all rules that only pass their child on: a number is a primary, a range, a sum."""
        key = below, state, kind
        if key not in self._passed:
            while isinstance(action := self._tables.actions[state].get(kind), Reduction) and not action.method:
                after = self._tables.actions[below][action.origin]
                assert isinstance(after, int)
                state = after
            self._passed[key] = state
        return self._passed[key]

    def _keep(self, shape: tuple[str, ...], plan: Plan) -> None:
        if len(self._plans) >= MAX_PLANS:
            self._plans.clear()
        self._plans[shape] = plan

    @cached_property
    def _hints(self) -> Hints:
        return Hints(_stop)

    def _syntax_error(self, text: str, tokens: list[Match], kinds: list[str], stopped: _StoppedError) -> RuleSyntaxError:
        index = stopped.index
        place = tokens[index].start() if index < len(tokens) else len(text.rstrip())
        if stopped.message:
            return error_at(text, place, stopped.message, FormulaSyntaxError)
        if index == len(tokens):
            problem = "it ends too early" if tokens else "there is nothing"
        elif kinds[index] == UNKNOWN:
            problem = what_is_wrong(text[place])
        else:
            problem = f"'{tokens[index].group().strip() or ' '}' cannot stand here"
        hint = self._hints.find(kinds, index)
        return error_at(text, place, f"Not a formula: {problem}. {hint}".rstrip(), FormulaSyntaxError)

    def stop(self, text: str) -> tuple[list[str], int]:
        """The kinds of the tokens and the number of the one where reading stops; their count where it does not."""
        kinds = self._scan(text, 0)[1]
        try:
            self._plan(tuple(kinds))
        except _StoppedError as error:
            return kinds, error.index
        return kinds, len(kinds)


def _stop(example: str) -> tuple[list[str], int]:
    return _parser(US, "A1").stop(example)


def _refuse_depth(shape: tuple[str, ...]) -> None:
    """Refuse what is nested so deep, or has so many signs in a row, that it can only be an attack."""
    opened: list[str] = []
    signs = 0
    for index, kind in enumerate(shape):
        if kind in ("FUNCTION", "OPEN"):
            opened.append(kind)
            if len(opened) > MAX_PARENTHESES or opened.count("FUNCTION") > MAX_FUNCTIONS:
                limit = MAX_PARENTHESES if len(opened) > MAX_PARENTHESES else MAX_FUNCTIONS
                raise _StoppedError(index, f"The formula is nested more than {limit} levels deep.")
        elif kind == "CLOSE" and opened:
            opened.pop()
        signs = signs + 1 if kind in ("SIGN", "AT", "PERCENT") else 0
        if signs > MAX_SIGNS:
            raise _StoppedError(index, f"More than {MAX_SIGNS} signs stand in a row.")


def _carry_out(plan: Plan, tokens: Sequence[Any]) -> f.Node:
    """Make the nodes."""
    values: list[Any] = []
    following = iter(tokens).__next__
    for step in plan:
        if step is None:
            values.append(following())
        else:
            make, size = step
            if size == 1:
                values[-1] = make(values[-1])
            elif size:
                parts = values[-size:]
                del values[-size:]
                values.append(make(*parts))
            else:
                values.append(make())
    node: f.Node = values[0]
    return node


class _InA1:
    """An R1C1 address as the token of the same address in A1 notation."""

    def __init__(self, text: str, token: Match) -> None:
        self._text, self._token = text, token

    def group(self) -> str:
        return self._text

    def start(self) -> int:
        return self._token.start()

    def end(self) -> int:
        return self._token.end()


def _in_a1(tokens: list[Match], at: Cell) -> list[Match | _InA1]:
    return [_InA1(_a1(token, at), token) if token.lastgroup in ("CELL", "COLUMNS", "ROWS") else token for token in tokens]


def _a1(token: Match, at: Cell) -> str:
    found = a1_of_r1c1(token.group(), at)
    if found is None:
        raise Refused("A sheet has 1,048,576 rows and 16,384 columns.", token.start())
    return found
