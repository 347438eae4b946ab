"""Sample inputs of the four graphs, and the names and dynamic axes of their inputs and outputs."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from export.graphs import EncoderGraph
from grammar.codec.view import FEATURES
from grammar.codec.vocabulary import RULES
from training.model.codefusion import CodeFusion

Sample = dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large the sample inputs are."""

    batch: int = 2
    pieces: int = 7
    nodes: int = 5
    seeds: int = 3
    length: int | None = None  # of the target; None: the rules' own


def samples(model: CodeFusion, sizes: Sizes, seed: int = 0) -> dict[str, Sample]:
    """Inputs of every graph, of the given sizes; random but seeded."""
    config, rng = model.config, torch.Generator().manual_seed(seed)
    batch, pieces, nodes, seeds = sizes.batch, sizes.pieces, sizes.nodes, sizes.seeds
    total = pieces + nodes

    def whole(high: int, *shape: int) -> Tensor:
        return torch.randint(0, high, shape, generator=rng)

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=rng)

    text = {
        "pieces": whole(config.text_vocabulary, batch, pieces),
        "mask": torch.ones(batch, pieces, dtype=torch.bool),
        "gate": torch.ones(()),
    }
    text["mask"][-1, -2:] = False
    mask = torch.ones(batch, total, dtype=torch.bool)
    mask[-1, -1] = False
    encoder = {
        "states": normal(batch, pieces, config.text_width), "word_classes": whole(8, batch, pieces),
        "nodes": normal(batch, nodes, config.text_width), "features": normal(batch, nodes, FEATURES),
        "kinds": whole(4, batch, total), "sentinels": whole(len(RULES), batch, total, 2),
        "links": whole(38, batch, total, total), "mask": mask,
    }  # fmt: skip
    with torch.no_grad():
        denoiser_memory, decoder_memory, keys, targets, bias = EncoderGraph(model)(**encoder)
    shared = {"pointer_keys": keys, "targets": targets, "bias": bias}
    x = normal(batch, seeds, sizes.length or config.length, config.dim)
    denoiser = {
        "x_t": x,
        "t": torch.full((batch * seeds,), 700.0),
        "previous": torch.zeros_like(x),
        "memory": denoiser_memory,
        **shared,
    }
    return {
        "text": text,
        "encoder": encoder,
        "denoiser": denoiser,
        "decoder": {"x0": x, "memory": decoder_memory, **shared},
    }


_B, _U, _M, _P, _K = "batch", "pieces", "nodes", "positions", "seeds"
DYNAMIC = {
    "pieces": {0: _B, 1: _U}, "states": {0: _B, 1: _U}, "word_classes": {0: _B, 1: _U}, "nodes": {0: _B, 1: _M},
    "features": {0: _B, 1: _M}, "kinds": {0: _B, 1: _P}, "sentinels": {0: _B, 1: _P}, "links": {0: _B, 1: _P, 2: _P},
    "mask": {0: _B, 1: _P}, "x_t": {0: _B, 1: _K}, "t": {0: "rows"}, "previous": {0: _B, 1: _K}, "memory": {2: _B, 4: _P},
    "denoiser_memory": {2: _B, 4: _P}, "decoder_memory": {2: _B, 4: _P}, "bias": {0: _B, 3: _P}, "x0": {0: _B, 1: _K},
    "tokens": {0: _B, 1: _K}, "log_probs": {0: _B, 1: _K}, "pooled": {0: _B}, "pointer_keys": {1: _B, 2: _P},
    "targets": {0: _B, 1: _P},
}  # fmt: skip
_L = "length"
OF_CODE = {
    name: {**axes, 2: _L} for name, axes in DYNAMIC.items() if name in ("x_t", "previous", "x0", "tokens", "log_probs")
}  # fmt: skip
"""The axes that are dynamic besides in a model that also writes code, whose targets are longer than rules."""
OUTPUTS = {
    "text": ("states", "pooled"),
    "encoder": ("denoiser_memory", "decoder_memory", "pointer_keys", "targets", "bias"),
    "denoiser": ("x0",),
    "decoder": ("tokens", "log_probs"),
}
