"""Model configuration and presets. Every addition to the paper is a switch here; `paper` has them all off."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """CodeFusion's shape and switches.

    Attributes:
        encoder: "linked" (MiniLM word states, column and value nodes, links as attention bias) or "t5" (the paper's).
        width, heads, feed_forward: of mixer, denoiser and decoder.
        dim: of the diffusion space (the embedding L); the paper has dim = width.
        length: target positions of a rule.
        code_pieces: how many pieces of code (`grammar.codec.code`) follow the rules' tokens in the vocabulary; 0: rules only.
        code_length: target positions of Bash and Python.
        prediction: what the denoiser predicts, "x0" (ours) or "epsilon" (the paper's).
        normalise: layer-normalise the embeddings L(y).
        self_condition: feed the last x0 estimate back in.
        noise_factor, time_power: see `Schedule`.
        lora_rank: of the adapters in the sentence encoder; 0 leaves it frozen.
        lora_layers: how many upper layers have adapters; the layers below are the same for every text and cacheable.
        pad_weight: weight of pad positions in the losses (1 in the paper).
        pointer: score sentinels by pointing at the positions they mark (see `pointer`).
    """

    encoder: Literal["linked", "t5"] = "linked"
    width: int = 192
    heads: int = 6
    feed_forward: int = 576
    mixer_layers: int = 4
    denoiser_layers: int = 3
    decoder_layers: int = 2
    dim: int = 64
    length: int = 18
    code_pieces: int = 0
    code_length: int = 32
    vocabulary: int = 0
    prediction: Literal["x0", "epsilon"] = "x0"
    normalise: bool = True
    self_condition: bool = True
    schedule_steps: int = 1200
    noise_factor: float = 2.0
    time_power: float = 0.25
    lora_rank: int = 16
    lora_layers: int = 3
    pad_weight: float = 0.1
    pointer: bool = True
    dropout: float = 0.1
    text_width: int = 384
    text_layers: int = 6
    text_heads: int = 12
    text_feed_forward: int = 1536
    text_vocabulary: int = 30522

    def __post_init__(self) -> None:
        if self.width % self.heads or self.text_width % self.text_heads:
            raise ValueError("width must be a multiple of heads")
        if self.encoder == "t5" and self.lora_rank:
            raise ValueError("lora_rank belongs to the linked encoder")
        if self.encoder == "t5" and not self.width == self.dim == self.text_width:
            raise ValueError("the t5 encoder needs width = dim = text_width")
        if self.code_pieces < 0 or (self.code_pieces and self.encoder == "t5"):
            raise ValueError("code_pieces must be at least 0, and 0 with the t5 encoder, which has CodeT5's vocabulary")
        if self.lora_layers > self.text_layers:
            raise ValueError("there are fewer text_layers than lora_layers")
        lengths = (self.length, self.code_length, self.schedule_steps)
        if min(self.width, self.dim, self.denoiser_layers, self.decoder_layers, *lengths) < 1:
            raise ValueError("sizes must be at least 1")
        if not 0 <= self.dropout < 1 or not 0 <= self.pad_weight <= 1:
            raise ValueError("dropout must lie in [0, 1), pad_weight in [0, 1]")
        if not 0 < self.time_power <= 1 or self.noise_factor <= 0:
            raise ValueError("time_power must lie in (0, 1], noise_factor above 0")

    @property
    def positions(self) -> int:
        """Target positions of the longest language."""
        return max(self.length, self.code_length) if self.code_pieces else self.length

    def as_dict(self) -> dict[str, Any]:
        """Plain values, enough to rebuild the configuration; without the switches of code where they are off."""
        values = asdict(self)
        return values if self.code_pieces else {name: value for name, value in values.items() if name not in _OF_CODE}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> ModelConfig:
        """Rebuild; unknown keys raise TypeError."""
        return cls(**values)


_OF_CODE = ("code_pieces", "code_length")

PRESETS: dict[str, ModelConfig] = {
    "tiny": ModelConfig(
        width=32, heads=2, feed_forward=64, mixer_layers=1, denoiser_layers=1, decoder_layers=1, dim=16, text_width=32,
        text_layers=1, text_heads=2, text_feed_forward=64, lora_rank=4, lora_layers=1,
    ),
    "small": ModelConfig(),
    "base": ModelConfig(
        width=512, heads=8, feed_forward=2048, mixer_layers=6, denoiser_layers=10, decoder_layers=6, dim=128, lora_rank=32,
    ),
    # the paper's 75M parameters leave room for feed-forward layers as wide as the model in denoiser and decoder, and for one
    # token table that is E's, L's and H's (77M); see training/LOG.md
    "paper": ModelConfig(
        encoder="t5", width=512, heads=8, feed_forward=512, mixer_layers=0, denoiser_layers=10, decoder_layers=6, dim=512,
        length=128, prediction="epsilon", normalise=False, self_condition=False, noise_factor=1.0, time_power=1.0, lora_rank=0,
        lora_layers=0, pad_weight=1.0, pointer=False, text_width=512, text_layers=6, text_heads=8, text_feed_forward=2048,
        text_vocabulary=32100, vocabulary=32100,
    ),
    "tiny-paper": ModelConfig(
        encoder="t5", width=32, heads=2, feed_forward=32, mixer_layers=0, denoiser_layers=1, decoder_layers=1, dim=32,
        length=32, prediction="epsilon", normalise=False, self_condition=False, noise_factor=1.0, time_power=1.0, lora_rank=0,
        lora_layers=0, pad_weight=1.0, pointer=False, text_width=32, text_layers=1, text_heads=2, text_feed_forward=64,
        text_vocabulary=32100, vocabulary=32100,
    ),
}  # fmt: skip
