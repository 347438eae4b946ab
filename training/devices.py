"""Where a training runs: one CPU process by default, or what a launcher set up (several processes or devices, bf16 on a GPU).

GPUs are launched by `accelerate launch`, CPU processes by `python -m torch.distributed.run` (`accelerate launch --cpu` starts
one process only, however many are asked for).
"""

from __future__ import annotations

import atexit
import contextlib
import os
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

Batch = TypeVar("Batch")


class Devices:
    """One process on one device; nothing is wrapped, so that the numbers are torch's own."""

    device = torch.device("cpu")
    count = 1
    rank = 0

    def prepare(self, module: nn.Module) -> nn.Module:
        """The module as it is to be called, on its device."""
        return module

    def backward(self, loss: Tensor) -> None:
        """Gradients of the loss."""
        torch.autograd.backward(loss)

    def mean(self, figures: dict[str, Tensor]) -> dict[str, Tensor]:
        """Means of 0-dim figures over the processes. Every process must call it, with the same names."""
        return figures

    def anywhere(self, flag: bool) -> bool:
        """Whether any process says so; what stops one must stop all at the same step. Every process must call it."""
        return flag

    @contextlib.contextmanager
    def main_first(self) -> Iterator[None]:
        """The main process runs the block before the others do."""
        yield

    @property
    def main(self) -> bool:
        """Whether this process writes files and progress."""
        return self.rank == 0


class Accelerated(Devices):
    """Devices and processes chosen by `accelerate.Accelerator`."""

    def __init__(self) -> None:
        from accelerate import Accelerator
        from accelerate.utils import DistributedDataParallelKwargs

        cpu = not torch.cuda.is_available()
        unused = DistributedDataParallelKwargs(find_unused_parameters=True)  # pre-training leaves the encoder out
        self._accelerator: Any = Accelerator(mixed_precision="no" if cpu else "bf16", cpu=cpu, kwargs_handlers=[unused])
        self.device = self._accelerator.device
        self.count = self._accelerator.num_processes
        self.rank = self._accelerator.process_index
        if self.count > 1:  # left to the interpreter's end, the connections are torn down in any order
            atexit.register(_leave)

    def prepare(self, module: nn.Module) -> nn.Module:
        prepared: nn.Module = self._accelerator.prepare_model(module)
        return prepared

    def backward(self, loss: Tensor) -> None:
        self._accelerator.backward(loss)

    def mean(self, figures: dict[str, Tensor]) -> dict[str, Tensor]:
        if self.count == 1:
            return figures
        together = torch.stack([value.detach().float().to(self.device) for value in figures.values()])
        means: Tensor = self._accelerator.reduce(together, reduction="mean")
        return dict(zip(figures, means, strict=True))

    def anywhere(self, flag: bool) -> bool:
        if self.count == 1:
            return flag
        flags: Tensor = self._accelerator.reduce(torch.tensor(float(flag), device=self.device), reduction="sum")
        return bool(flags > 0)

    @contextlib.contextmanager
    def main_first(self) -> Iterator[None]:
        with self._accelerator.main_process_first():
            yield


def _leave() -> None:
    if torch.distributed.is_initialized():
        torch.distributed.destroy_process_group()


def choose_devices(accelerate: bool | None = None) -> Devices:
    """`accelerate` None: yes under a launcher and where there is a GPU, else the plain CPU path.

    Raises:
        ValueError: WORLD_SIZE, the launcher's number of processes, is no number.
    """
    if accelerate is None:
        launched = "ACCELERATE_MIXED_PRECISION" in os.environ or int(os.environ.get("WORLD_SIZE", "1")) > 1
        accelerate = launched or torch.cuda.is_available()
    return Accelerated() if accelerate else Devices()


def move(batch: Batch, device: torch.device) -> Batch:
    """A tensor, or a dataclass of tensors (None stays), on the device."""
    if isinstance(batch, Tensor):
        return batch.to(device)  # type: ignore[return-value]  # a Tensor for a Tensor
    if is_dataclass(batch) and not isinstance(batch, type):
        return replace(batch, **{f.name: move(getattr(batch, f.name), device) for f in fields(batch)})
    return batch
