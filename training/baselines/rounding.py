"""Diffusion baselines that write by rounding: x̂_0 goes to the nearest embeddings, there is neither decoder nor head.

The loss is Diffusion-LM's (Li et al. 2022): denoising, and the rounding term −log p(y | x_0), x_0 drawn at t = 0. Schedule,
noise factor, normalised embeddings and self-conditioning are the configuration's, so that they are CodeFusion's.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F  # noqa: N812  # torch's own convention
from torch import Tensor

from training.baselines.conditioned import Conditioned
from training.baselines.interface import mean_log_prob
from training.model.codefusion import SELF_CONDITIONED, Inputs, TextInputs
from training.model.config import ModelConfig
from training.model.sampler import Ddpm, Sampling, ddim
from training.model.schedule import Schedule

Predict = Callable[[Tensor, Tensor, Tensor], Tensor]
"""(x_t, t, last x̂_0) -> what the network predicts, x̂_0 or ε̂; rows are K for each request, one after another."""


class Rounding(Conditioned):
    """A subclass gives the network (`condition`).

    `anchored`: the rounding term is taken on x̂_0 (CodeFusion's without D and H) instead of on x_0.
    """

    ranks = False

    def __init__(self, config: ModelConfig, sampling: Sampling, name: str, anchored: bool = False) -> None:
        super().__init__(config, name)
        self.sampling, self.anchored = sampling, anchored
        self.schedule = Schedule(config.schedule_steps, config.noise_factor, config.time_power)

    def condition(self, inputs: Inputs | TextInputs) -> Predict:
        """The network for these requests."""
        raise NotImplementedError

    def rounding(self, x0: Tensor) -> Tensor:
        """Scores of the tokens at x_0, highest for the nearest embedding: (…, dim) -> (…, vocabulary).

        −‖x_0 − L(w)‖² / 2 but for a constant: the tied embedding's product where the embeddings are normalised.
        """
        table = self.table()
        return x0 @ table.T - table.pow(2).sum(-1) / 2

    def nearest(self, x0: Tensor) -> Tensor:
        """The clamping trick: every position of x̂_0 moved to the nearest embedding; (B, length, dim)."""
        return self.table()[self.rounding(x0).argmax(-1)]

    def to_x0(self, x_t: Tensor, t: Tensor, predicted: Tensor) -> Tensor:
        """x̂_0 whatever is predicted."""
        if self.config.prediction == "x0":
            return predicted
        signal = self.schedule.signal(t)[:, None, None]
        return (x_t - self.schedule.noise_factor * (1 - signal).sqrt() * predicted) / signal.sqrt()

    def loss(self, inputs: Inputs | TextInputs, tokens: Tensor, generator: torch.Generator) -> dict[str, Tensor]:
        """Denoising and rounding; tokens (B, length)."""
        predict, x0 = self.condition(inputs), self.embed(tokens)
        t = self.schedule.sample_times(tokens.shape[0], generator).to(x0.device)
        noise = torch.randn(x0.shape, generator=generator).to(x0.device)
        x_t = self.schedule.noised(x0, t, noise)
        previous = torch.zeros_like(x0)
        if self.config.self_condition and float(torch.rand((), generator=generator)) < SELF_CONDITIONED:
            with torch.no_grad():
                previous = self.to_x0(x_t, t, predict(x_t, t, previous))
        weight = torch.where(tokens > 0, 1.0, self.config.pad_weight)
        weight = weight / weight.sum()
        predicted = predict(x_t, t, previous)
        target = x0 if self.config.prediction == "x0" else noise
        denoising = ((predicted - target).pow(2).mean(-1) * weight).sum()
        if self.anchored:
            rounded = self.to_x0(x_t, t, predicted)
        else:
            rounded = self.schedule.noised(x0, torch.zeros_like(t), torch.randn(x0.shape, generator=generator).to(x0.device))
        entropy = (F.cross_entropy(self.rounding(rounded).transpose(1, 2), tokens, reduction="none") * weight).sum()
        return {"total": denoising + entropy, "denoising": denoising, "entropy": entropy}

    @torch.no_grad()
    def generate(self, inputs: Inputs | TextInputs, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """One candidate of every noise seed: (B, count, length), mean log-probabilities of the rounding (B, count)."""
        config, batch = self.config, inputs.pieces.shape[0]
        predict = self.condition(inputs)
        noise = torch.randn((batch * count, config.length, config.dim), generator=generator).to(inputs.pieces.device)
        clamp = self.nearest if self.sampling.clamp else None

        def estimate(x_t: Tensor, t: Tensor, previous: Tensor) -> Tensor:
            return self.to_x0(x_t, t, predict(x_t, t, previous))

        if self.sampling.method == "ddpm":
            x0 = Ddpm(self.schedule, generator, self.sampling.steps, clamp)(estimate, noise)
        else:
            x0 = ddim(estimate, self.schedule, noise, self.sampling.steps, clamp)
        best = self.rounding(x0).log_softmax(-1).max(-1)
        shape = (batch, count, config.length)
        return best.indices.view(shape), mean_log_prob(best.indices.view(shape), best.values.view(shape))
