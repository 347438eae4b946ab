"""Samplers with denoisers whose answer is known."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from training.finetune import build
from training.model.codefusion import CodeFusion, Memory
from training.model.sampler import Ddpm, Sampling, ddim, generate, times
from training.model.schedule import Schedule

SCHEDULE = Schedule(1200, 2.0)
X0 = torch.randn((3, 4, 5), generator=torch.Generator().manual_seed(1))
NOISE = torch.randn((3, 4, 5), generator=torch.Generator().manual_seed(2))


def perfect(x_t: Tensor, t: Tensor, previous: Tensor) -> Tensor:
    assert x_t.shape == previous.shape == X0.shape
    assert t.shape == (3,)
    return X0


def test_times_go_from_the_end_to_nought() -> None:
    assert times(SCHEDULE, 4) == [1200, 900, 600, 300, 0]


@pytest.mark.parametrize("steps", [1, 2, 10])
def test_a_perfect_denoiser_recovers_x0(steps: int) -> None:
    assert torch.equal(ddim(perfect, SCHEDULE, NOISE, steps), X0)
    assert torch.equal(Ddpm(SCHEDULE, torch.Generator(), steps)(perfect, NOISE), X0)


def test_x_t_is_always_as_noisy_as_its_time_says() -> None:
    x0 = torch.zeros(200, 10, 10)
    seen: list[tuple[float, float]] = []

    def estimate(x_t: Tensor, t: Tensor, previous: Tensor) -> Tensor:
        seen.append((float(x_t.var()), float(4 * (1 - SCHEDULE.signal(t[:1])))))
        return x0

    noise = torch.randn(x0.shape, generator=torch.Generator().manual_seed(0))
    ddim(estimate, SCHEDULE, noise, 6)
    Ddpm(SCHEDULE, torch.Generator().manual_seed(1), 6)(estimate, noise)
    assert len(seen) == 12
    for found, expected in seen:
        assert found == pytest.approx(expected, rel=0.05)


def test_the_paper_walks_every_step() -> None:
    schedule, calls = Schedule(50), []

    def estimate(x_t: Tensor, t: Tensor, previous: Tensor) -> Tensor:
        calls.append(float(t[0]))
        return X0

    Ddpm(schedule, torch.Generator())(estimate, NOISE)
    assert calls == [float(t) for t in range(50, 0, -1)]


def test_clamping() -> None:
    far = X0 + 0.1
    assert torch.equal(ddim(lambda *_: far, SCHEDULE, NOISE, 3, lambda _: X0), X0)


@pytest.fixture(scope="module")
def model() -> CodeFusion:
    torch.manual_seed(0)
    return build("tiny").eval()


def test_the_nearest_embeddings(model: CodeFusion) -> None:
    tokens = torch.tensor([[3, 17, 0], [5, 5, 9]])
    with torch.no_grad():
        vectors = model.embed(tokens)
        assert torch.allclose(model.nearest(vectors + 0.01), vectors, atol=1e-5)


@pytest.mark.parametrize("sampling", [Sampling(3, 2), Sampling(3, 2, clamp=True), Sampling(3, 5, "ddpm")])
def test_generation_is_the_same_for_the_same_seed(model: CodeFusion, sampling: Sampling) -> None:
    memory = Memory(
        torch.randn((2, 6, model.config.width), generator=torch.Generator().manual_seed(0)), torch.ones(2, 6).bool()
    )
    first, again = (generate(model, memory, sampling, torch.Generator().manual_seed(5)) for _ in range(2))
    other = generate(model, memory, sampling, torch.Generator().manual_seed(6))
    assert first[0].shape == (2, 3, model.config.length)
    assert first[1].shape == (2, 3)
    assert torch.equal(first[0], again[0])
    assert torch.equal(first[1], again[1])
    assert not torch.equal(first[1], other[1])


@pytest.mark.parametrize("values", [{"seeds": 0}, {"steps": 0}, {"steps": -1, "method": "ddpm"}])
def test_what_is_no_way_to_sample(values: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="not a way to sample"):
        Sampling(**values)  # type: ignore[arg-type]  # wrong on purpose
