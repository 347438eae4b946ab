"""Development splits: deterministic, disjoint, refusing what is not the recorded file."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("bashlex", reason="bashlex comes with the extra `train`")

from training.corpus import code_splits  # after the skip
from training.corpus.code_splits import (  # after the skip
    PARTS,
    RECORD,
    Pair,
    SplitError,
    describe,
    main,
    normal_description,
    pairs,
    source,
    split,
)
from training.metrics import bash, python  # after the skip
from training.metrics.validity import valid  # after the skip

DATA = Path(os.environ.get("CF_ASSISTANT_DATA", Path(__file__).parents[4] / "shared" / "data"))


def real(language: str) -> Path:
    path = DATA / "prose" / f"{language}_train.json"
    if not path.exists():
        pytest.skip(f"no {path}: set CF_ASSISTANT_DATA to the data folder")
    return path


def write(folder: Path, language: str, rows: list[tuple[int, str | None, str]]) -> Path:
    (folder / "prose").mkdir(exist_ok=True)
    path = folder / "prose" / f"{language}_train.json"
    path.write_text(json.dumps([{"ID": a, "NL Utterance": b, "Code": c} for a, b, c in rows]), encoding="utf-8")
    return path


@pytest.fixture
def held_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Descriptions that speak of a test go into the development part."""
    monkeypatch.setattr(code_splits, "_fraction", lambda text: 0.0 if "test" in text.split() else 1.0)


def made(folder: Path, language: str, rows: list[tuple[int, str | None, str]]) -> dict[str, list[str]]:
    return {name: [pair.code for pair in part] for name, part in split(language, write(folder, language, rows)).items()}


def test_descriptions_are_compared_by_their_words() -> None:
    assert (
        normal_description(" Print  the File's `name`!\n")
        == normal_description("print the file s name")
        == "print the file s name"
    )


@pytest.mark.usefixtures("held_out")
def test_cleaning_of_bash(tmp_path: Path) -> None:
    parts = made(tmp_path, "bash", [
        (0, "a test of it", "ls -l\n"),
        (1, "A TEST of it.", "ls  -l"),  # the same again
        (2, "a test of it", "wc f"),  # another answer to it: one per description
        (3, "broken test", "ls |"),
        (4, "", "pwd"),
        (5, None, "pwd"),
        (6, "another", "cat f"),
    ])  # fmt: skip
    assert parts == {"dev": ["ls -l"], "train": ["cat f"], "train-wide": ["cat f"]}


@pytest.mark.usefixtures("held_out")
def test_near_duplicates_of_bash_leave_the_training_part(tmp_path: Path) -> None:
    parts = made(tmp_path, "bash", [
        (0, "a test of it", "find . -name 'a'"),
        (1, "the same code", 'find .  -name "a"'),
        (2, "the same template", "find src -name 'b*'"),
        (3, "something else", "find src -iname 'b*'"),
        (4, "a second test", "sort f"),
        (5, "a second test", "sort -u f"),
        (6, "what only the second answer has", "sort -u g"),
    ])  # fmt: skip
    assert parts["dev"] == ["find . -name 'a'", "sort f"]
    assert parts["train-wide"] == ["find src -name 'b*'", "find src -iname 'b*'", "sort -u g"]
    assert parts["train"] == ["find src -iname 'b*'"]


@pytest.mark.usefixtures("held_out")
def test_near_duplicates_of_python_leave_the_training_part(tmp_path: Path) -> None:
    parts = made(tmp_path, "python", [
        (1, "a test of it", "x.split(',')"),
        (1, "of the same question", "re.split(',', x)"),
        (2, "the same template", "line.split('-')"),
        (3, "the same code", 'x.split(",")'),
        (4, "something else", "x.strip(',')"),
        (4, "not Python 3", "print x"),
        (5, "twice", "f( 1 )"),
        (6, "Twice", "f(1)"),
    ])  # fmt: skip
    assert parts["dev"] == ["x.split(',')"]
    assert parts["train-wide"] == ["line.split('-')", "x.strip(',')", "f( 1 )"]
    assert parts["train"] == ["x.strip(',')", "f( 1 )"]


def test_the_description_alone_decides(tmp_path: Path) -> None:
    rows: list[tuple[int, str | None, str]] = [(k, f"list the files of folder number {k}", f"ls {k}") for k in range(600)]
    here = split("bash", write(tmp_path, "bash", rows))["dev"]
    assert 15 < len(here) < 60
    assert set(split("bash", write(tmp_path, "bash", rows[::-1]))["dev"]) == set(here)


def test_pairs_come_as_recorded(tmp_path: Path) -> None:
    write(tmp_path, "bash", [(k, f"list the files of folder number {k}", f"ls {k}") for k in range(100)])
    record = tmp_path / "record.json"
    found: dict[str, Any] = {"bash": describe("bash", tmp_path)}
    record.write_text(json.dumps(found), encoding="utf-8")
    dev = pairs("bash", "dev", tmp_path, record)
    assert dev
    assert all(isinstance(pair, Pair) for pair in dev)
    assert found["bash"]["parts"]["dev"]["pairs"] == len(dev)
    found["bash"]["parts"]["dev"]["sha256"] = "0"
    record.write_text(json.dumps(found), encoding="utf-8")
    with pytest.raises(SplitError, match="bash dev has"):
        pairs("bash", "dev", tmp_path, record)
    assert pairs("bash", "train", tmp_path, record) == []  # `ls STRING` is in dev


def test_another_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, "bash", [(0, "list files", "ls")])
    write(tmp_path, "python", [(0, "sum of x", "sum(x)")])
    with pytest.raises(SplitError, match="not the recorded file"):
        pairs("bash", "dev", tmp_path)
    assert main(["--data", str(tmp_path)]) == 1
    assert "not the recorded file" in capsys.readouterr().err


def test_a_missing_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(FileNotFoundError, match="CF_ASSISTANT_DATA"):
        pairs("python", "dev", tmp_path)
    assert main(["--data", str(tmp_path)]) == 1
    assert "bash_train.json; set CF_ASSISTANT_DATA" in capsys.readouterr().err


def test_unknown_names(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cf is none of bash, python"):
        source("cf", tmp_path)
    with pytest.raises(ValueError, match="test is none of dev, train"):
        pairs("bash", "test", tmp_path)


def test_the_record_holds_hashes_and_counts_only() -> None:
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    assert set(record) == {"bash", "python"}
    for about in record.values():
        assert set(about) == {"file", "sha256", "share", "parts"}
        assert set(about["parts"]) == set(PARTS)
        assert all(set(part) == {"pairs", "sha256"} and len(part["sha256"]) == 64 for part in about["parts"].values())
    assert 450 <= record["bash"]["parts"]["dev"]["pairs"] <= 550
    assert 225 <= record["python"]["parts"]["dev"]["pairs"] <= 275


@pytest.mark.data
@pytest.mark.parametrize("language", ["bash", "python"])
def test_the_public_pairs(language: str) -> None:
    path = real(language)
    dev, train, wide = split(language, path).values()
    template = bash.template if language == "bash" else python.template
    assert not {template(pair.code) for pair in dev} & {template(pair.code) for pair in train}
    assert not {normal_description(pair.utterance) for pair in dev} & {normal_description(pair.utterance) for pair in wide}
    assert set(train) < set(wide)
    assert len({normal_description(pair.utterance) for pair in dev}) == len(dev)
    assert len(set(wide)) == len(wide) < len(json.loads(path.read_text(encoding="utf-8")))
    assert all(valid(language, pair.code) and pair.utterance for pair in wide)


@pytest.mark.data
def test_the_command_on_the_public_pairs(capsys: pytest.CaptureFixture[str]) -> None:
    for language in ("bash", "python"):
        real(language)
    assert main(["--data", str(DATA)]) == 0
    assert [line.split()[:2] for line in capsys.readouterr().out.splitlines()] == [
        [language, part] for language in ("bash", "python") for part in PARTS
    ]
