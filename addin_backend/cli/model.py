"""`cf-assistant model`: the card of the model that is used."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

_SHOWN = 8


@click.command("model", context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--bundle", type=click.Path(path_type=Path), help="Folder of the model; the one that is shipped if left out.")
@click.option("--json", "as_json", is_flag=True, help="Print bundle.json as it is.")
def command(bundle: Path | None, as_json: bool) -> None:
    """Show the bundle's name, files, training and measured accuracy, after its files were checked against their hashes."""
    from addin_backend.service_errors import ModelUnavailableError
    from export.runtime.bundle import read_bundle
    from export.runtime.errors import BundleError

    try:
        found = read_bundle(bundle)
    except BundleError as error:
        raise ModelUnavailableError(str(error)) from error
    if as_json:
        click.echo(json.dumps(found.info, ensure_ascii=False, indent=2))
        return
    from rich.console import Console
    from rich.table import Table

    size = sum(path.stat().st_size for path in found.folder.iterdir() if path.is_file())
    table = Table(title=f"Model {found.name}", title_justify="left", show_header=False, box=None, padding=(0, 2))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    table.add_row("folder", str(found.folder))
    table.add_row("size", f"{size / 1e6:,.1f} MB")
    for name, text in rows_of(found.info):
        table.add_row(name, text)
    Console().print(table)


def rows_of(info: dict[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """The card's entries as name and text, nested ones as `accuracy.top1`; long lists are counted, hashes shortened."""
    for name, value in info.items():
        path = f"{before}{name}"
        if isinstance(value, dict):
            yield from rows_of(value, f"{path}.")
        elif isinstance(value, list) and len(value) > _SHOWN:
            yield path, f"{len(value):,} entries"
        elif isinstance(value, list):
            yield path, ", ".join(map(str, value))
        else:
            text = str(value)
            yield path, f"{text[:12]}…" if "sha256" in path and len(text) > 20 else text
