"""Phase 1: pre-train N, D, L and H on code alone.

    python -m training.pretrain --preset paper --languages cf python bash --out runs/pretrain-paper
    python -m training.pretrain --preset small --languages cf --out runs/pretrain-small

Two tasks (Singh et al. 2023), one or the other in every batch: *unsupervised code generation*, where E_s is fresh Gaussian
noise at every step, and *continuous paragraph denoising*, where E_s = E(y with identifiers and built-ins masked). E itself is
not trained. Seeded and resumable like phase 2, same checkpoints; `training.finetune --from` goes on from them.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from grammar.codec.pieces import PieceTokenizer
from training.corpus.code import CodeLine, FlatCode, LinkedCode, read_code
from training.corpus.codet5 import CodeT5Tokenizer
from training.corpus.flat import LANGUAGES
from training.devices import Devices, choose_devices, move
from training.finetune import add_fields, build
from training.loop import LoopConfig, Position, Training
from training.model.codefusion import CodeFusion, Inputs, Memory, TextInputs
from training.model.config import PRESETS
from training.model.sentence_encoder import minilm_folder

NOISE_POSITIONS = 32  # of the Gaussian E_s


@dataclass(frozen=True, slots=True)
class PretrainConfig:
    """How to pre-train. `noise_share` of the batches are of the first task; `lines` per language."""

    steps: int = 4000
    batch: int = 64
    rate: float = 5e-4
    warmup: int = 200
    clip: float = 1.0
    ema: float = 0.999
    seed: int = 0
    lines: int = 100_000
    noise_share: float = 0.5
    save_every: int = 200
    threads: int = 2

    def __post_init__(self) -> None:
        if self.steps < 1 or self.batch < 1 or self.lines < 1 or not 0 <= self.noise_share <= 1 or not 0 <= self.ema < 1:
            raise ValueError(f"not a pre-training configuration: {self}")


class Coder(Protocol):
    """Lines -> the masked inputs and the target tokens."""

    def batch(self, lines: list[CodeLine], rng: random.Random) -> tuple[Inputs | TextInputs, Tensor]:
        """(inputs, tokens (B, length))."""


class Objective(nn.Module):
    """The loss of one batch; `noise` (B, positions, width) is E_s of the first task, None asks for the second."""

    def __init__(self, model: CodeFusion) -> None:
        super().__init__()
        self.model = model

    def forward(
        self, inputs: Inputs | TextInputs, tokens: Tensor, noise: Tensor | None, generator: torch.Generator
    ) -> dict[str, Tensor]:
        if noise is not None:
            return self.model.loss(
                Memory(noise, torch.ones(noise.shape[:2], dtype=torch.bool, device=noise.device)), tokens, generator
            )
        with torch.no_grad():
            memory = self.model.encode(inputs)
        return self.model.loss(Memory(memory.states, memory.mask), tokens, generator)  # no positions to copy from: y is masked


def coder_of(model: CodeFusion) -> Coder:
    """The route of the model's encoder."""
    if model.config.encoder == "t5":
        return FlatCode(model.config, CodeT5Tokenizer())
    return LinkedCode(model.config, PieceTokenizer(minilm_folder() / "tokenizer.json"))


def endless(lines: list[CodeLine], config: PretrainConfig, start_epoch: int = 0) -> Iterator[tuple[int, int, list[CodeLine]]]:
    """(epoch, number in the epoch, batch) for ever; every epoch has its own order."""
    size = min(config.batch, len(lines))
    epoch = start_epoch
    while True:
        order = np.random.default_rng((config.seed, epoch)).permutation(len(lines))
        for number in range(len(lines) // size):
            yield epoch, number, [lines[k] for k in order[number * size : (number + 1) * size]]
        epoch += 1


def run(
    model: CodeFusion, config: PretrainConfig, out: Path, lines: list[CodeLine], *,
    stop_after: float | None = None, devices: Devices | None = None,
) -> None:  # fmt: skip
    """Train to `config.steps`, resuming from `out/last.pt` when it is there.

    Raises:
        CheckpointError: `out/last.pt` is broken or of another model.
        ValueError: no lines, or lines that are no rules for a model of rules alone.
    """
    if not lines or (model.config.encoder == "linked" and any(isinstance(line.code, str) for line in lines)):
        raise ValueError("the linked encoder is pre-trained on rules (cf), and on at least one")
    devices = devices or choose_devices(accelerate=False)
    torch.manual_seed(config.seed)
    torch.set_num_threads(config.threads)
    out.mkdir(parents=True, exist_ok=True)
    coder = coder_of(model)

    def losses(module: nn.Module, batch: list[CodeLine], at: Position) -> tuple[Tensor, dict[str, Tensor]]:
        rng = random.Random(f"{config.seed} {at.epoch} {at.number}")
        generator = torch.Generator().manual_seed(rng.getrandbits(31))
        inputs, tokens = coder.batch(batch, rng)
        noise = None
        if rng.random() < config.noise_share:
            noise = torch.randn((len(batch), NOISE_POSITIONS, model.config.width), generator=generator).to(devices.device)
        parts = module(move(inputs, devices.device), tokens.to(devices.device), noise, generator)
        return parts["total"], parts

    trained = [*model.denoiser.parameters(), *model.decoder.parameters(), *model.embedding.parameters()]
    distinct = list({id(p): p for p in trained}.values())  # H may be L transposed
    groups = [{"params": distinct, "peak": config.rate}]
    optimiser = torch.optim.AdamW(groups, lr=config.rate, betas=(0.9, 0.98), weight_decay=0.0)
    loop = LoopConfig(
        config.steps, config.batch, config.warmup, config.clip, config.ema, config.save_every, stop_after=stop_after
    )
    Training(
        model, Objective(model), optimiser, losses, lambda epoch: endless(lines, config, epoch), loop, out,
        {"pretrain": dataclasses.asdict(config)}, devices,
    ).run()  # fmt: skip


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", choices=sorted(PRESETS), default="paper")
    parser.add_argument("--languages", nargs="+", choices=LANGUAGES, default=["cf"])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("CF_ASSISTANT_DATA", "../shared/data")))
    parser.add_argument("--minutes", type=float, help="stop (with a checkpoint) after this many minutes")
    parser.add_argument("--encoder-from", help="weights of the t5 encoder: a folder or a hub's name")
    add_fields(parser, PretrainConfig)
    arguments = vars(parser.parse_args())
    preset, languages, out, data = (arguments.pop(name) for name in ("preset", "languages", "out", "data"))
    minutes, encoder_from = arguments.pop("minutes"), arguments.pop("encoder_from")
    config = PretrainConfig(**arguments)
    torch.manual_seed(config.seed)
    model = build(preset, encoder_from=encoder_from)
    lines = read_code(languages, data, config.lines)
    print(f"{sum(p.numel() for p in model.parameters()) / 1e6:.1f}M parameters, {len(lines)} lines", file=sys.stderr)
    run(model, config, out, lines, stop_after=minutes * 60 if minutes else None, devices=choose_devices())


if __name__ == "__main__":
    main()
