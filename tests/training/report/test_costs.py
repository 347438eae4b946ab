"""Costs on paper: against what torch counts, against known sums, and as the section shows them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from training.model.codefusion import CodeFusion
from training.report import cost_section
from training.report.costs import DAY, H200, Machine, Positions, duration, flops_per_sample, preset, seconds, trained_parameters
from training.report.sections import Report
from training.throughput import random_batch

AT = Positions(11, 17, 18)


@pytest.mark.parametrize(
    "changes",
    [{}, {"pointer": False}, {"mixer_layers": 3, "denoiser_layers": 2, "decoder_layers": 4}, {"dim": 96, "width": 192}],
)
def test_the_sums_are_what_torch_counts(changes: dict[str, int]) -> None:
    wide = {"width": 96, "heads": 3, "feed_forward": 256, "text_width": 96, "text_heads": 3, "text_feed_forward": 256}
    config = dataclasses.replace(preset("tiny"), **{**wide, "self_condition": False, **changes})
    inputs, tokens = random_batch(config, AT, 2, torch.Generator().manual_seed(0))
    model = CodeFusion(config)
    with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        model.loss(model.encode(inputs), tokens, torch.Generator().manual_seed(0))["total"].backward()
    assert sum(flops_per_sample(config, AT).values()) == pytest.approx(counter.get_total_flops() / 2, rel=0.06)


def test_self_conditioning_costs_a_little_more() -> None:
    config = preset("small")
    without = dataclasses.replace(config, self_condition=False)
    with_it, plain = (flops_per_sample(c, AT)["denoiser"] for c in (config, without))
    assert 1 < with_it / plain < 1.15


def test_more_positions_cost_more_than_in_proportion() -> None:
    config = preset("base")
    once, twice = (sum(flops_per_sample(config, Positions(10 * k, 20 * k, 18 * k)).values()) for k in (1, 2))
    assert 2 < twice / once < 2.2


def test_parameters_are_the_models() -> None:
    config = preset("tiny")
    model = CodeFusion(config)
    assert trained_parameters(config) == sum(p.numel() for p in model.parameters() if p.requires_grad)


def test_time() -> None:
    assert seconds(1e6, 21e9, Machine("one", H200, 0.3)) == pytest.approx(100)
    assert seconds(1e6, 21e9, Machine("eight", H200, 0.25, 8)) == pytest.approx(15)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.3, "under 1 s"), (89, "89 s"), (720, "12.0 min"), (3 * 3600, "3.0 h"), (5 * DAY, "5.0 days"), (730 * DAY, "2.0 years")],
)
def test_durations(value: float, text: str) -> None:
    assert duration(value) == text


def test_refusals() -> None:
    with pytest.raises(ValueError, match="linked encoder only"):
        flops_per_sample(dataclasses.replace(preset("tiny-paper"), vocabulary=32100), AT)
    with pytest.raises(ValueError, match="not positions"):
        Positions(0, 1, 1)
    with pytest.raises(ValueError, match="not a machine"):
        Machine("none", 1e12, 1.5)


def test_the_section(tmp_path: Path) -> None:
    text = "\n\n".join(cost_section.section(Report([], [], tmp_path, "report-figures"), Positions(26, 39, 18)))
    assert "26 word pieces, 39 columns and values and 18 target positions" in text
    assert "1 GPU: 700 TFLOP/s at 30 % utilisation; 8 GPUs: 700 TFLOP/s each at 25 % utilisation" in text
    assert "2 CPU cores: 150 GFLOP/s" in text
    each = sum(flops_per_sample(preset("base"), Positions(26, 39, 18)).values())
    hundred = text.split("`base`")[-1].split("| 100M |")[1].splitlines()[0]
    assert hundred.split("|")[0].strip() == duration(1e8 * each / (700e12 * 0.3))
    assert hundred.rstrip("| ").endswith("10M"), "requests for ten epochs"
