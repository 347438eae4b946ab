"""Checkpoint -> bundle: the graphs agree with torch, the quantised bundle loads, the two samplers are one."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra `train`")

from export.convert import TOLERANCE, build, write_card  # noqa: E402  # after the check for torch
from export.runtime import sampler as runtime_sampler  # noqa: E402  # after the check for torch
from export.runtime.bundle import read_bundle  # noqa: E402  # after the check for torch
from export.runtime.generator import Generator  # noqa: E402  # after the check for torch
from export.samples import OUTPUTS, Sizes, samples  # noqa: E402  # after the check for torch
from grammar.codec.vocabulary import RULES  # noqa: E402  # after the check for torch
from grammar.table import Table  # noqa: E402  # after the check for torch
from tests.export.make_fake_bundle import FOLDER, make, write_tokenizer  # noqa: E402  # after the check for torch
from training.finetune import build as build_model  # noqa: E402  # after the check for torch
from training.model.codefusion import CodeFusion  # noqa: E402  # after the check for torch
from training.model.config import PRESETS  # noqa: E402  # after the check for torch
from training.model.sampler import ddim  # noqa: E402  # after the check for torch
from training.model.schedule import Schedule  # noqa: E402  # after the check for torch

pytestmark = pytest.mark.train
TODAY = dt.date(2026, 6, 15)
TABLE = Table.from_rows([["Status", "Amount"], ["Paid", 5], ["Open", 4000]])


@pytest.fixture(scope="module")
def tiny() -> CodeFusion:
    torch.manual_seed(1)
    model = build_model("tiny").eval()
    with torch.no_grad():
        for parameter in model.parameters():  # away from the zeros of fresh adapters and link biases
            parameter.add_(0.02 * torch.randn(parameter.shape))
    return model


@pytest.fixture(scope="module")
def quantised(tiny: CodeFusion, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, dict[str, float]]]:
    folder = tmp_path_factory.mktemp("bundle")
    write_tokenizer(folder / "tokenizer.json")
    differences = build(tiny, folder, quantise=True)
    write_card(folder, {
        "name": "tiny", "model": tiny.config.as_dict(), "sampling": {"steps": 2, "seeds": 4}, "vocabulary": list(RULES.tokens),
    })  # fmt: skip
    return folder, differences


def test_every_graph_agrees_with_torch(quantised: tuple[Path, dict[str, dict[str, float]]]) -> None:
    differences = quantised[1]
    assert set(differences) == set(OUTPUTS)
    for name, found in differences.items():
        assert found["float"] <= TOLERANCE, name
        assert np.isfinite(found["shipped"])


def test_a_quantised_bundle_loads_and_answers(quantised: tuple[Path, dict[str, dict[str, float]]]) -> None:
    generator = Generator.load(quantised[0], threads=1)
    first = generator.propose("amount over 40", TABLE, today=TODAY, seeds=4)
    assert first == generator.propose("amount over 40", TABLE, today=TODAY, seeds=4)


def test_a_graph_that_differs_is_refused(tiny: CodeFusion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("export.convert.TOLERANCE", -1.0)
    with pytest.raises(ValueError, match="differs from torch"):
        build(tiny, tmp_path, quantise=False)


def test_models_of_the_papers_kind_are_not_exported(tmp_path: Path) -> None:
    pytest.importorskip("transformers")
    with pytest.raises(ValueError, match="linked encoder"):
        build(build_model("tiny-paper"), tmp_path, quantise=False)


def test_samples_have_the_sizes_asked_for(tiny: CodeFusion) -> None:
    found = samples(tiny, Sizes(batch=3, pieces=5, nodes=4, seeds=2))
    assert found["encoder"]["links"].shape == (3, 9, 9)
    assert found["denoiser"]["x_t"].shape == (3, 2, tiny.config.length, tiny.config.dim)
    assert found["denoiser"]["t"].shape == (6,)


@pytest.mark.parametrize("steps", [1, 2, 5])
@pytest.mark.parametrize("factor", [1.0, 2.0])
def test_the_numpy_sampler_is_the_torch_sampler(steps: int, factor: float) -> None:
    rng = np.random.default_rng(0)
    noise = rng.standard_normal((2, 3, 4, 5), dtype=np.float32)
    weight = rng.standard_normal((5, 5)).astype(np.float32) / 3

    def estimate(x: np.ndarray, t: float, previous: np.ndarray) -> np.ndarray:
        return np.tanh(x @ weight + 0.3 * previous + np.float32(t / 1200)).astype(np.float32)

    def torch_estimate(x: torch.Tensor, t: torch.Tensor, previous: torch.Tensor) -> torch.Tensor:
        shape = noise.shape
        return torch.from_numpy(estimate(x.view(shape).numpy(), float(t[0]), previous.view(shape).numpy())).flatten(0, 1)

    found = runtime_sampler.ddim(estimate, runtime_sampler.Schedule(1200, factor), noise, steps)
    expected = ddim(torch_estimate, Schedule(1200, factor), torch.from_numpy(noise).flatten(0, 1), steps)
    assert np.allclose(found, expected.view(noise.shape).numpy(), atol=1e-5)


def test_the_schedules_are_one() -> None:
    for t in (0.0, 1.0, 300.0, 900.0, 1199.9, 1200.0):
        assert runtime_sampler.Schedule(1200, 2.0).signal(t) == pytest.approx(
            float(Schedule(1200).signal(torch.tensor(t))), rel=1e-4
        )


def test_the_committed_fake_bundle_is_the_one_its_script_makes(tmp_path: Path) -> None:
    make(tmp_path)
    ours, theirs = read_bundle(tmp_path).info, read_bundle(FOLDER).info
    different = [name for name in ours if name != "sha256" and ours[name] != theirs[name]]
    assert not different, "run `python -m tests.export.make_fake_bundle` again"
    shutil.rmtree(tmp_path)


def test_the_card_names_every_file(quantised: tuple[Path, dict[str, dict[str, float]]]) -> None:
    card = json.loads((quantised[0] / "bundle.json").read_text(encoding="utf-8"))
    assert set(card["sha256"]) == {"text.onnx", "encoder.onnx", "denoiser.onnx", "decoder.onnx", "tokenizer.json"}
    assert PRESETS["tiny"].as_dict() | {"vocabulary": len(RULES)} == card["model"]
