"""Where a training runs: one CPU process by default, or what `accelerate launch` set up (several devices, bf16 on a GPU)."""

from __future__ import annotations

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

    def prepare(self, module: nn.Module) -> nn.Module:
        prepared: nn.Module = self._accelerator.prepare_model(module)
        return prepared

    def backward(self, loss: Tensor) -> None:
        self._accelerator.backward(loss)

    @contextlib.contextmanager
    def main_first(self) -> Iterator[None]:
        with self._accelerator.main_process_first():
            yield


def choose_devices(accelerate: bool | None = None) -> Devices:
    """`accelerate` None: yes under `accelerate launch` and where there is a GPU, else the plain CPU path."""
    if accelerate is None:
        accelerate = "ACCELERATE_MIXED_PRECISION" in os.environ or torch.cuda.is_available()
    return Accelerated() if accelerate else Devices()


def move(batch: Batch, device: torch.device) -> Batch:
    """A tensor, or a dataclass of tensors (None stays), on the device."""
    if isinstance(batch, Tensor):
        return batch.to(device)  # type: ignore[return-value]  # a Tensor for a Tensor
    if is_dataclass(batch) and not isinstance(batch, type):
        return replace(batch, **{f.name: move(getattr(batch, f.name), device) for f in fields(batch)})
    return batch
