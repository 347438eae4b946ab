"""The command line as a program: help, version, start-up, exit codes."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = [sys.executable, "-c", "from addin_backend.cli import main; main()"]


def program(*arguments, **options):
    return subprocess.run([*PROGRAM, *arguments], capture_output=True, text=True, timeout=120, check=False, **options)


def test_it_works():
    done = program("--help")
    assert done.returncode == 0
    for name in ("suggest", "apply", "code", "serve", "model"):
        assert name in done.stdout


@pytest.mark.parametrize("name", ["suggest", "apply", "code", "serve", "model"])
def test_every_command_has_a_help(run, name):
    result = run(name, "--help")
    assert result.exit_code == 0
    assert "Usage: cf-assistant" in result.stdout


def test_version(run):
    result = run("--version")
    assert result.exit_code == 0
    assert result.stdout.startswith("cf-assistant ")


def test_an_unknown_command(run):
    result = run("sugest")
    assert result.exit_code == 2
    assert "No such command" in result.stderr


def test_help_loads_nothing_heavy():
    code = (
        "import sys; from addin_backend.cli import cli\n"
        "try: cli(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'openpyxl', 'flask', 'pydantic', 'rich', 'lark', 'onnxruntime', 'torch'} & set(sys.modules)\n"
        "sys.exit(repr(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def test_nothing_loads_torch():
    code = (
        "import sys, addin_backend.app, addin_backend.cli.suggest, addin_backend.cli.serve, addin_backend.usecases\n"
        "import export.runtime.generator\n"
        "found = {'torch', 'transformers'} & set(sys.modules)\n"
        "sys.exit(repr(found) if found else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def test_errors_of_the_program_have_no_traceback():
    done = program("suggest", "no-such-book.xlsx", "amounts over 5")
    assert done.returncode == 2
    assert done.stderr.startswith("cf-assistant: The workbook cannot be found")
    assert "Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_error():
    done = subprocess.run(
        f'"{sys.executable}" -c "from addin_backend.cli import main; main()" model --help | head -c 1',
        shell=True, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
