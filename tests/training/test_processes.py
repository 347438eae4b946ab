"""Several processes: the same loss curve as one, the same weights in all of them, one log."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
import torch

from tests.training.processes import STEPS, spawned, train
from training.devices import Accelerated, Devices, choose_devices

pytest.importorskip("accelerate")

TOLERANCE = 1e-4
"""Share of the loss. Both runs do the same sums in float32, but a mean over two halves is not rounded alike in one process and
in two, and AdamW, which divides by the size of a gradient, makes much of roundings of small ones. Measured: none in the four
decimals of the log."""


def curve(out: Path) -> list[float]:
    return [json.loads(line)["total"] for line in (out / "log.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("two")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    torch.multiprocessing.spawn(spawned, (2, port, out), nprocs=2)
    return out


def test_two_processes_give_the_loss_curve_of_one(tmp_path: Path, two: Path) -> None:
    train(tmp_path, Devices())
    expected, found = curve(tmp_path), curve(two)
    assert len(found) == len(expected) == STEPS
    assert found == pytest.approx(expected, rel=TOLERANCE)
    assert expected[-1] < 0.9 * expected[0], "it learns, so the curve says something"


def test_the_tolerance_tells_half_the_data_from_the_whole(tmp_path: Path, two: Path) -> None:
    train(tmp_path, Devices(), shares=(0,))
    assert max(abs(a - b) / b for a, b in zip(curve(tmp_path), curve(two), strict=True)) > 100 * TOLERANCE


def test_both_processes_end_with_the_same_weights(two: Path) -> None:
    first, second = (torch.load(two / f"weights-{rank}.pt") for rank in (0, 1))
    assert first.keys() == second.keys()
    assert all(torch.equal(value, second[name]) for name, value in first.items())


def test_a_launcher_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ACCELERATE_MIXED_PRECISION", raising=False)
    monkeypatch.setattr("training.devices.Accelerated", lambda: "accelerated")
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert type(choose_devices()) is Devices
    monkeypatch.setenv("WORLD_SIZE", "1")
    assert type(choose_devices()) is Devices
    monkeypatch.setenv("WORLD_SIZE", "2")
    assert choose_devices() == "accelerated"
    monkeypatch.setenv("WORLD_SIZE", "two")
    with pytest.raises(ValueError, match="two"):
        choose_devices()


@pytest.mark.parametrize("kind", [Devices, Accelerated])
def test_one_process_has_nothing_to_average(kind: type[Devices]) -> None:
    devices, figures = kind(), {"total": torch.tensor(2.0)}
    assert devices.mean(figures) is figures
    assert devices.anywhere(True)
    assert not devices.anywhere(False)
