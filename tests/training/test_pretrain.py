"""Phase 1: what is masked, that both tasks are learnt, resumed and handed on."""

from __future__ import annotations

import ast
import dataclasses
import json
import random
from pathlib import Path
from typing import Any

import pytest
import torch

from grammar.codec.decode import decode
from grammar.codec.pieces import PieceTokenizer
from grammar.codec.view import make_view
from grammar.codec.vocabulary import RULES
from grammar.parse import parse
from grammar.table import Table
from training import checkpoint
from training.checkpoint import CheckpointError
from training.corpus.code import CodeLine, LinkedCode, read_code
from training.corpus.requests import TODAY
from training.corpus.snippets import (
    bash_lines,
    bash_segments,
    is_masked_token,
    python_lines,
    python_segments,
    read_rules,
    rule_tokens,
)
from training.finetune import build
from training.model.config import PRESETS
from training.model.sentence_encoder import minilm_folder
from training.pretrain import Objective, PretrainConfig, run

RULE_LINES = [
    "GreaterThan(10)", "LessThan(0)", "Duplicate()", "top(1)", "TextEquals(Billed)", "Between(10, 11)", "TextContains(LEVEL 3)",
    "AND(GreaterThan(1), LessThan(5))", "NotBlanks()", "aboveAverage()", "bottom(10%)", "no rule", "top(1)",
]  # fmt: skip
LINES = [CodeLine("cf", rule) for rule in read_rules(RULE_LINES)]
SHORT = PretrainConfig(steps=8, batch=8, warmup=2, save_every=4, threads=1, rate=5e-3)


def hidden(segments: list[Any]) -> list[str]:
    return [segment.text for segment in segments if segment.masked]


def test_rules_are_distinct_and_encoded_without_words() -> None:
    assert len(LINES) == 11
    view = make_view("5 " * 64, Table.from_rows([[f"H{k}" for k in range(24)], [1] * 24]))
    for line in LINES:
        assert not isinstance(line.code, str)
        for seed in range(20):
            tokens = rule_tokens(line.code, random.Random(seed))
            assert set(tokens) <= set(RULES.tokens)
            words = [token for token in tokens if not is_masked_token(token)]
            if words[::2] == words[1::2]:  # spans of one word, which here reads as 5 everywhere
                assert type(decode(tokens, view, today=TODAY).rule) is type(line.code)


def test_what_of_a_rule_is_masked() -> None:
    tokens = rule_tokens(parse("Between(c[0], 5, 7)"), random.Random(0))
    assert [is_masked_token(token) for token in tokens] == [True, True, False, False, False, False]


def test_what_of_python_is_masked() -> None:
    code = "total = sum(x.price for x in rows if x is not None)"
    segments = python_segments(code)
    assert "".join(segment.text for segment in segments) == code
    assert hidden(segments) == ["total", "sum", "x", "price", "x", "rows", "x"]
    with pytest.raises(ValueError, match="not Python"):
        python_segments("x = (")


def test_what_of_bash_is_masked() -> None:
    pytest.importorskip("bashlex", reason="bashlex cuts Bash (extra `train`)")
    code = 'for f in *.txt; do grep -c "$x" $f | wc -l; done && ls -la'
    segments = bash_segments(code)
    assert "".join(segment.text for segment in segments) == code
    assert hidden(segments) == ["grep", "$x", "$f", "wc", "ls"]
    assert bash_lines(["ls -la", "ls -la", "if then (", "  pwd  "], 10) == ["ls -la"]


def test_python_lines_are_statements_of_the_standard_library() -> None:
    lines = python_lines(300)
    assert len(set(lines)) == len(lines) == 300
    assert lines == python_lines(300)
    for line in lines:
        assert "".join(segment.text for segment in python_segments(line)) == line
        ast.parse(line)


def test_unknown_languages_and_missing_snippets(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="perl is none of"):
        read_code(["perl"], tmp_path, 5)
    with pytest.raises(FileNotFoundError):
        read_code(["bash"], tmp_path, 5)


def test_the_masked_rule_keeps_only_its_word_sentinels() -> None:
    coder = LinkedCode(PRESETS["tiny"], PieceTokenizer(minilm_folder() / "tokenizer.json"))
    inputs, tokens = coder.batch(LINES[:4], random.Random(0))
    assert tokens.shape == (4, PRESETS["tiny"].length)
    for k in range(4):
        words = [token for token in tokens[k].tolist() if token >= RULES.first_word]
        assert [mark for mark in inputs.sentinels[k, :, 0].tolist() if mark] == words  # type: ignore[union-attr]  # the linked encoder's
        assert set(inputs.pieces[k].tolist()) <= {0, coder.tokenizer.first, coder.tokenizer.last, coder.mask}


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_each_task_is_learnt(tmp_path: Path, share: float) -> None:
    config = dataclasses.replace(SHORT, steps=80, save_every=80, noise_share=share)
    torch.manual_seed(0)
    run(build("tiny"), config, tmp_path, LINES * 3)
    log = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert log[-1]["total"] < 0.8 * log[0]["total"]


def test_the_encoder_is_not_trained(tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = build("tiny")
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    run(model, SHORT, tmp_path, LINES)
    moved = {name.split(".")[0] for name, p in model.named_parameters() if not torch.equal(p, before[name])}
    assert moved == {"denoiser", "decoder", "embedding"}


def test_fresh_noise_at_every_step() -> None:
    model = build("tiny")
    inputs, tokens = LinkedCode(model.config, PieceTokenizer(minilm_folder() / "tokenizer.json")).batch(
        LINES[:2], random.Random(0)
    )
    noises = [torch.randn(2, 4, model.config.width, generator=torch.Generator().manual_seed(k)) for k in (1, 2)]
    found = [Objective(model)(inputs, tokens, noise, torch.Generator().manual_seed(0))["total"].item() for noise in noises]
    assert found[0] != found[1]


def test_it_resumes_bit_for_bit_and_finetuning_starts_from_it(tmp_path: Path) -> None:
    for name, stops in (("whole", []), ("parts", [0.0, 0.0])):
        for stop in [*stops, None]:
            torch.manual_seed(0)
            run(build("tiny"), SHORT, tmp_path / name, LINES, stop_after=stop)
    whole, parts = (checkpoint.load(tmp_path / name / "last.pt") for name in ("whole", "parts"))
    assert all(torch.equal(value, parts["model"][name]) for name, value in whole["model"].items())
    torch.manual_seed(1)
    model = build("tiny")
    fresh = checkpoint.transfer(model, tmp_path / "whole" / "last.pt")
    assert fresh == []
    assert torch.equal(model.embedding.weight, whole["ema"]["embedding.weight"])
    checkpoint.save(tmp_path / "empty.pt", {"config": {}, "model": {"other": torch.zeros(1)}})
    with pytest.raises(CheckpointError, match="no weight of"):
        checkpoint.transfer(model, tmp_path / "empty.pt")


@pytest.mark.parametrize("values", [{"steps": 0}, {"batch": 0}, {"lines": 0}, {"noise_share": 1.5}, {"ema": 1.0}])
def test_bad_ways_to_pre_train_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not a pre-training configuration"):
        PretrainConfig(**values)


def test_the_linked_encoder_takes_rules_only(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="on rules"):
        run(build("tiny"), SHORT, tmp_path, [CodeLine("python", "x = 1")])
    with pytest.raises(ValueError, match="on rules"):
        run(build("tiny"), SHORT, tmp_path, [])
