"""Answers on a terminal: the table of candidates, and the sheet with the first one's cells coloured (rich)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.style import Style
from rich.table import Table as Grid
from rich.text import Text

from addin_backend.candidates import Candidate
from addin_backend.preview import preview
from grammar.excel.rule import ColorScaleParts, DataBarParts
from grammar.look import Look
from grammar.table import Table

if TYPE_CHECKING:
    from addin_backend.suggest import Suggestions
    from addin_backend.usecases import ApplyResult
    from addin_backend.workbooks.reader import SheetTable

_PLAIN_WIDTH = 160  # where output goes into a file or a pipe


def console() -> Console:
    """The terminal, or plain text of a fixed width."""
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=_PLAIN_WIDTH)


def show_answer(found: SheetTable, answer: Suggestions, applied: ApplyResult | None) -> None:
    """Candidates, the first one's (or the applied one's) preview, and what was written."""
    screen = console()
    for note in (*found.notes, *answer.notes):
        screen.print(f"[dim]{escape(note)}[/]")
    if not answer.candidates:
        screen.print(Text(answer.abstained or "", style="yellow"))
        return
    screen.print(_candidates(answer.candidates, f"{found.sheet}!{found.address}"))
    shown = applied.candidate if applied else answer.candidates[0]
    _show_preview(screen, shown, found.table)
    if applied:
        _show_written(screen, applied)


def show_applied(result: ApplyResult) -> None:
    """One rule that was put in."""
    screen = console()
    candidate = result.candidate
    screen.print(Text.assemble(swatch(candidate), " ", (candidate.explanation, "bold"), f"  {count_of(candidate)}"))
    _show_written(screen, result)
    for note in result.notes:
        screen.print(f"[yellow]{escape(note)}[/]")


def count_of(candidate: Candidate) -> str:
    """How many match: "7 of 20", and rows said where rows are coloured."""
    matches = candidate.matches
    if matches.count is None:
        return "for Excel to tell"
    return f"{matches.count:,} of {matches.of:,}" + (" rows" if candidate.scope == "row" else "")


def style_of(look: Look) -> Style:
    """A look as the terminal can show it; a fill without a font colour gets the ink that can be read on it."""
    ink = look.font_color or (_ink(look.fill) if look.fill else None)
    return Style(
        color=ink,
        bgcolor=look.fill,
        bold=look.bold or None,
        italic=look.italic or None,
        underline=look.underline or bool(look.border) or None,
        strike=look.strikethrough or None,
    )


def swatch(candidate: Candidate) -> Text:
    """The candidate's look in five columns."""
    match candidate.excel.visual:
        case ColorScaleParts(_, colors):
            return Text.assemble(*[("  ", Style(bgcolor=color)) for color in colors])
        case DataBarParts(_, _, color):
            return Text("▇▇▇▅▂", Style(color=color))
        case None:
            return Text(" Abc ", style_of(candidate.look))
        case _:
            return Text.assemble(("● ", "#D13438"), ("● ", "#E8A200"), ("●", "#2E9E4F"))


def _candidates(candidates: tuple[Candidate, ...], title: str) -> Grid:
    table = Grid(title=f"Candidates for {escape(title)}", title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("#", justify="right", style="bold")
    table.add_column("Look", no_wrap=True, min_width=5)
    table.add_column("Meaning", ratio=3)
    table.add_column("Matches", justify="right", no_wrap=True)
    table.add_column("Sure", justify="right", no_wrap=True)
    table.add_column("Rule", style="cyan", ratio=3, overflow="fold")
    table.add_column("Range", no_wrap=True)
    for number, each in enumerate(candidates, 1):
        sure = f"{each.confidence:.0%}" if each.confidence is not None else ""
        few = each.matches.count == 0
        table.add_row(
            str(number),
            swatch(each),
            Text(each.explanation),
            Text(count_of(each), style="yellow" if few else ""),
            sure,
            Text(each.text),
            each.applies_to,
        )
    return table


def _show_preview(screen: Console, candidate: Candidate, table: Table) -> None:
    shown = preview(candidate, table)
    marked = screen.color_system is None  # no colours: a mark instead
    grid = Grid(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True, title_justify="left")
    grid.title = Text(candidate.explanation, "bold")
    grid.add_column("", justify="right", style="dim", no_wrap=True)
    for letter, header, right in shown.columns:
        heading = Text.assemble((f"{letter} ", "dim"), header)
        grid.add_column(heading, justify="right" if right else "left", no_wrap=True, overflow="ellipsis", max_width=24)
    for number, cells in shown.rows:
        row = [
            Text(f"*{cell.text}" if marked and cell.matched else cell.text, style_of(cell.look) if cell.matched else "")
            for cell in cells
        ]
        grid.add_row(str(number), *row)
    screen.print(grid)
    if shown.note:
        screen.print(f"[dim]{escape(shown.note)}[/]")
    if candidate.matches.count == 0:
        screen.print("[yellow]Nothing matches now; the format will show when something does.[/]")


def _show_written(screen: Console, applied: ApplyResult) -> None:
    where = f"{applied.sheet}!{applied.candidate.applies_to}"
    details = f"  ({where}, priority {applied.report.priority})"
    screen.print(Text.assemble("Written: ", (str(applied.target), "bold green"), details))


def _ink(fill: str) -> str:
    red, green, blue = (int(fill[k : k + 2], 16) for k in (1, 3, 5))
    return "#000000" if red * 0.299 + green * 0.587 + blue * 0.114 > 140 else "#FFFFFF"
