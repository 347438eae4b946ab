"""What the model is shown of a request, and how words, headers and cells are linked."""

from __future__ import annotations

import random
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.codec.view import (
    FEATURES,
    LINKS,
    MAX_COLUMNS,
    MAX_FRAGMENTS,
    MAX_VALUE_NODES,
    MAX_VALUES,
    MIRROR,
    Link,
    View,
    WordClass,
    make_view,
)
from grammar.table import Table
from tests.grammar.strategies import tables

SALES = Table.from_rows([
    ["Order ID", "Region", "Quantity", "Unit Price", "Due Date", "Status", "Shipped"],
    ["A-1", "North", 5, 12.5, "2026-06-12", "Paid", True],
    ["A-2", "South", 7, 99.0, "2026-06-20", "In Progress", False],
    ["A-3", "North", 40, 3.25, "2026-07-01", "Cancelled", False],
])  # fmt: skip


def link(view: View, word: str, *, column: str | None = None, value: str | None = None) -> Link:
    """The link from the first word of this text to a column or a value."""
    at = [w.text for w in view.words].index(word)
    if column is not None:
        node = len(view.words) + view.columns.index(view.table.headers.index(column))
    else:
        node = len(view.words) + len(view.columns) + [v.text for v in view.values].index(value or "")
    assert view.links[node, at] == (view.links[at, node] + MIRROR if view.links[at, node] else 0)
    return Link(view.links[at, node])


@pytest.mark.parametrize(
    ("utterance", "word", "column", "expected"),
    [
        ("unit price over 50", "unit", "Unit Price", Link.HEADER_FULL),
        ("the price over 50", "price", "Unit Price", Link.HEADER_WORD),
        ("all regions in red", "regions", "Region", Link.HEADER_STEM),
        ("low quantty", "quantty", "Quantity", Link.HEADER_NEAR),
        ("qty under 6", "qty", "Quantity", Link.HEADER_SHORT),
        ("column C above 10", "C", "Quantity", Link.LETTER),
        ("column A", "A", "Order ID", Link.LETTER),
        ("A red cell", "A", "Order ID", Link.NONE),
        ("over 40 units", "40", "Quantity", Link.NUMBER_IN),
        ("over 30 pieces", "30", "Quantity", Link.NUMBER_FITS),
        ("over 3000 pieces", "3000", "Quantity", Link.NONE),
        ("only north", "north", "Region", Link.CELL_WORD),
        ("hello there", "hello", "Region", Link.NONE),
    ],
)
def test_links_to_columns(utterance: str, word: str, column: str, expected: Link) -> None:
    assert link(make_view(utterance, SALES), word, column=column) == expected


@pytest.mark.parametrize(
    ("utterance", "word", "value", "expected"),
    [
        ("only north please", "north", "North", Link.VALUE_FULL),
        ("in progress orders", "progress", "In Progress", Link.VALUE_FULL),
        ("still progress", "progress", "In Progress", Link.VALUE_WORD),
        ("cancellations", "cancellations", "Cancelled", Link.VALUE_STEM),
        ("the camcelled ones", "camcelled", "Cancelled", Link.VALUE_NEAR),
        ("those in prog", "prog", "In Progress", Link.VALUE_SHORT),
    ],
)
def test_links_to_values(utterance: str, word: str, value: str, expected: Link) -> None:
    assert link(make_view(utterance, SALES), word, value=value) == expected


def test_links_between_words_and_nodes() -> None:
    view = make_view("paid or cancelled", SALES)
    words, columns = len(view.words), len(view.columns)
    assert view.links[0, 0] == Link.SELF
    assert view.links[0, 1] == Link.NEXT
    assert view.links[1, 0] == Link.PREVIOUS
    assert view.links[0, 2] == view.links[2, 0] == Link.NEAR_WORDS
    for k, value in enumerate(view.values):
        assert view.links[words + columns + k, words + value.column] == Link.COLUMN_OF
        assert view.links[words + value.column, words + columns + k] == Link.VALUE_OF
    assert view.links.max() < LINKS


def test_word_classes() -> None:
    view = make_view("red over ten or 5 % in march on tuesday", SALES)
    kinds = [WordClass(k).name for k in view.word_classes]
    assert kinds == [
        "COLOUR", "OTHER", "NUMBER_WORD", "OTHER", "DIGITS", "SIGN", "OTHER", "MONTH", "OTHER", "WEEKDAY",
    ]  # fmt: skip


def test_slices_are_the_utterance_as_written() -> None:
    view = make_view("over $1,200.50, “In  Progress”", SALES)
    assert view.slice(1, 2) == "$1,200.50"
    assert view.slice(5, 6) == "In  Progress"


def test_forty_columns_show_those_that_are_spoken_of() -> None:
    headers = [f"Measure {k}" for k in range(40)]
    headers[33], headers[37], headers[39] = "Supplier", "Delivery Delay", "Notes"
    table = Table.from_rows([headers, *([[k * 100 + c for c in range(40)] for k in range(5)])])
    view = make_view("suppliers with a delay over 10, and column AN", table)
    assert len(view.columns) == MAX_COLUMNS
    assert list(view.columns) == sorted(view.columns)
    assert {33, 37, 39} <= set(view.columns)
    assert view.features.shape == (MAX_COLUMNS, FEATURES)


def test_the_value_spoken_of_is_shown_among_thousands() -> None:
    rows = [[f"Customer {k} Ltd", k] for k in range(3000)] + [["Halvorsen\nMarine", 1], ["Zest Foods", 2]]
    view = make_view("everything from zest", Table.from_rows([["Customer", "Sum"], *rows]))
    assert "Zest Foods" in [v.text for v in view.values]


def test_limits_of_values() -> None:
    rows = [[f"alpha {k} beta" for _ in range(10)] for k in range(50)]
    view = make_view("alphas and betta", Table.from_rows([[f"H{c}" for c in range(10)], *rows]))
    assert len(view.values) <= MAX_VALUE_NODES
    assert max(v.slot for v in view.values) < MAX_VALUES + MAX_FRAGMENTS
    assert {v.column for v in view.values} == set(range(10))


def test_value_text() -> None:
    view = make_view("paid", SALES)
    node = view.values[0]
    assert view.value_text(node.column, node.slot) == node.text
    assert view.value_text(99, 0) is None


@pytest.mark.parametrize(
    "utterance",
    [
        "",
        "   ",
        "🙂 🚀 مدفوع",
        "צבע באדום את הסכומים מעל 100",
        "e\u0301cole \u0301",
        "²³ ½ ٣",
        "\x00\x1f",
        "a" * 5000,
        "x " * 10_000,
    ],
)
def test_odd_utterances(utterance: str) -> None:
    view = make_view(utterance, SALES)
    size = len(view.words) + len(view.columns) + len(view.values)
    assert view.links.shape == (size, size)
    assert np.isfinite(view.features).all()


@given(st.text(max_size=30), tables())
def test_any_utterance_over_any_table(utterance: str, table: Table) -> None:
    view = make_view(utterance, table)
    assert len(view.strings()) == len(view.columns) + len(view.values)
    assert view.links.min() >= 0
    assert view.links.max() < LINKS


def test_a_table_of_100_000_rows_is_viewed_quickly_after_the_first_time() -> None:
    rng = random.Random(0)
    rows = [
        [f"INV-{k}", rng.choice(("Paid", "Open", "Overdue")), rng.randrange(10_000), f"Customer {rng.randrange(20_000)}"]
        for k in range(100_000)
    ]
    table = Table.from_rows([["Invoice", "Status", "Amount", "Customer"], *rows], coerce=False)
    make_view("highlight unpaid invoices", table)
    took = []
    for utterance in ("amount over 5,000 for customer 77", "overdue ones in red", "invoices of custmer 19999 above 12"):
        started = perf_counter()
        make_view(utterance, table)
        took.append(perf_counter() - started)
    assert min(took) < 0.1
