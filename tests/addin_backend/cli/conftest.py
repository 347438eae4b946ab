"""The command line with a fake model, run in this process."""

from __future__ import annotations

import openpyxl
import pytest
from click.testing import CliRunner

from addin_backend.cli import cli
from tests.addin_backend.fakes import FakeGenerator

ROWS = [["Country", "Profit"], ["Peru", 5200], ["Chile", 1300], ["Bolivia", 4700]]


@pytest.fixture
def generator(monkeypatch):
    fake = FakeGenerator(
        otherwise=[("GreaterThan(c[1], 4000)", 14, "cells", {"fill": "green"}), ("LessThan(c[1], 2000)", 2, "row")]
    )
    monkeypatch.setattr("addin_backend.cli.suggest.load_model", lambda *_: fake)
    return fake


@pytest.fixture
def book(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active.title = "Data"
    for row in ROWS:
        workbook.active.append(row)
    path = tmp_path / "book.xlsx"
    workbook.save(path)
    return path


@pytest.fixture
def run():
    """Run a command; its exit code, output and errors."""

    def call(*arguments, data=None):
        result = CliRunner().invoke(cli, [str(each) for each in arguments], input=data, prog_name="cf-assistant")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert "Traceback" not in result.output
        return result

    return call
