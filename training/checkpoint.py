"""Checkpoints: written beside and renamed, read with a clear error when they are broken."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch

from training.model.codefusion import CodeFusion
from training.model.config import ModelConfig
from training.model.growth import grown


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
        raise CheckpointError(
            f"the checkpoint {path} cannot be read ({error}); remove it and resume from an older one"
        ) from error
    if not isinstance(payload, dict) or "config" not in payload or "model" not in payload:
        raise CheckpointError(f"{path} is no checkpoint of this project")
    return payload


def config_of(payload: dict[str, Any]) -> ModelConfig:
    """The model's configuration.

    Raises:
        CheckpointError: settings that this version does not know, or that do not go together.
    """
    try:
        return ModelConfig.from_dict({"pointer": False, **payload["config"]})  # the first checkpoints had no pointer
    except (TypeError, ValueError) as error:
        raise CheckpointError(f"the checkpoint's configuration cannot be used by this version: {error}") from error


def restore(model: CodeFusion, payload: dict[str, Any]) -> None:
    """Put a checkpoint's weights into a model of the same configuration.

    Raises:
        CheckpointError: another configuration, or weights that are missing, unknown or of another shape.
    """
    theirs, ours = config_of(payload).as_dict(), model.config.as_dict()
    every = dict.fromkeys([*ours, *theirs])  # the switches of code are named only where they are on
    other = [f"{name} {theirs.get(name)} against {ours.get(name)}" for name in every if theirs.get(name) != ours.get(name)]
    if other:
        raise CheckpointError(f"the checkpoint is of another model: {', '.join(other)}; use another folder or the same preset")
    wanted = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
    missing = wanted - payload["model"].keys()
    try:
        found = model.load_state_dict(payload["model"], strict=False)
    except RuntimeError as error:
        raise CheckpointError(f"the checkpoint's weights do not fit: {error}") from error
    if missing or found.unexpected_keys:
        names = sorted(missing)[:3] + found.unexpected_keys[:3]
        raise CheckpointError(f"the checkpoint's weights do not fit: {', '.join(names)} …")


def transfer(model: CodeFusion, path: Path) -> list[str]:
    """Start a model from the averaged weights of another run (phase 1, rules alone); names of the parameters that stay fresh.

    Tables with fewer rows (tokens, positions) than this model's fill the first rows of them, see `training.model.growth`.

    Raises:
        CheckpointError: no whole checkpoint, or no weight in it fits.
    """
    payload = load(path)
    source = payload["model"] | payload.get("ema", {})
    own = dict(model.named_parameters())
    fitting = {name: value for name, value in source.items() if name in own and own[name].shape == value.shape}
    fitting |= grown(own, {name: value for name, value in source.items() if name not in fitting})
    if not fitting:
        raise CheckpointError(f"no weight of {path} fits this model; pre-train with the same preset")
    model.load_state_dict(fitting, strict=False)
    return sorted(name for name, parameter in own.items() if parameter.requires_grad and name not in fitting)
