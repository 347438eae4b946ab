"""What to do about a syntax error, found by examples of the mistake.

An example is cut down to its situation: what stands before the place where reading stopped, what stands there, and which
parenthesis is open. A formula that stops in the same situation gets the example's hint. The idea is Jeffery's ("Generating LR
syntax error messages from examples", TOPLAS 2003); the situation is looser than a state of the automaton, so few examples do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grammar.formula.tables import END

Situation = tuple[str, str, str]
"""Kind before ("operand", "operator", a kind, or "" at the start), kind here, kind of the innermost open parenthesis."""

_OPERANDS = frozenset({
    "CELL", "COLUMNS", "ROWS", "NAME", "NUMBER", "STRING", "BOOLEAN", "ERROR", "STRUCTURED", "QUOTED",
})  # fmt: skip
_CLOSED = frozenset({"CLOSE", "CLOSE_ARRAY", "PERCENT", "HASH"})
_OPERATORS = frozenset({"COMPARISON", "JOIN", "SIGN", "TIMES", "POWER", "COLON", "AT", "BLANK"})
_OPENING = {"FUNCTION": "CLOSE", "OPEN": "CLOSE", "OPEN_ARRAY": "CLOSE_ARRAY"}

EXAMPLES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Close the parenthesis of the function: SUM(A1).", ("SUM(A1", "IF(A1>1,SUM(B1),2")),
    ("Close the parenthesis: (A1+2)*3.", ("(A1+2",)),
    ("Close the array: {1,2;3,4}.", ("{1", "{", "{1,", "{1;2;")),
    ("Something has to follow the operator: A1+1.", ("A1+", "SUM(A1+", "(A1+", "A1+)", "SUM(A1+)", "SUM(A1+,2)")),
    ("The last argument and the closing parenthesis are missing: IF(A1,2,3).", ("IF(A1,", "SUM(")),
    ("There is a closing parenthesis too many.", ("A1)",)),
    ("Empty parentheses stand only behind a function's name: TODAY().", ("()", "A1+()")),
    ("A formula begins with one =, and comparisons are = <> < <= > >=.", ("=A1", "A1==2", "A1=>2", "IF(A1==2", "(A1=<2")),
    ("Not equal is written <>.", ("A1!=2", "IF(A1!=2", "(A1!=2")),
    (
        "Something has to stand before the operator: A1*2.",
        ("*A1", "SUM(*A1)", "IF(A1,*2)", "&A1", "^2", "SUM(&A1)", "(*A1)", "%", ":A1", "SUM(:A1)", "SUM(=A1)"),
    ),
    (
        "Between two operators a value is missing: A1+B1*2.",
        ("A1+*2", "A1+&2", "A1+^2", "A1+%", "A1+:B1", "SUM(A1+*2)", "SUM(A1+&2)", "(A1+*2)", "SUM(A1+:B1)"),
    ),
    (
        'Between two values an operator is missing, or a comma: A1&"x", SUM(A1,5).',
        ("5 6", 'A1 "x"', "A1 {1}", 'SUM(A1 "x")', "(5 6)", "SUM(5 6)", "SUM(A1 {1})", "A1'x'", "5A1", "5(2)"),
    ),
    ("Arguments are parted by commas: IF(A1,2).", ("IF(A1;2)", "IF(;2)", "IF(A1,;2)")),
    ("A semicolon parts the rows of an array only: {1;2}.", ("A1;2", "(A1;2)", ";2")),
    ("A comma parts arguments and areas only: SUM(A1,B1).", (",2", "A1+,2", "(,2)")),
    (
        "An array holds constants only: {1,2;3,4}.",
        ("{A1}", "{1,A1}", "{1;A1}", "{1+2}", "{}", "{(1)}", "{1,(1)}", "{SUM(1)}", "{1,SUM(1)}", "{1%}", "{-A1}", "{a}",
         "{1,}", "{,1}", "{;1}", "{1,,2}", "{{1}}"),
    ),
    ("This } has no {.", ("A1}", "SUM(A1}", "(A1}", "}")),
    (
        "A cell or a name has to follow the sheet: Sheet1!A1.",
        ("Sheet1!", "Sheet1!+", "Sheet1!5", "SUM(Sheet1!)", "Sheet1!(A1)", 'S!"x"'),
    ),
    (
        "Text stands in double quotes, a sheet's name is followed by a !: \"x\", 'My Sheet'!A1.",
        ("'x'", "A1='x'", "IF('x',1)", "IF(A1,'x')", "('x')", "IF(A1='x'", "(A1='x')", "'x'A1"),
    ),
    ("A # stands behind the cell whose spilled range is meant, A1#, or begins an error such as #N/A.", ("#", "A1+#", "SUM(#")),
)  # fmt: skip

CHARACTERS = {
    '"': "a text that starts here has no closing quote",
    "'": "a name in quotes that starts here has no closing quote",
    "[": "a bracket that starts here is not closed",
    "]": "this bracket was not opened",
    **dict.fromkeys("“”„«»", 'this quote is not the straight one: write "x"'),
    **dict.fromkeys("‘’‚", "this quote is not the straight one: write 'My Sheet'!A1"),
    **dict.fromkeys("–—−", "this dash is not a minus: write -"),
    "×": "multiplication is written *",
    "÷": "division is written /",
    "≤": "less than or equal is written <=",
    "≥": "greater than or equal is written >=",
    "≠": "not equal is written <>",
    "!": "an exclamation mark stands behind a sheet's name: Sheet1!A1; not equal is written <>",
    "$": "a $ stands before the letter or the number of a cell: $A$1",
    **dict.fromkeys("0123456789", "this is neither a number nor a name; a name begins with a letter"),
}


def situation(kinds: Sequence[str], index: int) -> Situation:
    """Where reading stopped, at the token number `index`, which may be the end."""
    opened: list[str] = []
    for kind in kinds[:index]:
        if kind in _OPENING:
            opened.append(kind)
        elif opened and _OPENING[opened[-1]] == kind:
            opened.pop()
    here = kinds[index] if index < len(kinds) else END
    return _before(kinds[index - 1]) if index else "", "operand" if here in _OPERANDS else here, opened[-1] if opened else ""


def _before(kind: str) -> str:
    if kind in _OPERANDS or kind in _CLOSED:
        return "operand"
    return "operator" if kind in _OPERATORS else kind


class Hints:
    """The hints of all examples by their situation; `stop` says the kinds of a text's tokens and where reading stops."""

    def __init__(self, stop: Callable[[str], tuple[Sequence[str], int]]) -> None:
        self._exact: dict[Situation, str] = {}
        self._anywhere: dict[tuple[str, str], str] = {}
        for hint, examples in EXAMPLES:
            for example in examples:
                found = situation(*stop(example))
                self._exact.setdefault(found, hint)
                self._anywhere.setdefault(found[:2], hint)

    def find(self, kinds: Sequence[str], index: int) -> str:
        """The hint for a formula that stops there; "" where no example is like it."""
        found = situation(kinds, index)
        return self._exact.get(found) or self._anywhere.get(found[:2], "")


def what_is_wrong(character: str) -> str:
    """About a character that begins nothing."""
    return CHARACTERS.get(character, f"'{character}' cannot stand here")
