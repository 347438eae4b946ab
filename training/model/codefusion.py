"""CodeFusion: encoder E, denoiser N, decoder D, head H and embedding L in one module, with its loss.

variable -> symbol of the paper: memory -> E_s, x0 -> L(y), x_t -> x_t, estimate -> x̂_0, decoded -> D_s.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812  # torch's own convention
from torch import Tensor, nn

from training.model.attention import mask_bias
from training.model.config import ModelConfig
from training.model.decoder import Decoder
from training.model.denoiser import Denoiser
from training.model.linked_encoder import LinkedEncoder
from training.model.pointer import Marked, Pointer
from training.model.schedule import Schedule
from training.model.sentence_encoder import SentenceEncoder
from training.model.t5_encoder import T5Encoder

SELF_CONDITIONED = 0.1  # share of the batches that see an estimate of x_0 first


@dataclass(frozen=True, slots=True)
class Inputs:
    """One batch of requests as the linked encoder takes it (see `LinkedEncoder.forward` for shapes)."""

    pieces: Tensor  # (B, U)
    pieces_mask: Tensor  # (B, U) bool
    word_classes: Tensor  # (B, U)
    nodes: Tensor  # (B, M, text_width)
    features: Tensor  # (B, M, FEATURES)
    kinds: Tensor  # (B, P)
    sentinels: Tensor  # (B, P, 2) token ids whose L vectors mark the position, 0 for none
    links: Tensor  # (B, P, P)
    mask: Tensor  # (B, P) bool
    lower: Tensor | None = None  # (B, U, text_width) cached lower states of the sentence encoder


@dataclass(frozen=True, slots=True)
class Memory:
    """The encoded request: E_s and which of its positions count."""

    states: Tensor  # (B, P, width)
    mask: Tensor  # (B, P) bool
    sentinels: Tensor | None = None  # (B, P) the token a position is copied by, 0 for none


@dataclass(frozen=True, slots=True)
class TextInputs:
    """One batch of flattened requests, as the t5 encoder takes them."""

    pieces: Tensor  # (B, P)
    mask: Tensor  # (B, P) bool


class CodeFusion(nn.Module):
    """The whole model. Of the two encoders it has the one that the configuration names."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        if config.vocabulary < 2:
            raise ValueError("the configuration needs the size of the output vocabulary")
        self.config = config
        self.schedule = Schedule(config.schedule_steps, config.noise_factor, config.time_power)
        if config.encoder == "t5":
            self.encoder: LinkedEncoder | T5Encoder = T5Encoder(config)
            self.embedding = self.encoder.table
        else:
            self.embedding = nn.Embedding(config.vocabulary, config.dim)
            self.sentence = SentenceEncoder(config)
            self.encoder = LinkedEncoder(config)
        self.denoiser = Denoiser(config)
        self.decoder = Decoder(config)
        if config.encoder == "t5":  # H is L transposed
            self.decoder.head.weight = self.embedding.weight

    def embed(self, tokens: Tensor) -> Tensor:
        """L(y), normalised if the switch is on: (…) -> (…, dim)."""
        vectors: Tensor = self.embedding(tokens)
        return F.layer_norm(vectors, (self.config.dim,)) if self.config.normalise else vectors

    def encode(self, inputs: Inputs | TextInputs) -> Memory:
        """E_s."""
        if isinstance(inputs, TextInputs):
            return Memory(self.encoder(inputs.pieces, inputs.mask), inputs.mask)
        lower = self.sentence.lower(inputs.pieces, inputs.pieces_mask) if inputs.lower is None else inputs.lower
        states = self.sentence.upper(lower, inputs.pieces_mask, torch.ones((), device=lower.device))
        marks = self.embed(inputs.sentinels) * (inputs.sentinels > 0)[..., None]
        memory = self.encoder(
            states, inputs.word_classes, inputs.nodes, inputs.features, inputs.kinds, marks.sum(2), inputs.links, inputs.mask
        )
        return Memory(memory, inputs.mask, copy_targets(inputs.sentinels))

    def marked(self, pointer: Pointer | None, memory: Memory) -> Marked | None:
        """The memory as a pointer sees it; None without the switch."""
        if pointer is None or memory.sentinels is None:
            return None
        marks = self.embed(memory.sentinels) * (memory.sentinels > 0)[..., None]
        return Marked(pointer.key(memory.states), memory.sentinels, marks, mask_bias(memory.mask))

    def estimate_x0(  # noqa: PLR0917  # the denoiser's inputs
        self,
        x_t: Tensor,
        t: Tensor,
        previous: Tensor,
        memory: list[tuple[Tensor, Tensor]],
        bias: Tensor | None,
        marked: Marked | None = None,
    ) -> Tensor:
        """x̂_0 whatever the denoiser predicts."""
        predicted: Tensor = self.denoiser(x_t, t, previous, memory, bias, marked)
        if self.config.prediction == "x0":
            return predicted
        signal = self.schedule.signal(t)[:, None, None]
        return (x_t - self.schedule.noise_factor * (1 - signal).sqrt() * predicted) / signal.sqrt()

    def nearest(self, x0: Tensor) -> Tensor:
        """The clamping trick (Li et al. 2022): every position of x̂_0 moved to the nearest embedding; (B, length, dim)."""
        table = self.embed(torch.arange(self.config.vocabulary, device=x0.device))
        return table[torch.cdist(x0.flatten(0, 1), table).argmin(-1)].view(x0.shape)

    def loss(self, memory: Memory, tokens: Tensor, generator: torch.Generator | None = None) -> dict[str, Tensor]:
        """The paper's three-part loss: denoising, ‖D_s − L(y)‖, cross-entropy; `total` is their sum. tokens (B, length)."""
        batch = tokens.shape[0]
        x0 = self.embed(tokens)
        t = self.schedule.sample_times(batch, generator).to(x0.device)
        noise = torch.randn(x0.shape, generator=generator).to(x0.device)
        x_t = self.schedule.noised(x0, t, noise)
        bias = mask_bias(memory.mask)
        denoiser_memory = self.denoiser.stack.remember(memory.states)
        marked = self.marked(self.denoiser.pointer, memory)
        previous = torch.zeros_like(x0)
        if self.config.self_condition and float(torch.rand((), generator=generator)) < SELF_CONDITIONED:
            with torch.no_grad():
                previous = self.estimate_x0(x_t, t, previous, denoiser_memory, bias, marked)
        weight = torch.where(tokens > 0, 1.0, self.config.pad_weight)
        weight = weight / weight.sum()
        if self.config.prediction == "x0":
            estimate = self.denoiser(x_t, t, previous, denoiser_memory, bias, marked)
            denoising = ((estimate - x0).pow(2).mean(-1) * weight).sum()
        else:
            predicted = self.denoiser(x_t, t, previous, denoiser_memory, bias, marked)
            denoising = ((predicted - noise).pow(2).mean(-1) * weight).sum()
            signal = self.schedule.signal(t)[:, None, None]
            estimate = (x_t - self.schedule.noise_factor * (1 - signal).sqrt() * predicted) / signal.sqrt()
        pointed = self.marked(self.decoder.pointer, memory)
        decoded, scores = self.decoder(estimate, self.decoder.stack.remember(memory.states), bias, pointed)
        anchor = ((decoded - x0).pow(2).mean(-1) * weight).sum()
        entropy = (F.cross_entropy(scores.transpose(1, 2), tokens, reduction="none") * weight).sum()
        return {"total": denoising + anchor + entropy, "denoising": denoising, "anchor": anchor, "entropy": entropy}


def copy_targets(sentinels: Tensor) -> Tensor:
    """(B, P, 2) marks -> (B, P): a value is copied by its slot (the second mark), all else by the first."""
    return torch.where(sentinels[..., 1] > 0, sentinels[..., 1], sentinels[..., 0])
