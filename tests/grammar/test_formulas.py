"""Excel formulas: case pairs, errors, round trips, moved and listed references."""

from __future__ import annotations

import os
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from grammar import formula_nodes as f
from grammar.errors import FormulaSyntaxError, GrammarError
from grammar.formulas import parse_formula, references, shift, show_formula
from tests.grammar.cases.load import pairs

DATA = Path(os.environ.get("CF_ASSISTANT_DATA", "../shared/data"))

refs = st.builds(
    f.Ref,
    st.integers(1, 16384),
    st.integers(1, 1048576),
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, "S", "My Sheet", "It's", "2024"]),
)
plain = st.builds(f.Ref, st.integers(1, 30), st.integers(1, 30))
constants = st.one_of(
    st.floats(0, allow_nan=False, allow_infinity=False).map(f.Number),
    st.text(max_size=6).map(f.String),
    st.booleans().map(f.Boolean),
    st.sampled_from(["#REF!", "#N/A", "#DIV/0!"]).map(f.ErrorValue),
)
whole_columns = st.builds(f.Ref, st.integers(1, 9), st.just(0), st.booleans())
leaves = st.one_of(
    constants, refs, plain, st.builds(f.Name, st.sampled_from(["tax_rate", "Größe", "x.y"])),
    st.just(f.Structured("Sales[[#This Row],[Net]]")),
    st.builds(f.Span, whole_columns, whole_columns),
    st.builds(f.Array, st.lists(st.lists(constants, min_size=1, max_size=2).map(tuple), min_size=1, max_size=2).map(tuple)),
)  # fmt: skip


def _deeper(nodes: st.SearchStrategy[f.Node]) -> st.SearchStrategy[f.Node]:
    operators = st.sampled_from(["=", "<>", "<", "<=", ">", ">=", "&", "+", "-", "*", "/", "^"])
    arguments = st.lists(nodes, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(f.Binary, operators, nodes, nodes),
        st.builds(f.Binary, st.just(" "), plain, plain),
        st.builds(f.Signed, st.sampled_from("-+@"), nodes),
        st.builds(f.Postfix, st.just("%"), nodes),
        st.builds(f.Postfix, st.just("#"), plain),
        st.builds(f.Range, plain, plain),
        st.builds(f.Call, st.sampled_from(["SUM", "IF", "LOG10"]), arguments),
        st.builds(f.Union, arguments),
    )


formulas = st.recursive(leaves, _deeper, max_leaves=8)


@pytest.mark.parametrize(("text", "canonical"), pairs("formulas.txt"))
def test_cases(text: str, canonical: str) -> None:
    node = parse_formula(text)
    assert show_formula(node) == canonical
    assert parse_formula(canonical) == node


@pytest.mark.parametrize(("text", "expected"), pairs("formula_errors.txt"))
def test_errors(text: str, expected: str) -> None:
    column, message = expected.split(" ", 1)
    with pytest.raises(FormulaSyntaxError) as caught:
        parse_formula(text)
    assert message in caught.value.message
    assert (caught.value.line, caught.value.column) == (1, int(column))
    assert caught.value.caret == f"{text}\n{' ' * (int(column) - 1)}^"


@settings(max_examples=400, deadline=None)
@given(node=formulas)
def test_printed_formulas_are_read_back(node: f.Node) -> None:
    assert parse_formula("=" + show_formula(node)) == node


@settings(max_examples=200, deadline=None)
@given(node=formulas, rows=st.integers(0, 50), columns=st.integers(0, 5))
def test_shift_there_and_back(node: f.Node, rows: int, columns: int) -> None:
    moved = shift(node, rows=rows, columns=columns)
    if "#REF!" not in show_formula(moved):
        assert shift(moved, rows=-rows, columns=-columns) == node


def test_precedence_is_excels() -> None:
    assert parse_formula("-2^2") == f.Binary("^", f.Signed("-", f.Number(2)), f.Number(2))
    assert parse_formula("1&2=12") == f.Binary("=", f.Binary("&", f.Number(1), f.Number(2)), f.Number(12))
    assert parse_formula("2^3^2") == f.Binary("^", f.Binary("^", f.Number(2), f.Number(3)), f.Number(2))


@pytest.mark.parametrize(("text", "moved"), pairs("formula_shift.txt"))
def test_shift(text: str, moved: str) -> None:
    assert show_formula(shift(parse_formula(text), rows=2, columns=1)) == moved


def test_references() -> None:
    node = parse_formula("IF(A1>SUM(B1:B9,A1),VLOOKUP(A1,Rates!$A:$C,2),rate*T[x])+INDEX(C:C,1):D4")
    assert [show_formula(reference) for reference in references(node)] == [
        "A1", "B1:B9", "Rates!$A:$C", "rate", "T[x]", "C:C", "D4",
    ]  # fmt: skip


def test_long_sums_and_attacks() -> None:
    long = "+".join(["A1"] * 2500)
    node = parse_formula(long)
    assert show_formula(shift(node, rows=1)) == "+".join(["A2"] * 2500)
    assert len(references(node)) == 1
    start = time.perf_counter()
    for text in (
        "(" * 5000,
        "-" * 5000 + "1",
        "IF(" * 500 + "1" + ")" * 500,
        "{" * 3000,
        '"' * 4001,
        "A1 " * 2000 + "(",
        "[" * 4000,
    ):
        with pytest.raises(GrammarError):
            parse_formula(text)
    assert time.perf_counter() - start < 5
    with pytest.raises(FormulaSyntaxError, match="8,192 characters"):
        parse_formula("1+" * 5000)


@pytest.mark.data
def test_euses() -> None:
    path = DATA / "formulas" / "euses_sample.txt"
    if not path.exists():
        pytest.skip("the folder CF_ASSISTANT_DATA is not here")
    lines = [line[1:-1].replace('""', '"') for line in path.read_text(encoding="utf-8").splitlines()][::10]
    failed = [line for line in lines if not _is_read_back(line)]
    assert len(failed) < 0.01 * len(lines), failed


@pytest.mark.data
def test_conditional_formats_of_real_workbooks() -> None:
    if not DATA.exists():
        pytest.skip("the folder CF_ASSISTANT_DATA is not here")
    found = [formula for path in sorted((DATA / "workbooks").glob("*.xls?")) for formula in _formulas_of(path)]
    assert len(found) > 500
    assert [formula for formula in found if not _is_read_back(formula)] == []


def _formulas_of(path: Path) -> list[str]:
    found: list[str] = []
    with zipfile.ZipFile(path) as book:
        for name in book.namelist():
            if name.startswith("xl/worksheets/sheet") and name.endswith(".xml"):
                root = etree.fromstring(book.read(name))
                found += root.xpath("//*[local-name()='cfRule']//*[local-name()='formula' or local-name()='f']/text()")
    return found


def _is_read_back(text: str) -> bool:
    try:
        node = parse_formula(text)
    except FormulaSyntaxError:
        return False
    return parse_formula(show_formula(node)) == node
