"""Diffusion-LM (Li et al. 2022), conditioned: one transformer over one sequence, input embeddings and noised target.

There is no encoder-decoder. The input's embeddings are, for rules, the word states of the sentence encoder and the vectors of
columns and values that every system is given, with the links between them as attention bias; for flat text the rows of the one
token table. It predicts x_0, as in its paper.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812  # torch's own convention
from torch import Tensor, nn

from grammar.codec.view import LINKS
from training.baselines.rounding import Predict, Rounding
from training.corpus.flat import MAX_PIECES
from training.model.attention import Layer
from training.model.codefusion import Inputs, Memory, TextInputs
from training.model.config import ModelConfig
from training.model.denoiser import time_features
from training.model.pointer import Marked, Pointer, copied
from training.model.sampler import Sampling


class DiffusionLM(Rounding):
    """`denoiser_layers` of the configuration is the depth of the one transformer."""

    def __init__(self, config: ModelConfig, sampling: Sampling, name: str = "diffusion-lm") -> None:
        flat = config.encoder == "t5"
        bare: dict[str, Any] = {"text_layers": 0} if flat else {"mixer_layers": 0}  # it composes the embeddings, no more
        super().__init__(dataclasses.replace(config, prediction="x0", **bare), sampling, name)
        self.joint = JointTransformer(self.config)

    def condition(self, inputs: Inputs | TextInputs) -> Predict:
        memory = self.encode(inputs)
        links = None if isinstance(inputs, TextInputs) else inputs.links
        marked = self.marked(self.joint.pointer, memory)

        def predict(x_t: Tensor, t: Tensor, previous: Tensor) -> Tensor:
            predicted: Tensor = self.joint(x_t, t, previous, memory, links, marked)
            return predicted

        return predict


class JointTransformer(nn.Module):
    """(input embeddings, x_t, t) -> estimate of x_0."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        width, depth = config.width, config.denoiser_layers
        self.config = config
        self.inputs = nn.Linear(config.dim * (2 if config.self_condition else 1), width)
        self.positions = nn.Parameter(torch.randn(config.length, width) * 0.02)
        flat = config.encoder == "t5"
        self.input_positions = nn.Parameter(torch.randn(MAX_PIECES, width) * 0.02) if flat else None
        self.link_bias = None if flat else nn.Parameter(torch.zeros(LINKS, depth * config.heads))
        self.time = nn.Sequential(nn.Linear(64, width), nn.SiLU(), nn.Linear(width, width))
        self.layers = nn.ModuleList(
            Layer(width, config.heads, config.feed_forward, config.dropout, cross=False) for _ in range(depth)
        )
        self.norm = nn.LayerNorm(width)
        self.out = nn.Linear(width, config.dim)
        self.pointer = Pointer(width) if config.pointer else None
        self.gate = nn.Linear(width, 1) if config.pointer else None

    def forward(  # noqa: PLR0917  # the denoiser's inputs, and the links
        self, x_t: Tensor, t: Tensor, previous: Tensor, memory: Memory, links: Tensor | None, marked: Marked | None
    ) -> Tensor:
        """x_t and `previous` (B * K, length, dim), t (B * K,); memory and links (B, P, P) of the B requests."""
        seeds, size = x_t.shape[0] // memory.states.shape[0], memory.states.shape[1]
        x = torch.cat([x_t, previous], -1) if self.config.self_condition else x_t
        given = memory.states
        if self.input_positions is not None:
            given = given + self.input_positions[:size]
        x = torch.cat([given.repeat_interleave(seeds, 0), self.inputs(x) + self.positions[: x_t.shape[1]]], 1)
        x = x + self.time(time_features(t / self.config.schedule_steps))[:, None]
        heads, bias = self.config.heads, self._bias(memory.mask, links, x_t.shape[1])
        for k, layer in enumerate(self.layers):
            own = bias if bias.shape[1] == 1 else bias[:, k * heads : (k + 1) * heads]
            x = layer(x, own.repeat_interleave(seeds, 0))
        hidden = self.norm(x[:, size:])
        predicted: Tensor = self.out(hidden)
        if self.pointer is None or self.gate is None or marked is None:
            return predicted
        pointed = copied(self.pointer(hidden, marked), marked.marks).reshape(predicted.shape)
        share: Tensor = self.gate(hidden).sigmoid()
        return predicted + share * pointed

    def _bias(self, mask: Tensor, links: Tensor | None, length: int) -> Tensor:
        """Attention bias: links of the input, hidden positions; (B, layers * heads or 1, P + length, P + length)."""
        size = mask.shape[1]
        hidden = F.pad(torch.zeros(mask.shape, device=mask.device).masked_fill(~mask, -1e9), (0, length))
        bias = hidden[:, None, None, :].expand(-1, 1, size + length, -1)
        if links is None or self.link_bias is None:
            return bias
        return bias + F.pad(F.embedding(links, self.link_bias).permute(0, 3, 1, 2), (0, length, 0, length))
