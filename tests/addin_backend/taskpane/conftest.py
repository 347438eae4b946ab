"""A running server with a fake model, and Chromium."""

from __future__ import annotations

import shutil
import threading

import pytest

from addin_backend.app import create_app
from addin_backend.cli.serve import make
from addin_backend.settings import Settings
from tests.addin_backend.fakes import FakeGenerator

ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def chromium():
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("Chromium is not installed")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def generator():
    return FakeGenerator(
        {
            "over 4000 in green": [
                ("GreaterThan(c[1], 4000)", 12, "cells", {"fill": "#00FF00", "font_color": "#0000FF"}),
                ("AND(GreaterThan(c[1], 4000), NOT(Blanks(c[0])))", 3, "row", {"fill": "#FFFF00"}),
            ],
            "scale": [("ColorScale(c[1])", 10), ("DataBar(c[1])", 4), ("IconSet(c[1])", 2)],
        }
    )


@pytest.fixture
def address(generator):
    settings = Settings(log_level="error", port=0)
    server = make(create_app(settings, generator=generator), settings)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    thread.join(10)
    server.server_close()


@pytest.fixture
def page(chromium, address):
    """A page on the pane; errors in its scripts fail the test."""
    context = chromium.new_context(accept_downloads=True, locale="en-GB")
    opened = context.new_page()
    opened.set_default_timeout(15_000)
    errors = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.goto(address)
    yield opened
    context.close()
    assert errors == []
