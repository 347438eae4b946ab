"""Random trees are printed and read back; mutated formulas give a tree or an error, at once."""

from __future__ import annotations

import random
import time

from hypothesis import example, given, settings
from hypothesis import strategies as st

from grammar.errors import FormulaSyntaxError
from grammar.formula import EU, dependencies, for_cell, nodes, parse_formula, shift, show_formula
from tests.grammar.cases.load import pairs
from tests.grammar.formula.strategies import formulas
from tests.grammar.formula.test_cases import CASES

SOURCES = [text for text, _ in pairs("formulas.txt", CASES)]
SIGNS = [
    *"()[]{}'\"!:,;#@%^&*/+-<>=$ .\\?|~`0A9é\n\t",
    "A1",
    "R1C1",
    "Sheet1!",
    "'x'!",
    "SUM(",
    "#REF!",
    "#N/A",
    "[1]",
    "T[",
    "TRUE",
    "1E5",
]


@settings(max_examples=200, deadline=None)
@given(node=formulas)
def test_printed_formulas_are_read_back(node: nodes.Node) -> None:
    text = show_formula(node)
    assert parse_formula("=" + text) == node
    assert show_formula(parse_formula(text)) == text


@settings(max_examples=100, deadline=None)
@given(node=formulas)
def test_the_locale_with_semicolons(node: nodes.Node) -> None:
    assert parse_formula(show_formula(node, locale=EU), locale=EU) == node


@settings(max_examples=100, deadline=None)
@given(
    node=formulas.filter(lambda node: "R1C1" not in show_formula(node)),
    row=st.integers(1, 1048576),
    column=st.integers(1, 16384),
)
def test_r1c1(node: nodes.Node, row: int, column: int) -> None:
    text = show_formula(node, style="R1C1", at=(row, column))
    assert parse_formula(text, style="R1C1", at=(row, column)) == node


@settings(max_examples=150, deadline=None)
@given(node=formulas, rows=st.integers(-2000000, 2000000), columns=st.integers(-20000, 20000))
def test_a_conditional_format_goes_there_and_back(node: nodes.Node, rows: int, columns: int) -> None:
    there = for_cell(node, (1, 1), (1 + rows, 1 + columns))
    assert for_cell(there, (1 + rows, 1 + columns), (1, 1)) == node


@settings(max_examples=150, deadline=None)
@given(node=formulas, rows=st.integers(0, 50), columns=st.integers(0, 5))
def test_a_copied_formula_goes_there_and_back(node: nodes.Node, rows: int, columns: int) -> None:
    moved = shift(node, rows=rows, columns=columns)
    if "#REF!" not in show_formula(moved):
        assert shift(moved, rows=-rows, columns=-columns) == node
    dependencies(moved)


@settings(max_examples=500, deadline=None)
@given(seed=st.integers(0, 2**32), count=st.integers(1, 6), source=st.sampled_from(SOURCES))
def test_mutated_formulas_give_a_tree_or_an_error(seed: int, count: int, source: str) -> None:
    text = _mutated(source, count, random.Random(seed))
    started = time.process_time()
    try:
        node = parse_formula(text)
        assert parse_formula(show_formula(node)) == node
    except FormulaSyntaxError as error:
        problem = error
    else:
        problem = None
    assert problem is None or (min(problem.line, problem.column) >= 1 and problem.message)
    assert time.process_time() - started < 1


@settings(max_examples=500, deadline=None)
@given(
    text=st.one_of(st.text(max_size=40), st.lists(st.sampled_from(SIGNS), max_size=30).map("".join)),
    style=st.sampled_from(["A1", "R1C1"]),
)
@example(text="A1:" * 2000, style="A1")
@example(text="!" * 2000, style="A1")
@example(text="'" * 2000 + "!", style="A1")
@example(text="[" * 2000 + "]" * 2000, style="A1")
@example(text="T[" + "'" * 2000 + "]", style="A1")
@example(text="a" * 8000 + "!", style="A1")
@example(text="a:" * 4000, style="A1")
@example(text="R[1]" * 2000, style="R1C1")
@example(text=" " * 8000 + "x", style="A1")
@example(text="1" + " " * 8000 + "x", style="A1")
def test_any_text_gives_a_tree_or_an_error(text: str, style: str) -> None:
    started = time.process_time()
    try:
        node = parse_formula(text, style=style)
        assert parse_formula(show_formula(node, style=style), style=style) == node
    except FormulaSyntaxError:
        pass
    assert time.process_time() - started < 1


def _mutated(text: str, count: int, rng: random.Random) -> str:
    for _ in range(count):
        place = rng.randrange(len(text) + 1)
        length = rng.choice((0, 0, 1, 1, 2, 5))
        added = rng.choice((rng.choice(SIGNS), rng.choice(SIGNS), "", "", rng.choice(SOURCES)))
        text = text[:place] + added + text[place + length :]
    return text
