"""The few-step DDIM sampler in numpy: a pure function of a denoising callable (Song et al. 2021).

Same formulas as `training.model.sampler.ddim`; a test compares them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Schedule:
    """The square-root schedule: alpha-bar_t = 1 - sqrt(t / T + s)."""

    steps: int
    noise_factor: float
    offset: float = 1e-4

    def signal(self, t: float) -> float:
        """alpha-bar at time t in 0…T."""
        share = min(max(t / self.steps + self.offset, 0.0), 1.0)
        return float(min(max(1 - share**0.5, 1e-5), 1.0))


def ddim(estimate: Callable[[Array, float, Array], Array], schedule: Schedule, noise: Array, steps: int) -> Array:
    """From `noise` (batch, seeds, length, dim) to the last estimate of x_0; `estimate(x_t, t, previous)` is the denoiser."""
    x_t = schedule.noise_factor * noise
    previous = np.zeros_like(noise)
    for k in range(steps):
        now, after = (schedule.steps * (1 - step / steps) for step in (k, k + 1))
        previous = estimate(x_t, now, previous)
        signal_now, signal_after = schedule.signal(now), schedule.signal(after)
        epsilon = (x_t - signal_now**0.5 * previous) / (schedule.noise_factor * (1 - signal_now) ** 0.5)
        x_t = (signal_after**0.5 * previous + schedule.noise_factor * (1 - signal_after) ** 0.5 * epsilon).astype(np.float32)
    return previous
