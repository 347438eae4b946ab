"""The training loop of both phases: seeded, resumable in the middle of an epoch, with a progress line and a log.

A batch is a pure function of (seed, epoch, number); a checkpoint holds weights, average, optimiser, position and the state of
the random numbers (dropout), so that an interrupted run ends with the same weights as an uninterrupted one (on the CPU).
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TextIO, TypeVar

import torch
from torch import Tensor, nn

from training import checkpoint
from training.devices import Devices
from training.model.codefusion import CodeFusion
from training.model.sentence_encoder import MINILM_WIDTH, is_adapter

B = TypeVar("B")
Batches = Callable[[int], Iterator[tuple[int, int, B]]]
"""First epoch -> (epoch, number in the epoch, batch) for ever."""


@dataclass(frozen=True, slots=True)
class LoopConfig:
    """How long and how: `stop_after` seconds ends a session early with a checkpoint; `batch` is for the samples per second."""

    steps: int
    batch: int
    warmup: int = 200
    clip: float = 1.0
    ema: float = 0.999
    save_every: int = 200
    report_every: int = 20
    stop_after: float | None = None


@dataclass(slots=True)
class Position:
    """Steps done, and the last batch that was used."""

    step: int = 0
    epoch: int = 0
    number: int = -1


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


def rate_at(step: int, steps: int, warmup: int) -> float:
    """Share of the peak learning rate: linear warm-up, cosine to zero."""
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))


@dataclass
class Training(Generic[B]):
    """A model in training. `losses(module, batch, position)` gives the loss to go down and the figures to log.

    `settings` go into the checkpoint; `objective` is the module that `losses` calls (wrapped for several devices).
    """

    model: CodeFusion
    objective: nn.Module
    optimiser: torch.optim.Optimizer
    losses: Callable[[nn.Module, B, Position], tuple[Tensor, dict[str, Tensor]]]
    batches: Batches[B]
    config: LoopConfig
    out: Path
    settings: dict[str, Any]
    devices: Devices = field(default_factory=Devices)

    def run(self) -> None:
        """Train to `config.steps`, resuming from `out/last.pt` when it is there."""
        objective = self.devices.prepare(self.objective)
        ema, at = Ema(self.model, self.config.ema), Position()
        last = self.out / "last.pt"
        if last.exists():
            self._resume(checkpoint.load(last), ema, at)
        started = time.time()
        with (self.out / "log.jsonl").open("a", encoding="utf-8") as file:
            log = _Log(file if self.devices.main else None, self.config, at.step, self.devices.count)
            for epoch, number, batch in self._after(at.epoch, at.number):
                if at.step >= self.config.steps:
                    break
                at.epoch, at.number = epoch, number
                log.add(self._step(objective, batch, at))
                ema.update(self.model, at.step)
                at.step += 1
                log.report(at)
                late = self.config.stop_after is not None and time.time() - started > self.config.stop_after
                late = self.devices.anywhere(late)
                done = late or at.step >= self.config.steps
                if done or at.step % self.config.save_every == 0:
                    self._save(last, ema, at)
                if done:
                    break

    def _after(self, first: int, last: int) -> Iterator[tuple[int, int, B]]:
        """Batches after number `last` of epoch `first`; with several processes each takes one of every `count` in turn."""
        turn: list[B] = []
        for epoch, number, batch in self.batches(first):
            if (epoch, number) <= (first, last):
                continue
            turn.append(batch)
            if len(turn) == self.devices.count:
                yield epoch, number, turn[self.devices.rank]
                turn = []

    def _step(self, objective: nn.Module, batch: B, at: Position) -> dict[str, Tensor]:
        for group in self.optimiser.param_groups:
            group["lr"] = group["peak"] * rate_at(at.step, self.config.steps, self.config.warmup)
        own = Position(at.step, at.epoch, at.number * self.devices.count + self.devices.rank)
        loss, figures = self.losses(objective, batch, own)
        self.optimiser.zero_grad(set_to_none=True)
        self.devices.backward(loss)
        torch.nn.utils.clip_grad_norm_([p for g in self.optimiser.param_groups for p in g["params"]], self.config.clip)
        self.optimiser.step()
        return self.devices.mean(figures)

    def _resume(self, saved: dict[str, Any], ema: Ema, at: Position) -> None:
        checkpoint.restore(self.model, saved)
        try:
            self.optimiser.load_state_dict(saved["optimiser"])
            at.step, at.epoch, at.number = saved["step"], saved["epoch"], saved["number"]
        except (KeyError, ValueError) as error:
            raise checkpoint.CheckpointError(f"the checkpoint in {self.out} is of another kind of run: {error}") from error
        ema.values = {name: value.to(self.devices.device) for name, value in saved["ema"].items()}
        if "random" in saved:  # absent from the first checkpoints
            torch.set_rng_state(saved["random"])
        print(f"resuming at step {at.step}", file=sys.stderr)

    def _save(self, path: Path, ema: Ema, at: Position) -> None:
        if not self.devices.main:
            return
        checkpoint.save(path, {
            "config": self.model.config.as_dict(), **self.settings, "model": trained_state(self.model), "ema": ema.values,
            "optimiser": self.optimiser.state_dict(), "step": at.step, "epoch": at.epoch, "number": at.number,
            "random": torch.get_rng_state(),
        })  # fmt: skip


class _Log:
    """Means of the figures, every few steps: a JSON line, and a progress line with the time left."""

    def __init__(self, file: TextIO | None, config: LoopConfig, first: int, processes: int) -> None:
        self.file, self.config, self.first, self.processes = file, config, first, processes
        self.started = time.time()
        self.figures: list[dict[str, float]] = []

    def add(self, figures: dict[str, Tensor]) -> None:
        self.figures.append({name: value.item() for name, value in figures.items()})

    def report(self, at: Position) -> None:
        if at.step % self.config.report_every and at.step != self.config.steps:
            return
        mean = {name: round(sum(f[name] for f in self.figures) / len(self.figures), 4) for name in self.figures[0]}
        self.figures.clear()
        if self.file is None:
            return
        seconds, done = time.time() - self.started, at.step - self.first
        speed = done * self.config.batch * self.processes / seconds
        line = {"step": at.step, "epoch": at.epoch, "samples_per_s": round(speed, 1), **mean}
        self.file.write(json.dumps(line) + "\n")
        self.file.flush()
        text = " ".join(f"{name} {value:.3f}" for name, value in mean.items())
        left = (self.config.steps - at.step) * seconds / done / 60
        progress = f"\rstep {at.step}/{self.config.steps} epoch {at.epoch} {text} {speed:.0f} samples/s {left:.0f} min left   "
        print(progress, end="", file=sys.stderr, flush=True)


def trained_state(model: CodeFusion) -> dict[str, Tensor]:
    """What a checkpoint keeps: every weight but MiniLM's own."""
    packaged = model.config.text_width == MINILM_WIDTH
    return {name: value for name, value in model.state_dict().items() if not (packaged and is_frozen(name))}


def is_frozen(name: str) -> bool:
    """A weight of MiniLM, which is read from its package again and not kept in every checkpoint."""
    return name.startswith("sentence.") and not is_adapter(name.removeprefix("sentence."))
