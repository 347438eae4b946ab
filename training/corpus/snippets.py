"""Code without descriptions, for pre-training: rules, Bash and Python, and which parts of it the second task masks.

Rules come from the public snippets (distinct ones; their literals become random word sentinels, since there are no words), Bash
from the public snippets, Python is cut out of the standard library with `ast`. Masked (Singh et al. 2023, continuous paragraph
denoising: identifiers and built-ins): predicates and columns of rules, names of Python that are no keywords, command names and
variables of Bash.
"""

from __future__ import annotations

import ast
import datetime as dt
import io
import keyword
import random
import sysconfig
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from grammar import nodes as n
from grammar.codec.encode import Encoder
from grammar.codec.literal_types import Expected
from grammar.codec.view import MAX_COLUMNS, make_view
from grammar.codec.words import MAX_WORDS
from grammar.errors import GrammarError
from grammar.parse import parse
from grammar.passes import simplify
from grammar.printer import show
from grammar.table import Table
from training.corpus.prose import with_column

_MAX_TEXT = 240
_ONE_COLUMN = Table.from_rows([["A"], [1]])


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of code; joined they are the code. `masked`: an identifier or a built-in."""

    text: str
    masked: bool


# -- rules -----------------------------------------------------------------------------------------------------------


class _Blind(Encoder):
    """Encodes a rule without a request: every literal is a random span of words, the column a random slot."""

    def __init__(self, rng: random.Random) -> None:
        super().__init__(make_view("", _ONE_COLUMN), dt.date(2026, 6, 15))
        self.slots = {0: rng.randrange(MAX_COLUMNS)}
        self.rng = rng

    def _span(self) -> list[str]:
        first = self.rng.randrange(MAX_WORDS - 3)
        return [f"w{first}", f"w{first + self.rng.choice((0, 0, 0, 1, 2))}"]

    def number(self, number: float, expected: Expected) -> list[str]:  # noqa: ARG002  # the literal's own value does not matter
        return self._span()

    def date(self, date: n.Date) -> list[str]:  # noqa: ARG002  # see above
        return self._span()

    def text(  # see above
        self, name: str, text: n.Value, beside: n.Value | None, expected: Expected = Expected.TEXT  # noqa: ARG002
    ) -> list[str]:  # fmt: skip
        return self._span() if isinstance(text, n.Text) else self.value(text, expected)


def rule_tokens(rule: n.Rule, rng: random.Random) -> list[str]:
    """Tokens of a rule over `c[0]`, with random sentinels."""
    return _Blind(rng).rule(rule)


def is_masked_token(token: str) -> bool:
    """Whether the second task hides this token of a rule: all but word sentinels."""
    return not (token[0] == "w" and token[1:].isdigit())


def read_rules(lines: Iterable[str]) -> list[n.Rule]:
    """The distinct rules that parse and can be encoded, over `c[0]`."""
    found: dict[str, n.Rule] = {}
    rng = random.Random(0)
    for line in dict.fromkeys(lines):
        try:
            rule = simplify(with_column(parse(line), 0))
            rule_tokens(rule, rng)
        except GrammarError:
            continue
        found.setdefault(show(rule), rule)
    return list(found.values())


# -- Python ----------------------------------------------------------------------------------------------------------


def python_lines(limit: int, folder: Path | None = None) -> list[str]:
    """Distinct one-line statements of the standard library, at most `limit`, always the same on one version of Python."""
    found: dict[str, None] = {}
    for path in sorted((folder or Path(sysconfig.get_path("stdlib"))).glob("*.py")):
        for line in _statements(path):
            found[line] = None
            if len(found) == limit:
                return list(found)
    return list(found)


def _statements(path: Path) -> Iterator[str]:
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError, OSError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.Return | ast.Expr | ast.Assert | ast.Raise | ast.Delete):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                continue  # a docstring
            text = ast.unparse(node)
            if "\n" not in text and 8 <= len(text) <= _MAX_TEXT:
                yield text


def python_segments(code: str) -> list[Segment]:
    """Names that are no keywords are masked; ValueError when the code has no tokens of Python."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(code).readline))
    except (tokenize.TokenError, SyntaxError) as error:
        raise ValueError(f"not Python: {error}") from error
    names = [t for t in tokens if t.type == tokenize.NAME and not keyword.iskeyword(t.string) and t.start[0] == 1]
    return _cut(code, [(t.start[1], t.end[1]) for t in names])


# -- Bash ------------------------------------------------------------------------------------------------------------


def bash_lines(lines: Iterable[str], limit: int) -> list[str]:
    """Distinct commands that bashlex can parse, at most `limit`."""
    found: list[str] = []
    for line in dict.fromkeys(text.strip() for text in lines):
        if 4 <= len(line) <= _MAX_TEXT and _bash_spans(line):
            found.append(line)
            if len(found) == limit:
                break
    return found


def bash_segments(code: str) -> list[Segment]:
    """Command names and variables are masked."""
    return _cut(code, _bash_spans(code))


def _bash_spans(code: str) -> list[tuple[int, int]]:
    """Places of command names and variables; empty when the code is no Bash that bashlex (extra `train`) reads."""
    bashlex: Any = import_module("bashlex")  # untyped
    try:
        trees = bashlex.parse(code)
    except Exception:  # bashlex raises whatever its parser trips over
        return []
    spans: list[tuple[int, int]] = []
    waiting = list(trees)
    while waiting:
        node = waiting.pop()
        children = [*getattr(node, "parts", []), *getattr(node, "list", [])]
        if node.kind == "command":
            words = [child for child in node.parts if child.kind == "word"]
            spans += [words[0].pos] if words and not getattr(words[0], "parts", []) else []
        elif node.kind == "parameter":
            spans.append(node.pos)
        waiting += children + ([node.command] if getattr(node, "command", None) is not None else [])
    return sorted(set(spans))


def _cut(code: str, spans: list[tuple[int, int]]) -> list[Segment]:
    segments, at = [], 0
    for first, last in spans:
        if first < at:  # inside another one
            continue
        segments += [Segment(code[at:first], masked=False), Segment(code[first:last], masked=True)]
        at = last
    segments.append(Segment(code[at:], masked=False))
    return [segment for segment in segments if segment.text]
