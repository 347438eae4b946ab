"""The four graphs of a bundle, as torch modules with plain tensor inputs and outputs, ready for ONNX export.

text: word pieces -> states, pooled.  encoder: states and nodes -> E_s, given out as the cross-attention keys and values of
denoiser and decoder, so that they are computed once a request.  denoiser, decoder: all seeds of a request side by side.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from training.model.attention import mask_bias
from training.model.codefusion import CodeFusion, copy_targets
from training.model.pointer import Marked

CHOICES = 8
"""How many tokens a position gives to the search for the best sequences."""


def _stack(pairs: list[tuple[Tensor, Tensor]]) -> Tensor:
    """Keys and values per layer -> (layers, 2, B, heads, P, size)."""
    return torch.stack([torch.stack(pair) for pair in pairs])


def _unstack(memory: Tensor, layers: int) -> list[tuple[Tensor, Tensor]]:
    return [(memory[k, 0], memory[k, 1]) for k in range(layers)]


class TextGraph(nn.Module):
    """pieces (B, U), mask (B, U) bool, gate () -> states (B, U, text_width), pooled (B, text_width)."""

    def __init__(self, model: CodeFusion) -> None:
        super().__init__()
        self.sentence = model.sentence

    def forward(self, pieces: Tensor, mask: Tensor, gate: Tensor) -> tuple[Tensor, Tensor]:
        states = self.sentence(pieces, mask, gate)
        weight = mask[..., None].float()
        return states, (states * weight).sum(1) / weight.sum(1).clamp_min(1)


class EncoderGraph(nn.Module):
    """The linked encoder; see `LinkedEncoder.forward` for the inputs' shapes."""

    def __init__(self, model: CodeFusion) -> None:
        super().__init__()
        self.model = model

    def forward(  # noqa: PLR0917  # the graph's inputs
        self,
        states: Tensor,
        word_classes: Tensor,
        nodes: Tensor,
        features: Tensor,
        kinds: Tensor,
        sentinels: Tensor,
        links: Tensor,
        mask: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        marks = self.model.embed(sentinels) * (sentinels > 0)[..., None]
        memory = self.model.encoder(states, word_classes, nodes, features, kinds, marks.sum(2), links, mask)
        denoiser = _stack(self.model.denoiser.stack.remember(memory))
        decoder = _stack(self.model.decoder.stack.remember(memory))
        keys = [part.pointer.key(memory) for part in (self.model.denoiser, self.model.decoder) if part.pointer is not None]
        return denoiser, decoder, torch.stack(keys), copy_targets(sentinels), mask_bias(mask)


class DenoiserGraph(nn.Module):
    """x_t, previous (B, K, length, dim), t (B * K,), memory, pointer_keys, targets, bias -> x0 (B, K, length, dim)."""

    def __init__(self, model: CodeFusion) -> None:
        super().__init__()
        self.model = model
        self.layers = model.config.denoiser_layers

    def forward(  # noqa: PLR0917  # the graph's inputs
        self, x_t: Tensor, t: Tensor, previous: Tensor, memory: Tensor, pointer_keys: Tensor, targets: Tensor, bias: Tensor
    ) -> Tensor:
        flat = x_t.flatten(0, 1)
        marks = self.model.embed(targets) * (targets > 0)[..., None]
        marked = Marked(pointer_keys[0], targets, marks, bias)
        x0 = self.model.estimate_x0(flat, t, previous.flatten(0, 1), _unstack(memory, self.layers), bias, marked)
        return x0.reshape(x_t.shape)


class DecoderGraph(nn.Module):
    """x0 (B, K, length, dim), memory, pointer_keys, targets, bias -> the likeliest tokens of every position.

    Returns token ids and their log-probabilities, each (B, K, length, CHOICES), likeliest first.
    """

    def __init__(self, model: CodeFusion) -> None:
        super().__init__()
        self.model = model
        self.layers = model.config.decoder_layers

    def forward(self, x0: Tensor, memory: Tensor, pointer_keys: Tensor, targets: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
        marked = Marked(pointer_keys[1], targets, x0.new_zeros(()), bias)
        _, logits = self.model.decoder(x0.flatten(0, 1), _unstack(memory, self.layers), bias, marked)
        best = logits.log_softmax(-1).topk(CHOICES, -1)
        shape = (*x0.shape[:3], CHOICES)
        return best.indices.reshape(shape), best.values.reshape(shape)
