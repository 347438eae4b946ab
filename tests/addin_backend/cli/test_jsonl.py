"""cf-assistant suggest --jsonl."""

from __future__ import annotations

import io
import json
import os
import threading

import pytest

from addin_backend.cli.lines import read_groups

TABLE = [["Country", "Profit"], ["Peru", 5200], ["Chile", 1300]]


def line(number, **change):
    return json.dumps({"id": number, "utterance": "over 4000", "table": TABLE, **change})


def answers_of(result):
    return [json.loads(each) for each in result.stdout.splitlines()]


def test_it_works(run, generator):
    result = run("suggest", "--jsonl", data="\n".join([line(1), line("two")]))
    assert result.exit_code == 0
    first, second = answers_of(result)
    assert (first["id"], second["id"]) == (1, "two")
    assert first["candidates"][0]["matches"]["count"] == 1
    assert "2 answered, 0 refused" in result.stderr


def test_a_bad_line_does_not_stop_the_rest(run, generator):
    lines = [line(1), "{bad", "[1, 2]", "", line(5, utterance=""), line(6, table=[]), line(7, table=[["a", "b"]]), line(8)]
    answers = answers_of(run("suggest", "--jsonl", data="\n".join(lines)))
    assert [answer.get("error", {}).get("code") for answer in answers] == [
        None, "bad-request", "bad-request", "empty-utterance", "bad-table", "empty-table", None,
    ]  # fmt: skip
    assert [answer["id"] for answer in answers] == [1, None, None, 5, 6, 7, 8]
    assert [answer["line"] for answer in answers if "error" in answer] == [2, 3, 5, 6, 7]


@pytest.mark.parametrize(
    "data",
    [
        '{"id": 1, "utterance": "x", "table": [["a"], [1e400]]}',
        '{"id": 1, "utterance": "x", "table": [["a"], [NaN]]}',
        '{"id": 1, "utterance": "x", "table": [["a"], [' + "9" * 5000 + "]]}",
        '{"id": 1, "utterance": "x", "table": [["a"], [1, 2]]}',
        '{"id": 1, "utterance": 5, "table": [["a"], [1]]}',
        '{"id": 1, "utterance": "x"}',
        '{"id": 1, "utterance": "x", "table": [["a"], [1]], "more": 1}',
        '{"id": [1], "utterance": "x", "table": [["a"], [1]]}',
        "[" * 100_000,
        "null",
    ],
    ids=range(10),
)
def test_what_a_line_may_not_be(run, generator, data):
    bad, good = answers_of(run("suggest", "--jsonl", data=data + "\n" + line(2)))
    assert bad["error"]["detail"]
    assert good["candidates"]


def test_bytes_that_are_no_text(run, generator):
    bad, good = answers_of(run("suggest", "--jsonl", data=b'{"id": "\xff"}\n' + line(2).encode()))
    assert "UTF-8" in bad["error"]["detail"]
    assert good["candidates"]


def test_an_abstention(run, generator):
    generator.otherwise = [(None, 16)]
    (answer,) = answers_of(run("suggest", "--jsonl", data=line(1)))
    assert answer["candidates"] == []
    assert "Country (A)" in answer["abstained"]


def test_a_lines_own_day_counts(run, generator):
    run("suggest", "--jsonl", "--today", "2026-06-15", data="\n".join([line(1, today="2025-01-02"), line(2)]))
    assert sorted(map(str, generator.todays)) == ["2025-01-02", "2026-06-15"]


def test_a_lines_own_number_of_candidates(run, generator):
    first, second = answers_of(run("suggest", "--jsonl", "-k", "1", data="\n".join([line(1), line(2, k=2)])))
    assert (len(first["candidates"]), len(second["candidates"])) == (1, 2)


def test_lines_go_through_the_model_in_groups(run, generator):
    assert len(answers_of(run("suggest", "--jsonl", data="\n".join(line(k) for k in range(100))))) == 100
    assert sum(generator.batches) == 100
    assert max(generator.batches) > 1


def test_one_request_that_breaks_the_model_does_not_break_the_others(run, generator):
    honest = generator.propose_many

    def propose_many(requests, **options):
        if any(words == "poison" for words, _ in requests):
            raise ZeroDivisionError
        return honest(requests, **options)

    generator.propose_many = propose_many
    first, bad, last = answers_of(run("suggest", "--jsonl", data="\n".join([line(1), line(2, utterance="poison"), line(3)])))
    assert bad["error"]["code"] == "internal-error"
    assert first["candidates"]
    assert last["candidates"]


def test_text_in_other_scripts_is_written_as_it_is(run, generator):
    result = run("suggest", "--jsonl", data=line("ключ", table=[["ת", "Прибыль"], ["x", 5000]]))
    assert "ключ" in result.stdout
    assert "Прибыль" in result.stdout


def test_an_answer_comes_before_the_next_line_is_sent():
    reading, writing = os.pipe()
    got = []
    with open(reading, "rb") as stream, open(writing, "wb", buffering=0) as sender:  # noqa: PTH123  # pipes have no path
        groups = read_groups(stream)
        for number in (1, 2):
            sender.write(b'{"id": %d}\n' % number)
            worker = threading.Thread(target=lambda: got.append(next(groups)))
            worker.start()
            worker.join(10)
            assert got[-1][0].number == number
        sender.close()
        assert list(groups) == []


def test_a_line_without_an_end_is_cut_off():
    stream = io.BytesIO(b"x" * 1000 + b"\n{}\n")
    (group,) = read_groups(stream, max_line=100)
    assert [(each.number, each.data) for each in group] == [(1, None), (2, b"{}\n")]


def test_groups_have_a_largest_size():
    groups = list(read_groups(io.BytesIO(b"{}\n" * 70), size=32))
    assert sum(map(len, groups)) == 70
    assert max(map(len, groups)) <= 32
