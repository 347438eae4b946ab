"""The command line `cf-assistant`: thin shells around the use-cases. Commands are imported when they are run."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

_COMMANDS = {
    "suggest": ("addin_backend.cli.suggest", "Propose rules for a request in words."),
    "apply": ("addin_backend.cli.apply", "Put an explicit rule into a copy of a workbook."),
    "code": ("addin_backend.cli.code", "Write Bash or Python for a description; nothing is executed."),
    "formulas": ("addin_backend.cli.formulas", "Read a file of Excel formulas and say which of them are any."),
    "serve": ("addin_backend.cli.serve", "Run the HTTP service with the task pane."),
    "model": ("addin_backend.cli.model", "Show what is known about the model."),
}


class LazyGroup(click.Group):
    """A group that knows its commands' names and one-line helps, and imports a command only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's signature
        if cmd_name not in _COMMANDS:
            return None
        command = getattr(importlib.import_module(_COMMANDS[cmd_name][0]), "command")  # noqa: B009  # mypy: an Any attribute
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # click's
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        from addin_backend.cli.failures import failing_clearly

        with failing_clearly():
            return super().invoke(ctx)


def _print_version(context: click.Context, option: click.Parameter, wanted: bool) -> None:  # noqa: ARG001  # click's signature
    if wanted and not context.resilient_parsing:
        from addin_backend.version import version

        click.echo(f"cf-assistant {version()}")
        context.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Show the version.")
def cli() -> None:
    """From a sentence to a conditional format in an Excel workbook.

    Exit codes: 0 done, 1 no rule was found for the request, 2 something is wrong with the input (said on stderr).
    """


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a console of another code page must not stop us
    cli(prog_name="cf-assistant")
