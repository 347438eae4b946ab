"""The runtime on the fake bundle: no torch, deterministic, independent of neighbours, clear refusals."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from export.runtime.bundle import FILES, read_bundle
from export.runtime.errors import BundleError, ProviderError, RuntimeModelError
from export.runtime.feeds import make_feed
from export.runtime.generator import Generator
from export.runtime.proposals import Proposal
from export.runtime.strings import StringVectors
from grammar.codec.pieces import PieceTokenizer, place
from grammar.codec.view import make_view
from grammar.codec.vocabulary import RULES
from grammar.table import Table
from tests.export.make_fake_bundle import FOLDER

TODAY = dt.date(2026, 6, 15)
TABLE = Table.from_rows([["Status", "Amount", "Due"], ["Paid", 5, "2026-06-12"], ["Open", 4000, "2026-06-20"]])
WIDE = Table.from_rows([[f"Column {k}" for k in range(9)], *[[k * c for c in range(9)] for k in range(6)]])
REQUESTS = [("highlight amount over 40", TABLE), ("red", TABLE), ("top 3 of column 7 in red, the whole row please", WIDE)]


@pytest.fixture(scope="module")
def generator() -> Generator:
    return Generator.load(FOLDER, threads=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(FOLDER, tmp_path / "bundle")
    return tmp_path / "bundle"


def change(folder: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    info = json.loads((folder / "bundle.json").read_text(encoding="utf-8"))
    edit(info)
    (folder / "bundle.json").write_text(json.dumps(info), encoding="utf-8")


def test_it_works(generator: Generator) -> None:
    proposals = generator.propose(*REQUESTS[0], today=TODAY, seeds=8)
    assert all(isinstance(p, Proposal) and 0 <= p.votes <= p.seeds == 8 for p in proposals)
    assert len({(p.rule, p.scope, tuple(p.look.items())) for p in proposals}) >= min(len(proposals), 1)
    assert generator.name == "fake"


def test_the_same_seed_gives_the_same_answer(generator: Generator) -> None:
    first = generator.propose(*REQUESTS[0], today=TODAY, seeds=8, seed=3)
    assert first == generator.propose(*REQUESTS[0], today=TODAY, seeds=8, seed=3)
    assert first == Generator.load(FOLDER, threads=1).propose(*REQUESTS[0], today=TODAY, seeds=8, seed=3)


def raw(generator: Generator, requests: list[tuple[str, Table]]) -> tuple[Any, Any]:
    """Tokens and log-probabilities as the decoder graph gives them."""
    tokenizer = PieceTokenizer(FOLDER / "tokenizer.json")
    views = [make_view(*request) for request in requests]
    strings = [generator._strings(view.strings()) for view in views]
    feed = make_feed([place(view, tokenizer) for view in views], strings)
    return generator._generate(feed, 4, 0, lambda _: None)  # type: ignore[arg-type]  # a clock that tells nobody


def test_neighbours_in_the_batch_change_nothing(generator: Generator) -> None:
    tokens, log_probs = raw(generator, REQUESTS)
    for k, request in enumerate(REQUESTS):
        alone, scores = raw(generator, [request])
        assert np.allclose(log_probs[k], scores[0], atol=1e-4)
        sure = log_probs[k][..., 0] - log_probs[k][..., 1] > 1e-3  # a tie may be broken either way
        assert (tokens[k][..., 0] == alone[0][..., 0])[sure].all()


def test_many_are_answered_in_order_and_wordless_ones_with_nothing(generator: Generator) -> None:
    answers = generator.propose_many([("", TABLE), REQUESTS[0], ("  ", TABLE)], today=TODAY, seeds=4)
    assert answers[0] == answers[2] == []
    assert answers[1] == generator.propose(*REQUESTS[0], today=TODAY, seeds=4)


def test_the_clock_hears_of_every_stage(generator: Generator) -> None:
    stages: dict[str, float] = {}
    generator.propose(*REQUESTS[0], today=TODAY, seeds=2, clock=stages.__setitem__)
    assert list(stages) == ["codec", "strings", "encoder", "denoiser", "decoder", "decode"]
    assert all(seconds >= 0 for seconds in stages.values())


@pytest.mark.parametrize("utterance", ["🙂 مدفوع", "x " * 10_000, "\x00", "e\u0301 \u0301", "½"])
def test_odd_utterances(generator: Generator, utterance: str) -> None:
    assert isinstance(generator.propose(utterance, TABLE, today=TODAY, seeds=2), list)


def test_strings_are_remembered_up_to_a_capacity() -> None:
    calls: list[int] = []

    def encode(pieces: Any, mask: Any) -> Any:
        calls.append(len(pieces))
        return np.stack([pieces.sum(1), mask.sum(1)], 1).astype(np.float32)

    strings = StringVectors(PieceTokenizer(FOLDER / "tokenizer.json"), encode, capacity=2)
    first = strings(["amount", "status", "amount"])
    assert (first[0] == first[2]).all()
    assert not (first[0] == first[1]).all()
    strings(["status", "date"])
    assert calls == [2, 1]
    strings(["amount"])  # forgotten meanwhile
    assert calls == [2, 1, 1]


def test_no_torch_is_loaded() -> None:
    code = "import sys, export.runtime.generator; print(sorted({'torch', 'transformers', 'onnx'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert done.stdout.strip() == "[]"


# -- refusals ---------------------------------------------------------------------------------------------------------


def test_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"no bundle\.json"):
        read_bundle(tmp_path)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(BundleError, match=f"has no {name}"):
        read_bundle(folder)


@pytest.mark.parametrize("name", FILES)
def test_a_changed_file(folder: Path, name: str) -> None:
    with (folder / name).open("ab") as file:
        file.write(b" ")
    with pytest.raises(BundleError, match=f"{name} is not the file"):
        read_bundle(folder)
    assert read_bundle(folder, verify=False).name == "fake"


def test_broken_json(folder: Path) -> None:
    (folder / "bundle.json").write_text('{"format": 1', encoding="utf-8")
    with pytest.raises(BundleError, match="cannot be read"):
        read_bundle(folder)


@pytest.mark.parametrize("text", ["[]", "{}", '{"format": 999}'])
def test_another_format(folder: Path, text: str) -> None:
    (folder / "bundle.json").write_text(text, encoding="utf-8")
    with pytest.raises(BundleError, match="format"):
        read_bundle(folder)


def test_another_vocabulary(folder: Path) -> None:
    change(folder, lambda info: info["vocabulary"].reverse())
    with pytest.raises(BundleError, match="tokens"):
        read_bundle(folder)


def test_no_hash(folder: Path) -> None:
    change(folder, lambda info: info["sha256"].pop("text.onnx"))
    with pytest.raises(BundleError, match=r"text\.onnx"):
        read_bundle(folder)


def test_an_unknown_provider() -> None:
    with pytest.raises(ProviderError, match="has no NoSuchProvider"):
        Generator.load(FOLDER, providers=["NoSuchProvider"])
    assert issubclass(ProviderError, RuntimeModelError)


def test_the_fake_bundle_is_small_and_of_this_version() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 100_000
    assert tuple(read_bundle(FOLDER).info["vocabulary"]) == RULES.tokens
