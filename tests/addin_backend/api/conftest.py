"""The app around a fake model, and a workbook to send."""

from __future__ import annotations

import io

import openpyxl
import pytest

from addin_backend.app import create_app
from addin_backend.settings import Settings
from tests.addin_backend.fakes import FakeGenerator

ROWS = [["Country", "Profit"], ["Peru", 5200], ["Chile", 1300], ["Bolivia", 4700]]


@pytest.fixture
def generator():
    return FakeGenerator(otherwise=[("GreaterThan(c[1], 4000)", 14, "cells", {"fill": "green"}), ("Top(c[1], 1)", 2, "row")])


@pytest.fixture
def settings():
    return Settings(log_level="error", max_request_mb=1)


@pytest.fixture
def app(settings, generator):
    return create_app(settings, generator=generator)


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def book():
    """Bytes of a workbook with ROWS on the sheet Data, and an empty sheet."""
    workbook = openpyxl.Workbook()
    workbook.active.title = "Data"
    for row in ROWS:
        workbook.active.append(row)
    workbook.create_sheet("Empty")
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


@pytest.fixture
def send(client, book):
    """Post the workbook with fields to an address."""

    def post(path, *, content=book, name="book.xlsx", **fields):
        return client.post(path, data={"file": (io.BytesIO(content), name), **fields}, content_type="multipart/form-data")

    return post


def problem_of(response):
    """The problem's members, after the checks every problem has to pass."""
    assert response.content_type == "application/problem+json"
    body = response.get_json(force=True)
    assert body["status"] == response.status_code
    assert body["type"] == f"urn:cf-assistant:problem:{body['code']}"
    assert body["title"]
    assert body["detail"]
    assert body["request_id"] == response.headers["X-Request-ID"]
    return body
