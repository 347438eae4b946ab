"""Latency against target length, of CodeFusion and of the systems it is compared with."""

from __future__ import annotations

from typing import Any

import torch

from training.baselines import registry
from training.baselines.interface import System
from training.baselines.seq2seq import Seq2Seq
from training.curves.asked import mean, timed
from training.model.sampler import Sampling
from training.report.costs import Positions
from training.throughput import random_batch


def points(name: str, preset: str, lengths: list[int], sampling: Sampling, requests: int) -> list[dict[str, Any]]:
    """Latency of a system with fresh weights for targets of so many positions; speed does not hang on what was learnt.

    An autoregressive system is kept from ending early: its score of the end is made the lowest.
    """
    found = []
    for length in lengths:
        system = registry.build(name, registry.shape(preset, length=length), sampling)
        system.core.eval()
        if isinstance(system, Seq2Seq):
            torch.nn.init.constant_(system.decoder.head.bias[:1], -1e9)
        found.append({"x": length, "n": requests, "metrics": {"latency_ms": _latency(system, sampling.seeds, requests)}})
    return found


def _latency(system: System, seeds: int, requests: int) -> list[float]:
    inputs, _ = random_batch(system.config, Positions(), 1, torch.Generator().manual_seed(0))
    generator = torch.Generator().manual_seed(0)
    return mean(timed([lambda: system.generate(inputs, seeds, generator)] * requests))
