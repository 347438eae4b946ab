"""The report counts parameters on the model itself and draws: without the extra `train` nothing here is collected."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

collect_ignore_glob = [] if find_spec("torch") and find_spec("matplotlib") else ["test_*.py"]

Add = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "results").mkdir()
    return tmp_path / "results"


def write_result(folder: Path, name: str, **fields: Any) -> Path:
    """A results file: its name, then fields that differ from those of a small comparison."""
    entry = {
        "experiment": "comparison", "system": "codefusion", "label": "CodeFusion (tiny)", "language": "cf", "seed": 0,
        "command": "python -m training.compare", "date": "2026-11-21", "parameters": 59_572, "samples": 64_000,
        "train_seconds": 90.0, "evaluated": 512, "metrics": {"top1": [60.0, 57.0, 63.0], "top3": [70.0, 67.0, 73.0]},
    } | fields  # fmt: skip
    path = folder / f"{name}.json"
    path.write_text(json.dumps(entry), encoding="utf-8")
    return path


@pytest.fixture
def add(folder: Path) -> Add:
    return partial(write_result, folder)
