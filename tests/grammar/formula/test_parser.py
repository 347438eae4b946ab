"""The parser beside Lark's own, its plans, places, limits, and hints."""

from __future__ import annotations

import os
import re
import time
from functools import lru_cache
from pathlib import Path

import pytest
from lark import Lark, Token, Transformer

from grammar.errors import FormulaSyntaxError, GrammarError
from grammar.formula import nodes as f
from grammar.formula import parse_formula, references, shift, show_formula
from grammar.formula.build import Builder
from grammar.formula.dialects import US
from grammar.formula.hints import EXAMPLES
from grammar.formula.tables import grammar_text, tables
from grammar.formula.walk import walk
from tests.grammar.cases.load import pairs

DATA = Path(os.environ.get("CF_ASSISTANT_DATA", "../shared/data"))
CASES = Path(__file__).parent / "cases"


class _Piece:
    """Lark's token as the builder's."""

    def __init__(self, token: Token) -> None:
        self._token = token

    def group(self) -> str:
        return str(self._token)

    def start(self) -> int:
        return self._token.start_pos or 0

    def end(self) -> int:
        return self._token.end_pos or 0


class _Lark(Transformer[Token, object]):
    """Lark's own tree, built by our builder."""

    def __init__(self) -> None:
        super().__init__()
        for rule in tables(US, "A1").methods():
            setattr(self, rule, self._caller(getattr(Builder(US), rule)))

    @staticmethod
    def _caller(make):
        return lambda children: make(*(_Piece(child) if isinstance(child, Token) else child for child in children))


@lru_cache(maxsize=1)
def _lark() -> Lark:
    source = re.sub(r"^(\w+__(EU|R1C1)|COLUMN_BREAK: ).*\n", "", grammar_text(), flags=re.MULTILINE)
    source = source.replace("COLUMN_BREAK", "SEPARATOR")  # both are commas here, and Lark does not tell them apart by itself
    return Lark(source, parser="lalr", lexer="contextual", maybe_placeholders=False, keep_all_tokens=True)


@pytest.mark.parametrize(("text", "_canonical"), pairs("formulas.txt", CASES))
def test_larks_own_parser_gives_the_same_tree(text: str, _canonical: str) -> None:
    text = text.removeprefix("=")
    assert _Lark().transform(_lark().parse(text)) == parse_formula(text)


def test_precedence_is_excels() -> None:
    one, two, three = (f.Number(k) for k in (1, 2, 3))
    assert parse_formula("-2^2") == f.Binary("^", f.Signed("-", two), two)
    assert parse_formula("-2%") == f.Postfix("%", f.Signed("-", two))
    assert parse_formula("1&2=12") == f.Binary("=", f.Binary("&", one, two), f.Number(12))
    assert parse_formula("2^3^2") == f.Binary("^", f.Binary("^", two, three), two)
    a, b, c = (f.Ref(k, 1) for k in (1, 2, 3))
    assert parse_formula("-A1:B1 C1") == f.Signed("-", f.Binary(" ", f.Range(a, b), c))
    assert parse_formula("1+2*3&1") == f.Binary("&", f.Binary("+", one, f.Binary("*", two, three)), one)


def test_places_are_those_of_the_text() -> None:
    text = '= IF( A1:$B$2>1.5 , -Sheet1!C3% , T[x] & "y" )'
    found = {text[place[0] : place[1]].strip() for node in walk(parse_formula(text)) if (place := node.place) is not None}
    assert found == {
        text[2:], "A1:$B$2>1.5", "A1:$B$2", "A1", "$B$2", "1.5", "-Sheet1!C3%", "-Sheet1!C3", "Sheet1!C3", 'T[x] & "y"', "T[x]",
        '"y"',
    }  # fmt: skip


def test_places_do_not_matter_for_equality() -> None:
    spaced, plain = parse_formula(" ( A1 + 1 ) "), parse_formula("A1+1")
    assert spaced == plain
    assert hash(spaced) == hash(plain)
    assert spaced.place != plain.place
    assert f.Number(1) != f.Boolean(True)
    assert f.Number(1) != 1


def test_equality_sees_every_difference() -> None:
    texts = ["A1", "$A1", "A$1", "S!A1", "A1:A1", "A:A", "A", "A()", "A(A1)", "A(A1,)", '"A"', "TRUE", "1", "{1}", "{1,1}",
             "{1;1}", "T[A]", "T[@A]", "T[[A]:[A]]", "[A]", "-1", "+1", "1%", "1+1", "1-1", "(A1,A1)", "A1 A1", "#N/A",
             "@A1", "A1#"]  # fmt: skip
    nodes = [parse_formula(text) for text in texts]
    for i, one in enumerate(nodes):
        assert [one == other for other in nodes] == [i == k for k in range(len(nodes))]


def test_plans_are_shared_by_shape_and_may_be_left_out() -> None:
    for text in ("A1+B2*3", "C7+$D$2*99", "IF(A1,,2)"):
        assert parse_formula(text) == parse_formula(text) == parse_formula(text, remember=False)


def test_lines() -> None:
    assert parse_formula("=IF(A1>1,\n  2,\n\t3)") == parse_formula("IF(A1>1,2,3)")
    assert parse_formula('"line\nbreak"') == f.String("line\nbreak")
    with pytest.raises(FormulaSyntaxError) as caught:
        parse_formula("IF(A1>1,\n  2 3)")
    assert (caught.value.line, caught.value.column, caught.value.caret) == (2, 5, "  2 3)\n    ^")


@pytest.mark.parametrize(("hint", "examples"), EXAMPLES)
def test_every_example_of_a_mistake_gets_its_hint(hint: str, examples: tuple[str, ...]) -> None:
    for example in examples:
        with pytest.raises(FormulaSyntaxError) as caught:
            parse_formula("=" + example)
        assert caught.value.message.endswith(hint), example


@pytest.mark.parametrize("text", ["", "  ", "=", " = "])
def test_nothing_is_no_formula(text: str) -> None:
    with pytest.raises(FormulaSyntaxError, match="there is nothing"):
        parse_formula(text)


def test_references() -> None:
    node = parse_formula("IF(A1>SUM(B1:B9,A1),VLOOKUP(A1,Rates!$A:$C,2),rate*T[x])+INDEX(C:C,1):D4")
    assert [show_formula(reference) for reference in references(node)] == [
        "A1", "B1:B9", "Rates!$A:$C", "rate", "T[x]", "C:C", "D4",
    ]  # fmt: skip


def test_long_formulas() -> None:
    long = "+".join(["A1"] * 2500)
    node = parse_formula(long)
    assert node == parse_formula(long, remember=False)
    assert show_formula(shift(node, rows=1)) == "+".join(["A2"] * 2500)
    assert len(references(node)) == 1
    for text in (
        ":".join(["A1"] * 2500),
        " ".join(["A1"] * 2500),
        "LAMBDA(1)" + "()" * 2500,
        "SUM(" + ",".join(["1"] * 4000) + ")",
    ):
        assert show_formula(parse_formula(text)) == text


@pytest.mark.parametrize(
    "text",
    ["(" * 5000, "-" * 5000 + "1", "1" + "%" * 5000, "IF(" * 500 + "1" + ")" * 500, "{" * 3000, '"' * 4001, "A1 " * 2000 + "(",
     "[" * 4000, "'" * 4001, "A1:" * 2500, "a." * 4000 + "(", "T[" + "[a]," * 1500, "1" * 8000 + "x", "1+" * 5000],
)  # fmt: skip
def test_attacks_are_refused_at_once(text: str) -> None:
    started = time.perf_counter()
    with pytest.raises(GrammarError):
        parse_formula(text)
    assert time.perf_counter() - started < 1


def test_too_long_for_excel() -> None:
    with pytest.raises(FormulaSyntaxError, match="8,192 characters"):
        parse_formula("1+" * 5000)


def test_a_thousand_formulas_a_second_at_least() -> None:
    """A guard against a slip of the whole design; the figure itself is the benchmark's."""
    texts = [f"IF(AND($B{k}>={k},C{k}<>\"x\"),SUM(D{k}:F{k})*{k}%,'My Sheet'!A{k})" for k in range(1, 501)]
    parse_formula(texts[0])
    started = time.process_time()
    for text in texts:
        parse_formula(text, remember=False)
    assert len(texts) / (time.process_time() - started) > 1000
