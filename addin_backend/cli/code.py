"""`cf-assistant code`: Bash or Python for one description, or for a stream of them. Nothing is executed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from addin_backend.cli.failures import NOTHING_FOUND

if TYPE_CHECKING:
    from addin_backend.code import CodeAnswer, CodeLanguage, CodeOptions


def load_model(bundle: Path | None, threads: int) -> object:
    """The model (a name of its own, so that tests can put another in its place)."""
    from addin_backend.model import load_generator

    return load_generator(bundle, threads=threads)


@click.command("code", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("utterance", required=False)
@click.option("--language", required=True, type=click.Choice(["bash", "python"]), help="What to write.")
@click.option("-k", default=5, show_default=True, type=click.IntRange(1, 20), help="Most candidates wanted.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--jsonl", is_flag=True, help="Read requests from stdin, one JSON object a line; answer in the same order.")
@click.option("--threads", default=2, show_default=True, type=click.IntRange(1, 256), help="Threads of the model.")
@click.option("--bundle", type=click.Path(path_type=Path), help="Folder of the model; the one that is shipped if left out.")
@click.option("--seeds", default=16, show_default=True, type=click.IntRange(1, 128), help="Tries of the model, which vote.")
@click.option("--seed", default=0, show_default=True, help="Start of the random numbers; the same gives the same answer.")
def command(
    *,
    utterance: str | None,
    language: CodeLanguage,
    k: int,
    as_json: bool,
    jsonl: bool,
    threads: int,
    bundle: Path | None,
    seeds: int,
    seed: int,
) -> None:
    r"""Write Bash or Python for UTTERANCE, best candidate first. Candidates are checked for syntax and never executed.

    \b
    cf-assistant code --language bash 'find "*.java" files modified in the last 7 days'
    cf-assistant code --language python --jsonl < requests.jsonl > answers.jsonl
    """
    from addin_backend.code import CodeOptions, write_code

    options = CodeOptions(language, k, seeds, seed)
    if jsonl:
        if utterance is not None or as_json:
            raise click.UsageError("--jsonl reads its requests from stdin; give no words and no --json.")
        _stream(options, bundle, threads)
        return
    if utterance is None:
        raise click.UsageError("Say what the code should do: cf-assistant code --language bash 'list files by size'.")
    answer = write_code(load_model(bundle, threads), utterance, options)
    _print(answer, as_json)
    if not answer.candidates:
        sys.exit(NOTHING_FOUND)


def _print(answer: CodeAnswer, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(answer.as_dict(), ensure_ascii=False, indent=2))
        return
    for candidate in answer.candidates:
        click.echo(candidate)
    for text in (*answer.notes, *([answer.abstained] if answer.abstained else [])):
        click.echo(f"cf-assistant: {text}", err=True)


def _stream(options: CodeOptions, bundle: Path | None, threads: int) -> None:
    from addin_backend.cli.code_lines import answer_code_lines
    from addin_backend.cli.lines import read_groups
    from addin_backend.code import refuse_unavailable

    model = load_model(bundle, threads)
    refuse_unavailable(model, options.language)
    good = bad = 0
    for group in read_groups(sys.stdin.buffer):
        for answer in answer_code_lines(model, group, options):
            click.echo(json.dumps(answer, ensure_ascii=False))
            bad += "error" in answer
            good += "error" not in answer
        sys.stdout.flush()
    click.echo(f"cf-assistant: {good:,} answered, {bad:,} refused.", err=True)
