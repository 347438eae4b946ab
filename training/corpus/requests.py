"""The written requests: reading the JSON lines of `training/corpora/requests/`."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grammar.table import Table

FOLDER = Path(__file__).parent.parent / "corpora" / "requests"
TODAY = dt.date(2026, 6, 15)
DEVELOPMENT = ("dev.jsonl", "dev_own.jsonl")


@dataclass(frozen=True, slots=True)
class Request:
    """One request over one table. `rule` None: nothing can be done, ask back. `accept`: rules that are as good."""

    utterance: str
    rule: str | None
    scope: str | None
    look: dict[str, str | bool]
    tags: tuple[str, ...]
    table_id: str
    table: Table = field(repr=False, compare=False)
    accept: tuple[str, ...] = ()


def read_requests(paths: Sequence[Path]) -> list[Request]:
    """All requests of the files, in order.

    Raises:
        ValueError: a line that is no table of requests, with file and line.
    """
    return [request for path in paths for request in _read(path)]


def training_files(folder: Path = FOLDER) -> list[Path]:
    """Every file but the development sets."""
    files = [path for path in sorted(folder.glob("*.jsonl")) if path.name not in DEVELOPMENT]
    if not files:
        raise FileNotFoundError(f"no requests in {folder}")
    return files


def development_files(folder: Path = FOLDER) -> list[Path]:
    """The development sets, never trained on."""
    return [folder / name for name in DEVELOPMENT]


def _read(path: Path) -> Iterator[Request]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            record: dict[str, Any] = json.loads(line)
            table = Table.from_rows(record["table"])
            for request in record["requests"]:
                yield Request(
                    request["utterance"], request["rule"], request["scope"], dict(request["format"] or {}),
                    tuple(request["tags"]), record["table_id"], table, tuple(request.get("accept") or ()),
                )  # fmt: skip
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path.name} line {number}: {error!r}") from error
