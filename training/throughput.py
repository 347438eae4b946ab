"""Training throughput as a share of the machine's peak.

    python -m training.throughput --preset small --batch 64 --threads 1             # measured on made-up batches
    python -m training.throughput --preset small --threads 1 --run runs/small       # of a run: its log and its corpus

Prints samples/s, GFLOP/s and % of peak. The peak is that of a large matrix product on the same device, measured just before
(`--peak` gives it in GFLOP/s where other work on the machine would lower it); the FLOPs of a sample are those of
`training.report.costs`. `--results` writes a results JSON.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import shlex
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from grammar.codec.view import FEATURES
from grammar.codec.vocabulary import RULES
from training.corpus.batches import bucketed
from training.corpus.examples import Example
from training.devices import move
from training.finetune import FinetuneConfig, trainable
from training.model.codefusion import CodeFusion, Inputs
from training.model.config import PRESETS, ModelConfig
from training.report.costs import Positions, flops_per_sample, preset, trained_parameters
from training.report.results import save

ROUNDS = 5
CPU = torch.device("cpu")


@dataclass(frozen=True, slots=True)
class Throughput:
    """Samples per second, FLOPs of one sample, and the machine's peak in FLOP/s."""

    samples: float
    flops: float
    peak: float

    @property
    def share(self) -> float:
        """Share of the peak, in percent."""
        return 100 * self.samples * self.flops / self.peak

    def __str__(self) -> str:
        return f"{self.samples:.1f} samples/s, {self.samples * self.flops / 1e9:.1f} GFLOP/s, {self.share:.1f} % of peak"


def peak_rate(seconds: float = 2.0, device: torch.device = CPU, precision: torch.dtype = torch.float32, size: int = 0) -> float:
    """FLOP/s of square matrix products, the best of a few equal stretches of time."""
    size = size or (8192 if device.type == "cuda" else 1024)
    left, right = (torch.randn((size, size), device=device).to(precision) for _ in range(2))
    product = torch.empty_like(left)
    torch.mm(left, right, out=product)

    def multiply() -> None:
        torch.mm(left, right, out=product)

    return max(_calls_per_second(multiply, seconds / ROUNDS, device) for _ in range(ROUNDS)) * 2 * size**3


def random_batch(config: ModelConfig, at: Positions, batch: int, generator: torch.Generator) -> tuple[Inputs, Tensor]:
    """Made-up inputs and target tokens of so many positions for the linked encoder."""
    pieces, nodes, target = round(at.pieces), round(at.nodes), min(round(at.target), config.length)
    positions, width = pieces + nodes, config.text_width
    sentinels = torch.zeros((batch, positions, 2), dtype=torch.long)
    sentinels[..., 0] = RULES.first_column + torch.arange(positions) % (len(RULES) - RULES.first_column)
    kinds = (torch.arange(positions) >= pieces).long().repeat(batch, 1)
    inputs = Inputs(
        torch.randint(1, config.text_vocabulary, (batch, pieces), generator=generator),
        torch.ones((batch, pieces), dtype=torch.bool), torch.zeros((batch, pieces), dtype=torch.long),
        torch.randn((batch, nodes, width), generator=generator), torch.randn((batch, nodes, FEATURES), generator=generator),
        kinds, sentinels, torch.zeros((batch, positions, positions), dtype=torch.long),
        torch.ones((batch, positions), dtype=torch.bool), torch.randn((batch, pieces, width), generator=generator),
    )  # fmt: skip
    tokens = torch.zeros((batch, config.length), dtype=torch.long)
    tokens[:, :target] = torch.randint(1, config.vocabulary, (batch, target), generator=generator)
    return inputs, tokens


def samples_per_second(
    config: ModelConfig, at: Positions, batch: int, seconds: float, *,
    device: torch.device = CPU, precision: torch.dtype = torch.float32,
) -> float:  # fmt: skip
    """Whole training steps (loss, gradients, clipping, AdamW) on one made-up batch; matrix products in this precision."""
    model = CodeFusion(config).to(device)
    optimiser = torch.optim.AdamW(trainable(model, FinetuneConfig()), lr=1e-4)
    generator = torch.Generator().manual_seed(0)
    inputs, tokens = random_batch(config, at, batch, generator)
    inputs, tokens = move(inputs, device), move(tokens, device)

    def step() -> None:
        with torch.autocast(device.type, torch.bfloat16, enabled=precision is torch.bfloat16):
            loss = model.loss(model.encode(inputs), tokens, generator)["total"]
        optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_([p for g in optimiser.param_groups for p in g["params"]], 1.0)
        optimiser.step()

    step()
    return batch * _calls_per_second(step, seconds, device)


def padded_positions(groups: Sequence[Sequence[Example]], batch: int, length: int) -> Positions:
    """Mean positions of a sample in one epoch's batches of a prepared corpus, padding included."""
    batches = list(bucketed(groups, batch, np.random.default_rng(0)))
    pieces = np.mean([max(len(example.placed.pieces) for example in examples) for examples in batches])
    nodes = np.mean([max(len(example.strings) for example in examples) for examples in batches])
    return Positions(float(pieces), float(nodes), length)


def of_run(run: Path, config: ModelConfig, batch: int) -> tuple[float, Positions]:
    """Samples per second of a run's last line of log, and the positions of its corpus.

    Raises:
        FileNotFoundError: no log or no prepared corpus in the folder.
    """
    import pickle

    lines = (run / "log.jsonl").read_text(encoding="utf-8").splitlines()
    _, groups, _ = pickle.loads((run / "prepared.pkl").read_bytes())
    return float(json.loads(lines[-1])["samples_per_s"]), padded_positions(groups, batch, config.length)


def _calls_per_second(call: Callable[[], None], seconds: float, device: torch.device) -> float:
    _wait(device)
    calls, started = 0, time.perf_counter()
    while calls == 0 or time.perf_counter() - started < seconds:
        for _ in range(10 if device.type == "cuda" else 1):  # a GPU is fed ahead of its work
            call()
            calls += 1
        _wait(device)
    return calls / (time.perf_counter() - started)


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def entry(found: Throughput, arguments: argparse.Namespace, at: Positions, machine: str) -> dict[str, Any]:
    """The results JSON."""
    settings = {name: getattr(arguments, name) for name in ("preset", "batch", "precision", "threads")}
    return {
        "experiment": "throughput", "system": "codefusion", "label": f"{arguments.preset} on {machine}, {arguments.precision}",
        "language": "cf", "seed": 0, "command": shlex.join(["python", "-m", "training.throughput", *sys.argv[1:]]),
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "config": {**settings, "positions": [at.pieces, at.nodes, at.target]},
        "parameters": trained_parameters(preset(arguments.preset)),
        "metrics": {
            "samples_per_s": round(found.samples, 2), "gflops_per_sample": round(found.flops / 1e9, 4),
            "gflops": round(found.samples * found.flops / 1e9, 2), "peak_gflops": round(found.peak / 1e9, 1),
            "share_of_peak_percent": round(found.share, 2),
        },
    }  # fmt: skip


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    linked = sorted(name for name, shape in PRESETS.items() if shape.encoder == "linked")
    parser.add_argument("--preset", choices=linked, default="small")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=10.0, help="how long to train for the measurement")
    parser.add_argument("--run", type=Path, help="a run's folder, instead of measuring")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--peak", type=float, help="the machine's peak in GFLOP/s, instead of measuring it")
    parser.add_argument(
        "--precision", choices=("float32", "bf16"), help="default: bf16 on a GPU, float32 on a CPU, as in training"
    )
    parser.add_argument("--machine", help="what the report calls the machine")
    parser.add_argument("--results", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    device, config = torch.device(arguments.device), preset(arguments.preset)
    arguments.precision = arguments.precision or ("bf16" if device.type == "cuda" else "float32")
    precision = torch.bfloat16 if arguments.precision == "bf16" else torch.float32
    peak = arguments.peak * 1e9 if arguments.peak else peak_rate(2.0, device, precision)
    if arguments.run:
        samples, at = of_run(arguments.run, config, arguments.batch)
    else:
        at = Positions(target=config.length)
        samples = samples_per_second(config, at, arguments.batch, arguments.seconds, device=device, precision=precision)
    found = Throughput(samples, sum(flops_per_sample(config, at).values()), peak)
    print(found)
    if arguments.results:
        machine = arguments.machine or (
            torch.cuda.get_device_name(device) if device.type == "cuda" else f"{arguments.threads} CPU threads"
        )
        name = f"throughput-{arguments.preset}-{device.type}-{arguments.precision}"
        print(save(arguments.results, name, entry(found, arguments, at, machine)))


if __name__ == "__main__":
    main()
