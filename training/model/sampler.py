"""Samplers: pure functions of a denoising callable. Deterministic for a given generator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import torch
from torch import Tensor

from training.model.attention import mask_bias
from training.model.codefusion import CodeFusion, Memory
from training.model.schedule import Schedule

Estimate = Callable[[Tensor, Tensor, Tensor], Tensor]
"""(x_t, t, last x̂_0) -> x̂_0."""
Clamp = Callable[[Tensor], Tensor]


@dataclass(frozen=True, slots=True)
class Sampling:
    """How to sample: `seeds` per request, denoising `steps` (of `ddpm`: all T of the schedule when 0), clamped or not."""

    seeds: int = 16
    steps: int = 2
    method: Literal["ddim", "ddpm"] = "ddim"
    clamp: bool = False

    def __post_init__(self) -> None:
        if self.seeds < 1 or self.steps < (self.method == "ddim"):
            raise ValueError(f"not a way to sample: {self}")


def times(schedule: Schedule, steps: int) -> list[float]:
    """`steps` + 1 times from T down to 0."""
    return [schedule.steps * (1 - k / steps) for k in range(steps + 1)]


def ddim(estimate: Estimate, schedule: Schedule, noise: Tensor, steps: int, clamp: Clamp | None = None) -> Tensor:
    """Few-step deterministic sampling (Song et al. 2021): from `noise` (batch, length, dim) to x̂_0.

    `clamp` (the paper's ablation) moves each estimate to the nearest embeddings.
    """
    x_t = schedule.noise_factor * noise
    previous = torch.zeros_like(noise)
    for now, after in pairwise(times(schedule, steps)):
        t = torch.full((noise.shape[0],), now, device=noise.device)
        previous = estimate(x_t, t, previous)
        if clamp is not None:
            previous = clamp(previous)
        signal_now, signal_after = (schedule.signal(torch.tensor(value)) for value in (now, after))
        epsilon = (x_t - signal_now.sqrt() * previous) / (schedule.noise_factor * (1 - signal_now).sqrt())
        x_t = signal_after.sqrt() * previous + schedule.noise_factor * (1 - signal_after).sqrt() * epsilon
    return previous


@dataclass(frozen=True, slots=True)
class Ddpm:
    """Ancestral sampling (Ho et al. 2020), the paper's: x_{t-1} is drawn from q(x_{t-1} | x_t, x̂_0), for all T steps when 0."""

    schedule: Schedule
    generator: torch.Generator
    steps: int = 0
    clamp: Clamp | None = None

    def __call__(self, estimate: Estimate, noise: Tensor) -> Tensor:
        """From `noise` (batch, length, dim) to x̂_0."""
        x_t = self.schedule.noise_factor * noise
        previous = torch.zeros_like(noise)
        for now, after in pairwise(times(self.schedule, self.steps or self.schedule.steps)):
            previous = estimate(x_t, torch.full((noise.shape[0],), now, device=noise.device), previous)
            if self.clamp is not None:
                previous = self.clamp(previous)
            x_t = self.step(x_t, previous, now, after)
        return previous

    def step(self, x_t: Tensor, x0: Tensor, now: float, after: float) -> Tensor:
        """One draw of x at time `after`, given x at time `now` and the estimate of x_0."""
        signal_now, signal_after = (self.schedule.signal(torch.tensor(value)) for value in (now, after))
        alpha = signal_now / signal_after
        mean = (signal_after.sqrt() * (1 - alpha) * x0 + alpha.sqrt() * (1 - signal_after) * x_t) / (1 - signal_now)
        deviation = self.schedule.noise_factor * ((1 - signal_after) / (1 - signal_now) * (1 - alpha)).sqrt()
        return mean + deviation * torch.randn(x_t.shape, generator=self.generator).to(x_t.device)


@torch.no_grad()
def generate(model: CodeFusion, memory: Memory, sampling: Sampling, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Tokens (batch, seeds, length) and their mean log-probability (batch, seeds); D and H are run once, at the end."""
    batch, seeds = memory.states.shape[0], sampling.seeds
    best = log_probabilities(model, memory, sampling, generator, model.config.length).max(-1)
    ended = (best.indices == 0).cumsum(-1) > 1
    score = best.values.masked_fill(ended, 0).sum(-1) / (~ended).sum(-1)
    return best.indices.view(batch, seeds, -1), score.view(batch, seeds)


@torch.no_grad()
def log_probabilities(model: CodeFusion, memory: Memory, sampling: Sampling, generator: torch.Generator, length: int) -> Tensor:
    """Of every token at every position: (batch * seeds, length, vocabulary)."""
    config, states = model.config, memory.states
    bias = mask_bias(memory.mask)
    keys = model.denoiser.stack.remember(states)
    noise = torch.randn((states.shape[0] * sampling.seeds, length, config.dim), generator=generator).to(states.device)
    clamp = model.nearest if sampling.clamp else None
    marked = model.marked(model.denoiser.pointer, memory)

    def estimate(x_t: Tensor, t: Tensor, previous: Tensor) -> Tensor:
        return model.estimate_x0(x_t, t, previous, keys, bias, marked)

    if sampling.method == "ddpm":
        x0 = Ddpm(model.schedule, generator, sampling.steps, clamp)(estimate, noise)
    else:
        x0 = ddim(estimate, model.schedule, noise, sampling.steps, clamp)
    _, scores = model.decoder(x0, model.decoder.stack.remember(states), bias, model.marked(model.decoder.pointer, memory))
    result: Tensor = scores.log_softmax(-1)
    return result
