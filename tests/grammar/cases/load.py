"""Reading case files; an empty folder or an empty file is an error, so that no test passes by testing nothing."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent


def pairs(name: str, folder: Path | None = None) -> list[tuple[str, str]]:
    """The pairs of one case file, in order; from this folder if no other is named."""
    folder = folder or FOLDER
    if not list(folder.glob("*.txt")):
        raise FileNotFoundError(f"{folder} holds no case files.")
    found = []
    for number, line in enumerate((folder / name).read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        left, arrow, right = line.partition(" => ")
        if not arrow:
            raise ValueError(f"{name}, line {number}: no ' => ' in {line!r}")
        found.append((left.strip(), right.strip()))
    if not found:
        raise ValueError(f"{name} holds no cases.")
    return found
