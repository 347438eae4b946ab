"""Gradual improvement: the estimate of x_0 in the middle of a run, decoded, against the gold."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from training.curves.asked import Asked, distances, edit_metrics
from training.model.attention import mask_bias
from training.model.codefusion import CodeFusion, Memory
from training.model.sampler import Ddpm, Sampling, ddim


@torch.no_grad()
def intermediate(
    model: CodeFusion, memory: Memory, sampling: Sampling, generator: torch.Generator, every: int
) -> dict[int, Tensor]:
    """Steps done (1 and every `every`-th) -> tokens (batch, seeds, length) that the estimate of x_0 there is decoded to."""
    config, bias = model.config, mask_bias(memory.mask)
    rows = memory.states.shape[0]
    keys = model.denoiser.stack.remember(memory.states)
    marked = model.marked(model.denoiser.pointer, memory)
    noise = torch.randn((rows * sampling.seeds, config.length, config.dim), generator=generator)
    estimates: list[Tensor] = []

    def estimate(x_t: Tensor, t: Tensor, previous: Tensor) -> Tensor:
        estimates.append(model.estimate_x0(x_t, t, previous, keys, bias, marked))
        return estimates[-1]

    if sampling.method == "ddpm":
        Ddpm(model.schedule, generator, sampling.steps)(estimate, noise)
    else:
        ddim(estimate, model.schedule, noise, sampling.steps)
    decoder_keys, pointed = model.decoder.stack.remember(memory.states), model.marked(model.decoder.pointer, memory)
    wanted = sorted({1, *range(every, len(estimates) + 1, every)})
    return {
        done: model.decoder(estimates[done - 1], decoder_keys, bias, pointed)[1].argmax(-1).view(rows, sampling.seeds, -1)
        for done in wanted
    }


@torch.no_grad()
def points(asked: Asked, sampling: Sampling, every: int, seed: int = 0) -> list[dict[str, Any]]:
    """A point for each place in the run: edit distance to the gold of what the estimate there would be decoded to."""
    generator = torch.Generator().manual_seed(seed)
    found: dict[int, list[tuple[float, float]]] = {}
    for rows in asked.batches():
        memory = asked.model.encode(asked.route.inputs(rows))
        for done, tokens in intermediate(asked.model, memory, sampling, generator, every).items():
            golds = [(at, asked.golds[k]) for at, k in enumerate(rows)]
            found.setdefault(done, []).extend(
                distances(asked.texts(tokens[at]), gold) for at, gold in golds if gold is not None
            )
    return [{"x": done, "n": len(edits), "metrics": edit_metrics(edits)} for done, edits in sorted(found.items())]
