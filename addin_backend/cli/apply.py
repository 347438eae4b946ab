"""`cf-assistant apply`: an explicit rule into a copy of a workbook; no model is loaded."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Literal

import click

from addin_backend.cli.options import day_or_today, table_options


@click.command("apply", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("book", type=click.Path(path_type=Path))
@click.argument("rule")
@table_options
@click.option("--scope", type=click.Choice(["cells", "row"]), default="cells", help="Colour cells (the default) or whole rows.")
@click.option("--format", "look", help="Such as fill=#FFC7CE,font=dark red,bold; Excel's light red if left out.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where the copy goes; beside BOOK if left out.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--all-cells", is_flag=True, help="With --json: name every matching cell, not only the first ones.")
def command(
    *,
    book: Path,
    rule: str,
    sheet: str | None,
    cells: str | None,
    today: dt.date | None,
    scope: Literal["cells", "row"],
    look: str | None,
    output: Path | None,
    as_json: bool,
    all_cells: bool,
) -> None:
    r"""Put RULE into a copy of BOOK. Columns are counted from 0 within the table.

    \b
    cf-assistant apply book.xlsx 'GreaterThan(c[2], 4000)' --format "fill=#FFC7CE,bold" -o out.xlsx
    """
    from addin_backend.usecases import apply_rule
    from grammar.look import Look

    result = apply_rule(
        book,
        output or book.with_name(f"{book.stem}-formatted{book.suffix}"),
        rule,
        today=day_or_today(today),
        sheet=sheet,
        cells=cells,
        scope=scope,
        look=Look.from_option(look) if look else None,
    )
    if as_json:
        click.echo(json.dumps(result.as_dict(all_cells=all_cells), ensure_ascii=False, indent=2))
        return
    from addin_backend.cli.show import show_applied

    show_applied(result)
