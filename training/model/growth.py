"""Tables that grow when languages are added: the rows of a smaller model's table are the first rows of the larger one's.

New tokens stand behind the rules' and more positions behind the first ones, so a model of rules alone is the beginning of one
that also writes code.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

TABLES = frozenset({"embedding.weight", "decoder.head.weight", "decoder.head.bias", "decoder.positions", "denoiser.positions"})


def grown(own: Mapping[str, Tensor], source: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tables of `source` that have fewer rows than ours and are else of the same shape, filled up with our rows.

    Args:
        own: the larger model's parameters by name; not changed.
        source: the smaller model's.
    """
    result = {}
    for name, value in source.items():
        if name not in TABLES or name not in own:
            continue
        ours = own[name]
        if value.dim() == ours.dim() and value.shape[1:] == ours.shape[1:] and value.shape[0] < ours.shape[0]:
            result[name] = torch.cat([value.to(ours), ours.detach()[value.shape[0] :]])
    return result
