"""Noise schedules of continuous diffusion.

`signal[t]` is the paper's alpha-bar: x_t = sqrt(signal) x_0 + noise_factor sqrt(1 - signal) epsilon. The square-root
schedule is Diffusion-LM's (Li et al. 2022): alpha-bar_t = 1 - sqrt(t / T + s).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Schedule:
    """T `steps`; `noise_factor` scales the noise; `power` < 1 pushes training times to the noisy end: t = T u^power."""

    steps: int = 1200
    noise_factor: float = 1.0
    power: float = 1.0
    offset: float = 1e-4

    def __post_init__(self) -> None:
        if self.steps < 1 or self.noise_factor <= 0 or not 0 < self.power <= 1:
            raise ValueError(f"not a schedule: {self}")

    def signal(self, t: Tensor) -> Tensor:
        """alpha-bar at times t in 0…T, any shape."""
        return (1 - (t.float() / self.steps + self.offset).clamp(0, 1).sqrt()).clamp(1e-5, 1.0)

    def sample_times(self, count: int, generator: torch.Generator | None = None) -> Tensor:
        """Training times, (count,), float in (0, T]."""
        return self.steps * torch.rand(count, generator=generator).clamp_min(1e-6) ** self.power

    def noised(self, x0: Tensor, t: Tensor, noise: Tensor) -> Tensor:
        """x_t of x_0 (batch, length, dim) at times (batch,)."""
        signal = self.signal(t)[:, None, None]
        return signal.sqrt() * x0 + self.noise_factor * (1 - signal).sqrt() * noise
