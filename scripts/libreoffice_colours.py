"""The colours LibreOffice shows, cell by cell: an outside judge for conditional formats.

LibreOffice's HTML export writes the background a cell has after its conditional formats (`bgcolor`), so a headless
conversion tells which cells a spreadsheet program colours. Rows and columns that are hidden are left out by the export
and are put back in their places here. Colour scales, data bars and icon sets do not show up in HTML.

    python scripts/libreoffice_colours.py book.xlsx          # one line a coloured cell: sheet, cell, colour
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import openpyxl
from lxml import html
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet


class LibreOfficeError(RuntimeError):
    """LibreOffice is missing, took too long or wrote nothing; the message says which."""


def find_soffice() -> str | None:
    """Path of the LibreOffice program, or None where it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def convert(source: Path, target_format: str, folder: Path, *, timeout: float = 180) -> Path:
    """Convert with a headless LibreOffice of its own profile; returns the written file, `folder/<stem>.<ending>`.

    Raises:
        LibreOfficeError: not installed, no result within `timeout` seconds, or no file written.
    """
    soffice = find_soffice()
    if soffice is None:
        raise LibreOfficeError("LibreOffice (soffice) is not installed.")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="libreoffice-profile-") as profile:
        command = [soffice, f"-env:UserInstallation={Path(profile).as_uri()}", "--headless", "--norestore",
                   "--convert-to", target_format, "--outdir", str(folder), str(source)]  # fmt: skip
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "SAL_USE_VCLPLUGIN": "svp"}
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False, env=environment)
        except subprocess.TimeoutExpired:
            raise LibreOfficeError(f"LibreOffice did not finish {source.name} within {timeout:g} s.") from None
    written = folder / f"{source.stem}.{target_format.partition(':')[0]}"
    if not written.exists():
        raise LibreOfficeError(f"LibreOffice wrote nothing for {source.name}: {done.stderr.strip() or done.stdout.strip()}")
    return written


def coloured_cells(xlsx_path: Path | str, *, timeout: float = 180) -> dict[str, dict[str, str]]:
    """Cells with a background colour as LibreOffice shows them: `{sheet: {"B3": "#ffc7ce"}}`, every sheet named.

    Raises:
        LibreOfficeError: see `convert`; also when the export's tables do not fit the workbook's sheets.
    """
    path = Path(xlsx_path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # openpyxl's, of parts it would not write; here it only reads
        book = openpyxl.load_workbook(path)
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    with tempfile.TemporaryDirectory(prefix="libreoffice-html-") as folder:
        document = html.parse(str(convert(path, "html", Path(folder), timeout=timeout)))
    tables = document.getroot().findall("body/table")
    filled = [sheet for sheet in sheets if sheet.calculate_dimension() != "A1:A1" or sheet["A1"].value is not None]
    if len(tables) not in (len(sheets), len(filled)):
        raise LibreOfficeError(f"LibreOffice shows {len(tables)} tables for {len(sheets)} sheets of {path.name}.")
    shown = dict(zip([s.title for s in (sheets if len(tables) == len(sheets) else filled)], tables, strict=True))
    return {sheet.title: _table_colours(sheet, shown[sheet.title]) if sheet.title in shown else {} for sheet in sheets}


def _table_colours(sheet: Worksheet, table: html.HtmlElement) -> dict[str, str]:
    rows = _visible(sheet.min_row, sheet.max_row, {k for k, d in sheet.row_dimensions.items() if d.hidden})
    columns = _visible(sheet.min_column, sheet.max_column, _hidden_columns(sheet))
    colours: dict[str, str] = {}
    covered: set[tuple[int, int]] = set()
    for at_row, row in enumerate(table.iter("tr")):
        at_column = 0
        for cell in row.iter("td", "th"):
            while (at_row, at_column) in covered:
                at_column += 1
            if at_row < len(rows) and at_column < len(columns) and (colour := cell.get("bgcolor")):
                colours[f"{get_column_letter(columns[at_column])}{rows[at_row]}"] = colour.lower()
            height, width = int(cell.get("rowspan") or 1), int(cell.get("colspan") or 1)
            covered |= {(at_row + y, at_column + x) for y in range(height) for x in range(width) if (y, x) != (0, 0)}
            at_column += 1
    return colours


def _visible(first: int, last: int, hidden: set[int]) -> list[int]:
    return [k for k in range(first, last + 1) if k not in hidden]


def _hidden_columns(sheet: Worksheet) -> set[int]:
    hidden: set[int] = set()
    for dimension in sheet.column_dimensions.values():
        if dimension.hidden and dimension.min and dimension.max:
            hidden |= set(range(dimension.min, dimension.max + 1))
    return hidden


def main() -> None:
    """Print the coloured cells of the workbook named on the command line."""
    for sheet, cells in coloured_cells(sys.argv[1]).items():
        for cell, colour in cells.items():
            print(f"{sheet}\t{cell}\t{colour}")


if __name__ == "__main__":
    main()
