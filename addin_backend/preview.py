"""A few rows of a table with a candidate's cells as they will look: what the terminal prints."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from addin_backend.candidates import Candidate
from grammar.excel.rule import ColorScaleParts, DataBarParts, IconSetParts
from grammar.look import Look
from grammar.table import Kind, Table, column_letter, display

SHOWN_ROWS = 12
SHOWN_COLUMNS = 12
PLAIN = Look()
_ICONS = {"arrow": "▼►▲", "": "●●●"}
_ICON_COLORS = ("#D13438", "#E8A200", "#2E9E4F")


@dataclass(frozen=True, slots=True)
class Shown:
    """One cell: its text, whether the rule matches it, and the look it gets."""

    text: str
    matched: bool = False
    look: Look = PLAIN


@dataclass(frozen=True, slots=True)
class Preview:
    """Column headings (letter, header, right-aligned), rows as (sheet row, cells); `note` says what was left out."""

    columns: tuple[tuple[str, str, bool], ...]
    rows: tuple[tuple[int, tuple[Shown, ...]], ...]
    note: str = ""


def preview(candidate: Candidate, table: Table, *, rows: int = SHOWN_ROWS) -> Preview:
    """The first rows, or those from just before the first match where that comes later; the coloured column is always shown."""
    place, masks = candidate.matches.place, candidate.matches.masks or {}
    first = _first_row(masks, table.rows, rows)
    indexes = range(first, min(first + rows, table.rows))
    columns = _columns(candidate, table)
    looks = {k: _looks(candidate, table, k, mask) for k, mask in masks.items()}
    found: list[tuple[int, tuple[Shown, ...]]] = []
    for row in indexes:
        cells = []
        for k in columns:
            text = display(table.columns[k].cells[row])
            source = next(iter(masks), None) if candidate.scope == "row" else k
            matched = source is not None and source in masks and bool(masks[source][row])
            cells.append(_shown(text, matched, looks[source][row] if matched and source is not None else PLAIN))
        found.append((place.first_row + row, tuple(cells)))
    heads = tuple((place.letters(k), table.columns[k].header, table.columns[k].kind is Kind.NUMBER) for k in columns)
    return Preview(heads, tuple(found), _note(table, indexes, columns, place.first_row))


def _first_row(masks: dict[int, np.ndarray[tuple[int], np.dtype[np.bool_]]], total: int, rows: int) -> int:
    matches = [int(np.flatnonzero(mask)[0]) for mask in masks.values() if mask.any()]
    if not matches or min(matches) < rows:
        return 0
    return max(0, min(min(matches) - 2, total - rows))


def _columns(candidate: Candidate, table: Table) -> tuple[int, ...]:
    """As many columns as fit, those of the rule among them."""
    width = len(table.columns)
    if width <= SHOWN_COLUMNS:
        return tuple(range(width))
    wanted = sorted(set((candidate.matches.masks or {}).keys()))[: SHOWN_COLUMNS - 1]
    others = [k for k in range(width) if k not in wanted][: SHOWN_COLUMNS - len(wanted)]
    return tuple(sorted([*wanted, *others]))


def _note(table: Table, rows: range, columns: tuple[int, ...], first_row: int) -> str:
    parts = []
    if len(rows) < table.rows:
        parts.append(f"rows {first_row + rows.start:,} to {first_row + rows.stop - 1:,} of {table.rows:,}")
    if len(columns) < len(table.columns):
        parts.append(f"{len(columns)} of {len(table.columns)} columns (to {column_letter(len(table.columns) - 1)})")
    return ", ".join(parts)


def _shown(text: str, matched: bool, look: Look) -> Shown:
    if look.number_format and look.number_format[0] in "▼►▲●":  # an icon, see _looks
        return Shown(f"{look.number_format} {text}", matched, replace(look, number_format=None))
    return Shown(text, matched, look)


def _looks(candidate: Candidate, table: Table, column: int, mask: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> list[Look]:
    """The look of every row's cell; for scales, bars and icons it depends on the value, for other rules it is one."""
    visual = candidate.excel.visual
    if visual is None:
        return [candidate.look] * table.rows
    numbers = table.columns[column].numbers
    seen = numbers[mask]
    if not len(seen):
        return [Look()] * table.rows
    low, high, middle = float(seen.min()), float(seen.max()), float(np.median(seen))
    share = np.clip((numbers - low) / (high - low), 0, 1) if high > low else np.full(table.rows, 0.5)
    share = np.nan_to_num(share)
    match visual:
        case ColorScaleParts(_, colors):
            centre = (middle - low) / (high - low) if high > low else 0.5
            return [Look(fill=_scale(colors, float(s), centre)).readable() for s in share]
        case DataBarParts(_, _, color):
            return [Look(fill=_mix("#FFFFFF", color, 0.15 + 0.85 * float(s))).readable() for s in share]
        case IconSetParts(style):
            icons = _ICONS["arrow" if "arrow" in (style or "").lower() else ""]
            steps = [min(2, int(float(s) * 3)) for s in share]
            return [Look(font_color=_ICON_COLORS[step], number_format=icons[step]) for step in steps]


def _scale(colors: tuple[str, ...], share: float, centre: float) -> str:
    if len(colors) == 2:
        return _mix(colors[0], colors[1], share)
    if share <= centre:
        return _mix(colors[0], colors[1], share / centre if centre else 0.0)
    return _mix(colors[1], colors[2], (share - centre) / (1 - centre))


def _mix(one: str, other: str, share: float) -> str:
    pairs = [(int(one[k : k + 2], 16), int(other[k : k + 2], 16)) for k in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)
