"""What the baselines share with CodeFusion: the encoder E of the request and the table L of the output tokens.

The modules have the names that they have in `CodeFusion`, so that checkpoints are handled alike and phase 1's weights fit.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812  # torch's own convention
from torch import Tensor, nn

from training.model.attention import mask_bias
from training.model.codefusion import Inputs, Memory, TextInputs, copy_targets
from training.model.config import ModelConfig
from training.model.linked_encoder import LinkedEncoder
from training.model.pointer import Marked, Pointer
from training.model.sentence_encoder import SentenceEncoder
from training.model.t5_encoder import T5Encoder


class Conditioned(nn.Module):
    """E and L. Of the two encoders it has the one that the configuration names."""

    def __init__(self, config: ModelConfig, name: str) -> None:
        super().__init__()
        if config.vocabulary < 2:
            raise ValueError("the configuration needs the size of the output vocabulary")
        self.config, self.name = config, name
        if config.encoder == "t5":
            self.encoder: LinkedEncoder | T5Encoder = T5Encoder(config)
            self.embedding = self.encoder.table
        else:
            self.embedding = nn.Embedding(config.vocabulary, config.dim)
            self.sentence = SentenceEncoder(config)
            self.encoder = LinkedEncoder(config)

    @property
    def core(self) -> nn.Module:
        """The whole module."""
        return self

    def embed(self, tokens: Tensor) -> Tensor:
        """L(y), normalised if the switch is on: (…) -> (…, dim)."""
        vectors: Tensor = self.embedding(tokens)
        return F.layer_norm(vectors, (self.config.dim,)) if self.config.normalise else vectors

    def table(self) -> Tensor:
        """L of every token, (vocabulary, dim)."""
        return self.embed(torch.arange(self.config.vocabulary, device=self.embedding.weight.device))

    def encode(self, inputs: Inputs | TextInputs) -> Memory:
        """E_s, as `CodeFusion.encode` makes it."""
        if isinstance(inputs, TextInputs):
            return Memory(self.encoder(inputs.pieces, inputs.mask), inputs.mask)
        lower = self.sentence.lower(inputs.pieces, inputs.pieces_mask) if inputs.lower is None else inputs.lower
        states = self.sentence.upper(lower, inputs.pieces_mask, torch.ones((), device=lower.device))
        memory = self.encoder(
            states, inputs.word_classes, inputs.nodes, inputs.features, inputs.kinds, self.marks(inputs.sentinels).sum(2),
            inputs.links, inputs.mask,
        )  # fmt: skip
        return Memory(memory, inputs.mask, copy_targets(inputs.sentinels))

    def marks(self, sentinels: Tensor) -> Tensor:
        """L of the sentinels, zero where there is none (id 0): (…) -> (…, dim)."""
        return self.embed(sentinels) * (sentinels > 0)[..., None]

    def marked(self, pointer: Pointer | None, memory: Memory) -> Marked | None:
        """The memory as a pointer sees it; None without the switch."""
        if pointer is None or memory.sentinels is None:
            return None
        return Marked(pointer.key(memory.states), memory.sentinels, self.marks(memory.sentinels), mask_bias(memory.mask))
