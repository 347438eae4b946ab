"""Curves of one or more runs as a picture.

    python -m training.plot runs/small-a runs/small-b --out runs/losses.png

Losses come from `log.jsonl`, accuracy from `accuracy.jsonl` where there is one (`python -m training.evaluate … --track`).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

LOSSES = ("total", "denoising", "anchor", "entropy")
TOPS = ("top1", "top3", "top5")


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The lines of a log by step; of steps written twice (a run that was resumed) the later line counts.

    Raises:
        ValueError: a line that is no JSON object with a step, with its number.
    """
    found: dict[int, dict[str, Any]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            entry = json.loads(line)
            found[int(entry["step"])] = entry
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path} line {number}: {error!r}") from error
    return [found[step] for step in sorted(found)]


def draw(runs: list[Path], out: Path) -> None:
    """Write the picture; its format is that of the name's ending.

    Raises:
        FileNotFoundError: a folder without a log.
        ValueError: a log that cannot be read.
    """
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    logs = {run: read_lines(run / "log.jsonl") for run in runs}
    scores = {run: read_lines(run / "accuracy.jsonl") for run in runs if (run / "accuracy.jsonl").exists()}
    count = len(LOSSES) + bool(scores)
    figure, axes = plt.subplots(1, count, figsize=(3.6 * count, 3.2), constrained_layout=True)
    for name, axis in zip(LOSSES, axes, strict=False):
        for run, lines in logs.items():
            axis.plot([line["step"] for line in lines], [line[name] for line in lines], label=run.name)
        axis.set(title=name, xlabel="step", ylim=(0, None))
    for run, lines in scores.items():
        for name in TOPS:
            axes[-1].plot(
                [line["step"] for line in lines], [line[name][0] for line in lines], marker="o", label=f"{run.name} {name}"
            )
        axes[-1].set(title="execution match, %", xlabel="step", ylim=(0, 100))
    for axis in (axes[0], *([axes[-1]] if scores else [])):
        axis.legend(fontsize=7)
    out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(out, dpi=120)
    plt.close(figure)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="+", type=Path, help="folders of runs")
    parser.add_argument("--out", type=Path, required=True, help="a .png or .svg")
    arguments = parser.parse_args()
    draw(arguments.runs, arguments.out)


if __name__ == "__main__":
    main()
