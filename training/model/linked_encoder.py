"""The `linked` encoder: utterance pieces, columns and values in one sequence, with links as attention bias.

The idea of relation-aware schema linking (RAT-SQL, Wang et al. 2020): a learned bias per head and kind of link between a
word and a column or a value. Sentinels are marked by a linear map of the output embedding L of the same sentinel.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812  # torch's own convention
from torch import Tensor, nn

from grammar.codec.view import FEATURES, LINKS
from training.model.attention import Layer
from training.model.config import ModelConfig

WORD_CLASSES = 8


class LinkedEncoder(nn.Module):
    """States of the sentence encoder and of the nodes -> memory (batch, positions, width)."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        width = config.width
        self.pieces_in = nn.Linear(config.text_width, width)
        self.nodes_in = nn.Linear(config.text_width, width)
        self.sentinel_in = nn.Linear(config.dim, width, bias=False)
        self.features_in = nn.Linear(FEATURES, width)
        self.kinds = nn.Embedding(4, width)  # piece, column, whole value, fragment
        self.word_classes = nn.Embedding(WORD_CLASSES, width)
        self.norm = nn.LayerNorm(width)
        self.layers = nn.ModuleList(
            Layer(width, config.heads, config.feed_forward, config.dropout, cross=False) for _ in range(config.mixer_layers)
        )
        self.link_bias = nn.Parameter(torch.zeros(LINKS, config.mixer_layers * config.heads))
        self.out_norm = nn.LayerNorm(width)
        self.heads = config.heads

    def forward(  # noqa: PLR0917  # the inputs of the exported graph, in its order
        self,
        states: Tensor,
        word_classes: Tensor,
        nodes: Tensor,
        features: Tensor,
        kinds: Tensor,
        sentinels: Tensor,
        links: Tensor,
        mask: Tensor,
    ) -> Tensor:
        """Shapes, with U pieces, M nodes, P = U + M.

        Args:
            states: (B, U, text_width) of the utterance.
            word_classes: (B, U).
            nodes: (B, M, text_width), pooled strings of columns and values.
            features: (B, M, FEATURES), zero for values.
            kinds: (B, P) 0 piece, 1 column, 2 value, 3 fragment.
            sentinels: (B, P, dim), the sum of the L vectors that mark the position (zero where unmarked).
            links: (B, P, P) link numbers.
            mask: (B, P) True where there is something.
        """
        pieces = self.pieces_in(states) + self.word_classes(word_classes)
        others = self.nodes_in(nodes) + self.features_in(features)
        x = self.norm(torch.cat([pieces, others], 1) + self.kinds(kinds) + self.sentinel_in(sentinels))
        bias = F.embedding(links, self.link_bias).permute(0, 3, 1, 2)  # (B, layers * heads, P, P)
        hidden = torch.zeros_like(mask, dtype=torch.float32).masked_fill(~mask, -1e9)[:, None, None, :]
        bias = bias + hidden
        for k, layer in enumerate(self.layers):
            x = layer(x, bias[:, k * self.heads : (k + 1) * self.heads])
        return self.out_norm(x)  # type: ignore[no-any-return]  # modules return Any
