"""Transformer layers used by encoder, denoiser and decoder (pre-norm)."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812  # torch's own convention
from torch import Tensor, nn


def attend(query: Tensor, keys: Tensor, values: Tensor, bias: Tensor | None) -> Tensor:
    """Scaled dot-product attention, (batch, heads, length, size) each.

    In half precision on a CPU it is computed in float32: torch's bfloat16 kernel is slower, above all its backward pass.
    """
    if query.dtype is torch.bfloat16 and query.device.type == "cpu":
        with torch.autocast("cpu", enabled=False):
            added = None if bias is None else bias.float()
            mixed = F.scaled_dot_product_attention(query.float(), keys.float(), values.float(), attn_mask=added)
        return mixed.to(query.dtype)
    return F.scaled_dot_product_attention(query, keys, values, attn_mask=bias)


class Attention(nn.Module):
    """Multi-head attention with an additive bias: (batch, queries, width) x (batch, keys, width) -> (batch, queries, width)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        if width % heads:
            raise ValueError(f"width {width} is no multiple of {heads} heads")
        self.heads = heads
        self.size = width // heads
        self.query = nn.Linear(width, width)
        self.key_value = nn.Linear(width, 2 * width)
        self.out = nn.Linear(width, width)

    def project(self, memory: Tensor) -> tuple[Tensor, Tensor]:
        """Keys and values of a memory, each (batch, heads, keys, width / heads)."""
        batch, length, _ = memory.shape
        both = self.key_value(memory).reshape(batch, length, 2, self.heads, self.size).permute(2, 0, 3, 1, 4)
        return both[0], both[1]

    def forward(self, x: Tensor, keys_values: tuple[Tensor, Tensor], bias: Tensor | None) -> Tensor:
        """`bias`: added to the scores, broadcast to (batch, heads, queries, keys); -1e9 hides a key.

        Keys of a smaller batch are shared: x may hold K seeds for each of their rows, one after another.
        """
        keys, values = keys_values
        rows, width = keys.shape[0], x.shape[-1]
        query = self.query(x).reshape(rows, -1, self.heads, width // self.heads).transpose(1, 2)
        mixed = attend(query, keys, values, bias)
        joined: Tensor = self.out(mixed.transpose(1, 2).reshape(x.shape))
        return joined


class Layer(nn.Module):
    """Self-attention, optional cross-attention, feed-forward; pre-norm with residuals."""

    def __init__(self, width: int, heads: int, feed_forward: int, dropout: float, cross: bool) -> None:
        super().__init__()
        self.self_norm = nn.LayerNorm(width)
        self.self_attention = Attention(width, heads)
        self.cross_norm = nn.LayerNorm(width) if cross else None
        self.cross_attention = Attention(width, heads) if cross else None
        self.feed_norm = nn.LayerNorm(width)
        self.feed = nn.Sequential(nn.Linear(width, feed_forward), nn.GELU(), nn.Linear(feed_forward, width))
        self.dropout = nn.Dropout(dropout)

    def forward(
        self,
        x: Tensor,
        bias: Tensor | None = None,
        memory: tuple[Tensor, Tensor] | None = None,
        memory_bias: Tensor | None = None,
    ) -> Tensor:
        """`memory`: keys and values made by `cross_attention.project`."""
        normed = self.self_norm(x)
        x = x + self.dropout(self.self_attention(normed, self.self_attention.project(normed), bias))
        if self.cross_attention is not None and self.cross_norm is not None and memory is not None:
            x = x + self.dropout(self.cross_attention(self.cross_norm(x), memory, memory_bias))
        fed: Tensor = self.dropout(self.feed(self.feed_norm(x)))
        return x + fed


def mask_bias(mask: Tensor) -> Tensor:
    """(batch, keys) True where there is a key -> additive (batch, 1, 1, keys)."""
    zero = torch.zeros_like(mask, dtype=torch.float32)
    return zero.masked_fill(~mask, -1e9)[:, None, None, :]


class CrossStack(nn.Module):
    """Layers with cross-attention to one memory; the memory's keys and values are computed once by `remember`."""

    def __init__(self, layers: int, width: int, heads: int, feed_forward: int, dropout: float) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Layer(width, heads, feed_forward, dropout, cross=True) for _ in range(layers))
        self.norm = nn.LayerNorm(width)

    def remember(self, memory: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Keys and values per layer."""
        return [layer.cross_attention.project(memory) for layer in self.layers]  # type: ignore[union-attr, operator]  # cross=True above

    def forward(self, x: Tensor, memory: list[tuple[Tensor, Tensor]], memory_bias: Tensor | None) -> Tensor:
        """(batch, length, width) -> the same."""
        for layer, keys_values in zip(self.layers, memory, strict=True):
            x = layer(x, None, keys_values, memory_bias)
        normed: Tensor = self.norm(x)
        return normed
