"""Whether Python and Bash can be read; nothing is executed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from grammar import validity
from grammar.validity import bash_reads, closed, valid, valid_bash, valid_python

CLOSED = [
    "ls", "echo 'it''s'", 'echo "a \\" b"', "echo $(date +%s)", "echo `whoami`", "a | b && c", "echo ${x%.c}", "f() { ls; }",
    "echo \"$(grep 'x' \"a b\")\"", "echo $'it\\'s'", "ls # it's", "diff <(sort a) <(sort b)", "find . \\( -name a \\)",
    "case $x in a) ls;; esac", "cat <<E\nit's\nE", "echo $((1+2))", "grep -c ')' f",
]  # fmt: skip
OPEN = [
    "",
    "  ",
    "echo 'x",
    'echo "x',
    "echo `x",
    "echo $(x",
    "echo ${x",
    "(ls",
    "| ls",
    "&& ls",
    "ls \\",
    'echo "$(x"',
    "a\0b",
    ") x",
]


@pytest.mark.parametrize("code", CLOSED)
def test_closed(code: str) -> None:
    assert closed(code)
    assert valid_bash(code)


@pytest.mark.parametrize("code", OPEN)
def test_open(code: str) -> None:
    assert not closed(code)
    assert not valid_bash(code)


@pytest.mark.skipif(validity._bash() is None, reason="needs bash")
@pytest.mark.parametrize(
    ("code", "expected"),
    [("ls -la | wc -l", True), ("if true; then ls; fi", True), ("if true; then", False), ("ls | | wc", False), ("fi", False),
     ("for x in; done", False), ("cat <<E\nx", False)],
)  # fmt: skip
def test_bash_itself(code: str, expected: bool) -> None:
    assert bash_reads(code) is expected
    assert valid_bash(code) is expected


@pytest.mark.skipif(validity._bash() is None, reason="needs bash")
def test_nothing_is_executed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    witness, script = tmp_path / "witness", tmp_path / "start.sh"
    script.write_text(f"touch {witness}\n", encoding="utf-8")
    monkeypatch.setenv("BASH_ENV", str(script))  # a shell that is no terminal reads this file first
    monkeypatch.setenv("ENV", str(script))
    touch = f"touch {witness}"
    for code in (touch, f"set +n; {touch}", f"echo $({touch})", f"a[$({touch})]=1", f"cat <({touch})", f"trap '{touch}' EXIT",
                 f"{touch} # \n", f"((x[$({touch})]))", f"eval '{touch}'", f"x() {{ {touch}; }}; x"):  # fmt: skip
        assert bash_reads(code) in (True, False)
    assert not witness.exists()


def test_without_bash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validity, "_bash", lambda: None)
    assert bash_reads("ls --without-bash") is None
    assert valid_bash("ls --without-bash")
    assert not valid_bash("echo 'x --without-bash")


def test_a_bash_that_does_not_answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    slow = tmp_path / "slow"
    slow.write_text(f"#!{sys.executable}\nimport time\ntime.sleep(30)\n", encoding="utf-8")
    slow.chmod(0o755)
    monkeypatch.setattr(validity, "_bash", lambda: str(slow))
    monkeypatch.setattr(validity, "SECONDS", 0.2)
    assert bash_reads("ls --slow") is None


@pytest.mark.parametrize(
    ("code", "expected"),
    [("x = 1", True), ("re.sub('\\d', '', s)", True), ("for x in y:\n    pass", True), ("x = (", False), ("", False),
     ("# a", False), ("print 'x'", False), ("(" * 5000, False), ("a\0b", False)],
)  # fmt: skip
def test_python(code: str, expected: bool) -> None:
    assert valid_python(code) is expected


def test_languages() -> None:
    assert valid("bash", "ls")
    assert valid("python", "x")
    with pytest.raises(ValueError, match="perl is none of bash, python"):
        valid("perl", "x")
