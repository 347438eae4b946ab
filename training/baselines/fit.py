"""Training a system of the comparison: the loop, optimiser, batches and seeds of `training.finetune`, for any `System`."""

from __future__ import annotations

import dataclasses
import json
import time
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
import torch
from torch import Tensor, nn

from training import checkpoint
from training.baselines.interface import System
from training.devices import Devices
from training.finetune import FinetuneConfig, endless, train
from training.model.codefusion import CodeFusion, Inputs, TextInputs

SPENT = "spent.json"


class Corpus(Protocol):
    """A prepared corpus (see `training.corpus.prepared`)."""

    @property
    def groups(self) -> list[Any]:
        """Lists of examples, the variants of one request each."""

    def batch(self, examples: Any, rng: np.random.Generator) -> tuple[Inputs | TextInputs, Tensor]:
        """Inputs and target tokens (B, length)."""


@dataclasses.dataclass(frozen=True, slots=True)
class Fitted:
    """What a training came to: `samples` seen and `seconds` spent in all its sessions."""

    steps: int
    samples: int
    seconds: float


class Objective(nn.Module):
    """The loss as one call, so that it can be wrapped for several devices."""

    def __init__(self, system: System, draws: int) -> None:
        super().__init__()
        self.system, self.draws = system, draws

    def forward(self, inputs: Inputs | TextInputs, tokens: Tensor, generator: torch.Generator) -> list[dict[str, Tensor]]:
        """The loss's parts for every draw of time and noise."""
        return [self.system.loss(inputs, tokens, generator) for _ in range(self.draws)]


def fit(
    system: System, corpus: Corpus, config: FinetuneConfig, out: Path, *,
    stop_after: float | None = None, devices: Devices | None = None,
) -> Fitted:  # fmt: skip
    """Train to `config.steps`, resuming from `out/last.pt`; the system is left `ready` to generate.

    The batches, times and noises are those of `training.finetune.run` with the same settings.

    Raises:
        CheckpointError: `out/last.pt` is broken or of another system.
        ValueError: too few examples for one batch.
    """
    devices = devices or Devices()
    core = cast(CodeFusion, system.core)  # the loop asks for weights and a configuration only
    torch.manual_seed(config.seed)
    torch.set_num_threads(config.threads)
    out.mkdir(parents=True, exist_ok=True)

    groups: list[list[Any]] = list(corpus.groups)
    started = time.time()
    core.train()
    settings = {"finetune": dataclasses.asdict(config), "system": system.name}
    train(
        core, Objective(system, config.draws), corpus, lambda epoch: endless(groups, config, epoch), config, out, settings,
        devices,
        stop_after=stop_after,
    )  # fmt: skip
    if devices.main:
        _add_time(out, time.time() - started)
    with devices.main_first():  # it has written the checkpoint
        return ready(system, out)


def ready(system: System, out: Path) -> Fitted:
    """Give the system the averaged weights of its checkpoint, ready to generate.

    Raises:
        CheckpointError: there is none, or it is of another system.
    """
    saved, core = checkpoint.load(out / "last.pt"), cast(CodeFusion, system.core)
    checkpoint.restore(core, saved)
    core.load_state_dict(saved["ema"], strict=False)
    core.eval()
    spent = _spent(out)
    return Fitted(int(saved["step"]), int(saved["step"]) * int(saved["finetune"]["batch"]), float(spent["seconds"]))


def _spent(out: Path) -> dict[str, Any]:
    path = out / SPENT
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"steps": 0, "seconds": 0.0}
    return found


def _add_time(out: Path, seconds: float) -> None:
    """Count a session's seconds; one that found the training done adds nothing."""
    steps, before = int(checkpoint.load(out / "last.pt")["step"]), _spent(out)
    if steps > before["steps"]:
        entry = {"steps": steps, "seconds": round(before["seconds"] + seconds, 1)}
        (out / SPENT).write_text(json.dumps(entry), encoding="utf-8")
