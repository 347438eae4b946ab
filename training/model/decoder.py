"""The decoder D and the head H: denoised embeddings -> D_s -> token scores."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from training.model.attention import CrossStack
from training.model.config import ModelConfig


class Decoder(nn.Module):
    """D of the paper: full self-attention over the estimate of x_0, cross-attention to E_s."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.inputs = nn.Linear(config.dim, config.width)
        self.positions = nn.Parameter(torch.randn(config.length, config.width) * 0.02)
        self.stack = CrossStack(config.decoder_layers, config.width, config.heads, config.feed_forward, 0.0)
        self.out = nn.Linear(config.width, config.dim)
        self.head = nn.Linear(config.dim, config.vocabulary)

    def forward(self, x0: Tensor, memory: list[tuple[Tensor, Tensor]], memory_bias: Tensor | None) -> tuple[Tensor, Tensor]:
        """(batch, length, dim) -> D_s of the same shape, and scores (batch, length, vocabulary)."""
        hidden = self.stack(self.inputs(x0) + self.positions[: x0.shape[1]], memory, memory_bias)
        decoded = self.out(hidden)
        return decoded, self.head(decoded)
