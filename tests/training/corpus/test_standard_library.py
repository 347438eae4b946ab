"""Pieces and described functions of the standard library: readable, distinct, bounded, always the same."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training.corpus.snippets comes with the extra `train`")

from training.corpus.code_splits import Pair  # after the skip
from training.corpus.snippets import python_lines  # after the skip
from training.corpus.standard_library import described_functions, python_pieces, token_count  # after the skip

MODULE = '''
"""A module."""
import os

LIMIT = 10 * 2

def total(values, start=0):
    """Add up all the values. Longer explanations are left out.

    And so on.
    """
    return start + sum(values)

class Shelf:
    """A class."""
    @property
    def books(self):
        """Books on this shelf, by
        author"""
        return sorted(self._books, key=lambda book: book.author)

    def later(self):
        """Something for a later version."""
        raise NotImplementedError("later")

    def terse(self):
        """Too short."""
        return self.x

    def long(self):
        """Do a good many things here."""
        a = 1
        b = 2
        c = 3
        return a + b + c

def repeat(n):
    """Say it again and again."""
    for k in range(n):
        print(k)
'''


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.py").write_text(MODULE, encoding="utf-8")
    (tmp_path / "b.py").write_text(MODULE, encoding="utf-8")
    (tmp_path / "broken.py").write_text("print 'x'\n", encoding="utf-8")
    for name in ("package", "test", "site-packages"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "c.py").write_text(f"x_{name.replace('-', '_')} = [1, 2]\n", encoding="utf-8")
    return tmp_path


def test_pieces_of_a_module(folder: Path) -> None:
    pieces = python_pieces(folder=folder)
    assert len(set(pieces)) == len(pieces)
    assert {
        "LIMIT = 10 * 2", "return start + sum(values)", "start + sum(values)", "sum(values)", "lambda book: book.author",
        "def total(values, start=0):\n    return start + sum(values)", "for k in range(n):\n    print(k)", "x_package = [1, 2]",
    } <= set(pieces)  # fmt: skip
    assert not any("A module" in piece or "Add up" in piece or "def long" in piece for piece in pieces)
    assert not any("x_test" in piece or "x_site" in piece for piece in pieces)
    assert all(piece.count("\n") < 3 and 4 <= token_count(piece) <= 64 for piece in pieces)


def test_a_limit_and_a_length(folder: Path) -> None:
    pieces = python_pieces(folder=folder)
    assert python_pieces(3, folder=folder) == pieces[:3]
    short = python_pieces(max_tokens=6, folder=folder)
    assert set(short) == {piece for piece in pieces if token_count(piece) <= 6}
    assert 0 < len(short) < len(pieces)
    with pytest.raises(ValueError, match="at least 1"):
        python_pieces(0, folder=folder)


def test_functions_and_their_descriptions(folder: Path) -> None:
    assert set(described_functions(folder=folder)) == {
        Pair("Add up all the values", "def total(values, start=0):\n    return start + sum(values)"),
        Pair(
            "Books on this shelf, by author", "def books(self):\n    return sorted(self._books, key=lambda book: book.author)"
        ),
        Pair("Say it again and again", "def repeat(n):\n    for k in range(n):\n        print(k)"),
    }
    longer = {pair.utterance for pair in described_functions(folder=folder, max_lines=5)}
    assert "Do a good many things here" in longer
    assert len(described_functions(1, folder=folder)) == 1
    with pytest.raises(ValueError, match="at least 1"):
        described_functions(folder=folder, max_lines=0)


def test_tokens_are_counted_without_layout() -> None:
    assert token_count("if x:\n    y()") == 6
    with pytest.raises(ValueError, match="not Python"):
        token_count("'''")


def test_a_package_of_the_real_library() -> None:
    place = Path(ast.__file__).parent / "json"
    pieces = python_pieces(folder=place)
    assert len(pieces) > 300
    for piece in pieces:
        ast.parse(piece if not piece.startswith("return") else f"def f():\n {piece}")
    assert python_pieces(folder=place) == pieces


def test_the_old_lines_are_still_there(folder: Path) -> None:
    assert python_lines(100, folder) == [
        "LIMIT = 10 * 2",
        *[line for line in python_lines(100, folder) if line != "LIMIT = 10 * 2"],
    ]
    assert {"return start + sum(values)", "print(k)"} <= set(python_lines(100, folder))
