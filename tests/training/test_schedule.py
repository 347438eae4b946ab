"""The square-root schedule and the times of training."""

from __future__ import annotations

import pytest
import torch

from training.model.schedule import Schedule


def test_it_begins_clear_and_ends_as_noise() -> None:
    schedule = Schedule(1200)
    assert float(schedule.signal(torch.tensor(0.0))) == pytest.approx(1 - 1e-4**0.5)
    assert float(schedule.signal(torch.tensor(1200.0))) == pytest.approx(1e-5)


def test_the_signal_only_falls() -> None:
    signal = Schedule(1200).signal(torch.arange(1201))
    assert (signal[1:] <= signal[:-1]).all()
    assert (signal[1:1100] < signal[:1099]).all()


@pytest.mark.parametrize("factor", [1.0, 2.0])
@pytest.mark.parametrize("t", [1.0, 300.0, 1200.0])
def test_mean_and_variance_of_the_noised(factor: float, t: float) -> None:
    schedule, generator = Schedule(1200, factor), torch.Generator().manual_seed(0)
    x0 = torch.full((1, 200, 500), 3.0)
    noised = schedule.noised(x0, torch.tensor([t]), torch.randn(x0.shape, generator=generator))
    signal = float(schedule.signal(torch.tensor(t)))
    assert float(noised.mean()) == pytest.approx(3 * signal**0.5, abs=0.03)
    assert float(noised.var()) == pytest.approx(factor**2 * (1 - signal), rel=0.03)


def test_uniform_times_and_times_pushed_to_the_noisy_end() -> None:
    uniform = Schedule(1200).sample_times(20_000, torch.Generator().manual_seed(0))
    pushed = Schedule(1200, power=0.25).sample_times(20_000, torch.Generator().manual_seed(0))
    assert float(uniform.min()) > 0
    assert float(pushed.max()) <= 1200
    assert float(uniform.mean()) == pytest.approx(600, rel=0.02)
    assert float(pushed.mean()) == pytest.approx(1200 / 1.25, rel=0.02)  # the mean of u^(1/4) is 4/5


@pytest.mark.parametrize("values", [{"steps": 0}, {"noise_factor": 0.0}, {"power": 0.0}, {"power": 1.5}])
def test_what_is_no_schedule(values: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="not a schedule"):
        Schedule(**values)  # type: ignore[arg-type]  # wrong on purpose
