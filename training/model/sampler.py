"""Samplers: pure functions of a denoising callable. Deterministic for a given generator."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from training.model.attention import mask_bias
from training.model.codefusion import CodeFusion, Memory
from training.model.schedule import Schedule


def times(schedule: Schedule, steps: int) -> list[float]:
    """`steps` + 1 times from T down to 0."""
    return [schedule.steps * (1 - k / steps) for k in range(steps + 1)]


def ddim(
    estimate: Callable[[Tensor, Tensor, Tensor], Tensor], schedule: Schedule, noise: Tensor, steps: int, clamp: Callable[[Tensor], Tensor] | None = None
) -> Tensor:
    """Few-step deterministic sampling (Song et al. 2021): from `noise` (batch, length, dim) to x̂_0.

    `estimate(x_t, t, previous)` gives x̂_0; `clamp` (the paper's ablation) moves it to the nearest embedding at each step.
    """
    grid = times(schedule, steps)
    batch = noise.shape[0]
    x_t = schedule.noise_factor * noise
    previous = torch.zeros_like(noise)
    for now, after in zip(grid, grid[1:], strict=False):
        t = torch.full((batch,), now)
        previous = estimate(x_t, t, previous)
        if clamp is not None:
            previous = clamp(previous)
        signal_now, signal_after = (schedule.signal(torch.tensor(value)) for value in (now, after))
        epsilon = (x_t - signal_now.sqrt() * previous) / (schedule.noise_factor * (1 - signal_now).sqrt())
        x_t = signal_after.sqrt() * previous + schedule.noise_factor * (1 - signal_after).sqrt() * epsilon
    return previous


@torch.no_grad()
def generate(model: CodeFusion, memory: Memory, seeds: int, steps: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Tokens (batch, seeds, length) and their mean log-probability (batch, seeds)."""
    config = model.config
    batch = memory.states.shape[0]
    bias = mask_bias(memory.mask)
    keys = model.denoiser.stack.remember(memory.states)
    noise = torch.randn((batch * seeds, config.length, config.dim), generator=generator)
    x0 = ddim(lambda x, t, p: model.estimate_x0(x, t, p, keys, bias), model.schedule, noise, steps)
    _, scores = model.decoder(x0, model.decoder.stack.remember(memory.states), bias)
    best = scores.log_softmax(-1).max(-1)
    ended = (best.indices == 0).cumsum(-1) > 1
    score = best.values.masked_fill(ended, 0).sum(-1) / (~ended).sum(-1)
    return best.indices.view(batch, seeds, -1), score.view(batch, seeds)
