"""What `test_processes` runs, in one process or in several: a short training of `tiny` on made-up batches.

A whole batch is two halves, each with its own seed for times and noise. One process takes the mean of both halves' losses; of
two, each takes one half, and their gradients are averaged.
"""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor, nn

from training.devices import Devices, choose_devices
from training.finetune import Objective, build
from training.loop import LoopConfig, Position, Training, trained_state
from training.model.codefusion import CodeFusion, Inputs
from training.report.costs import Positions
from training.throughput import random_batch

STEPS, HALF = 12, 4
SIZES = Positions(6, 5, 8)


@dataclasses.dataclass(frozen=True)
class Half:
    """Half of a batch."""

    inputs: Inputs
    tokens: Tensor
    seed: int


def halves(model: CodeFusion) -> Iterator[Half]:
    for seed in range(2 * STEPS):
        yield Half(*random_batch(model.config, SIZES, HALF, torch.Generator().manual_seed(seed)), seed)


def train(out: Path, devices: Devices, shares: tuple[int, ...] = (0, 1)) -> None:
    """Train for a few steps; one process takes the halves of `shares` together, of several each takes its own."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    out.mkdir(parents=True, exist_ok=True)
    model = build("tiny", dropout=0.0)  # dropout would be drawn once for a whole batch and once for each half

    def batches(_: int) -> Iterator[tuple[int, int, list[Half]]]:
        every = list(halves(model))
        if devices.count > 1:
            yield from ((0, number, [half]) for number, half in enumerate(every))
        else:
            yield from ((0, k, [every[2 * k + share] for share in shares]) for k in range(STEPS))

    def losses(module: nn.Module, batch: list[Half], at: Position) -> tuple[Tensor, dict[str, Tensor]]:
        parts = [module(half.inputs, half.tokens, torch.Generator().manual_seed(half.seed))[0] for half in batch]
        means = {name: torch.stack([part[name] for part in parts]).mean() for name in parts[0]}
        return means["total"], devices.mean(means)

    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-2)
    optimiser.param_groups[0]["peak"] = 1e-2
    config = LoopConfig(STEPS, HALF * len(shares), warmup=2, report_every=1, save_every=5)
    Training(model, Objective(model, 1), optimiser, losses, batches, config, out, {}, devices).run()
    torch.save(trained_state(model), out / f"weights-{devices.rank}.pt")
    if devices.rank == 1:
        assert devices.anywhere(True), "said by the second process only"
    else:
        assert devices.anywhere(devices.count == 1)


def spawned(rank: int, count: int, port: int, out: Path) -> None:
    """One of several processes, set up as a launcher does it."""
    os.environ |= {
        "RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": str(count), "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port), "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": "",
    }  # fmt: skip
    train(out, choose_devices())
    torch.distributed.barrier()
    torch.distributed.destroy_process_group()


if __name__ == "__main__":
    train(Path(sys.argv[1]), choose_devices())
