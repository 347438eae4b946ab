"""The learning curve as a results file for the report: runs over shares of the corpus, each with its measured accuracy.

    python -m training.learning_curve runs/curve-0.1 runs/curve-1.0 --results training/results

A run's folder holds `corpus.json` (training.finetune), `log.jsonl` and `figures.json` (benchmarks.accuracy). The run over
share 0 has seen generated requests only. See training/runs/learning-curve.sh.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
from pathlib import Path
from typing import Any

from training import checkpoint
from training.plot import read_lines


def point(run: Path) -> dict[str, Any]:
    """One point of the curve: the number of hand-written requests against the figures.

    Raises:
        FileNotFoundError: a folder that lacks one of its files.
        CheckpointError: a broken checkpoint.
    """
    corpus = json.loads((run / "corpus.json").read_text(encoding="utf-8"))
    figures = json.loads((run / "figures.json").read_text(encoding="utf-8"))
    written = 0 if corpus["files"] == ["synthetic.jsonl"] else corpus["encoded"]
    last = read_lines(run / "log.jsonl")[-1]
    settings = checkpoint.load(run / "last.pt")["finetune"]
    metrics = {**figures["all"], "abstained_rightly": figures["abstained_rightly"]}
    metrics["entropy"] = last["entropy"]
    n = metrics.pop("n")
    run_settings = {"steps": settings["steps"], "batch": settings["batch"]}
    return {"x": written, "n": written, "evaluated": n, **run_settings, "metrics": metrics}


def collect(runs: list[Path]) -> dict[str, Any]:
    """The results file of some runs, fewest requests first."""
    points = sorted((point(run) for run in runs), key=lambda entry: float(entry["x"]))
    settings = checkpoint.load(runs[-1] / "last.pt")
    return {
        "experiment": "learning-curve", "system": "codefusion", "label": "CodeFusion (small)", "language": "cf", "seed": 0,
        "command": "sh training/runs/learning-curve.sh", "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "config": {"model": settings["config"], "finetune": settings["finetune"]}, "evaluated": points[-1].pop("evaluated"),
        "points": [{key: value for key, value in entry.items() if key != "evaluated"} for entry in points],
        "note": "x: hand-written requests that could be encoded. Every run starts from the same weights, which have seen "
        "generated requests only (x = 0), and takes the same number of steps; measured as int8 bundles, the whole way.",
    }  # fmt: skip


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="+", type=Path)
    parser.add_argument("--results", type=Path, required=True, help="the folder of results files")
    arguments = parser.parse_args()
    arguments.results.mkdir(parents=True, exist_ok=True)
    result = collect(arguments.runs)
    (arguments.results / "learning-curve.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    for entry in result["points"]:
        print(f"{entry['x']:6}  " + "  ".join(f"{top} {entry['metrics'][top][0]:5.1f}" for top in ("top1", "top3", "top5")))


if __name__ == "__main__":
    main()
