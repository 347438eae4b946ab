"""What a training run costs, computed on paper.

A linear map of p weights takes 2 p FLOPs for a position forwards and twice that backwards (weights and inputs): 6 p. The
frozen weights of the sentence encoder's upper layers need no gradient of their own: 4 p; its lower layers are computed once for
a corpus and not counted. Attention of q positions to k takes 4 q k width FLOPs forwards (scores, mixing), twice that backwards.
A test holds the sums to what torch counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch

from grammar.codec.vocabulary import RULES
from training.model.codefusion import SELF_CONDITIONED, CodeFusion
from training.model.config import PRESETS, ModelConfig

DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Positions:
    """Positions of one sample as they are computed: word pieces, columns and values, target tokens.

    The defaults are means over batches of 64 of the corpora of `small`, padding included (11, 32 and 5 without it); see
    `training.throughput.padded_positions`.
    """

    pieces: float = 15
    nodes: float = 41
    target: float = 18

    def __post_init__(self) -> None:
        if min(self.pieces, self.nodes, self.target) <= 0:
            raise ValueError(f"not positions of a sample: {self}")

    @property
    def memory(self) -> float:
        """Positions of E_s."""
        return self.pieces + self.nodes


@dataclass(frozen=True, slots=True)
class Machine:
    """`count` devices that each do `rate` FLOP/s in matrix products, of which a training run gets `share`."""

    name: str
    rate: float
    share: float
    count: int = 1

    def __post_init__(self) -> None:
        if self.rate <= 0 or not 0 < self.share <= 1 or self.count < 1:
            raise ValueError(f"not a machine: {self}")

    @property
    def sustained(self) -> float:
        """FLOP/s of all devices together in a training run."""
        return self.rate * self.share * self.count


H200 = 700e12
"""bf16 matrix products of one H200, FLOP/s, as they are reached in practice."""
MACHINES = (
    Machine("1 GPU", H200, 0.30),
    Machine("8 GPUs", H200, 0.25, 8),
    Machine("64 GPUs", H200, 0.20, 64),
    Machine("2 CPU cores", 150e9, 1.0),
)
"""The share falls with the number of devices: gradients are exchanged, and the batch of each gets smaller."""


def flops_per_sample(config: ModelConfig, at: Positions) -> dict[str, float]:
    """FLOPs of one training sample (forwards and backwards), by part.

    Raises:
        ValueError: a model with the t5 encoder.
    """
    if config.encoder != "linked":
        raise ValueError("costs are worked out for the linked encoder only")
    pointer = _pointer(config, at) if config.pointer else 0.0
    cross = _cross_layer(config, at)
    memory_keys = 6 * 2 * config.width**2 * at.memory
    denoiser = _denoiser_ends(config, at) + config.denoiser_layers * cross + pointer
    if config.pointer:
        denoiser += 6 * config.dim * at.target * at.memory  # the L vectors that are pointed at
    again = SELF_CONDITIONED / 3 if config.self_condition else 0.0  # those go through N twice, the first time forwards only
    return {
        "sentence encoder": _sentence(config, at),
        "mixer": _mixer(config, at),
        "denoiser": denoiser * (1 + again) + config.denoiser_layers * memory_keys,
        "decoder": _decoder_ends(config, at) + config.decoder_layers * (cross + memory_keys) + pointer,
    }


def trained_parameters(config: ModelConfig) -> int:
    """Parameters that training changes, counted on the model itself without making it."""
    with torch.device("meta"):
        model = CodeFusion(replace(config, vocabulary=config.vocabulary or len(RULES)))
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)


def seconds(samples: float, per_sample: float, machine: Machine) -> float:
    """Time of a run over so many samples."""
    return samples * per_sample / machine.sustained


def duration(value: float) -> str:
    """45 s, 12 min, 3.4 h, 12 days."""
    for unit, name in ((DAY * 365, "years"), (DAY * 2, "days"), (7200.0, "h"), (120.0, "min")):
        if value >= unit:
            size = {"years": DAY * 365, "days": DAY, "h": 3600.0, "min": 60.0}[name]
            return f"{value / size:.1f} {name}"
    return f"{value:.0f} s" if value >= 1 else "under 1 s"


def preset(name: str) -> ModelConfig:
    """A preset with the vocabulary of the rules."""
    return replace(PRESETS[name], vocabulary=len(RULES))


def _sentence(config: ModelConfig, at: Positions) -> float:
    """The layers with adapters: 4 p for the frozen weights, 6 p for the adapters, attention."""
    width, wide, rank = config.text_width, config.text_feed_forward, config.lora_rank
    if not rank:
        return 2 * config.text_layers * (4 * width**2 + 2 * width * wide + 2 * at.pieces * width) * at.pieces
    frozen = 4 * width**2 + 2 * width * wide
    adapters = 4 * 2 * width * rank + 2 * (width + wide) * rank
    return config.lora_layers * at.pieces * (4 * frozen + 6 * adapters + 12 * at.pieces * width)


def _mixer(config: ModelConfig, at: Positions) -> float:
    layer = 4 * config.width**2 + 2 * config.width * config.feed_forward
    entry = (config.text_width + config.dim) * config.width
    return at.memory * (6 * entry + config.mixer_layers * (6 * layer + 12 * at.memory * config.width))


def _cross_layer(config: ModelConfig, at: Positions) -> float:
    """One layer of N or D over the target, without the memory's keys and values."""
    weights = 6 * config.width**2 + 2 * config.width * config.feed_forward
    return at.target * (6 * weights + 12 * config.width * (at.target + at.memory))


def _pointer(config: ModelConfig, at: Positions) -> float:
    return 6 * config.width * (config.width * (at.target + at.memory) + at.target * at.memory)


def _denoiser_ends(config: ModelConfig, at: Positions) -> float:
    entry = config.dim * (2 if config.self_condition else 1)
    time = (64 + config.width) * config.width
    return 6 * ((entry + config.dim) * config.width * at.target + time)


def _decoder_ends(config: ModelConfig, at: Positions) -> float:
    return 6 * (2 * config.dim * config.width + config.dim * config.vocabulary) * at.target
