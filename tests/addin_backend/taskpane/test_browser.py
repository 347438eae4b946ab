"""The task pane in a plain browser: paste or open a table, ask, see the cells coloured, download the workbook."""

from __future__ import annotations

import openpyxl
import pytest

pytestmark = [
    pytest.mark.browser,
    # a browser that leaves a page drops its connections, and the server's open file is closed by the garbage collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

PASTED = "Country\tProfit\tDue\nPeru\t5,200\t14/06/2026\nChile\t1300\t02/07/2026\nBolivia\t4700\t\n"
GREEN = "rgb(0, 255, 0)"


def paste(page, text=PASTED):
    page.click("#paste")
    page.fill("#pasted", text)
    page.click("#use-pasted")
    page.wait_for_selector("#grid tbody tr")


def ask(page, words="over 4000 in green"):
    page.fill("#utterance", words)
    page.press("#utterance", "Enter")
    page.wait_for_selector(".card")


def coloured(page, colour=GREEN):
    """Texts of the cells with this background."""
    script = """([selector, colour]) => [...document.querySelectorAll(selector)]
        .filter((td) => getComputedStyle(td).backgroundColor === colour).map((td) => td.textContent)"""
    page.wait_for_timeout(200)  # the colours fade in
    return page.evaluate(script, ["#grid td", colour])


def test_paste_ask_and_see(page):
    paste(page)
    assert "3 rows, 3 columns" in page.text_content("#source")
    ask(page)
    assert page.locator(".card").count() == 2
    assert "Profit is greater than 4,000" in page.text_content(".card >> nth=0")
    assert "2 of 3 cells" in page.text_content(".card >> nth=0")
    assert coloured(page) == ["5,200", "4700"]


def test_choosing_another_candidate_colours_its_cells(page):
    paste(page)
    ask(page)
    page.click(".choose >> nth=1")
    assert page.get_attribute(".choose >> nth=1", "aria-pressed") == "true"
    assert page.get_attribute(".choose >> nth=0", "aria-pressed") == "false"
    assert len(coloured(page, "rgb(255, 255, 0)")) == 6
    page.hover(".choose >> nth=0")
    assert coloured(page) == ["5,200", "4700"]
    page.hover("h1")
    assert len(coloured(page, "rgb(255, 255, 0)")) == 6


def test_the_keyboard_is_enough(page):
    paste(page)
    page.focus("#utterance")
    page.keyboard.type("over 4000 in green")
    page.keyboard.press("Enter")
    page.wait_for_selector(".card")
    page.focus(".choose >> nth=0")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.get_attribute(".choose >> nth=1", "aria-pressed") == "true"


def test_the_first_match_is_brought_into_sight(page):
    paste(page, "Country\tProfit\n" + "".join(f"Peru\t{k}\n" for k in range(300)) + "Chile\t5000\n")
    ask(page)
    assert page.evaluate("document.querySelector('.scroll').scrollTop") > 3000
    assert coloured(page) == ["5000"]


def test_only_matching_rows(page):
    paste(page)
    ask(page)
    page.check("#only")
    assert page.locator("#grid tbody tr").count() == 2
    page.uncheck("#only")
    assert page.locator("#grid tbody tr").count() == 3


def test_scales_bars_and_icons(page):
    paste(page)
    ask(page, "scale")
    fills = page.eval_on_selector_all("#grid td.match", "cells => cells.map((td) => td.style.backgroundColor)")
    assert fills == ["rgb(99, 190, 123)", "rgb(248, 105, 107)", "rgb(255, 235, 132)"]
    page.click(".choose >> nth=1")
    assert page.locator('#grid td.match[style*="gradient"]').count() == 3
    page.click(".choose >> nth=2")
    assert page.locator("#grid td.match[data-icon]").count() == 3


def test_a_pasted_table_becomes_a_workbook(page, tmp_path):
    paste(page)
    ask(page)
    with page.expect_download() as download:
        page.click("#apply")
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    sheet = openpyxl.load_workbook(path).active
    (area,) = sheet.conditional_formatting
    assert str(area.sqref) == "B2:B4"
    assert area.rules[0].dxf.fill.bgColor.rgb[-6:] == "00FF00"
    assert area.rules[0].dxf.font.color.rgb[-6:] == "0000FF"
    assert sheet["B2"].value == 5200
    assert sheet["C2"].is_date


def test_open_a_workbook_and_download_it(page, tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Sales"
    for row in [[None, None], [None, "Country", "Profit"], [None, "Peru", 5200], [None, "Chile", 1300]]:
        book.active.append(row)
    other = book.create_sheet("Other")
    for row in [["Item", "Price"], ["Lamp", 9000]]:
        other.append(row)
    book.save(tmp_path / "sales.xlsx")

    page.set_input_files("#file", tmp_path / "sales.xlsx")
    page.wait_for_selector("#grid tbody tr")
    assert "sales.xlsx, B2:C4: 2 rows" in page.text_content("#source")
    ask(page)
    assert coloured(page) == ["5200"]
    with page.expect_download() as download:
        page.click("#apply")
    assert download.value.suggested_filename == "sales-formatted.xlsx"
    download.value.save_as(tmp_path / "out.xlsx")
    (area,) = openpyxl.load_workbook(tmp_path / "out.xlsx")["Sales"].conditional_formatting
    assert str(area.sqref) == "C3:C4"

    page.select_option("#sheet", "Other")
    page.locator("#grid", has_text="Lamp").wait_for()
    ask(page)
    assert coloured(page) == ["9000"]


def test_an_abstention_is_said(page):
    paste(page)
    page.fill("#utterance", "hello")
    page.click("#go")
    page.locator("#status", has_text="Name a column").wait_for()
    assert page.locator(".card").count() == 0
    assert page.is_hidden("#actions")


def test_what_goes_wrong_is_said(page, tmp_path):
    page.fill("#utterance", "over 5")
    page.click("#go")
    page.wait_for_selector("#status.bad")
    page.locator("#status", has_text="Open a workbook or paste a table first.").wait_for()
    (tmp_path / "bad.xlsx").write_text("no workbook")
    page.set_input_files("#file", tmp_path / "bad.xlsx")
    page.locator("#status", has_text="This is a text file").wait_for()


def test_cells_are_text_never_markup(page):
    paste(page, "<b>Name</b>\tProfit\n<img src=x onerror=alert(1)>\t5000\n")
    assert page.locator("#grid img").count() == 0
    ask(page)
    assert coloured(page) == ["5000"]


def test_paste_anywhere(page):
    page.evaluate(
        "text => { const data = new DataTransfer(); data.setData('text/plain', text);"
        " const paste = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });"
        " document.body.dispatchEvent(paste); }",
        PASTED,
    )
    page.wait_for_selector("#grid tbody tr")
    assert page.locator("#grid tbody tr").count() == 3


def test_csv_quotes_and_dates(page):
    script = "async (text) => (await import('/static/cells.js')).parseBlock(text)"
    quoted = 'a;"b ""x"" ;y";c\n1;"two\nlines";31.12.2026\n'
    assert page.evaluate(script, quoted) == [["a", 'b "x" ;y', "c"], ["1", "two\nlines", "2026-12-31"]]
    american = "a,d\nx,12/31/2026\ny,01/02/2026\n"
    assert page.evaluate(script, american) == [["a", "d"], ["x", "2026-12-31"], ["y", "2026-01-02"]]


@pytest.mark.parametrize(
    ("format_code", "is_date"),
    [
        ("yyyy-mm-dd", True),
        ("d. mmm", True),
        ("mm/yy", True),
        ("General", False),
        ("0.00", False),
        ('[Red]0;"d"', False),
        ('#,##0 "days"', False),
        ("h:mm:ss", False),
        ("@", False),
    ],
)
def test_formats_of_dates(page, format_code, is_date):
    assert page.evaluate("async (code) => (await import('/static/cells.js')).isDateFormat(code)", format_code) is is_date


def test_serials_and_references(page):
    script = """async () => {
        const { isoOfSerial, expand, letter } = await import("/static/cells.js");
        return [isoOfSerial(46188), isoOfSerial(46188.75), expand("B3:C4").length, letter(701)];
    }"""
    assert page.evaluate(script) == ["2026-06-15", "2026-06-15 18:00", 4, "ZZ"]
