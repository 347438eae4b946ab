"""The rows that the terminal shows."""

from __future__ import annotations

import datetime as dt

from addin_backend.candidates import build_candidate, default_place
from addin_backend.preview import SHOWN_COLUMNS, SHOWN_ROWS, preview
from grammar.look import Look
from grammar.parse import parse
from grammar.table import Table

TABLE = Table.from_rows([["Name", "Amount"], *([f"row {k}", k] for k in range(100))])
LOOK = Look(fill="#00FF00")


def shown(rule, table=TABLE, **options):
    candidate = build_candidate(parse(rule), table, default_place(table), today=dt.date(2026, 6, 15), look=LOOK, **options)
    return preview(candidate, table)


def matched(found):
    return [(number, k) for number, cells in found.rows for k, cell in enumerate(cells) if cell.matched]


def test_it_works():
    found = shown("LessThan(c[1], 2)")
    assert found.columns == (("A", "Name", False), ("B", "Amount", True))
    assert len(found.rows) == SHOWN_ROWS
    assert matched(found) == [(2, 1), (3, 1)]
    assert found.rows[0][1][1].look == LOOK
    assert found.note == "rows 2 to 13 of 100"


def test_whole_rows():
    assert matched(shown("Equals(c[1], 1)", scope="row")) == [(3, 0), (3, 1)]


def test_the_first_match_is_in_sight():
    found = shown("Equals(c[1], 50)")
    assert matched(found) == [(52, 1)]
    assert found.rows[0][0] == 50
    assert shown("Equals(c[1], 99)").rows[-1][0] == 101


def test_no_match_shows_the_first_rows():
    assert shown("Equals(c[1], 5000)").rows[0][0] == 2


def test_the_coloured_column_of_a_wide_table_is_shown():
    table = Table.from_rows([[f"h{k}" for k in range(40)], list(range(40))])
    found = shown("GreaterThan(c[30], 5)", table)
    assert len(found.columns) == SHOWN_COLUMNS
    assert ("AE", "h30", True) in found.columns
    assert "12 of 40 columns" in found.note


def test_scales_bars_and_icons_follow_the_values():
    table = Table.from_rows([["v"], [0], [50], [100], [None]])
    scale = [cells[0] for _, cells in shown("ColorScale(c[0])", table).rows]
    assert [cell.look.fill for cell in scale] == ["#F8696B", "#FFEB84", "#63BE7B", None]
    assert [cell.matched for cell in scale] == [True, True, True, False]
    icons = [cells[0].text for _, cells in shown('IconSet(c[0], "3Arrows")', table).rows]
    assert icons == ["▼ 0", "► 50", "▲ 100", ""]
    bars = [cells[0].look.fill for _, cells in shown("DataBar(c[0])", table).rows]
    assert len(set(bars[:3])) == 3
