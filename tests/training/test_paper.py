"""The paper's route: CodeT5's tokenizer, flattened requests, epsilon-prediction, all three languages."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
import torch

from grammar.codec.encode import encode
from grammar.codec.view import make_view
from grammar.codec.vocabulary import RULES
from grammar.parse import parse
from training import checkpoint
from training.corpus.codet5 import SIZE, CodeT5Tokenizer, codet5_folder
from training.corpus.flat import FlatExample, code_example, collate_flat, flatten, read_code_pairs
from training.corpus.requests import TODAY, read_requests, training_files
from training.evaluate import answer, load_model
from training.finetune import FinetuneConfig, build, run
from training.model.sampler import Sampling

pytest.importorskip("transformers", reason="T5 is transformers' (extra `train`)")
pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(
        not (codet5_folder() / "vocab.json").exists(), reason="CF_ASSISTANT_DATA does not hold CodeT5's tokenizer"
    ),
]


@pytest.fixture(scope="module")
def tokenizer() -> CodeT5Tokenizer:
    return CodeT5Tokenizer()


def test_a_folder_without_the_tokenizer(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"vocab\.json"):
        CodeT5Tokenizer(tmp_path)


def test_text_and_back(tokenizer: CodeT5Tokenizer) -> None:
    for text in ("x = [i for i in range(10)]", "grep -rn 'é' . | wc -l", "über 4000 €"):
        assert tokenizer.text(tokenizer.ids(text)) == text


def test_a_hundred_sentinels(tokenizer: CodeT5Tokenizer) -> None:
    ids = [tokenizer.sentinel(token) for token in RULES.tokens[RULES.first_column :]]
    assert sorted(k for k in ids if k is not None) == list(range(SIZE - 100, SIZE))
    assert tokenizer.sentinel("w0") == 32_099
    assert tokenizer.sentinel("AND") is None


def test_rules_and_back(tokenizer: CodeT5Tokenizer) -> None:
    for request in read_requests(training_files()[:1])[::5]:
        view = make_view(request.utterance, request.table)
        try:
            rule = parse(request.rule) if request.rule else None
            tokens = encode(rule, view, scope=request.scope, look=request.look, today=TODAY)
        except Exception:  # what cannot be encoded is another test's business
            continue
        ids = tokenizer.rule_ids(tokens)
        assert max(ids) < SIZE
        assert tokenizer.rule_tokens([*ids, 0, 0, 77]) == tokens


def test_every_token_of_the_language_survives(tokenizer: CodeT5Tokenizer) -> None:
    tokens = list(RULES.tokens[1:])
    assert tokenizer.rule_tokens(tokenizer.rule_ids(tokens)) == tokens


def test_a_flattened_request(tokenizer: CodeT5Tokenizer) -> None:
    request = read_requests(training_files()[:1])[0]
    ids = flatten(make_view(request.utterance, request.table), tokenizer).tolist()
    text = tokenizer.text(ids)
    assert text.startswith("cf: " + request.utterance)
    assert f"{request.table.headers[0]} (text):" in text
    assert tokenizer.sentinel("w0") in ids
    assert tokenizer.sentinel("c0") in ids


def test_code_pairs(tokenizer: CodeT5Tokenizer, tmp_path: Path) -> None:
    path = tmp_path / "python_train.json"
    pairs = [("sum of x", "sum(x)"), ("", "nothing()"), ("too long", "x" + " + x" * 100)]
    path.write_text(json.dumps([{"NL Utterance": u, "Code": c} for u, c in pairs]), encoding="utf-8")
    found = read_code_pairs(path, tokenizer, 32)
    assert [tokenizer.text(e.target.tolist()) for e in found] == ["sum(x)"]
    assert tokenizer.text(found[0].pieces.tolist()) == "python: sum of x"
    with pytest.raises(ValueError, match="must begin with"):
        read_code_pairs(tmp_path / "perl_train.json", tokenizer, 32)


def test_batches(tokenizer: CodeT5Tokenizer) -> None:
    examples: list[FlatExample] = [
        code_example("bash", "list", "ls -la", tokenizer),
        code_example("bash", "a b c d", "pwd", tokenizer),
    ]
    inputs, tokens = collate_flat(examples, 16)
    assert inputs.pieces.shape == (2, max(e.size for e in examples))
    assert tokens.shape == (2, 16)
    assert inputs.mask.sum(1).tolist() == [e.size for e in examples]


def test_the_loss_is_the_papers(tokenizer: CodeT5Tokenizer) -> None:
    """All three parts, every position counted alike, gradients in E, N, D, L and H."""
    torch.manual_seed(0)
    model = build("tiny-paper", dropout=0.0)
    inputs, tokens = collate_flat([code_example("python", "sum of x", "sum(x)", tokenizer)] * 4, model.config.length)
    parts = model.loss(model.encode(inputs), tokens, torch.Generator().manual_seed(0))
    assert parts["total"].item() == pytest.approx(sum(parts[k].item() for k in ("denoising", "anchor", "entropy")), rel=1e-5)
    assert parts["denoising"].item() == pytest.approx(1, abs=0.6)  # noise is guessed as about nothing: its variance is left
    parts["total"].backward()  # type: ignore[no-untyped-call]  # torch's
    without = [name for name, p in model.named_parameters() if p.grad is None]
    assert not without


def test_the_nearer_the_noise_is_guessed_the_nearer_is_x0() -> None:
    model = build("tiny-paper").eval()
    x0, noise = torch.randn(2, 8, 32), torch.randn(2, 8, 32)
    t = torch.tensor([100.0, 700.0])
    x_t = model.schedule.noised(x0, t, noise)

    class Perfect(torch.nn.Module):
        def forward(self, *_: object) -> torch.Tensor:
            return noise

    model.denoiser.forward = Perfect().forward  # type: ignore[method-assign]  # the true noise
    assert torch.allclose(model.estimate_x0(x_t, t, torch.zeros_like(x0), [], None), x0, atol=1e-4)


def test_it_trains_and_answers(tmp_path: Path) -> None:
    line = json.loads(training_files()[0].read_text(encoding="utf-8").splitlines()[0])
    line["requests"] = [r for r in line["requests"] if r["rule"]][:4]
    (tmp_path / "four.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    (tmp_path / "bash_train.json").write_text(
        json.dumps([{"NL Utterance": "list files", "Code": "ls -la"}] * 4), encoding="utf-8"
    )
    config = FinetuneConfig(steps=40, batch=8, rate=5e-3, warmup=3, variants=0, threads=1, save_every=40)
    torch.manual_seed(0)
    run(build("tiny-paper"), config, tmp_path, [tmp_path / "four.jsonl", tmp_path / "bash_train.json"])
    log = [json.loads(entry) for entry in (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert log[-1]["total"] < log[0]["total"]
    model = load_model(tmp_path / "last.pt")
    assert dataclasses.replace(model.config) == checkpoint.config_of(checkpoint.load(tmp_path / "last.pt"))
    ranked = answer(model, read_requests([tmp_path / "four.jsonl"])[:2], Sampling(2, 4, "ddpm"))
    assert len(ranked) == 2
