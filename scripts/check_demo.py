"""Does LibreOffice colour exactly the cells that the preview named? Compares every demo-out/N.xlsx with its N.json.

Usage: python scripts/check_demo.py samples/invoices.xlsx demo-out

Exit code 1 when a cell differs; 0 when all agree, or when LibreOffice is not installed (which is said).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from libreoffice_colours import coloured_cells, find_soffice
from openpyxl.utils import get_column_letter, range_boundaries

ANSWERS = 5


def cells_of(references: list[str]) -> set[str]:
    """`["B3", "A5:C5"]` as single cells."""
    found: set[str] = set()
    for reference in references:
        left, top, right, bottom = (side or 1 for side in range_boundaries(reference))  # A1 references name every side
        found |= {f"{get_column_letter(k)}{row}" for row in range(top, bottom + 1) for k in range(left, right + 1)}
    return found


def check(answer: dict[str, Any], before: dict[str, str], after: dict[str, str]) -> str | None:
    """What differs between the first candidate's cells and those whose colour changed; None when nothing does."""
    first = answer["candidates"][0]
    named = cells_of(first["matches"]["cells"])
    changed = {cell for cell in before.keys() | after.keys() if before.get(cell) != after.get(cell)}
    wrong = {cell for cell in named & changed if after.get(cell) != first["format"]["fill"].lower()}
    parts = [
        f"not coloured: {_some(named - changed)}" if named - changed else "",
        f"coloured, not named: {_some(changed - named)}" if changed - named else "",
        f"in another colour: {_some(wrong)}" if wrong else "",
    ]
    return "; ".join(filter(None, parts)) or None


def main() -> None:
    """Check every answer; print one line for each."""
    book, folder = Path(sys.argv[1]), Path(sys.argv[2])
    answered = sorted(folder.glob("*.json"))
    if len(answered) < ANSWERS:
        sys.exit(f"Only {len(answered)} requests were answered; the demo needs {ANSWERS}.")
    if find_soffice() is None:
        print("LibreOffice is not installed; its colours were not compared.")
        return
    plain = coloured_cells(book)
    failures = 0
    for path in answered:
        answer = json.loads(path.read_text(encoding="utf-8"))
        first = answer["candidates"][0]
        if not first["format"]["fill"] or ("formulas" not in first["excel"] and first["excel"]["type"] in _LOOKS):
            print(f"{path.stem}: no fill to compare ({first['explanation']})")
            continue
        after = coloured_cells(path.with_suffix(".xlsx"))
        problem = check(answer, plain[answer["sheet"]], after[answer["sheet"]])
        count = len(cells_of(first["matches"]["cells"]))
        print(f"{path.stem}: {problem or f'LibreOffice colours exactly the {count:,} cells named'} ({first['explanation']})")
        failures += problem is not None
    sys.exit(1 if failures else 0)


_LOOKS = ("colorScale", "dataBar", "iconSet")


def _some(cells: set[str]) -> str:
    shown = sorted(cells, key=lambda cell: (len(cell), cell))[:5]
    return ", ".join(shown) + (f" and {len(cells) - len(shown):,} more" if len(cells) > len(shown) else "")


if __name__ == "__main__":
    main()
