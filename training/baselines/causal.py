"""The autoregressive decoder: causal self-attention, cross-attention to E_s, a pointer; with cached keys and values.

As large as D of CodeFusion, and writing to the same table and sentinels.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from grammar.codec.vocabulary import RULES
from training.model.attention import Layer
from training.model.config import ModelConfig
from training.model.pointer import Marked, Pointer, sentinel_scores

KeysValues = tuple[Tensor, Tensor]


class CausalDecoder(nn.Module):
    """L vectors of the tokens before -> scores of the next token."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.start = nn.Parameter(torch.randn(config.dim))
        self.inputs = nn.Linear(config.dim, config.width)
        self.positions = nn.Parameter(torch.randn(config.length, config.width) * 0.02)
        self.layers = nn.ModuleList(
            Layer(config.width, config.heads, config.feed_forward, config.dropout, cross=True)
            for _ in range(config.decoder_layers)
        )
        self.norm = nn.LayerNorm(config.width)
        self.out = nn.Linear(config.width, config.dim)
        self.head = nn.Linear(config.dim, config.vocabulary)
        self.pointer = Pointer(config.width) if config.pointer else None
        self.scale = 1 / math.sqrt(config.dim) if config.encoder == "t5" else 1.0  # T5's, where H is L transposed

    def remember(self, states: Tensor) -> list[KeysValues]:
        """Keys and values of E_s per layer."""
        return [layer.cross_attention.project(states) for layer in self.layers]  # type: ignore[union-attr, operator]  # cross=True above

    def forward(self, before: Tensor, memory: list[KeysValues], memory_bias: Tensor | None, marked: Marked | None) -> Tensor:
        """All positions at once: `before` (batch, length, dim), the start and L of the tokens but the last."""
        length = before.shape[1]
        hidden = self.inputs(before) + self.positions[:length]
        future = torch.full((length, length), -1e9, device=before.device).triu(1)
        for layer, keys_values in zip(self.layers, memory, strict=True):
            hidden = layer(hidden, future, keys_values, memory_bias)
        return self.scores(self.norm(hidden), marked)

    def step(
        self,
        before: Tensor,
        past: list[KeysValues],
        memory: list[KeysValues],
        memory_bias: Tensor | None,
        marked: Marked | None,
    ) -> tuple[Tensor, list[KeysValues]]:
        """One position: `before` (rows, dim) is L of the last token; scores (rows, vocabulary) and the grown `past`."""
        position = past[0][0].shape[2] if past else 0
        hidden = (self.inputs(before) + self.positions[position])[:, None]
        grown = []
        for k, (layer, keys_values) in enumerate(zip(self.layers, memory, strict=True)):
            hidden, kept = _layer_step(layer, hidden, past[k] if past else None, keys_values, memory_bias)  # type: ignore[arg-type]  # a Layer
            grown.append(kept)
        return self.scores(self.norm(hidden), marked)[:, 0], grown

    def scores(self, hidden: Tensor, marked: Marked | None) -> Tensor:
        """(rows, length, width) -> (rows, length, vocabulary); with a pointer as in `Decoder`."""
        scores: Tensor = self.head(self.out(hidden) * self.scale)
        if self.pointer is None or marked is None:
            return scores
        count = len(RULES) - RULES.first_column
        pointed = sentinel_scores(self.pointer(hidden, marked), marked.sentinels, RULES.first_column, count)
        plain = scores[..., : RULES.first_column]
        return torch.cat([plain, pointed.reshape(*plain.shape[:-1], count)], -1)


def _layer_step(
    layer: Layer, x: Tensor, past: KeysValues | None, memory: KeysValues, memory_bias: Tensor | None
) -> tuple[Tensor, KeysValues]:
    """`Layer.forward` for one more position x (rows, 1, width), which sees itself and the `past`."""
    normed = layer.self_norm(x)
    keys, values = layer.self_attention.project(normed)  # (rows, heads, 1, size)
    if past is not None:
        keys, values = torch.cat([past[0], keys], 2), torch.cat([past[1], values], 2)
    x = x + layer.self_attention(normed, (keys, values), None)
    assert layer.cross_attention is not None  # decoders are made with cross=True
    assert layer.cross_norm is not None
    x = x + layer.cross_attention(layer.cross_norm(x), memory, memory_bias)
    return x + layer.feed(layer.feed_norm(x)), (keys, values)
