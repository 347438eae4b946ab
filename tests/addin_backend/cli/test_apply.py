"""cf-assistant apply."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import openpyxl
import pytest

RULE = "GreaterThan(c[1], 4000)"


def test_it_works(run, book, tmp_path):
    out = tmp_path / "out.xlsx"
    result = run("apply", book, RULE, "--format", "fill=#00FF00,bold", "-o", out)
    assert result.exit_code == 0
    assert "Profit is greater than 4,000" in result.stdout
    assert "2 of 3" in result.stdout
    (area,) = openpyxl.load_workbook(out)["Data"].conditional_formatting
    assert str(area.sqref) == "B2:B4"
    assert area.rules[0].dxf.font.b


def test_the_copy_stands_beside_the_book(run, book):
    assert run("apply", book, RULE).exit_code == 0
    assert book.with_name("book-formatted.xlsx").exists()


def test_json(run, book, tmp_path):
    values = json.loads(run("apply", book, RULE, "-o", tmp_path / "o.xlsx", "--json", "--all-cells", "--scope", "row").stdout)
    assert values["candidate"]["matches"]["cells"] == ["A2:B2", "A4:B4"]
    assert values["undo"]["priority"] == 1


def test_a_rule_that_matches_nothing_is_said(run, book, tmp_path):
    assert "None of the 3 cells" in run("apply", book, "LessThan(c[1], 0)", "-o", tmp_path / "o.xlsx").stdout


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("Greater(", "line 1"),
        ("GreaterThen(c[1], 4)", "Did you mean GreaterThan"),
        ("GreaterThan(c[7], 4)", "no column H"),
        ("GreaterThan(c[0], 4)", "holds text"),
        ("", "rule"),
    ],
)
def test_wrong_rules(run, book, tmp_path, rule, said):
    result = run("apply", book, rule, "-o", tmp_path / "o.xlsx")
    assert result.exit_code == 2
    assert said in result.stderr
    assert not (tmp_path / "o.xlsx").exists()


@pytest.mark.parametrize("look", ["fill=notacolour", "sparkle", "fill"])
def test_formats(run, book, tmp_path, look):
    result = run("apply", book, RULE, "--format", look, "-o", tmp_path / "o.xlsx")
    assert result.exit_code == (0 if look == "fill" else 2)


def test_the_book_itself_is_never_the_target(run, book):
    before = book.read_bytes()
    result = run("apply", book, RULE, "-o", book)
    assert result.exit_code == 2
    assert book.read_bytes() == before


def test_a_folder_that_is_not_there(run, book, tmp_path):
    assert run("apply", book, RULE, "-o", tmp_path / "no" / "o.xlsx").exit_code == 2


def test_no_model_is_loaded(run, book, monkeypatch, tmp_path):
    monkeypatch.setattr("addin_backend.model.load_generator", lambda *_, **__: pytest.fail("loaded"))
    assert run("apply", book, RULE, "-o", tmp_path / "o.xlsx").exit_code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="limits on file sizes are POSIX")
def test_a_full_disk_leaves_nothing(book, tmp_path):
    import resource

    out = tmp_path / "out" / "o.xlsx"
    out.parent.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", "from addin_backend.cli import main; main()", "apply", book, RULE, "-o", out],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)),  # no threads here
    )
    assert done.returncode == 2, done.stderr
    assert "no space left" in done.stderr
    assert list(out.parent.iterdir()) == []
