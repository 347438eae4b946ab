"""Random formulas as trees that the parser can give."""

from __future__ import annotations

from hypothesis import strategies as st

from grammar.formula import nodes as f

sheets = st.sampled_from(
    [None, None, None, "S", "My Sheet", "It's", "2024", "A1", "Jan:Dec", "[1]S", "C:\\x\\[b.xlsx]Q1", "データ", ""]
)
names = st.sampled_from(["tax_rate", "Größe", "x.y", "a", "b", "XFE", "\\q", "_x", "R1C1", "名前"])
titles = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=6).filter(
    lambda text: text.strip() == text
)

cells = st.builds(f.Ref, st.integers(1, 16384), st.integers(1, 1048576), st.booleans(), st.booleans(), sheets)
near = st.builds(f.Ref, st.integers(1, 30), st.integers(1, 30))
whole_columns = st.builds(
    f.Span,
    st.builds(f.Ref, st.integers(1, 30), st.just(0), st.booleans(), st.just(False), sheets),
    st.builds(f.Ref, st.integers(1, 30), st.just(0), st.booleans()),
)
whole_rows = st.builds(
    f.Span,
    st.builds(f.Ref, st.just(0), st.integers(1, 30), st.just(False), st.booleans(), sheets),
    st.builds(f.Ref, st.just(0), st.integers(1, 30), st.just(False), st.booleans()),
)
items = st.sampled_from([(), ("#All",), ("#This Row",), ("@",), ("#Headers", "#Data")])


def _structured(table: str | None, chosen: tuple[str, ...], columns: tuple[str | None, str | None]) -> f.Structured:
    if table is None and not chosen and columns == (None, None):
        table = "T"
    return f.Structured(table, chosen, *columns)


columns = st.one_of(st.just((None, None)), titles.map(lambda one: (one, None)), st.tuples(titles, titles))
structured = st.builds(_structured, st.sampled_from([None, "T", "Große_1"]), items, columns)
constants = st.one_of(
    st.floats(0, allow_nan=False, allow_infinity=False).map(f.Number),
    st.text(max_size=6).map(f.String),
    st.booleans().map(f.Boolean),
    st.sampled_from(["#REF!", "#N/A", "#DIV/0!"]).map(f.ErrorValue),
)
_cell_of_array = st.one_of(
    constants, st.floats(max_value=0, allow_nan=False, allow_infinity=False, exclude_max=True).map(f.Number)
)


def _array(height: int, width: int) -> st.SearchStrategy[f.Array]:
    row = st.lists(_cell_of_array, min_size=width, max_size=width).map(tuple)
    return st.lists(row, min_size=height, max_size=height).map(lambda rows: f.Array(tuple(rows)))


arrays = st.tuples(st.integers(1, 2), st.integers(1, 3)).flatmap(lambda size: _array(*size))
plain_names = st.builds(f.Name, names, sheets)
reference_leaves = st.one_of(
    cells, near, whole_columns, whole_rows, plain_names, structured, st.builds(f.ErrorValue, st.just("#REF!"), sheets)
)


def _references(nodes: st.SearchStrategy[f.Node]) -> st.SearchStrategy[f.Node]:
    return st.one_of(
        st.builds(f.Range, nodes, nodes),
        st.builds(f.Binary, st.just(" "), nodes, nodes),
        st.builds(f.Postfix, st.just("#"), nodes),
        st.builds(f.Union, st.lists(nodes, min_size=2, max_size=3).map(tuple)),
        st.builds(f.Call, st.sampled_from(["INDEX", "OFFSET"]), st.lists(nodes, min_size=1, max_size=2).map(tuple)),
    )


references = st.recursive(reference_leaves, _references, max_leaves=4)


def _formulas(nodes: st.SearchStrategy[f.Node]) -> st.SearchStrategy[f.Node]:
    operators = st.sampled_from(["=", "<>", "<", "<=", ">", ">=", "&", "+", "-", "*", "/", "^"])
    some = st.lists(st.one_of(nodes, st.just(f.Missing())), min_size=2, max_size=3).map(tuple)
    calls = st.builds(f.Call, st.sampled_from(["SUM", "IF", "LOG10", "_xlfn.LET", "T.TEST"]), some)
    return st.one_of(
        st.builds(f.Binary, operators, nodes, nodes),
        st.builds(f.Signed, st.sampled_from("-+@"), nodes),
        st.builds(f.Postfix, st.just("%"), nodes),
        calls,
        st.builds(f.Call, st.just("TODAY"), st.just(())),
        st.builds(f.Call, st.just("PCorr"), some, st.sampled_from(["[1]", "Book.xla"])),
        st.builds(f.Invoke, st.one_of(calls, nodes), some),
    )


formulas = st.recursive(st.one_of(constants, arrays, references), _formulas, max_leaves=8)
"""Any formula; texts such as `(A1+1):B2`, where a reference operator stands on a value, are left to the mutations."""
