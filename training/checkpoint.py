"""Checkpoints: written beside and renamed, read with a clear error when they are broken."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch

from training.model.config import ModelConfig


class CheckpointError(Exception):
    """A checkpoint that is missing, broken or of another shape; the message says which and what to do."""


def save(path: Path, payload: dict[str, Any]) -> None:
    """Write atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".tmp")
    torch.save(payload, beside)
    with beside.open("rb+") as file:
        os.fsync(file.fileno())
    beside.replace(path)


def load(path: Path) -> dict[str, Any]:
    """Read a checkpoint.

    Raises:
        CheckpointError: no such file, or not a whole checkpoint.
    """
    if not path.exists():
        raise CheckpointError(f"there is no checkpoint {path}; train first or name another one")
    try:
        payload = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        raise CheckpointError(f"the checkpoint {path} cannot be read ({error}); remove it and resume from an older one") from error
    if not isinstance(payload, dict) or "config" not in payload or "model" not in payload:
        raise CheckpointError(f"{path} is no checkpoint of this project")
    return payload


def config_of(payload: dict[str, Any]) -> ModelConfig:
    """The model's configuration."""
    return ModelConfig.from_dict(payload["config"])
