"""Template match and NLC2CMD score of Bash, against pairs of commands and scores worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("bashlex", reason="bashlex comes with the extra `train`")

from training.metrics import bash  # after the skip
from training.metrics.bash_table import UTILITIES  # after the skip

CASES = Path(__file__).parent / "cases"
BROKEN = ["", "   ", "ls |", "echo 'a", "( ls", "x'${' a", "ls > ", "echo $((1 + 2))"]


def cases(name: str) -> list[tuple[str, str]]:
    """Pairs of a case file; ValueError when a line is no pair, or there are none."""
    lines = [line for line in (CASES / name).read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    pairs = [tuple(part.strip() for part in line.split(" <=> ")) for line in lines]
    if not pairs or any(len(pair) != 2 for pair in pairs):
        raise ValueError(f"{name} holds no pairs, or lines that are none")
    return [(left, right) for left, right in pairs]


@pytest.mark.parametrize(("left", "right"), cases("bash_match.txt"))
def test_the_same_template(left: str, right: str) -> None:
    assert bash.template(left) == bash.template(right)
    assert bash.template_match(right, left)


@pytest.mark.parametrize(("left", "right"), cases("bash_no_match.txt"))
def test_different_templates(left: str, right: str) -> None:
    assert not bash.template_match(left, right)
    assert not bash.template_match(right, left)


@pytest.mark.parametrize(
    ("code", "template"),
    [
        ("find . -type f -name '*.c' -exec grep -il m {} \\;", "find PATH -name PATTERN -type f -exec grep -i -l PATTERN {} ;"),
        ("cat a.txt | sort -nr -k2 | head -5", "cat PATH | sort -k FIELDS -n -r | head -n NUMBER"),
        ("find /var -size +10M -mtime -2", "find PATH -mtime -NUMBER -size +SIZE"),
        ("find . \\( -name a -o ! -type d \\) -print0", "find PATH ( ! -type d -o -name PATTERN ) -print0"),
        ("x=$(ls -l) && echo \"$x\" >> /tmp/o 2>&1", "NAME=$(ls -l) && echo VARIABLE >> PATH 2>&1"),
        ("chmod 600 ~/$(whoami)/key", "chmod PERMISSION PATH{$(whoami)}"),
        ("tar czf a.tgz src | ssh ann@h 'cat > b'", "tar -c -f PATH -z PATH | ssh HOST PROGRAM"),
        ("wget -q http://a.org/b", "wget -q URL"),
        ("tool -fast 3 1.5G $x a.b a*", "tool -fast NUMBER SIZE VARIABLE PATH PATTERN"),
        ("dd if=/dev/sda of=b bs=1M", "dd if=PATH of=STRING bs=SIZE"),
        ("cat << E\nhi\nE", "cat <<HEREDOC"),
        ("f() { ls; }", "NAME ( ) { ls }"),
        ("ls\npwd", "ls; pwd"),
        ("expr $a + 1", "expr VARIABLE + NUMBER"),
        ("timeout 5 sort -u f", "timeout NUMBER sort -u PATH"),
        ("find . -name a \\)", "find PATH -name PATTERN )"),
        ("rm -- -f", "rm PATH"),
    ],
)  # fmt: skip
def test_templates_as_written(code: str, template: str) -> None:
    assert bash.template(code) == template


@pytest.mark.parametrize("code", BROKEN)
def test_what_cannot_be_read(code: str) -> None:
    assert not bash.valid(code)
    assert not bash.template_match(code, code)
    assert bash.nlc2cmd(code, "ls") == -1
    with pytest.raises(bash.UnreadableBashError):
        bash.template(code)


def test_a_reference_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(bash.UnreadableBashError):
        bash.nlc2cmd("ls", "ls |")


def test_utilities_in_the_order_of_the_source() -> None:
    found = bash.stages("sudo -u ann find $(pwd) -name a -exec grep -l b {} \\; | xargs -0 wc -l")
    assert [(stage.utility, sorted(stage.flags)) for stage in found] == [
        ("sudo", ["-u"]),
        ("find", ["-exec", "-name"]),
        ("pwd", []),
        ("grep", ["-l"]),
        ("xargs", ["-0"]),
        ("wc", ["-l"]),
    ]


@pytest.mark.parametrize(
    ("candidate", "reference", "score"),
    [
        ("ls", "ls", 1),
        ("ls -l a", "ls -l b", 1),
        ("ls", "cat", -1),
        ("ls -l", "ls -a", -0.5),  # half of 1 + (0 - 2) / 1
        ("ls -l", "ls", 0),  # half of 1 + (0 - 1) / 1
        ("ls -la", "ls -l", 0.5),  # half of 1 + (2 - 2) / 2
        ("ls -l | wc -l", "ls -l", 0),  # (1 - 1) / 2
        ("ls | sort | wc", "ls | wc", -1 / 3),  # 1, then sort against wc, then nothing to go with wc
        ("find . -name a", "find . -name b -type f", 0.5),
        ("find . -name a -o -type f", "find . -type f ! -name b", 1),
        ("x=1", "x=2", 1),
    ],
)
def test_nlc2cmd(candidate: str, reference: str, score: float) -> None:
    assert bash.nlc2cmd(candidate, reference) == pytest.approx(score)


def test_nlc2cmd_of_several_candidates() -> None:
    assert bash.nlc2cmd_of_all(["cat", "ls -l", "ls"], "ls -l") == 1
    assert bash.nlc2cmd_of_all(["cat", "ls |"], "ls -l") == -1
    assert bash.nlc2cmd_of_all(["cat", "ls"], "ls -l") == -0.5  # none above 0: the mean
    assert bash.nlc2cmd_of_all([], "ls") == -1


def test_scores_of_one_request() -> None:
    assert bash.scores(["cat a", "ls -l b", "ls -l c"], "ls -l d") == bash.Scores(1, 1.0)
    assert bash.scores(["ls |"], "ls") == bash.Scores(None, -1.0)


def test_every_entry_of_the_table_reads() -> None:
    kinds = {operand.type for utility in UTILITIES.values() for operand in utility.operands}
    kinds |= {kind for utility in UTILITIES.values() for values in utility.values.values() for kind in values}
    assert len(UTILITIES) > 150
    assert kinds <= {
        "PATH", "NUMBER", "±NUMBER", "SIZE", "±SIZE", "PERMISSION", "PATTERN", "STRING", "PROGRAM", "FIELDS", "TIME", "USER",
        "HOST", "URL", "NAME", "CHOICE", "COMMAND", "KEYED", "SHAPE", "REPLACE",
    }  # fmt: skip
