"""Phase 2: fine-tune CodeFusion on written requests.  `python -m training.finetune --preset small --out runs/small`

Seeded; a run that is stopped goes on from its last checkpoint when the same command is given again.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from grammar.codec.pieces import PieceTokenizer
from grammar.codec.vocabulary import RULES
from training import checkpoint
from training.corpus.batches import bucketed, collate
from training.corpus.examples import Example, Strings, make_examples
from training.corpus.prose import read_cf_train
from training.corpus.requests import read_requests, training_files
from training.model.codefusion import CodeFusion
from training.model.config import PRESETS
from training.model.sentence_encoder import is_adapter, minilm_folder


@dataclass(frozen=True, slots=True)
class FinetuneConfig:
    """How to fine-tune. `fraction` of the tables is used (learning curves); `files` limits the corpora by name."""

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

    def __post_init__(self) -> None:
        if self.steps < 1 or self.batch < 2 or not 0 < self.fraction <= 1 or not 0 <= self.ema < 1:
            raise ValueError(f"not a fine-tuning configuration: {self}")


class Ema:
    """Exponential moving average of the trained parameters."""

    def __init__(self, model: CodeFusion, decay: float) -> None:
        self.decay = decay
        self.values = {name: p.detach().clone() for name, p in model.named_parameters() if p.requires_grad}

    @torch.no_grad()
    def update(self, model: CodeFusion, step: int) -> None:
        """One step; the decay grows from 0 so that the start is forgotten."""
        decay = min(self.decay, (1 + step) / (10 + step))
        for name, parameter in model.named_parameters():
            if name in self.values:
                self.values[name].lerp_(parameter, 1 - decay)


@torch.no_grad()
def embed_strings(model: CodeFusion, tokenizer: PieceTokenizer, texts: list[str], batch: int = 256) -> Tensor:
    """Pooled frozen states of every text, (texts, text_width) in half precision."""
    ids = [tokenizer.string(text) for text in texts]
    order = sorted(range(len(ids)), key=lambda k: len(ids[k]))
    result = torch.zeros(max(len(texts), 1), model.config.text_width, dtype=torch.float16)
    for start in range(0, len(order), batch):
        rows = order[start : start + batch]
        longest = max(len(ids[k]) for k in rows)
        pieces = torch.zeros(len(rows), longest, dtype=torch.long)
        for at, k in enumerate(rows):
            pieces[at, : len(ids[k])] = torch.tensor(ids[k])
        result[rows] = model.sentence.pooled(pieces, pieces > 0).half()
    return result


@torch.no_grad()
def cache_lower(model: CodeFusion, examples: list[Example], batch: int = 128) -> None:
    """Fill `lower` of every example: the frozen layers are computed once, not in every epoch."""
    order = sorted(examples, key=lambda e: len(e.placed.pieces))
    for start in range(0, len(order), batch):
        rows = order[start : start + batch]
        pieces = torch.zeros(len(rows), max(len(e.placed.pieces) for e in rows), dtype=torch.long)
        for k, example in enumerate(rows):
            pieces[k, : len(example.placed.pieces)] = torch.from_numpy(example.placed.pieces)
        states = model.sentence.lower(pieces, pieces > 0).half().numpy()
        for k, example in enumerate(rows):
            example.lower = states[k, : len(example.placed.pieces)].copy()


def rate_at(step: int, steps: int, warmup: int) -> float:
    """Share of the peak learning rate: linear warm-up, cosine to zero."""
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))


def endless(groups: list[list[Example]], config: FinetuneConfig, start_epoch: int = 0) -> Iterator[tuple[int, int, list[Example]]]:
    """(epoch, number in the epoch, batch) for ever; every epoch has its own seed, so that a run can resume anywhere."""
    epoch = start_epoch
    while True:
        rng = np.random.default_rng((config.seed, epoch))
        for number, examples in enumerate(bucketed(groups, config.batch, rng, config.original)):
            yield epoch, number, examples
        epoch += 1


def prepare(model: CodeFusion, config: FinetuneConfig, out: Path, paths: list[Path]) -> tuple[list[list[Example]], Tensor]:
    """Encode the corpus; report what cannot be encoded."""
    requests = read_requests([path for path in paths if path.suffix == ".jsonl"])
    requests += [request for path in paths if path.suffix == ".json" for request in read_cf_train(path)]
    if config.fraction < 1:
        tables = sorted({r.table_id for r in requests})
        kept = set(random.Random(config.seed).sample(tables, max(1, round(len(tables) * config.fraction))))
        requests = [r for r in requests if r.table_id in kept]
    tokenizer, strings = PieceTokenizer(minilm_folder() / "tokenizer.json"), Strings()
    started = time.time()

    def progress(number: int) -> None:
        if number % 500 == 0:
            print(f"\rencoding {number}/{len(requests)}", end="", file=sys.stderr, flush=True)

    groups = make_examples(
        requests, tokenizer, strings, model.config.length, variants=config.variants, seed=config.seed, progress=progress
    )
    table = embed_strings(model, tokenizer, list(strings.rows))
    cache_lower(model, [example for group in groups for example in group])
    summary = {"requests": len(requests), "encoded": len(groups), "examples": sum(map(len, groups)), "strings": len(strings.rows),
               "seconds": round(time.time() - started, 1)}  # fmt: skip
    print("\r" + json.dumps(summary), file=sys.stderr)
    (out / "corpus.json").write_text(json.dumps({**summary, "files": [p.name for p in paths]}, indent=1))
    return groups, table


def trainable(model: CodeFusion, config: FinetuneConfig) -> list[dict[str, Any]]:
    """Parameter groups: adapters of the sentence encoder at their own rate, the rest."""
    adapters = [p for name, p in model.sentence.named_parameters() if is_adapter(name)]
    others = [p for name, p in model.named_parameters() if p.requires_grad and not name.startswith("sentence.")]
    return [{"params": others, "peak": config.rate}, {"params": adapters, "peak": config.adapter_rate}]


def run(model: CodeFusion, config: FinetuneConfig, out: Path, paths: list[Path], stop_after: float | None = None) -> None:
    """Train to `config.steps`, resuming from `out/last.pt` when it is there; `stop_after` seconds ends a session early."""
    torch.manual_seed(config.seed)
    torch.set_num_threads(config.threads)
    out.mkdir(parents=True, exist_ok=True)
    groups, strings = prepare(model, config, out, paths)
    optimiser = torch.optim.AdamW(trainable(model, config), lr=config.rate, betas=(0.9, 0.98), weight_decay=0.0)
    ema, step, epoch, number = Ema(model, config.ema), 0, 0, -1
    last = out / "last.pt"
    if last.exists():
        saved = checkpoint.load(last)
        model.load_state_dict(saved["model"], strict=False)
        optimiser.load_state_dict(saved["optimiser"])
        ema.values = saved["ema"]
        step, epoch, number = saved["step"], saved["epoch"], saved["number"]
        print(f"resuming at step {step}", file=sys.stderr)
    started, first, losses = time.time(), step, []
    with (out / "log.jsonl").open("a", encoding="utf-8") as log:
        for at_epoch, at_number, examples in endless(groups, config, epoch):
            if at_epoch == epoch and at_number <= number:
                continue
            if step >= config.steps or (stop_after and time.time() - started > stop_after):
                break
            epoch, number = at_epoch, at_number
            rng = np.random.default_rng((config.seed, 1, epoch, number))
            generator = torch.Generator().manual_seed(hash((config.seed, epoch, number)) & 0x7FFFFFFF)
            for group in optimiser.param_groups:
                group["lr"] = group["peak"] * rate_at(step, config.steps, config.warmup)
            inputs, tokens = collate(examples, strings, model.config.length, rng, config.drop_columns)
            memory = model.encode(inputs)
            parts = [model.loss(memory, tokens, generator) for _ in range(config.draws)]
            loss = torch.stack([p["total"] for p in parts]).mean()
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_([p for g in optimiser.param_groups for p in g["params"]], config.clip)
            optimiser.step()
            ema.update(model, step)
            step += 1
            losses.append({name: value.item() for name, value in parts[0].items()})
            if step % 20 == 0 or step == config.steps:
                _report(log, step, config.steps, epoch, losses, time.time() - started, step - first, config.batch)
                losses.clear()
            if step % config.save_every == 0 or step == config.steps:
                _save(last, model, ema, optimiser, config, step, epoch, number)
    _save(last, model, ema, optimiser, config, step, epoch, number)


def _report(log: Any, step: int, steps: int, epoch: int, losses: list[dict[str, float]], seconds: float, done: int, batch: int) -> None:
    mean = {name: round(sum(entry[name] for entry in losses) / len(losses), 4) for name in losses[0]}
    speed = done * batch / seconds
    left = (steps - step) * seconds / done
    log.write(json.dumps({"step": step, "epoch": epoch, "samples_per_s": round(speed, 1), **mean}) + "\n")
    log.flush()
    text = " ".join(f"{name} {value:.3f}" for name, value in mean.items())
    print(f"\rstep {step}/{steps} epoch {epoch} {text} {speed:.0f} samples/s {left / 60:.0f} min left   ", end="", file=sys.stderr, flush=True)


def _save(path: Path, model: CodeFusion, ema: Ema, optimiser: torch.optim.Optimizer, config: FinetuneConfig, step: int, epoch: int, number: int) -> None:
    trained = {name: value for name, value in model.state_dict().items() if not _frozen(name)}
    checkpoint.save(path, {
        "config": model.config.as_dict(), "finetune": dataclasses.asdict(config), "model": trained, "ema": ema.values,
        "optimiser": optimiser.state_dict(), "step": step, "epoch": epoch, "number": number,
    })  # fmt: skip


def _frozen(name: str) -> bool:
    """Weights of the frozen sentence encoder are read from their package again, not kept in every checkpoint."""
    return name.startswith("sentence.") and not is_adapter(name.removeprefix("sentence."))


def build(preset: str, **changes: Any) -> CodeFusion:
    """A model of a preset with MiniLM's weights where the shape is MiniLM's."""
    config = dataclasses.replace(PRESETS[preset], vocabulary=len(RULES), **changes)
    model = CodeFusion(config)
    if config.encoder == "linked" and config.text_width == 384:
        model.sentence.load_pretrained(minilm_folder())
    return model


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", choices=sorted(PRESETS), default="small")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--files", nargs="*", type=Path, help="request files; default: all but the development sets")
    parser.add_argument("--extra", nargs="*", type=Path, help="more corpora: request files, or the public cf_train.json")
    parser.add_argument("--minutes", type=float, help="stop (with a checkpoint) after this many minutes")
    for field in dataclasses.fields(FinetuneConfig):
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=type(field.default), default=field.default)
    arguments = vars(parser.parse_args())
    preset, out, files, extra, minutes = (arguments.pop(name) for name in ("preset", "out", "files", "extra", "minutes"))
    config = FinetuneConfig(**arguments)
    torch.manual_seed(config.seed)
    paths = (files or training_files()) + (extra or [])
    run(build(preset), config, out, paths, minutes * 60 if minutes else None)


if __name__ == "__main__":
    main()
