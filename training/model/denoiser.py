"""The denoiser N: (x_t, t, memory) -> estimate of x_0 or of the noise."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from training.model.attention import CrossStack
from training.model.config import ModelConfig
from training.model.pointer import Marked, Pointer, copied


class Denoiser(nn.Module):
    """N of the paper: full self-attention over x_t, cross-attention to E_s, conditioned on the time."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.self_condition = config.self_condition
        self.steps = config.schedule_steps
        self.inputs = nn.Linear(config.dim * (2 if config.self_condition else 1), config.width)
        self.positions = nn.Parameter(torch.randn(config.positions, config.width) * 0.02)
        self.time = nn.Sequential(nn.Linear(64, config.width), nn.SiLU(), nn.Linear(config.width, config.width))
        self.stack = CrossStack(config.denoiser_layers, config.width, config.heads, config.feed_forward, 0.0)
        self.out = nn.Linear(config.width, config.dim)
        self.pointer = Pointer(config.width) if config.pointer else None
        self.gate = nn.Linear(config.width, 1) if config.pointer else None

    def forward(  # noqa: PLR0917  # the denoiser's inputs as the paper lists them
        self,
        x_t: Tensor,
        t: Tensor,
        previous: Tensor,
        memory: list[tuple[Tensor, Tensor]],
        memory_bias: Tensor | None,
        marked: Marked | None = None,
    ) -> Tensor:
        """x_t and `previous` (the last estimate of x_0, zeros at first) (batch, length, dim), t (batch,)."""
        x = torch.cat([x_t, previous], -1) if self.self_condition else x_t
        x = self.inputs(x) + self.positions[: x_t.shape[1]] + self.time(time_features(t / self.steps))[:, None]
        hidden = self.stack(x, memory, memory_bias)
        predicted: Tensor = self.out(hidden)
        if self.pointer is None or self.gate is None or marked is None:
            return predicted
        pointed = copied(self.pointer(hidden, marked), marked.marks).reshape(predicted.shape)
        share: Tensor = self.gate(hidden).sigmoid()
        return predicted + share * pointed


def time_features(t: Tensor, size: int = 64) -> Tensor:
    """Sinusoids of a time in 0…1, (batch,) -> (batch, size)."""
    frequencies = torch.exp(torch.linspace(0, math.log(1000.0), size // 2, device=t.device))
    angles = t[:, None].float() * frequencies
    return torch.cat([angles.sin(), angles.cos()], -1)
