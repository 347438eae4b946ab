"""Random values, rules and tables for property tests."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st

from grammar import nodes as n
from grammar.table import Cell, Table

WIDTH = 4
TODAY = dt.date(2026, 6, 15)

TEXTS = ("Paid", "paid", "Open", "n/a", "x", "5", "07:00", " ", 'a "b"', "TRUE", "Größe", "2026-06-12")

numbers = st.one_of(
    st.integers(-10, 10).map(float),
    st.sampled_from((0.1, 0.25, 1e-50, 1e15, 46188.0, 46188.5, 1.1, 100.0, 12345678901234.5)),
    st.floats(allow_nan=False, allow_infinity=False, width=64),
).map(lambda x: x + 0.0)
texts = st.one_of(st.sampled_from(TEXTS), st.text(max_size=8))
percents = st.one_of(
    st.integers(-200, 200).map(lambda p: round(p / 100, 12)), st.integers(0, 99999).map(lambda p: round(p / 1e5, 12))
)

literals = st.one_of(
    numbers.map(n.Number),
    percents.map(lambda p: n.Number(p, percent=True)),
    texts.map(n.Text),
    st.booleans().map(n.Bool),
    st.builds(n.Date, st.integers(1900, 9999), st.integers(1, 12), st.integers(1, 31)),
    st.just(n.TodayValue()),
)
columns = st.integers(0, WIDTH - 1).map(n.Column)


def _deeper(values: st.SearchStrategy[n.Value]) -> st.SearchStrategy[n.Value]:
    return st.one_of(
        st.builds(n.Arithmetic, st.sampled_from(n.OPERATORS), values, values),
        st.builds(n.Call, st.sampled_from(n.FUNCTIONS), st.one_of(values, st.just(n.Cell()))),
    )


values = st.recursive(st.one_of(columns, literals), _deeper, max_leaves=4)
subjects = st.one_of(columns, columns, columns, st.just(n.Cell()), values)
listed = st.one_of(columns, st.just(n.Cell()))

leaves = st.one_of(
    st.builds(n.Compare, st.sampled_from(n.COMPARISONS), subjects, values),
    st.builds(n.Between, st.sampled_from(n.RANGES), subjects, values, values),
    st.builds(n.TextTest, st.sampled_from(n.TEXT_TESTS), subjects, texts.map(n.Text)),
    st.builds(n.State, st.sampled_from(n.STATES), listed),
    st.builds(n.Rank, st.sampled_from(n.RANKS), listed, st.integers(1, 20)),
    st.builds(n.Average, st.sampled_from(n.AVERAGES), listed, st.integers(0, 3)),
    st.builds(n.Period, st.sampled_from(n.PERIODS), listed),
)


def _junctions(rules: st.SearchStrategy[n.Rule]) -> st.SearchStrategy[n.Rule]:
    several = st.lists(rules, min_size=2, max_size=3).map(tuple)
    return st.one_of(st.builds(n.And, several), st.builds(n.Or, several), st.builds(n.Not, rules))


conditions = st.recursive(leaves, _junctions, max_leaves=6)
visuals = st.builds(n.Visual, st.sampled_from(n.VISUALS), listed, st.one_of(st.none(), st.just("3Arrows")))
formulas = texts.map(lambda text: n.Formula(text.lstrip("=")))
rules = st.one_of(conditions, visuals, formulas)

cells: st.SearchStrategy[Cell] = st.one_of(
    st.none(),
    st.sampled_from(("", "#N/A", "#DIV/0!", " ")),
    st.sampled_from(TEXTS),
    st.integers(-10, 10),
    st.floats(-100, 100).map(lambda x: round(x, 2)),
    st.booleans(),
    st.integers(0, 90 * 24).map(lambda hours: dt.datetime.fromisoformat("2026-05-01") + dt.timedelta(hours=hours)),
    st.dates(dt.date(2026, 6, 10), dt.date(2026, 6, 20)),
)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    rows = draw(st.lists(st.lists(cells, min_size=WIDTH, max_size=WIDTH), max_size=8))
    return Table.from_rows([list("ABCD"), *rows], coerce=draw(st.booleans()))
