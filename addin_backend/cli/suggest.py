"""`cf-assistant suggest`: candidates for one request about a workbook, or for a stream of requests."""

from __future__ import annotations

import datetime as dt
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from addin_backend.cli.failures import NOTHING_FOUND
from addin_backend.cli.options import day_or_today, table_options

if TYPE_CHECKING:
    from addin_backend.suggest import Options, Proposes, Suggestions
    from addin_backend.usecases import ApplyResult
    from addin_backend.workbooks.reader import SheetTable


def load_model(bundle: Path | None, threads: int) -> Proposes:
    """The model (a name of its own, so that tests can put another in its place)."""
    from addin_backend.model import load_generator

    return load_generator(bundle, threads=threads)


@click.command("suggest", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("book", required=False, type=click.Path(path_type=Path))
@click.argument("utterance", required=False)
@table_options
@click.option("-k", default=5, show_default=True, type=click.IntRange(1, 20), help="Most candidates wanted.")
@click.option("--scope", type=click.Choice(["cells", "row"]), help="Colour cells or whole rows; the model decides if left out.")
@click.option("--apply", "apply_number", type=click.IntRange(1, 20), metavar="N", help="Put candidate N into a copy.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where the copy goes, with --apply.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--all-cells", is_flag=True, help="With --json: name every matching cell, not only the first ones.")
@click.option("--jsonl", is_flag=True, help="Read requests from stdin, one JSON object a line; answer in the same order.")
@click.option("--threads", default=2, show_default=True, type=click.IntRange(1, 256), help="Threads of the model.")
@click.option("--bundle", type=click.Path(path_type=Path), help="Folder of the model; the one that is shipped if left out.")
@click.option("--seeds", default=16, show_default=True, type=click.IntRange(1, 128), help="Tries of the model, which vote.")
@click.option("--seed", default=0, show_default=True, help="Start of the random numbers; the same gives the same answer.")
def command(
    *,
    book: Path | None,
    utterance: str | None,
    sheet: str | None,
    cells: str | None,
    today: dt.date | None,
    k: int,
    scope: Literal["cells", "row"] | None,
    apply_number: int | None,
    output: Path | None,
    as_json: bool,
    all_cells: bool,
    jsonl: bool,
    threads: int,
    bundle: Path | None,
    seeds: int,
    seed: int,
) -> None:
    r"""Propose conditional-formatting rules for UTTERANCE about a table of BOOK.

    \b
    cf-assistant suggest book.xlsx "highlight profits over 4000 in green"
    cf-assistant suggest book.xlsx "overdue invoices in red" --apply 1 -o out.xlsx
    cf-assistant suggest --jsonl < requests.jsonl > answers.jsonl
    """
    from addin_backend.suggest import Options

    options = Options(day_or_today(today), k=k, scope=scope, seeds=seeds, seed=seed)
    if jsonl:
        if book is not None or apply_number is not None:
            raise click.UsageError("--jsonl reads its requests from stdin; give no workbook and no --apply.")
        _stream(options, today is not None, bundle, threads, all_cells)
        return
    if book is None or utterance is None:
        raise click.UsageError('Give a workbook and a request: cf-assistant suggest book.xlsx "amounts over 1000 in red".')
    if (apply_number is None) != (output is None):
        raise click.UsageError("--apply N and -o OUT go together.")
    if apply_number is not None and apply_number > k:
        options = replace(options, k=apply_number)
    found, answer = _ask(book, utterance, sheet, cells, options, (bundle, threads))
    applied = _apply(book, output, found, answer, apply_number) if answer.candidates and output and apply_number else None
    if as_json:
        _print_json(found, answer, applied, all_cells)
    else:
        from addin_backend.cli.show import show_answer

        show_answer(found, answer, applied)
    if not answer.candidates:
        sys.exit(NOTHING_FOUND)


def _ask(  # noqa: PLR0917  # the command's own arguments
    book: Path, utterance: str, sheet: str | None, cells: str | None, options: Options, model: tuple[Path | None, int]
) -> tuple[SheetTable, Suggestions]:
    from addin_backend.suggest import suggest
    from addin_backend.utterance import read_utterance
    from addin_backend.workbooks.reader import read_table

    read_utterance(utterance)  # refused before the workbook and the model are read
    found = read_table(book, sheet=sheet, cells=cells)
    return found, suggest(load_model(*model), utterance, found.table, place=found.place, options=options)


def _apply(book: Path, output: Path, found: SheetTable, answer: Suggestions, number: int) -> ApplyResult:
    from addin_backend.usecases import apply_candidate

    if number > len(answer.candidates):
        raise click.UsageError(f"There is no candidate {number}; there are {len(answer.candidates)}.")
    return apply_candidate(book, output, found, answer.candidates[number - 1])


def _print_json(found: SheetTable, answer: Suggestions, applied: ApplyResult | None, all_cells: bool) -> None:
    values: dict[str, Any] = {"sheet": found.sheet, "range": found.address, **answer.as_dict(all_cells=all_cells)}
    if found.notes:
        values["notes"] = [*found.notes, *values.get("notes", [])]
    if applied is not None:
        values["applied"] = {"output": str(applied.target), "rule": applied.candidate.text, "priority": applied.report.priority}
    click.echo(json.dumps(values, ensure_ascii=False, indent=2))


def _stream(options: Options, fixed_day: bool, bundle: Path | None, threads: int, all_cells: bool) -> None:
    from addin_backend.cli.lines import answer_lines, read_groups

    model = load_model(bundle, threads)
    good = bad = 0
    for group in read_groups(sys.stdin.buffer):
        for answer in answer_lines(model, group, options, fixed_day=fixed_day, all_cells=all_cells):
            click.echo(json.dumps(answer, ensure_ascii=False))
            bad += "error" in answer
            good += "error" not in answer
        sys.stdout.flush()
    click.echo(f"cf-assistant: {good:,} answered, {bad:,} refused.", err=True)
