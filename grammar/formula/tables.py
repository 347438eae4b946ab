"""`formula.lark` compiled by Lark: its LALR table as plain dictionaries, and one regular expression for its terminals.

Lark makes the table; the loop over it is ours (`parser.py`), because a chain of rules that only pass their child on (a number
is a primary is a range is a sum) costs Lark a call for every rule, and costs nothing here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from lark import Lark
from lark.grammar import Rule
from lark.lexer import TerminalDef

from grammar.formula.dialects import EU, Locale, Style

END = "$END"
UNKNOWN = "UNKNOWN"
"""The kind of a character that starts no terminal."""

SPACE = "SPACE"
_SUFFIXES = (EU.suffix, "__R1C1")


@dataclass(frozen=True, slots=True)
class Reduction:
    """A rule's right side was read: `size` symbols become one `origin`, made by the builder's `method` ("" passes it on)."""

    size: int
    origin: str
    method: str


Action = int | Reduction
"""The state to go to, or the rule that ends here."""


@dataclass(frozen=True, slots=True)
class Tables:
    """An LALR automaton and the scanner that feeds it."""

    actions: dict[int, dict[str, Action]]
    start: int
    end: int
    scanner: re.Pattern[str]

    def methods(self) -> set[str]:
        """Names of the builder's methods that the rules ask for."""
        found = (action for row in self.actions.values() for action in row.values() if isinstance(action, Reduction))
        return {reduction.method for reduction in found if reduction.method}


def grammar_text() -> str:
    """The file `formula.lark`."""
    return files("grammar.formula").joinpath("formula.lark").read_text(encoding="utf-8")


@lru_cache(maxsize=4)
def tables(locale: Locale, style: Style) -> Tables:
    """The tables of one way to write formulas; takes about 0.2 s the first time."""
    actions, start, end, terminals = _compiled()
    suffixes = {locale.suffix, "__R1C1" if style == "R1C1" else ""} - {""}
    kept = [t for t in terminals if not t.name.endswith(_SUFFIXES) or t.name.endswith(tuple(suffixes) or "-")]
    replaced = {t.name.partition("__")[0] for t in kept if "__" in t.name}
    chosen = [t for t in kept if t.name not in replaced]
    parts = [f"(?P<{t.name.partition('__')[0]}>{t.pattern.to_regexp()})" for t in sorted(chosen, key=_order)]
    scanner = re.compile("|".join([*parts, f"(?P<{UNKNOWN}>.)"]), re.DOTALL)
    return Tables(_with_collisions(actions, locale), start, end, scanner)


def _order(terminal: TerminalDef) -> tuple[int, int, str]:
    """By the priority in the grammar, then the longer expression, as Lark does."""
    return -terminal.priority, -len(terminal.pattern.value), terminal.name


def _with_collisions(actions: dict[int, dict[str, Action]], locale: Locale) -> dict[int, dict[str, Action]]:
    """An array's break may look like the arguments' separator: the state tells which it is, as in Lark's contextual lexer."""
    same = [
        kind
        for kind, text in (("COLUMN_BREAK", locale.column_break), ("ROW_BREAK", locale.row_break))
        if text == locale.separator
    ]
    changed = {}
    for state, row in actions.items():
        extra = next((row[kind] for kind in same if kind in row and "SEPARATOR" not in row), None)
        changed[state] = row if extra is None else {**row, "SEPARATOR": extra}
    return changed


class _KeepAlternatives:
    """Tells Lark to keep the terminals of other locales and of R1C1, which no rule names."""

    always_accept = (
        "NUMBER__EU", "SEPARATOR__EU", "COLUMN_BREAK__EU", "CELL__R1C1", "COLUMNS__R1C1", "ROWS__R1C1",
    )  # fmt: skip

    def process(self, stream: Any) -> Any:
        return stream


@lru_cache(maxsize=1)
def _compiled() -> tuple[dict[int, dict[str, Action]], int, int, list[TerminalDef]]:
    """Actions by state and symbol, start state, end state, terminals."""
    lark = Lark(grammar_text(), parser="lalr", lexer="basic", maybe_placeholders=False, postlex=_KeepAlternatives())
    data, memo = lark.memo_serialize([TerminalDef, Rule])
    table = data["parser"]["parser"]
    symbols: dict[int, str] = table["tokens"]
    actions: dict[int, dict[str, Action]] = {
        state: {symbols[symbol]: _action(kind, argument, memo) for symbol, (kind, argument) in row.items()}
        for state, row in table["states"].items()
    }
    return actions, table["start_states"]["start"], table["end_states"]["start"], list(lark.terminals)


def _action(kind: int, argument: Any, memo: dict[int, Any]) -> Action:
    """Lark writes a shift as (0, state) and a reduction as (1, {"@": rule})."""
    if kind == 0:
        return int(argument)
    rule = memo[argument["@"]]
    origin, size = rule["origin"]["name"], len(rule["expansion"])
    passes_on = rule["options"]["expand1"] and size == 1 and not rule["alias"]
    return Reduction(size, origin, "" if passes_on else rule["alias"] or origin)
