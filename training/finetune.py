"""Phase 2: fine-tune CodeFusion on written requests.

    python -m training.finetune --preset small --out runs/small
    accelerate launch -m training.finetune --preset base --out runs/base       # several devices, bf16
    python -m training.finetune --languages cf bash python --weights 0.5 0.3 0.2 --from runs/small/last.pt --out runs/three

Seeded; a run that is stopped goes on from its last checkpoint when the same command is given again.
"""

from __future__ import annotations

import argparse
import ast
import dataclasses
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from grammar.codec.code.pieces import CodePieces
from grammar.codec.vocabulary import RULES
from training import checkpoint
from training.corpus.batches import bucketed
from training.corpus.code_pieces import PATH as PIECES_PATH
from training.corpus.code_pieces import pieces_hash
from training.corpus.code_splits import PARTS
from training.corpus.mixture import WEIGHTS, Mixing, Mixture, prepare_mixture
from training.corpus.prepared import cache_lower, embed_strings, prepare
from training.corpus.requests import training_files
from training.devices import Devices, choose_devices, move
from training.loop import Batches, LoopConfig, Position, Training
from training.model.codefusion import CodeFusion, Inputs, TextInputs
from training.model.config import PRESETS, ModelConfig
from training.model.sentence_encoder import MINILM_WIDTH, is_adapter, minilm_folder
from training.model.t5_encoder import T5Encoder

__all__ = ["FinetuneConfig", "build", "cache_lower", "embed_strings", "prepare", "run"]


@dataclass(frozen=True, slots=True)
class FinetuneConfig:
    """How to fine-tune. `fraction` of the tables is used (learning curves).

    `precision` "bf16" multiplies matrices in bfloat16 (twice as fast on CPUs with AVX512-BF16); weights and sums stay float32.
    """

    steps: int = 4000
    batch: int = 64
    rate: float = 8e-4
    adapter_rate: float = 5e-4
    warmup: int = 200
    clip: float = 1.0
    ema: float = 0.999
    seed: int = 0
    variants: int = 3
    draws: int = 1
    original: float = 0.5
    drop_columns: float = 0.1
    fraction: float = 1.0
    save_every: int = 200
    threads: int = 2
    precision: str = "float32"

    def __post_init__(self) -> None:
        if self.precision not in ("float32", "bf16"):
            raise ValueError(f"precision is float32 or bf16, not {self.precision}")
        if self.steps < 1 or self.batch < 2 or not 0 < self.fraction <= 1 or not 0 <= self.ema < 1:
            raise ValueError(f"not a fine-tuning configuration: {self}")


class Objective(nn.Module):
    """The loss as one call, so that it can be wrapped for several devices."""

    def __init__(self, model: CodeFusion, draws: int) -> None:
        super().__init__()
        self.model, self.draws = model, draws

    def forward(self, inputs: Inputs | TextInputs, tokens: Tensor, generator: torch.Generator) -> list[dict[str, Tensor]]:
        """The loss's parts for every draw of time and noise."""
        memory = self.model.encode(inputs)
        return [self.model.loss(memory, tokens, generator) for _ in range(self.draws)]


def endless(groups: list[list[Any]], config: FinetuneConfig, start_epoch: int = 0) -> Iterator[tuple[int, int, list[Any]]]:
    """(epoch, number in the epoch, batch) for ever; every epoch has its own seed, so that a run can resume anywhere.

    Raises:
        ValueError: too few examples for one batch.
    """
    epoch = start_epoch
    while True:
        rng, number = np.random.default_rng((config.seed, epoch)), -1
        for number, examples in enumerate(bucketed(groups, config.batch, rng, config.original)):
            yield epoch, number, examples
        if number < 0:
            raise ValueError(f"{len(groups)} requests do not fill half a batch of {config.batch}")
        epoch += 1


def trainable(model: CodeFusion, config: FinetuneConfig) -> list[dict[str, Any]]:
    """Parameter groups: adapters of the sentence encoder at their own rate, the rest."""
    others = [p for name, p in model.named_parameters() if p.requires_grad and not name.startswith("sentence.")]
    groups = [{"params": others, "peak": config.rate}]
    if model.config.encoder == "linked":
        adapters = [p for name, p in model.sentence.named_parameters() if is_adapter(name)]
        groups.append({"params": adapters, "peak": config.adapter_rate})
    return groups


def train(  # noqa: PLR0917  # what `Training` is made of
    model: CodeFusion, objective: nn.Module, corpus: Any, batches: Batches[Any], config: FinetuneConfig, out: Path,
    settings: dict[str, Any], devices: Devices, *, stop_after: float | None = None,
) -> None:  # fmt: skip
    """Run the loop with AdamW: batches, times and noises depend on the seed and the place in the corpus alone."""

    def losses(module: nn.Module, examples: Any, at: Position) -> tuple[Tensor, dict[str, Tensor]]:
        rng = np.random.default_rng((config.seed, 1, at.epoch, at.number))
        generator = torch.Generator().manual_seed(hash((config.seed, at.epoch, at.number)) & 0x7FFFFFFF)
        inputs, tokens = corpus.batch(examples, rng)
        with torch.autocast(devices.device.type, dtype=torch.bfloat16, enabled=config.precision == "bf16"):
            parts = module(move(inputs, devices.device), move(tokens, devices.device), generator)
        return torch.stack([p["total"] for p in parts]).mean(), parts[0]

    optimiser = torch.optim.AdamW(trainable(model, config), lr=config.rate, betas=(0.9, 0.98), weight_decay=0.0)
    loop = LoopConfig(
        config.steps, config.batch, config.warmup, config.clip, config.ema, config.save_every, stop_after=stop_after
    )
    Training(model, objective, optimiser, losses, batches, loop, out, settings, devices).run()


def run(
    model: CodeFusion, config: FinetuneConfig, out: Path, paths: list[Path], *,
    stop_after: float | None = None, devices: Devices | None = None, mixing: Mixing | None = None,
) -> None:  # fmt: skip
    """Train to `config.steps`, resuming from `out/last.pt` when it is there; `stop_after` seconds ends a session early.

    `paths` are files of requests for rules; with `mixing` other languages are trained beside them, or instead of them.

    Raises:
        CheckpointError: `out/last.pt` is broken or of another model.
    """
    devices = devices or choose_devices(accelerate=False)
    torch.manual_seed(config.seed)
    torch.set_num_threads(config.threads)
    out.mkdir(parents=True, exist_ok=True)
    with devices.main_first():
        corpus: Any = prepare_mixture(model, config, out, paths, mixing) if mixing else prepare(model, config, out, paths)

    groups: list[list[Any]] = [] if isinstance(corpus, Mixture) else list(corpus.groups)

    def batches(epoch: int) -> Iterator[tuple[int, int, Any]]:
        return corpus.batches(config, epoch) if isinstance(corpus, Mixture) else endless(groups, config, epoch)

    settings: dict[str, Any] = {"finetune": dataclasses.asdict(config)}
    if mixing:
        settings |= {"languages": dict(mixing.weights), "code_pieces": pieces_hash()}
    train(model, Objective(model, config.draws), corpus, batches, config, out, settings, devices, stop_after=stop_after)


def build(preset: str, *, encoder_from: str | None = None, **changes: Any) -> CodeFusion:
    """A model of a preset with MiniLM's weights where the shape is MiniLM's, or CodeT5's from a folder or hub where asked for.

    Raises:
        EncoderWeightsError: the weights of `encoder_from` cannot be had.
    """
    shape = PRESETS[preset]
    if shape.encoder == "linked":
        changes = {"vocabulary": len(RULES) + changes.get("code_pieces", shape.code_pieces), **changes}
    model = CodeFusion(dataclasses.replace(shape, **changes))
    if model.config.encoder == "linked" and model.config.text_width == MINILM_WIDTH:
        model.sentence.load_pretrained(minilm_folder())
    if encoder_from and not isinstance(model.encoder, T5Encoder):
        raise ValueError("--encoder-from belongs to presets with the t5 encoder")
    if encoder_from and isinstance(model.encoder, T5Encoder):
        model.encoder.load_pretrained(encoder_from)
    return model


def switches(texts: list[str]) -> dict[str, Any]:
    """`name=value` of the model's configuration, the values as Python literals or bare words.

    Raises:
        ValueError: no such switch, or no `=`.
    """
    known, result = {field.name for field in dataclasses.fields(ModelConfig)}, {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or name not in known:
            raise ValueError(f"{text!r} is no switch of the model: NAME=VALUE with one of {', '.join(sorted(known))}")
        try:
            result[name] = ast.literal_eval(value)
        except (ValueError, SyntaxError):
            result[name] = value
    return result


def add_fields(parser: argparse.ArgumentParser, settings: type[Any]) -> None:
    """An option for every field of a dataclass of settings."""
    for field in dataclasses.fields(settings):
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=type(field.default), default=field.default)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", choices=sorted(PRESETS), default="small")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--files", nargs="*", type=Path, help="request files; default: all but the development sets")
    parser.add_argument("--extra", nargs="*", type=Path, help="more corpora: request files, or the public *_train.json")
    parser.add_argument("--minutes", type=float, help="stop (with a checkpoint) after this many minutes")
    parser.add_argument("--from", dest="start", type=Path, help="start from this checkpoint of training.pretrain")
    parser.add_argument("--encoder-from", help="weights of the t5 encoder: a folder or a hub's name")
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE", help="switches of the model, e.g. time_power=0.1")
    parser.add_argument(
        "--languages", nargs="+", choices=list(WEIGHTS), default=["cf"], help="bash and python: a mixture of batches"
    )
    parser.add_argument("--weights", nargs="+", type=float, help="shares of the languages' batches, in their order")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("CF_ASSISTANT_DATA", "../shared/data")))
    parser.add_argument("--part", choices=PARTS[1:], default="train", help="of the Bash and Python pairs")
    add_fields(parser, FinetuneConfig)
    arguments = vars(parser.parse_args())
    preset, out, files, extra, minutes = (arguments.pop(name) for name in ("preset", "out", "files", "extra", "minutes"))
    start, encoder_from = arguments.pop("start"), arguments.pop("encoder_from")
    changes = switches(arguments.pop("set"))
    mixing = _mixing(*(arguments.pop(name) for name in ("languages", "weights", "data", "part")))
    if mixing:
        changes = {"code_pieces": len(CodePieces.read(PIECES_PATH)), **changes}
    config = FinetuneConfig(**arguments)
    torch.manual_seed(config.seed)
    model = build(preset, encoder_from=encoder_from, **changes)
    print(f"{sum(p.numel() for p in model.parameters()) / 1e6:.1f}M parameters", file=sys.stderr)
    if start and not (out / "last.pt").exists():
        fresh = checkpoint.transfer(model, start)
        print(f"starting from {start}; {len(fresh)} parameter tensors are fresh", file=sys.stderr)
    paths = (files or training_files()) + (extra or [])
    run(model, config, out, paths, stop_after=minutes * 60 if minutes else None, devices=choose_devices(), mixing=mixing)


def _mixing(languages: list[str], weights: list[float] | None, data: Path, part: str) -> Mixing | None:
    """None for rules alone."""
    return Mixing.of(languages, weights, data, part) if languages != ["cf"] else None


if __name__ == "__main__":
    main()
