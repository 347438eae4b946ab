"""All systems by one interface: as many parameters, shapes, gradients, seeds, what they learn, how they go on."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.training.baselines.conftest import Still
from training import checkpoint
from training.baselines.fit import fit, ready
from training.baselines.interface import System, mean_log_prob, trained_parameters
from training.baselines.registry import RECIPES, SHAPES, build, matched, reference, shape
from training.baselines.rules import measure
from training.checkpoint import CheckpointError
from training.corpus.requests import read_requests
from training.finetune import FinetuneConfig, trainable
from training.model.codefusion import TextInputs
from training.model.config import ModelConfig
from training.model.sampler import Sampling

BASELINES = ("seq2seq", "diffusion-lm", "genie")
SAMPLING = Sampling(4, 2)
SHORT = FinetuneConfig(steps=6, batch=4, warmup=2, variants=0, save_every=3, threads=1)
FLAT: dict[str, Any] = {
    "vocabulary": 40, "text_vocabulary": 40, "length": 5, "prediction": "x0", "normalise": True, "self_condition": True,
    "noise_factor": 2.0, "time_power": 0.5, "dropout": 0.0,
}  # fmt: skip


def flat_batch() -> tuple[TextInputs, Tensor]:
    """Eight made-up texts with other texts to write, one to five tokens long."""
    drawn = torch.Generator().manual_seed(3)
    pieces = torch.randint(5, 40, (8, 6), generator=drawn)
    tokens = torch.randint(5, 40, (8, 5), generator=drawn)
    tokens[torch.arange(5) >= torch.tensor([1, 2, 3, 4, 5, 5, 2, 3])[:, None]] = 0
    return TextInputs(pieces, pieces > 0), tokens


def train(system: System, inputs: Any, tokens: Tensor, steps: int, rate: float) -> None:
    optimiser = torch.optim.Adam([p for p in system.core.parameters() if p.requires_grad], lr=rate)
    for step in range(steps):
        loss = system.loss(inputs, tokens, torch.Generator().manual_seed(step))["total"]
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch's
        optimiser.step()
    system.core.eval()


@pytest.mark.parametrize("preset", sorted(SHAPES))
def test_the_same_number_of_trained_parameters(preset: str) -> None:
    config = shape(preset)
    with torch.device("meta"):
        own = trained_parameters(reference(config, 0)) if preset.startswith("tiny") else _count("codefusion", config)
        for name in BASELINES:
            found = _count(name, matched(RECIPES[name], config, own))
            assert found == pytest.approx(own, rel=0.1), name


def _count(name: str, config: ModelConfig) -> int:
    from training.baselines.registry import _make

    return trained_parameters(_make(name, RECIPES[name], config, SAMPLING).core)


def test_an_ablation_changes_one_switch_and_nothing_else() -> None:
    config = shape("tiny")
    changed = {}
    for name, recipe in RECIPES.items():
        if name.startswith("codefusion-") and recipe.kind == "codefusion":
            ours, theirs = config.as_dict(), build(name, config, SAMPLING).config.as_dict()
            changed[name] = sorted(field for field in ours if ours[field] != theirs[field])
    assert changed.pop("codefusion-clamp") == []
    assert all(len(fields) == 1 for fields in changed.values()), changed
    assert changed["codefusion-uniform-time"] == ["time_power"]
    assert changed["codefusion-epsilon"] == ["prediction"]


def test_all_systems_start_from_the_same_sentence_encoder() -> None:
    config = shape("tiny")
    own = reference(config, 1).sentence.state_dict()
    for name in ("codefusion", *BASELINES, "codefusion-no-decoder"):
        theirs = build(name, config, SAMPLING, seed=1).core.sentence.state_dict()  # type: ignore[union-attr]  # a module
        assert all(torch.equal(value, theirs[key]) for key, value in own.items()), name


@pytest.mark.parametrize("name", list(RECIPES))
def test_losses_and_candidates(name: str, still: Still) -> None:
    system = build(name, shape("tiny"), SAMPLING)
    examples = [group[0] for group in still.groups]
    inputs, tokens = still.batch(examples, None)
    system.core.eval()
    parts, again = (system.loss(inputs, tokens, torch.Generator().manual_seed(1)) for _ in range(2))
    assert parts["total"].item() == again["total"].item()
    pieces = [value for part, value in parts.items() if part != "total"]
    assert parts["total"].item() == pytest.approx(sum(value.item() for value in pieces), rel=1e-5)
    parts["total"].backward()  # type: ignore[no-untyped-call]  # torch's
    without = [part for part, p in system.core.named_parameters() if p.requires_grad and p.numel() and p.grad is None]
    assert not without
    first, same = (system.generate(inputs, 3, torch.Generator().manual_seed(5)) for _ in range(2))
    assert first[0].shape == (len(examples), 3, system.config.length)
    assert first[1].shape == (len(examples), 3)
    assert int(first[0].max()) < system.config.vocabulary
    assert all(torch.equal(a, b) for a, b in zip(first, same, strict=True))
    other = system.generate(inputs, 3, torch.Generator().manual_seed(6))
    assert torch.equal(first[1], other[1]) == system.ranks  # only a beam draws nothing


@pytest.mark.parametrize(("name", "steps"), [("codefusion", 160), ("seq2seq", 80), ("genie", 280), ("diffusion-lm", 360)])
def test_each_learns_eight_requests(name: str, steps: int, still: Still, eight: Path, tmp_path: Path) -> None:
    config = FinetuneConfig(steps=steps, batch=8, rate=1e-2, warmup=10, ema=0.9, variants=0, save_every=400, threads=1)
    system = build(name, shape("tiny", dropout=0.0), SAMPLING)
    fitted = fit(system, still, config, tmp_path)
    assert (fitted.steps, fitted.samples) == (steps, 8 * steps)
    assert fitted.seconds > 0
    figures = measure(system, read_requests([eight]), count=4)
    assert figures["top1"][0] >= 75, figures  # type: ignore[index]  # mean, low, high
    assert figures["top1"][0] <= figures["top3"][0] <= figures["top5"][0]  # type: ignore[index]
    assert figures["valid1"][0] >= 50  # type: ignore[index]
    assert figures["exact1"][0] <= figures["top1"][0]  # type: ignore[index]


@pytest.mark.parametrize(("name", "steps"), [("seq2seq", 60), ("diffusion-lm", 300), ("codefusion-no-decoder", 300)])
def test_each_learns_eight_texts(name: str, steps: int) -> None:
    torch.manual_seed(0)
    system = build(name, shape("tiny-paper", **FLAT), SAMPLING)
    inputs, tokens = flat_batch()
    train(system, inputs, tokens, steps, 4e-3)
    written, _ = system.generate(inputs, 2, torch.Generator().manual_seed(0))
    right = int((written[:, 0] == tokens).all(-1).sum())
    assert right >= 6, (right, written[:, 0], tokens)


@pytest.mark.parametrize("name", ["seq2seq", "diffusion-lm", "genie"])
def test_an_interrupted_training_ends_as_an_uninterrupted_one(name: str, still: Still, tmp_path: Path) -> None:
    for out, stops in (("whole", []), ("parts", [0.0, 0.0])):
        for stop in [*stops, None]:
            fitted = fit(build(name, shape("tiny"), SAMPLING), still, SHORT, tmp_path / out, stop_after=stop)
    assert fitted.steps == SHORT.steps
    whole, parts = (checkpoint.load(tmp_path / out / "last.pt") for out in ("whole", "parts"))
    for kind in ("model", "ema"):
        assert all(torch.equal(value, parts[kind][key]) for key, value in whole[kind].items()), kind


def test_a_finished_training_costs_nothing_more(still: Still, tmp_path: Path) -> None:
    first = fit(build("genie", shape("tiny"), SAMPLING), still, SHORT, tmp_path)
    assert fit(build("genie", shape("tiny"), SAMPLING), still, SHORT, tmp_path) == first
    assert ready(build("genie-clamp", shape("tiny"), SAMPLING), tmp_path) == first


def test_the_checkpoint_of_another_system(still: Still, tmp_path: Path) -> None:
    fit(build("genie", shape("tiny"), SAMPLING), still, SHORT, tmp_path)
    with pytest.raises(CheckpointError, match="another model"):
        ready(build("seq2seq", shape("tiny"), SAMPLING), tmp_path)
    with pytest.raises(CheckpointError, match="there is no checkpoint"):
        ready(build("seq2seq", shape("tiny"), SAMPLING), tmp_path / "elsewhere")


def test_what_is_no_system() -> None:
    with pytest.raises(ValueError, match="no system rnn"):
        build("rnn", shape("tiny"), SAMPLING)
    with pytest.raises(ValueError, match="no preset huge"):
        shape("huge")
    with pytest.raises(ValueError, match="flat route"):
        shape("tiny", code_pieces=100)


def test_half_precision_stays_near(still: Still) -> None:
    inputs, tokens = still.batch([group[0] for group in still.groups], None)
    for name in ("codefusion", *BASELINES):
        system = build(name, shape("tiny", dropout=0.0), SAMPLING)
        whole = system.loss(inputs, tokens, torch.Generator().manual_seed(1))["total"]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            half = system.loss(inputs, tokens, torch.Generator().manual_seed(1))["total"]
        assert half.item() == pytest.approx(whole.item(), rel=0.05), name


def test_every_trained_parameter_is_optimised() -> None:
    for name in RECIPES:
        system = build(name, shape("tiny"), SAMPLING)
        groups = trainable(system.core, SHORT)  # type: ignore[arg-type]  # weights and a configuration are all it asks for
        assert sum(p.numel() for group in groups for p in group["params"]) == trained_parameters(system.core), name


def test_mean_log_prob_ends_with_the_first_pad() -> None:
    tokens = torch.tensor([[4, 0, 7, 0], [1, 2, 3, 4]])
    scores = torch.tensor([[-1.0, -2.0, -8.0, -8.0], [-1.0, -2.0, -3.0, -4.0]])
    assert mean_log_prob(tokens, scores).tolist() == [-1.5, -2.5]


def test_clamping_and_rounding_go_to_the_nearest_embedding() -> None:
    system: Any = build("genie", shape("tiny"), SAMPLING)
    tokens = torch.tensor([[3, 17, 0], [5, 5, 9]])
    with torch.no_grad():
        vectors = system.embed(tokens)
        noisy = vectors + 0.05 * torch.randn(vectors.shape, generator=torch.Generator().manual_seed(0))
        assert torch.equal(system.rounding(noisy).argmax(-1), tokens)
        assert torch.allclose(system.nearest(noisy), vectors)
        distances = torch.cdist(noisy[0], system.table())
        assert torch.equal(system.rounding(noisy[0]).argsort(-1)[:, -5:].flip(-1), distances.argsort(-1)[:, :5])


def test_the_noise_of_one_seed_does_not_change_another(still: Still) -> None:
    """Diffusion-LM repeats the input for every seed: more seeds give the same first candidates' inputs, not mixed ones."""
    system: Any = build("diffusion-lm", shape("tiny"), SAMPLING)
    system.eval()
    examples = [group[0] for group in still.groups][:2]
    inputs, _ = still.batch(examples, None)
    noise = torch.randn(4, system.config.length, system.config.dim, generator=torch.Generator().manual_seed(0))
    times, zeros = torch.full((4,), 600.0), torch.zeros_like(noise)
    with torch.no_grad():
        together = system.condition(inputs)(noise, times, zeros)
        alone = system.condition(inputs)(noise[[0, 2]], times[:2], zeros[:2])
    assert torch.allclose(together[[0, 2]], alone, atol=1e-5)


def test_padding_does_not_change_a_request(still: Still) -> None:
    """A request beside a longer one gets the same estimate as alone."""
    sizes = np.argsort([group[0].sizes[0] for group in still.groups])
    short, long = (still.groups[k][0] for k in (sizes[0], sizes[-1]))
    assert short.sizes[0] < long.sizes[0]
    for name in BASELINES:
        system: Any = build(name, shape("tiny"), SAMPLING)
        system.eval()
        alone, tokens = still.batch([short], None)
        both, more = still.batch([short, long], None)
        with torch.no_grad():
            if name == "seq2seq":
                one, two = system.log_probs(alone, tokens), system.log_probs(both, more)
            else:
                noise = torch.randn(1, system.config.length, system.config.dim, generator=torch.Generator().manual_seed(0))
                pair = noise.expand(2, -1, -1)
                one = system.condition(alone)(noise, torch.tensor([600.0]), torch.zeros_like(noise))
                two = system.condition(both)(pair, torch.tensor([600.0, 600.0]), torch.zeros_like(pair))
        assert torch.allclose(one[0], two[0], atol=1e-4), name


def test_settings_are_kept_with_the_checkpoint(still: Still, tmp_path: Path) -> None:
    fit(build("codefusion-epsilon", shape("tiny"), SAMPLING), still, SHORT, tmp_path)
    saved = checkpoint.load(tmp_path / "last.pt")
    assert saved["system"] == "codefusion-epsilon"
    assert saved["finetune"] == dataclasses.asdict(SHORT)
    assert checkpoint.config_of(saved).prediction == "epsilon"
