"""`cf-assistant formulas`: reads a file of formulas and says which of them are Excel formulas."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from addin_backend.errors import AddinError

if TYPE_CHECKING:
    from grammar.formula.survey import Finding

_SHOWN = 20
_LOOKED_AT = 8192
"""Bytes at the beginning of the file that tell a text from something else."""


class FormulaFileError(AddinError):
    """The file of formulas cannot be used. Give a text file with one formula a line, or - for standard input."""

    code = "formula-file"
    title = "The formulas cannot be read"
    status = 422


@dataclass
class _Lines:
    """The lines of a file in UTF-8; bytes that are not UTF-8 are replaced and counted, bytes read are counted."""

    stream: BinaryIO
    read: int = 0
    replaced: list[int] = field(default_factory=list)
    """Numbers of the lines with replaced bytes."""

    def __iter__(self) -> Iterator[str]:
        for number, data in enumerate(self.stream, 1):
            self.read += len(data)
            try:
                yield data.decode("utf-8")
            except UnicodeDecodeError:
                self.replaced.append(number)
                yield data.decode("utf-8", errors="replace")


@dataclass
class _Counts:
    formulas: int = 0
    parsed: int = 0
    round_trip: int = 0
    failures: list[Finding] = field(default_factory=list)

    def add(self, finding: Finding) -> None:
        self.formulas += 1
        self.parsed += finding.parsed
        self.round_trip += finding.error is None
        if finding.error is not None:
            self.failures.append(finding)

    def as_dict(self) -> dict[str, Any]:
        failures = [{"line": one.line, "formula": one.formula, "error": one.error} for one in self.failures]
        return {"formulas": self.formulas, "parsed": self.parsed, "round_trip": self.round_trip, "failures": failures}


@click.command("formulas", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--locale", "locale_name", type=click.Choice(["us", "eu"]), default="us", show_default=True,
              help="How the formulas are written: with commas, or with semicolons and decimal commas.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(*, file: Path, locale_name: str, as_json: bool) -> None:
    r"""Read FILE, one formula a line with or without its =, and print how many are Excel formulas.

    A file whose lines all stand in double quotes is taken for a column of CSV.

    \b
    cf-assistant formulas formulas.txt --json
    """
    from grammar.formula.dialects import LOCALES
    from grammar.formula.survey import survey

    counts = _Counts()
    with _opened(file) as (lines, size), _progress(lines, size, wanted=not as_json) as step:
        for finding in survey(lines, locale=LOCALES[locale_name]):
            counts.add(finding)
            step()
    if lines.replaced:
        count = len(lines.replaced)
        places = f"line {lines.replaced[0]}" if count == 1 else f"{count:,} lines, the first is line {lines.replaced[0]}"
        click.echo(f"cf-assistant: Not all of the file is UTF-8; the bytes that are not were replaced ({places}).", err=True)
    if as_json:
        click.echo(json.dumps(counts.as_dict(), ensure_ascii=False, indent=2))
    else:
        _show(counts)


@contextmanager
def _opened(file: Path) -> Iterator[tuple[_Lines, int | None]]:
    """The lines and, where it is known, the size in bytes."""
    if str(file) == "-":
        yield _Lines(sys.stdin.buffer), None
        return
    try:
        stream = file.open("rb")
    except OSError as error:
        reason = "there is no such file" if isinstance(error, FileNotFoundError) else (error.strerror or "it cannot be opened")
        raise FormulaFileError(f"{file}: {reason}.") from error
    with stream:
        if b"\0" in stream.peek(_LOOKED_AT)[:_LOOKED_AT]:
            raise FormulaFileError(f"{file} is no text file: it has bytes that no text has.")
        yield _Lines(stream), os.fstat(stream.fileno()).st_size


@contextmanager
def _progress(lines: _Lines, size: int | None, *, wanted: bool) -> Iterator[Any]:
    """A bar on a terminal; a function that moves it on."""
    if not wanted or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Reading formulas"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=size)
        yield lambda: bar.update(task, completed=lines.read)


def _show(counts: _Counts) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from addin_backend.cli.show import console

    screen = console()
    if not counts.formulas:
        screen.print("There is no formula in this file.", style="yellow")
        return
    summary = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    summary.add_column(style="bold")
    summary.add_column(justify="right")
    summary.add_column(justify="right", style="dim")
    for name, count in (("formulas", counts.formulas), ("parsed", counts.parsed), ("round trip", counts.round_trip)):
        summary.add_row(name, f"{count:,}", f"{100 * count / counts.formulas:.2f} %")
    screen.print(summary)
    if not counts.failures:
        return
    table = Table(box=SIMPLE_HEAD, title=f"{len(counts.failures):,} failed", title_justify="left")
    table.add_column("line", justify="right")
    table.add_column("formula", overflow="fold", ratio=1)
    table.add_column("why", overflow="fold", ratio=1)
    for one in counts.failures[:_SHOWN]:
        table.add_row(f"{one.line:,}", Text(one.formula), Text(one.error or "", style="red"))
    screen.print(table)
    if len(counts.failures) > _SHOWN:
        screen.print(f"… and {len(counts.failures) - _SHOWN:,} more; --json lists all.", style="dim")
