"""The decoder D and the head H: denoised embeddings -> D_s -> token scores."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from grammar.codec.vocabulary import RULES
from training.model.attention import CrossStack
from training.model.config import ModelConfig
from training.model.pointer import Marked, Pointer, sentinel_scores


class Decoder(nn.Module):
    """D of the paper: full self-attention over the estimate of x_0, cross-attention to E_s."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.inputs = nn.Linear(config.dim, config.width)
        self.positions = nn.Parameter(torch.randn(config.positions, config.width) * 0.02)
        self.stack = CrossStack(config.decoder_layers, config.width, config.heads, config.feed_forward, 0.0)
        self.out = nn.Linear(config.width, config.dim)
        self.head = nn.Linear(config.dim, config.vocabulary)
        self.pointer = Pointer(config.width) if config.pointer else None
        self.code_pieces = config.code_pieces

    def forward(
        self, x0: Tensor, memory: list[tuple[Tensor, Tensor]], memory_bias: Tensor | None, marked: Marked | None = None
    ) -> tuple[Tensor, Tensor]:
        """(batch, length, dim) -> D_s of the same shape, and scores (batch, length, vocabulary).

        With a pointer the scores of the sentinels, the last of the rules' tokens, are those of the positions they mark.
        """
        hidden = self.stack(self.inputs(x0) + self.positions[: x0.shape[1]], memory, memory_bias)
        decoded = self.out(hidden)
        scores = self.head(decoded)
        if self.pointer is None or marked is None:
            return decoded, scores
        count = len(RULES) - RULES.first_column
        pointed = sentinel_scores(self.pointer(hidden, marked), marked.sentinels, RULES.first_column, count)
        plain = scores[..., : RULES.first_column]
        parts = [plain, pointed.reshape(*plain.shape[:-1], count)]
        return decoded, torch.cat([*parts, scores[..., len(RULES) :]] if self.code_pieces else parts, -1)
