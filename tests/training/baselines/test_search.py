"""Beam search against all sequences, nucleus sampling against the distribution, cached keys against none."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest
import torch
from torch import Tensor

from training.baselines.registry import build, shape
from training.baselines.search import Decoding, beam_search, draw, nucleus
from training.baselines.seq2seq import Seq2Seq
from training.model.codefusion import TextInputs
from training.model.sampler import Sampling

VOCABULARY, LENGTH = 4, 4


class Table:
    """A model of made-up log-probabilities: a table for every prefix, another one for every request."""

    def __init__(self, batch: int) -> None:
        self.prefixes: list[tuple[int, ...]] = [(request,) for request in range(batch)]

    def __call__(self, rows: Tensor | None, tokens: Tensor | None) -> Tensor:
        if rows is not None and tokens is not None:
            pairs = zip(rows.tolist(), tokens.tolist(), strict=True)
            self.prefixes = [(*self.prefixes[row], token) for row, token in pairs]
        return torch.stack([log_probs(prefix) for prefix in self.prefixes])


def log_probs(prefix: tuple[int, ...]) -> Tensor:
    seed = sum((token + 1) * 7**k for k, token in enumerate(prefix))
    return (1.5 * torch.randn(VOCABULARY, generator=torch.Generator().manual_seed(seed))).log_softmax(-1)


def every_sequence(request: int) -> dict[tuple[int, ...], float]:
    """All sequences, padded, with their log-probability."""
    found = {}
    for tokens in itertools.product(range(VOCABULARY), repeat=LENGTH):
        cut = tokens[: tokens.index(0) + 1] if 0 in tokens else tokens
        if any(tokens[len(cut) :]):
            continue
        found[tokens] = sum(float(log_probs((request, *cut[:k]))[token]) for k, token in enumerate(cut))
    return found


def steps(tokens: tuple[int, ...]) -> int:
    return tokens.index(0) + 1 if 0 in tokens else len(tokens)


@pytest.mark.parametrize("penalty", [0.0, 1.0])
def test_a_wide_beam_finds_what_brute_force_finds(penalty: float) -> None:
    tokens, scores = beam_search(Table(2), 2, 130, LENGTH, penalty)
    for request in range(2):
        every = every_sequence(request)
        assert sum(map(math.exp, every.values())) == pytest.approx(1, abs=1e-4)
        best = sorted(every, key=lambda t: -every[t] / steps(t) ** penalty)[:20]
        assert [tuple(row) for row in tokens[request, :20].tolist()] == best
        expected = [every[t] / steps(t) ** penalty for t in best]
        assert scores[request, :20].tolist() == pytest.approx(expected, abs=1e-4)


def test_a_narrow_beam_is_in_order_and_no_worse_than_greedy() -> None:
    tokens, scores = beam_search(Table(3), 3, 5, LENGTH)
    greedy, worst = beam_search(Table(3), 3, 1, LENGTH)
    for request in range(3):
        every = every_sequence(request)
        rows = [tuple(row) for row in tokens[request].tolist()]
        assert len(set(rows)) == 5
        assert scores[request].tolist() == sorted(scores[request].tolist(), reverse=True)
        assert scores[request].tolist() == pytest.approx([every[row] for row in rows], abs=1e-4)
        assert scores[request, 0] >= worst[request, 0]
        assert worst[request, 0].item() == pytest.approx(every[tuple(greedy[request, 0].tolist())], abs=1e-4)


def test_samples_are_as_frequent_as_they_are_likely() -> None:
    generator = torch.Generator().manual_seed(0)
    tokens, chosen = nucleus(Table(1), 1, 2000, LENGTH, Decoding("nucleus", top_p=1.0), generator=generator)
    every = every_sequence(0)
    rows = [tuple(row) for row in tokens[0].tolist()]
    for likely in sorted(every, key=lambda t: -every[t])[:5]:
        assert rows.count(likely) / 2000 == pytest.approx(math.exp(every[likely]), abs=0.03)
    assert chosen[0].sum(-1).tolist() == pytest.approx([every[row] for row in rows], abs=1e-4)


def test_the_tail_is_never_drawn() -> None:
    scores = torch.tensor([0.5, 0.3, 0.15, 0.05]).log().repeat(400, 1)
    uniform = torch.linspace(0, 0.999999, 400)
    assert set(draw(scores, uniform, Decoding("nucleus", top_p=0.7)).tolist()) == {0, 1}
    assert set(draw(scores, uniform, Decoding("nucleus", top_p=0.81)).tolist()) == {0, 1, 2}
    assert set(draw(scores, uniform, Decoding("nucleus", top_p=0.2)).tolist()) == {0}
    cold = draw(scores, uniform, Decoding("nucleus", top_p=1.0, temperature=0.5))
    assert int((cold == 0).sum()) / 400 == pytest.approx(0.25 / (0.25 + 0.09 + 0.0225 + 0.0025), abs=0.01)


@pytest.mark.parametrize("values", [{"top_p": 0.0}, {"top_p": 1.5}, {"temperature": 0.0}, {"penalty": -1.0}])
def test_what_is_no_way_to_decode(values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not a way to decode"):
        Decoding(**values)


@pytest.fixture(scope="module")
def system() -> Seq2Seq:
    torch.manual_seed(0)
    config = shape("tiny-paper", vocabulary=5, text_vocabulary=5, length=3)
    found = build("seq2seq", config, Sampling())
    assert isinstance(found, Seq2Seq)
    torch.nn.init.normal_(found.embedding.weight, std=3.0)  # far from uniform
    return found.eval()


def test_the_decoders_beam_finds_what_brute_force_finds(system: Seq2Seq) -> None:
    """With cached keys and values, against all 125 sequences scored at once without them."""
    pieces = torch.tensor([[1, 3, 2, 4], [4, 4, 2, 0]])
    inputs = TextInputs(pieces, pieces > 0)
    tokens, scores = system.generate(inputs, 25, torch.Generator())  # 21 prefixes of two tokens
    every = torch.tensor([t for t in itertools.product(range(5), repeat=3) if not any(t[k] == 0 < t[k + 1] for k in range(2))])
    for request in range(2):
        same = TextInputs(pieces[[request]].expand(len(every), -1), (pieces > 0)[[request]].expand(len(every), -1))
        each = system.log_probs(same, every)
        pads = (every == 0).long()
        totals = (each * (pads.cumsum(-1) == pads)).sum(-1)
        assert totals.exp().sum().item() == pytest.approx(1, abs=1e-4)
        best = totals.sort(descending=True)
        assert scores[request].tolist() == pytest.approx(best.values[:25].tolist(), abs=1e-3)
        assert torch.equal(tokens[request], every[best.indices[:25]])


def test_the_decoders_samples_have_the_probability_it_gives_them(system: Seq2Seq) -> None:
    system.decoding = Decoding("nucleus")
    pieces = torch.tensor([[1, 3, 2, 4]])
    tokens, scores = system.generate(TextInputs(pieces, pieces > 0), 6, torch.Generator().manual_seed(0))
    same = TextInputs(pieces.expand(6, -1), (pieces > 0).expand(6, -1))
    each, pads = system.log_probs(same, tokens[0]), (tokens[0] == 0).long()
    counted = pads.cumsum(-1) == pads
    means = (each * counted).sum(-1) / counted.sum(-1)
    assert scores[0].tolist() == pytest.approx(means.tolist(), abs=1e-4)
    system.decoding = Decoding()
