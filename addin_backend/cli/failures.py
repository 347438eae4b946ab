"""Errors on the command line: one line with the problem, one with what to do, exit code 2; never a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from addin_backend.errors import AddinError, from_grammar
from grammar.errors import GrammarError

FAILED = 2
NOTHING_FOUND = 1


@contextmanager
def failing_clearly() -> Iterator[None]:
    """Within this block an error ends the program with its message."""
    try:
        yield
    except AddinError as error:
        _end(error)
    except GrammarError as error:
        _end(from_grammar(error))
    except BrokenPipeError:  # the reader of our output has gone (`… | head`)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except MemoryError:
        click.echo("cf-assistant: There is not enough memory for this.\n  Take a smaller range of the workbook.", err=True)
        sys.exit(FAILED)


def message_of(error: AddinError) -> str:
    """The problem on the first line; the place of a syntax error and a hint on the following ones."""
    lines = [line for line in error.detail.splitlines() if line.strip()] or [error.title]
    hint = hint_of(error)
    problem = lines[0] if lines[0].startswith(error.title) else f"{error.title}: {lines[0]}"
    return "\n".join([f"cf-assistant: {problem}", *lines[1:], *([f"  {hint}"] if hint and hint not in error.detail else [])])


def hint_of(error: AddinError) -> str:
    """What to do, as the error class says it after its first sentence."""
    text = " ".join((type(error).__doc__ or "").split())
    return text.partition(". ")[2].strip()


def _end(error: AddinError) -> None:
    click.echo(message_of(error), err=True)
    sys.exit(FAILED)
