"""Take the picture of the task pane in the README: the sample workbook, one request, its candidates (playwright, Chromium).

Usage: cf-assistant serve & python scripts/screenshot_taskpane.py http://localhost:3000/ docs/taskpane.png
"""

from __future__ import annotations

import shutil
import sys

from playwright.sync_api import sync_playwright

REQUEST = "rows with status Overdue and a balance over 1000, light red"
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
             "--disable-background-networking", "--disable-component-update"]  # fmt: skip


def main() -> None:
    """Open the workbook, ask, wait for the cards and save the picture."""
    address, target = sys.argv[1:3]
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1160, "height": 660})
        page.goto(address)
        page.set_input_files("#file", "samples/invoices.xlsx")
        page.wait_for_selector("#grid tbody tr")
        page.fill("#utterance", REQUEST)
        page.press("#utterance", "Enter")
        page.wait_for_selector(".card")
        page.mouse.move(700, 700)
        page.wait_for_timeout(400)
        page.screenshot(path=target)
        browser.close()


if __name__ == "__main__":
    main()
