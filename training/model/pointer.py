"""Pointing at memory positions: an addition of ours (switch `pointer`).

Copying by sentinel alone asks the network to carry the identity of up to a hundred sentinels through every layer. A pointer
(Vinyals et al. 2015; See et al. 2017) scores the positions directly: in D the score of a sentinel is that of the positions it
marks, in N the attended positions' L vectors are added to the estimate of x_0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True, slots=True)
class Marked:
    """A memory to point at: every position's key, the token it is copied by and that token's L vector."""

    keys: Tensor  # (B, P, width)
    sentinels: Tensor  # (B, P) token ids, 0 for none
    marks: Tensor  # (B, P, dim)
    bias: Tensor  # (B, 1, 1, P), -1e9 hides a position


class Pointer(nn.Module):
    """Scores of memory positions for every target position."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.scale = 1 / math.sqrt(width)

    def forward(self, hidden: Tensor, marked: Marked) -> Tensor:
        """(B * K, length, width) -> (B, K * length, P); K seeds share one memory."""
        query = self.query(hidden).reshape(marked.keys.shape[0], -1, hidden.shape[-1])
        scores = query @ marked.keys.transpose(1, 2) * self.scale
        unmarked = (marked.sentinels == 0).float()[:, None] * -1e9
        masked: Tensor = scores + marked.bias[:, 0] + unmarked
        return masked


def sentinel_scores(scores: Tensor, sentinels: Tensor, first: int, count: int) -> Tensor:
    """Position scores (B, Q, P) -> scores of the `count` sentinel tokens from id `first`: log-sum-exp over their positions."""
    top = scores.max(-1, keepdim=True).values.detach()
    chosen = (sentinels[..., None] == torch.arange(first, first + count, device=sentinels.device)).float()  # (B, P, count)
    return ((scores - top).exp() @ chosen + 1e-9).log() + top


def copied(scores: Tensor, marks: Tensor) -> Tensor:
    """Attended L vectors: (B, Q, P), (B, P, dim) -> (B, Q, dim)."""
    return scores.softmax(-1) @ marks
