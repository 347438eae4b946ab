"""The output language as a push-down automaton: which token may stand next.

A state is a stack of what is still expected, the next thing last. The automaton knows the shape of the prefix notation that
`encode` writes and `decode` reads, the columns and values of the view, and that a span ends at or after its first word;
whether the rule makes sense on the table is the type check's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from grammar import nodes as n
from grammar.codec.view import View
from grammar.codec.vocabulary import ABSTAIN, ICON_STYLES, LOOKS, MODIFIERS, PAD, RULES, YEARS

MAX_SPAN = 9

# what may be expected
RULE, INNER, COLUMN, LEFT, RIGHT, OPERAND, TEXT, COUNT, STYLE, WORD, END, TAIL, COLOUR, DONE = range(14)

_ARGUMENTS: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(n.COMPARISONS, (LEFT, RIGHT)),
    **dict.fromkeys(n.RANGES, (LEFT, RIGHT, RIGHT)),
    **dict.fromkeys(n.TEXT_TESTS, (COLUMN, TEXT)),
    **dict.fromkeys((*n.STATES, *n.PERIODS, *n.AVERAGES), (COLUMN,)),
    **dict.fromkeys(n.RANKS, (COLUMN, COUNT)),
    "AND": (INNER, INNER),
    "OR": (INNER, INNER),
    "NOT": (INNER,),
}
_TOP_ONLY: dict[str, tuple[int, ...]] = {"ColorScale": (COLUMN,), "DataBar": (COLUMN,), "IconSet": (COLUMN, STYLE), ABSTAIN: ()}
_VALUES: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(n.FUNCTIONS, (COLUMN,)),
    "ABS": (LEFT,),
    **dict.fromkeys(n.OPERATORS, (RIGHT, OPERAND)),
    **dict.fromkeys(MODIFIERS, (WORD,)),
    **dict.fromkeys((*YEARS, "TODAY()", "TRUE", "FALSE"), ()),
}
_LEFT: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(n.FUNCTIONS, (COLUMN,)),
    "ABS": (LEFT,),
    **dict.fromkeys(n.OPERATORS, (LEFT, OPERAND)),
}
_TAIL: dict[str, tuple[int, ...]] = {name: (COLOUR,) if name in ("FILL", "FONT", "BORDER") else () for name in LOOKS}


@dataclass(frozen=True, slots=True)
class State:
    """`stack`: what is expected, next last; `column`: slot named last; `word`: first word of the span being read."""

    stack: tuple[int, ...] = (TAIL, RULE)
    column: int = -1
    word: int = -1


START = State()


class Automaton:
    """The automaton of one view; states are small and hashable."""

    def __init__(self, view: View) -> None:
        self.words = len(view.words)
        self.columns = len(view.columns)
        self.values = {(value.column, value.slot) for value in view.values}

    def step(self, state: State, token: int) -> State | None:
        """The state after the token; None where it may not stand. After the final pad the stack is empty."""
        if token >= len(RULES):  # a piece of code
            return None
        expected, rest = state.stack[-1], state.stack[:-1]
        name, number = _split(token)
        match name:
            case "w":
                return self._word(state, expected, rest, number)
            case "c":
                allowed = number < self.columns and expected in (COLUMN, LEFT, RIGHT, OPERAND, TEXT)
                return State(rest, number) if allowed else None
            case "v":
                allowed = (state.column, number) in self.values and expected in (RIGHT, TEXT)
                return State(rest, state.column) if allowed else None
            case _:
                return self._plain(state, expected, rest, name)

    def _word(self, state: State, expected: int, rest: tuple[int, ...], word: int) -> State | None:
        if word >= self.words:
            return None
        if expected == END:
            return State(rest, state.column) if state.word <= word < state.word + MAX_SPAN else None
        if expected in (RIGHT, OPERAND, TEXT, COUNT, WORD, COLOUR):
            return State((*rest, END), state.column, word)
        return None

    @staticmethod
    def _plain(state: State, expected: int, rest: tuple[int, ...], name: str) -> State | None:
        more: tuple[int, ...] | None = None
        if expected in (RULE, INNER):
            more = _ARGUMENTS.get(name)
            if more is None and expected == RULE:
                more = _TOP_ONLY.get(name)
        elif expected in (RIGHT, OPERAND):
            more = () if name[0] == "#" else _VALUES.get(name)
        elif expected == LEFT:
            more = _LEFT.get(name)
        elif expected == COUNT:
            more = () if name[0] == "#" else None
        elif expected == STYLE:
            more = () if name in ICON_STYLES else None
        elif expected == TAIL:
            if name == PAD:
                return State((), state.column)
            more = _TAIL.get(name)
            rest = state.stack
        return None if more is None else State((*rest, *reversed(more)), state.column)


@lru_cache(maxsize=1024)
def _split(token: int) -> tuple[str, int]:
    name = RULES.tokens[token]
    if name[0] in "cvw" and name[1:].isdigit():
        return name[0], int(name[1:])
    return name, -1
