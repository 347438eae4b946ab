"""Whether code can be read, in every language."""

from __future__ import annotations

import pytest

from training.metrics.validity import valid


@pytest.mark.parametrize(
    ("language", "code", "readable"),
    [
        ("cf", "GreaterThan(c[1], 40)", True),
        ("cf", 'AND(TextEquals("a"), Blanks())', True),
        ("cf", "GreaterThan(c[1], ", False),
        ("cf", "ls -l", False),
        ("cf", "", False),
        ("python", "[x for x in y]", True),
        ("python", "import os\nos.getcwd()", True),
        ("python", "find . -name a", False),
        ("python", "", False),
    ],
)
def test_valid(language: str, code: str, readable: bool) -> None:
    assert valid(language, code) is readable


@pytest.mark.parametrize(("code", "readable"), [("ls -l | wc", True), ("ls |", False), ("", False), ("[x for x in y]", True)])
def test_bash(code: str, readable: bool) -> None:
    pytest.importorskip("bashlex", reason="bashlex comes with the extra `train`")
    assert valid("bash", code) is readable


def test_an_unknown_language() -> None:
    with pytest.raises(ValueError, match="perl is none of cf, python, bash"):
        valid("perl", "print")
