"""CodeFusion itself as a system of the comparison."""

from __future__ import annotations

import dataclasses

import torch
from torch import Tensor, nn

from training.model.codefusion import CodeFusion, Inputs, TextInputs
from training.model.config import ModelConfig
from training.model.sampler import Sampling, generate


class CodeFusionSystem(nn.Module):
    """Delegates to the model; `sampling` says how to sample, but for the number of seeds."""

    ranks = False

    def __init__(self, config: ModelConfig, sampling: Sampling, name: str = "codefusion") -> None:
        super().__init__()
        self.name, self.sampling = name, sampling
        self.model = CodeFusion(config)

    @property
    def core(self) -> nn.Module:
        """The model: its checkpoints are those of `training.finetune`."""
        return self.model

    @property
    def config(self) -> ModelConfig:
        return self.model.config

    def loss(self, inputs: Inputs | TextInputs, tokens: Tensor, generator: torch.Generator) -> dict[str, Tensor]:
        """The paper's three parts and their `total`; tokens (B, length)."""
        return self.model.loss(self.model.encode(inputs), tokens, generator)

    @torch.no_grad()
    def generate(self, inputs: Inputs | TextInputs, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """One candidate of every noise seed: (B, count, length), mean log-probabilities (B, count)."""
        sampling = dataclasses.replace(self.sampling, seeds=count)
        return generate(self.model, self.model.encode(inputs), sampling, generator)
