"""The loader of case files refuses what would make a test pass by testing nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.grammar.cases import load


def test_empty_folder_and_empty_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "FOLDER", tmp_path)
    with pytest.raises(FileNotFoundError, match="holds no case files"):
        load.pairs("x.txt")
    (tmp_path / "x.txt").write_text("# only a comment\n\n", encoding="utf-8")
    with pytest.raises(ValueError, match="holds no cases"):
        load.pairs("x.txt")
    (tmp_path / "x.txt").write_text("a -> b\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 1"):
        load.pairs("x.txt")


def test_every_case_file_is_used() -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parents[1].rglob("test_*.py"))
    for path in Path(__file__).parent.glob("*.txt"):
        assert f'pairs("{path.name}")' in tests, path.name
