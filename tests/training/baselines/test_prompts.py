"""Few-shot prompts: which examples are taken, how a question looks, how an answer is cut out."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.baselines.interface import Answer
from training.baselines.prompts import ABSTENTION, Prompter, Shot, question_of, shot_of
from training.baselines.rules import text_outcome
from training.corpus.requests import read_requests

SHOTS = [
    Shot("list all text files", "ls *.txt"), Shot("count the lines of a file", "wc -l a"), Shot("where am i", "pwd"),
    Shot("list all text files by size", "ls -S *.txt"), Shot("remove a folder", "rm -r a"), Shot("find large files", "find ."),
]  # fmt: skip


def test_the_nearest_stand_next_to_the_question() -> None:
    prompter = Prompter("bash", SHOTS, 2)
    assert [s.answer for s in prompter.nearest("list text files by their size", 2)] == ["ls *.txt", "ls -S *.txt"]
    assert prompter.prompt("list text files by their size").endswith(
        "Request: list all text files by size\nAnswer: ls -S *.txt\n\nRequest: list text files by their size\nAnswer:"
    )


def test_rare_words_weigh_more() -> None:
    shots = [Shot("a the folder", "common"), Shot("the zebra", "rare"), Shot("the a", "x"), Shot("the a folder b", "y")]
    assert Prompter("bash", shots, 1).nearest("the zebra folder", 1)[0].answer == "rare"


def test_five_examples_and_fewer_where_asked() -> None:
    prompter = Prompter("bash", SHOTS)
    assert prompter.prompt("list files").count("Request:") == 6
    assert prompter.prompt("list files", 0).count("Request:") == 1
    with pytest.raises(ValueError, match="perl is none of"):
        Prompter("perl", SHOTS)


@pytest.mark.parametrize(
    ("language", "written", "expected"),
    [
        ("bash", " ls -la\n\nRequest: more", "ls -la"),
        ("bash", "ls -la\nthis lists files", "ls -la"),
        ("bash", "```bash\nls -la\n```", "ls -la"),
        ("bash", "`ls -la`", "ls -la"),
        ("cf", "Answer: GreaterThan(c[2], 5)\nRequest: and", "GreaterThan(c[2], 5)"),
        ("python", "x = 1\ny = 2\n\nRequest: z", "x = 1\ny = 2"),
        ("python", "```python\nx = 1\ny = 2\n```", "x = 1\ny = 2"),
        ("cf", "", ""),
    ],
)
def test_what_is_cut_out(language: str, written: str, expected: str) -> None:
    assert Prompter(language, SHOTS).cut(written) == expected


def test_a_request_shows_its_columns(eight: Path) -> None:
    request = read_requests([eight])[0]
    question = question_of(request)
    assert question.startswith(f"{request.utterance}\nTable: ")
    for k, column in enumerate(request.table.columns[:3]):
        assert f"c[{k}] {column.header} ({column.kind})" in question
    assert shot_of(request).answer == request.rule


def test_rules_written_as_text_are_read_checked_and_voted(eight: Path) -> None:
    request = read_requests([eight])[0]
    gold = str(request.rule)
    texts = ["no rule(", gold, gold + " ", "GreaterThan(c[99], 5)", ABSTENTION]
    found = text_outcome([Answer(text, -float(k)) for k, text in enumerate(texts)], request, ranks=False)
    assert [candidate.votes for candidate in found.ranked] == [2, 1]
    assert found.ranked[0].score == -1
    assert found.ranked[1].rule is None
    assert found.valid == pytest.approx(4 / 5)
    assert not found.first_valid  # no two texts are the same: the likeliest counts, and it is no rule
    ranked = text_outcome([Answer(ABSTENTION, -0.1), Answer(gold, -2), Answer(gold + " ", -3)], request, ranks=True)
    assert [candidate.rule is None for candidate in ranked.ranked] == [True, False]
    nothing = text_outcome([], request, ranks=True)
    assert (nothing.ranked, nothing.first_valid, nothing.valid) == ([], False, 0.0)
