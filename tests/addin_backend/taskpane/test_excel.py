"""The task pane inside Excel, with a stand-in for Office.js: what it reads, what it puts in, and undo."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.browser,
    # a browser that leaves a page drops its connections, and the server's open file is closed by the garbage collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

OFFICE = (Path(__file__).parent / "office.js").read_text(encoding="utf-8")


@pytest.fixture
def pane(page, address):
    page.route(
        "https://appsforoffice.microsoft.com/**", lambda route: route.fulfill(body=OFFICE, content_type="text/javascript")
    )
    page.goto(f"{address}?host=excel")
    page.locator("#source", has_text="Sheet1!B4:D7").wait_for()
    return page


def ask(pane, words):
    pane.fill("#utterance", words)
    pane.click("#go")
    pane.wait_for_selector(".card")


def test_it_reads_the_table_around_the_selection(pane, generator):
    assert pane.is_hidden("#sheet-view")
    assert pane.is_hidden("#sources")
    ask(pane, "over 4000 in green")
    _, table = generator.asked[0]
    assert table.headers == ("Country", "Profit", "Due")
    assert [str(cell)[:10] for cell in table.columns[2].cells] == ["2026-06-15", "2026-06-16", "None"]


def test_apply_and_undo(pane):
    ask(pane, "over 4000 in green")
    pane.click("#apply")
    pane.locator("#status", has_text="In place").wait_for()
    assert pane.evaluate("window.calls") == [["add", "C5:C7", "CellValue"]]
    made = pane.evaluate("window.formats.cf1.cellValue")
    assert made["rule"] == {"formula1": "=4000", "operator": "GreaterThan"}
    assert made["format"]["fill"] == {"color": "#00FF00"}
    assert made["format"]["font"] == {"color": "#0000FF"}
    assert "In place on C5:C7" in pane.text_content("#status")
    pane.click("#undo")
    pane.locator("#status", has_text="Taken out").wait_for()
    assert pane.evaluate("window.calls[1]") == ["delete", "C5:C7", "cf1"]
    assert pane.evaluate("Object.keys(window.formats)") == []
    assert pane.is_hidden("#undo")


def test_whole_rows_are_a_formula(pane):
    ask(pane, "over 4000 in green")
    pane.click(".choose >> nth=1")
    pane.click("#apply")
    pane.locator("#status", has_text="In place").wait_for()
    assert pane.evaluate("window.calls[0]") == ["add", "B5:D7", "Custom"]
    assert pane.evaluate("window.formats.cf1.custom.rule.formula").startswith("=")


def test_looks(pane):
    ask(pane, "scale")
    for number, name in enumerate(("colorScale", "dataBar", "iconSet")):
        pane.click(f".choose >> nth={number}")
        pane.click("#apply")
        pane.locator("#status", has_text="In place").wait_for()
        pane.wait_for_timeout(100)
        assert pane.evaluate(f"window.calls[{number}][2].toLowerCase()") == name.lower()
    assert len(pane.evaluate("window.formats.cf1.colorScale.criteria")) == 3
    assert pane.evaluate("window.formats.cf2.dataBar.positiveFormat.fillColor").startswith("#")
    assert pane.evaluate("window.formats.cf3.iconSet.style").startswith("Three")


def test_no_connection_to_microsoft_is_said(page, address):
    page.route("https://appsforoffice.microsoft.com/**", lambda route: route.abort())
    page.goto(f"{address}?host=excel")
    page.wait_for_selector("#status.bad")
    assert "Office.js could not be loaded" in page.text_content("#status")
