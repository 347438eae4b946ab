"""Checkpoint folders of Hugging Face: tiny ones with fresh weights, made here."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import torch

from training.baselines.hugging_face import HuggingFaceSystem, ModelUnavailableError
from training.baselines.prompts import Prompter, Shot

pytest.importorskip("transformers", reason="it reads the checkpoints (extra `train`)")
SHOTS = [Shot("list files", "ls -la"), Shot("where am i", "pwd"), Shot("count lines", "wc -l")]


def save_tokenizer(folder: Path) -> int:
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    words = [
        "<pad>",
        "</s>",
        "<unk>",
        "Request",
        ":",
        "Answer",
        "list",
        "files",
        "ls",
        "-",
        "la",
        "pwd",
        "wc",
        "l",
        "count",
        "lines",
    ]
    tokenizer: Any = Tokenizer(models.WordLevel({word: k for k, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]  # of transformers
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    ).save_pretrained(folder)  # fmt: skip
    return len(words)


@pytest.fixture(scope="module")
def causal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from transformers import GPT2Config, GPT2LMHeadModel

    folder = tmp_path_factory.mktemp("causal")
    size = save_tokenizer(folder)
    torch.manual_seed(0)
    shape = GPT2Config(
        vocab_size=size, n_embd=16, n_layer=1, n_head=2, n_positions=96, bos_token_id=1, eos_token_id=1, pad_token_id=0,
        initializer_range=1.0,
    )  # fmt: skip
    GPT2LMHeadModel(shape).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def seq2seq(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from transformers import T5Config, T5ForConditionalGeneration

    folder = tmp_path_factory.mktemp("seq2seq")
    size = save_tokenizer(folder)
    torch.manual_seed(0)
    shape = T5Config(  # type: ignore[call-arg]  # it takes more than it names
        vocab_size=size, d_model=16, d_kv=8, d_ff=16, num_layers=1, num_heads=2, decoder_start_token_id=0, eos_token_id=1,
        pad_token_id=0,
    )  # fmt: skip
    T5ForConditionalGeneration(shape).save_pretrained(folder)
    return folder


@pytest.mark.parametrize("method", ["greedy", "beam", "sample"])
@pytest.mark.parametrize("kind", ["causal", "seq2seq"])
def test_candidates_in_order(kind: str, method: Any, request: pytest.FixtureRequest) -> None:
    system = HuggingFaceSystem(request.getfixturevalue(kind), Prompter("bash", SHOTS, 2), method, new_tokens=6)
    assert system.seq2seq == (kind == "seq2seq")
    assert system.ranks == (method != "sample")
    first, again = (system.answers("list files", 4, seed=3) for _ in range(2))
    assert first == again
    assert len(first) == (1 if method == "greedy" else 4)
    scores = [answer.score for answer in first]
    assert scores == sorted(scores, reverse=True)
    assert all(math.isfinite(score) and score <= 1e-4 for score in scores)
    assert all("Request" not in answer.text and "\n" not in answer.text for answer in first)


def test_greedy_is_the_likeliest_word_each_time(causal: Path) -> None:
    system = HuggingFaceSystem(causal, Prompter("bash", SHOTS, 1), "greedy", new_tokens=4)
    ids = system.tokenizer(system.prompter.prompt("list files"), return_tensors="pt")["input_ids"]
    start, total = ids.shape[1], 0.0
    with torch.no_grad():
        for _ in range(4):
            scores = system.model(ids).logits[0, -1].log_softmax(-1)
            total += float(scores.max())
            ids = torch.cat([ids, scores.argmax()[None, None]], 1)
            if int(ids[0, -1]) == 1:
                break
    answer = system.answers("list files", 1, seed=0)[0]
    assert answer.text == system.prompter.cut(system.tokenizer.decode(ids[0, start:], skip_special_tokens=True))
    assert answer.score == pytest.approx(total / (ids.shape[1] - start), abs=1e-3)


def test_examples_are_left_out_where_there_is_no_room(causal: Path) -> None:
    shots = [Shot(f"list files {'count lines ' * 10}", "ls")] * 5
    system = HuggingFaceSystem(causal, Prompter("bash", shots), "greedy", new_tokens=4)
    assert 0 < system._fitting("list files").count("Answer:") - 1 < 5
    assert system.answers("list files", 1, seed=0)
    with pytest.raises(ModelUnavailableError, match="the question alone is longer"):
        system.answers("count lines " * 60, 1, seed=0)


def test_folders_without_a_model(tmp_path: Path, causal: Path) -> None:
    prompter = Prompter("bash", SHOTS)
    with pytest.raises(ModelUnavailableError, match=r"no config\.json"):
        HuggingFaceSystem(tmp_path / "nowhere", prompter)
    (tmp_path / "config.json").write_text((causal / "config.json").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(ModelUnavailableError, match="cannot be used"):
        HuggingFaceSystem(tmp_path, prompter)
