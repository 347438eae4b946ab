"""Searching a model that writes token by token: beam search and nucleus sampling, as pure functions of the next token.

Token 0 is the pad and the end: a sequence that has ended goes on with pads that cost nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import torch
from torch import Tensor

PAD = 0


class NextToken(Protocol):
    """A model in the middle of K sequences for each of B requests, B * K rows in the order of the requests."""

    def __call__(self, rows: Tensor | None, tokens: Tensor | None) -> Tensor:
        """Log-probabilities of the next token, (rows, vocabulary).

        Args:
            rows: (B * K,) which rows of the last call are gone on with; None at the start, where every request is one row.
            tokens: (B * K,) what was chosen for them.
        """


@dataclass(frozen=True, slots=True)
class Decoding:
    """`top_p`, `temperature`: of the nucleus; `penalty`: a beam's log-probability is divided by its length to this power."""

    method: Literal["beam", "nucleus"] = "beam"
    top_p: float = 0.95
    temperature: float = 1.0
    penalty: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.top_p <= 1 or self.temperature <= 0 or self.penalty < 0:
            raise ValueError(f"not a way to decode: {self}")


def beam_search(following: NextToken, batch: int, beams: int, length: int, penalty: float = 0.0) -> tuple[Tensor, Tensor]:
    """The likeliest sequences, best first: tokens (batch, beams, length) and scores (batch, beams).

    A score is the log-probability over (length with the end) ** penalty; beams are kept by log-probability alone.
    """
    first = following(None, None)  # (batch, vocabulary)
    vocabulary, device = first.shape[-1], first.device
    log_probs = first[:, None].expand(batch, beams, vocabulary)
    totals = torch.full((batch, beams), -torch.inf, device=device)
    totals[:, 0] = 0
    tokens = torch.zeros((batch, beams, length), dtype=torch.long, device=device)
    lengths = torch.zeros((batch, beams), device=device)
    ended = torch.zeros((batch, beams), dtype=torch.bool, device=device)
    starts = torch.arange(batch, device=device)[:, None]
    rows = starts.expand(batch, beams)  # of the first call
    for at in range(length):
        if at:
            log_probs = following(rows.flatten(), tokens[:, :, at - 1].flatten()).view(batch, beams, vocabulary)
        free = torch.full((vocabulary,), -torch.inf, device=device)
        free[PAD] = 0
        grown = totals[..., None] + torch.where(ended[..., None], free, log_probs)
        totals, chosen = grown.flatten(1).topk(beams)
        parents, token = chosen // vocabulary, chosen % vocabulary
        tokens, lengths, ended = tokens[starts, parents], lengths[starts, parents], ended[starts, parents]
        tokens[:, :, at] = token
        lengths += (~ended).float()
        ended = ended | (token == PAD)
        rows = starts * beams + parents if at else rows
        if bool(ended.all()):
            break
    scores, order = (totals / lengths**penalty).sort(descending=True, stable=True)
    return tokens[starts, order], scores


def nucleus(
    following: NextToken, batch: int, count: int, length: int, decoding: Decoding, *, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Samples from the likeliest tokens that hold `top_p` together (Holtzman et al. 2020).

    Returns:
        tokens (batch, count, length) and the model's log-probability of each, same shape; 0 after the end.
    """
    log_probs = following(None, None).repeat_interleave(count, 0)
    device = log_probs.device
    tokens = torch.zeros((batch * count, length), dtype=torch.long, device=device)
    chosen = torch.zeros((batch * count, length), device=device)
    ended = torch.zeros(batch * count, dtype=torch.bool, device=device)
    rows = torch.arange(batch, device=device).repeat_interleave(count)
    for at in range(length):
        if at:
            log_probs = following(rows, tokens[:, at - 1])
            rows = torch.arange(batch * count, device=device)
        drawn = torch.rand(batch * count, generator=generator).to(device)
        token = draw(log_probs, drawn, decoding).masked_fill(ended, PAD)
        tokens[:, at] = token
        chosen[:, at] = log_probs.gather(1, token[:, None])[:, 0].masked_fill(ended, 0)
        ended = ended | (token == PAD)
        if bool(ended.all()):
            break
    return tokens.view(batch, count, length), chosen.view(batch, count, length)


def draw(log_probs: Tensor, uniform: Tensor, decoding: Decoding) -> Tensor:
    """One token a row by the numbers `uniform` in [0, 1): (rows, vocabulary), (rows,) -> (rows,)."""
    ranked = (log_probs / decoding.temperature).softmax(-1).sort(descending=True)
    mass = ranked.values.cumsum(-1)
    inside = mass - ranked.values < decoding.top_p  # the likeliest is always inside
    held = (ranked.values * inside).sum(-1, keepdim=True)
    place = ((mass < uniform[:, None] * held) & inside).sum(-1, keepdim=True)
    last = inside.sum(-1, keepdim=True) - 1
    return ranked.indices.gather(1, place.minimum(last))[:, 0]
