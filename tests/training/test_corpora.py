"""The written corpora: every line reads, every rule parses and fits its table, no development set is trained on."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from grammar.codec.words import fold
from grammar.errors import GrammarError
from grammar.parse import parse
from training.corpus.codet5 import codet5_folder
from training.corpus.prose import read_cf_train
from training.corpus.requests import DEVELOPMENT, FOLDER, development_files, read_requests, training_files

SCOPES = (None, "row", "cells")


def folded(utterance: str) -> str:
    return " ".join(fold(utterance).split())


def tables(paths: list[Path]) -> list[tuple[str, str]]:
    """(table_id, header and first row) of every line."""
    lines = [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    return [(line["table_id"], json.dumps(line["table"][:2])) for line in lines]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.jsonl")), ids=lambda path: path.name)
def test_every_request_reads(path: Path) -> None:
    requests = read_requests([path])
    assert requests
    for request in requests:
        assert request.utterance.strip(), request.table_id
        assert request.scope in SCOPES
        for rule in (request.rule, *request.accept):
            if rule is not None:
                try:
                    parse(rule)
                except GrammarError as error:
                    raise AssertionError(f"{path.name}: {rule}: {error}") from error


def test_the_development_sets_are_there_and_no_training_files() -> None:
    assert [path.name for path in development_files()] == list(DEVELOPMENT)
    assert all(path.exists() for path in development_files())
    assert not set(development_files()) & set(training_files())
    assert len(read_requests(development_files())) >= 820


def test_no_utterance_of_the_development_sets_is_trained_on() -> None:
    trained = {folded(r.utterance) for r in read_requests(training_files())}
    shared = {u for r in read_requests(development_files()) if (u := folded(r.utterance)) in trained}
    assert not shared, sorted(shared)[:10]


def test_no_table_of_the_development_sets_is_trained_on() -> None:
    trained, held_out = tables(training_files()), tables(development_files())
    assert not {table for table, _ in trained} & {table for table, _ in held_out}
    assert not {rows for _, rows in trained} & {rows for _, rows in held_out}
    assert len({table for table, _ in held_out}) >= 105


def test_a_line_that_is_no_table_of_requests(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text('{"table_id": "a"}\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"x\.jsonl line 1"):
        read_requests([tmp_path / "x.jsonl"])


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no requests"):
        training_files(tmp_path)


@pytest.mark.data
def test_the_public_split() -> None:
    path = Path(os.environ.get("CF_ASSISTANT_DATA", "../shared/data")) / "prose" / "cf_train.json"
    if not path.exists():
        pytest.skip("CF_ASSISTANT_DATA does not hold prose/cf_train.json")
    requests = read_cf_train(path)
    assert len(requests) > 500
    assert all(r.rule and "c[" in r.rule for r in requests)
    assert len({(r.utterance.casefold(), r.rule) for r in requests}) == len(requests)
    trained = {folded(r.utterance) for r in requests}
    assert codet5_folder().name == "codet5"
    assert not {folded(r.utterance) for r in read_requests(development_files())} & trained
