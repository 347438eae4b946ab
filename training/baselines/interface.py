"""One interface for every system of the comparison, so that training and evaluation treat all alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from training.model.codefusion import Inputs, TextInputs
from training.model.config import ModelConfig


class System(Protocol):
    """A trainable system; every implementation is an `nn.Module`."""

    @property
    def name(self) -> str:
        """As on the command line."""

    @property
    def ranks(self) -> bool:
        """Whether the scores rank the candidates (beam search); False: they are samples, and agreement ranks them."""

    @property
    def core(self) -> nn.Module:
        """What a checkpoint keeps: the module with the weights and the configuration."""

    @property
    def config(self) -> ModelConfig:
        """Shape and switches; fields that the system has no use for are as in the preset."""

    def loss(self, inputs: Inputs | TextInputs, tokens: Tensor, generator: torch.Generator) -> dict[str, Tensor]:
        """Parts of the loss for target tokens (B, length), with their sum as `total`."""

    def generate(self, inputs: Inputs | TextInputs, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Candidates (B, count, length), ended by pads, and their scores (B, count), the higher the better."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One candidate of a system that speaks text, with the mean log-probability of its tokens (0 where unknown)."""

    text: str
    score: float = 0.0


class TextSystem(Protocol):
    """A system that is only measured: a question in words in, code as text out."""

    @property
    def name(self) -> str:
        """For the results."""

    @property
    def ranks(self) -> bool:
        """As of a `System`."""

    def answers(self, question: str, count: int, seed: int) -> list[Answer]:
        """At most `count` candidates, likeliest first."""


def trained_parameters(module: nn.Module) -> int:
    """Parameters that training changes; shared ones count once."""
    return sum(parameter.numel() for parameter in module.parameters() if parameter.requires_grad)


def mean_log_prob(tokens: Tensor, log_probs: Tensor) -> Tensor:
    """Mean log-probability up to and with the first pad: both (…, length) -> (…,)."""
    pads = (tokens == 0).long()
    counted = pads.cumsum(-1) == pads  # no pad stands before
    return log_probs.masked_fill(~counted, 0).sum(-1) / counted.sum(-1)
