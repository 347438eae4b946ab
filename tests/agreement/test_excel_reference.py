"""What translation writes, reading back understands: `read_back(translate(rule)) == rule`."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import formualizer
import pytest
from openpyxl.formatting.rule import Rule
from openpyxl.xml.functions import fromstring, tostring

from grammar import nodes as n
from grammar.errors import UnsupportedRuleError
from grammar.evaluate import evaluate
from grammar.excel.openpyxl_rules import to_openpyxl
from grammar.excel.read_back import read_back, without_guards
from grammar.excel.rule import Place
from grammar.excel.translate import translate
from grammar.formula import parse_formula
from grammar.look import Look
from grammar.passes import simplify
from grammar.passes.walk import bottom_up
from grammar.printer import show
from grammar.table import Table
from tests.agreement.books import Pair, make_pairs

TODAY = dt.date(2026, 6, 15)
SEED = 41


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    return list(make_pairs(SEED, 2000, TODAY))


def test_reading_back_gives_the_rule(pairs: list[Pair]) -> None:
    wrong = []
    for pair in pairs:
        back = _back(pair)
        if _one_form(back) != _one_form(pair.rule):
            wrong.append(f"{show(pair.rule)} -> {pair.excel.as_dict()} -> {show(back)}")
    assert not wrong, "\n".join(wrong[:10])


def test_what_is_read_back_matches_the_same_rows(pairs: list[Pair]) -> None:
    wrong = Counter(
        show(pair.rule)
        for pair in pairs
        if tuple(evaluate(_back(pair), pair.table, today=TODAY, blanks=pair.blanks)) != pair.expected
    )
    assert wrong == Counter()


def test_every_formula_parses_here_and_in_formualizer(pairs: list[Pair]) -> None:
    formulas = {formula for pair in pairs for formula in pair.excel.formulas}
    assert len(formulas) > 1000
    for formula in formulas:
        parse_formula(formula)
        formualizer.parse(f"={formula}")


def test_openpyxl_writes_and_reads_every_rule(pairs: list[Pair]) -> None:
    for pair in pairs:
        rule = to_openpyxl(pair.excel, Look.default())
        again = Rule.from_tree(fromstring(tostring(rule.to_tree())))  # type: ignore[arg-type]  # the stub's own Element
        assert isinstance(again, Rule)
        said = (again.type, again.operator, tuple(again.formula), again.rank, again.stdDev, again.text)
        wanted = pair.excel
        assert said == (wanted.type, wanted.operator, wanted.formulas, wanted.rank, wanted.std_dev, wanted.text)


@pytest.mark.parametrize("name", n.VISUALS)
def test_looks_come_back(name: str) -> None:
    table, place = Table.from_rows([["a", "b"], [1, 2]]), Place(5, 5, 3)
    rule = n.Visual(name, n.Column(1))
    excel = translate(rule, table, place)
    assert excel.sqref == "D5"
    assert read_back(to_openpyxl(excel, Look.default()), excel.sqref, place) == rule


def test_an_unknown_kind_is_unsupported() -> None:
    table, place = Table.from_rows([["a"], [1]]), Place(2, 2, 1)
    rule = to_openpyxl(translate(n.Formula("SUBTOTAL(9,A2)>1"), table, place), Look.default())
    with pytest.raises(UnsupportedRuleError):
        read_back(rule, "A2", place)


def _back(pair: Pair) -> n.Rule:
    back = read_back(to_openpyxl(pair.excel, Look.default()), pair.excel.sqref, pair.place)
    return back if pair.blanks == "excel" else without_guards(back)[0]


def _one_form(rule: n.Rule) -> n.Rule:
    """Simplified; and as no file tells `TextEquals(x, "12 Main St")` from `Equals(x, "12 Main St")`, the first for both."""

    def text_first(node: n.Rule) -> n.Rule:
        match node:
            case n.Compare("Equals", value, n.Text() as text):
                return n.TextTest("TextEquals", value, text)
            case n.Compare("NotEquals", value, n.Text() as text):
                return n.Not(n.TextTest("TextEquals", value, text))
            case _:
                return node

    return simplify(bottom_up(simplify(rule), text_first))
