"""Curves of one checkpoint: what denoising steps and target length do to accuracy, distance to the gold, time and memory.

    python -m training.curves steps runs/small/last.pt --steps 1200 100 20 10 5 2 1 --limit 200
    python -m training.curves refinement runs/small/last.pt --limit 200
    python -m training.curves length --preset small --lengths 8 18 32 64 128 --systems codefusion seq2seq
    python -m training.curves losses runs/one runs/two --tolerance 0.1

The first three write a results JSON each for `training.report`; `losses` says how far the loss curves of two runs lie apart,
and fails beyond the tolerance. Latency is torch's, of one request from the encoder to tokens; vectors of headers and values are
computed before.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import resource
import shlex
import sys
from pathlib import Path
from typing import Any

import torch

from training.corpus.requests import development_files, read_requests
from training.curves import length, refinement, steps
from training.curves.asked import Asked
from training.evaluate import load_model
from training.model.config import PRESETS
from training.model.sampler import Sampling
from training.plot import read_lines
from training.report.results import save

TORCH = "torch, from the encoder to tokens, one request at a time; vectors of headers and values are computed before"


def apart(one: Path, two: Path) -> float:
    """Largest difference of the logged total losses of two runs at a step, as a share of the first run's first loss.

    Raises:
        ValueError: a log that cannot be read, or no step in common.
    """
    left, right = ({line["step"]: line["total"] for line in read_lines(run / "log.jsonl")} for run in (one, two))
    common = sorted(set(left) & set(right))
    if not common:
        raise ValueError(f"{one} and {two} logged no step in common")
    return float(max(abs(left[step] - right[step]) for step in common) / left[min(left)])


def peak_memory() -> float:
    """Peak resident memory of this process, MiB."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(used / (2**20 if sys.platform == "darwin" else 2**10), 1)


def asked_by(arguments: argparse.Namespace) -> Asked:
    """The checkpoint's model and an even spread of the requests."""
    requests = read_requests(arguments.files or development_files())
    limit = arguments.limit or len(requests)
    if limit < len(requests):
        requests = [requests[k * len(requests) // limit] for k in range(limit)]
    return Asked.of(load_model(arguments.checkpoint), requests)


def write(arguments: argparse.Namespace, experiment: str, system: str, points: list[dict[str, Any]], note: str) -> None:
    """One results JSON."""
    settings = {name: str(value) if isinstance(value, Path) else value for name, value in vars(arguments).items()}
    config = {name: value for name, value in settings.items() if name not in ("results", "label", "systems")}
    label = arguments.label or system
    entry = {
        "experiment": experiment, "system": system, "label": label, "language": "cf", "seed": arguments.seed,
        "command": shlex.join(["python", "-m", "training.curves", *sys.argv[1:]]),
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "config": config, "evaluated": max(point["n"] for point in points), "metrics": {"peak_rss_mib": peak_memory()},
        "points": points, "note": note,
    }  # fmt: skip
    name = "-".join([experiment, "cf", *re.findall(r"[a-z0-9.]+", label.lower()), str(arguments.seed)])
    print(save(arguments.results, name, entry))


def run_steps(arguments: argparse.Namespace) -> None:
    """`steps`."""

    def way(count: int) -> Sampling:
        return Sampling(arguments.seeds, count, arguments.sampler)

    found = steps.points(asked_by(arguments), arguments.steps, way, arguments.timed)
    write(arguments, "steps", "codefusion", found, f"{arguments.seeds} seeds, {arguments.sampler}; latency: {TORCH}")


def run_refinement(arguments: argparse.Namespace) -> None:
    """`refinement`."""
    sampling = Sampling(arguments.seeds, arguments.steps, arguments.sampler)
    found = refinement.points(asked_by(arguments), sampling, max(1, arguments.steps // 10), arguments.seed)
    write(arguments, "refinement", "codefusion", found, f"mean over {arguments.seeds} seeds of a request, {arguments.sampler}")


def run_length(arguments: argparse.Namespace) -> None:
    """`length`."""
    sampling = Sampling(arguments.seeds, arguments.steps, arguments.sampler)
    label = arguments.label
    for system in arguments.systems:
        arguments.label = f"{system} {label or arguments.preset}"
        found = length.points(system, arguments.preset, arguments.lengths, sampling, arguments.timed)
        way = f"{arguments.seeds} candidates" + ("" if system.startswith("seq2seq") else f", {arguments.steps} denoising steps")
        write(arguments, "latency", system, found, f"fresh weights; {way}; {TORCH}")


def run_losses(arguments: argparse.Namespace) -> None:
    """`losses`."""
    found = apart(arguments.one, arguments.two)
    print(f"largest difference of the loss: {100 * found:.2f} % of the first loss, {100 * arguments.tolerance:g} % allowed")
    if found > arguments.tolerance:
        sys.exit(1)


def parser() -> argparse.ArgumentParser:
    """A subcommand for each curve."""
    found = argparse.ArgumentParser(
        prog="python -m training.curves", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    kinds = found.add_subparsers(dest="kind", required=True)
    of_steps, of_refinement, of_length = (kinds.add_parser(name) for name in ("steps", "refinement", "length"))
    for one in (of_steps, of_refinement):
        one.add_argument("checkpoint", type=Path)
        one.add_argument("--files", nargs="*", type=Path, help="request files; default: the development sets")
        one.add_argument("--limit", type=int, default=200, help="measure on so many requests, evenly spread; 0: all")
    of_steps.add_argument("--steps", nargs="+", type=int, default=[1200, 100, 20, 10, 5, 2, 1])
    of_refinement.add_argument("--steps", type=int, default=100)
    of_length.add_argument("--steps", type=int, default=10)
    linked = sorted(name for name, shape in PRESETS.items() if shape.encoder == "linked")
    of_length.add_argument("--preset", choices=linked, default="small")
    of_length.add_argument("--lengths", nargs="+", type=int, default=[8, 18, 32, 64, 128])
    of_length.add_argument("--systems", nargs="+", default=["codefusion", "seq2seq"])
    for one, run in ((of_steps, run_steps), (of_refinement, run_refinement), (of_length, run_length)):
        one.add_argument("--seeds", type=int, default=5 if one is of_length else 16, help="candidates of a request")
        one.add_argument("--sampler", choices=("ddim", "ddpm"), default="ddim")
        one.add_argument("--timed", type=int, default=20, help="requests whose time is taken, one at a time")
        one.add_argument("--threads", type=int, default=1)
        one.add_argument("--seed", type=int, default=0)
        one.add_argument("--label", default="", help="what the report calls it")
        one.add_argument("--results", type=Path, default=Path("training/results"))
        one.set_defaults(run=run)
    losses = kinds.add_parser("losses")
    losses.add_argument("one", type=Path)
    losses.add_argument("two", type=Path)
    losses.add_argument("--tolerance", type=float, default=0.1, help="share of the first loss")
    losses.set_defaults(run=run_losses, threads=1)
    return found


def main(given: list[str] | None = None) -> None:
    """Command line."""
    arguments = parser().parse_args(given)
    torch.set_num_threads(arguments.threads)
    run = arguments.run
    del arguments.run  # what stays are settings
    run(arguments)


if __name__ == "__main__":
    main()
