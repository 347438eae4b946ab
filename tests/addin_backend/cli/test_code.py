"""cf-assistant code."""

from __future__ import annotations

import json

import pytest

from tests.addin_backend.code_fakes import FakeWriter
from tests.export.make_fake_bundle import FOLDER


@pytest.fixture
def writer(monkeypatch):
    fake = FakeWriter()
    monkeypatch.setattr("addin_backend.cli.code.load_model", lambda *_: fake)
    return fake


def line(number, **change):
    return json.dumps({"id": number, "utterance": "list all files", **change})


def answers_of(result):
    return [json.loads(each) for each in result.stdout.splitlines()]


def test_it_works(run, writer):
    result = run("code", "--language", "bash", "list all files")
    assert (result.exit_code, result.stdout) == (0, "ls -la\nls\n")


def test_json(run, writer):
    result = run("code", "--language", "bash", "list all files", "-k", "1", "--json")
    assert json.loads(result.stdout) == {"language": "bash", "candidates": ["ls -la"], "confidences": [0.6]}


def test_nothing_valid(run, writer):
    writer.other = ()
    result = run("code", "--language", "bash", "list all files")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Nothing the model wrote can be read as Bash" in result.stderr


def test_the_shipped_kind_of_bundle_says_what_it_writes(run):
    for arguments in (["sort list `x`"], ["--jsonl"]):
        result = run("code", "--language", "python", "--bundle", FOLDER, *arguments, data=line(1))
        assert result.exit_code == 2
        assert result.stdout == ""
        assert "does not write python" in result.stderr
        assert "conditional-formatting rules" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["list files"], "--language"),
        (["--language", "perl", "x"], "perl"),
        (["--language", "bash"], "Say what the code should do"),
        (["--language", "bash", "x", "--jsonl"], "stdin"),
        (["--language", "bash", ""], "no words"),
        (["--language", "bash", "x", "-k", "0"], "-k"),
    ],
)
def test_what_is_refused(run, writer, arguments, message):
    result = run("code", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_lines(run, writer):
    writer.texts = {"count lines": ["wc -l"]}
    result = run("code", "--language", "bash", "--jsonl", data="\n".join([line(1), line("two", utterance="count lines")]))
    assert result.exit_code == 0
    first, second = answers_of(result)
    assert (first["id"], first["candidates"]) == (1, ["ls -la", "ls"])
    assert (second["id"], second["candidates"]) == ("two", ["wc -l"])
    assert "2 answered, 0 refused" in result.stderr


def test_a_bad_line_does_not_stop_the_rest(run, writer):
    lines = [line(1), "{bad", "[1]", "", line(5, utterance=""), line(6, table=[]), line(7, k=1), "null", line(8)]
    answers = answers_of(run("code", "--language", "bash", "--jsonl", data="\n".join(lines)))
    assert [answer.get("error", {}).get("code") for answer in answers] == [
        None, "bad-request", "bad-request", "empty-utterance", "invalid-request", None, "bad-request", None,
    ]  # fmt: skip
    assert [answer["id"] for answer in answers] == [1, None, None, 5, 6, 7, None, 8]
    assert len(answers[5]["candidates"]) == 1


def test_lines_go_through_the_model_in_groups(run, writer):
    assert len(answers_of(run("code", "--language", "bash", "--jsonl", data="\n".join(map(line, range(100)))))) == 100
    assert sum(writer.groups) == 100
    assert max(writer.groups) > 1


def test_one_line_that_breaks_the_model_does_not_break_the_others(run, writer):
    honest = writer.write_code

    def write_code(utterances, language, **options):
        if "poison" in utterances:
            raise ZeroDivisionError
        return honest(utterances, language, **options)

    writer.write_code = write_code
    data = "\n".join([line(1), line(2, utterance="poison"), line(3)])
    first, bad, last = answers_of(run("code", "--language", "bash", "--jsonl", data=data))
    assert bad["error"]["code"] == "internal-error"
    assert first["candidates"] == last["candidates"] == ["ls -la", "ls"]


def test_text_in_other_scripts_is_written_as_it_is(run, writer):
    writer.other = ("echo ключ",)
    assert "echo ключ" in run("code", "--language", "bash", "--jsonl", data=line(1)).stdout
