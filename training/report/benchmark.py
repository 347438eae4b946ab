"""A benchmark's JSON as results files for the report.

python -m benchmarks.accuracy --json accuracy.json
python -m training.report.benchmark accuracy.json --label "small, first bundle" --name bundle-small-1
python -m benchmarks.latency --json latency.json
python -m training.report.benchmark latency.json --label small --name latency-small
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
from pathlib import Path
from typing import Any

from training.report.results import ResultsError, save


def accuracy(found: dict[str, Any], label: str) -> dict[str, Any]:
    """The results entry of `benchmarks.accuracy --json`: figures of all requests, and per tag."""
    tops = {name: found["all"][name] for name in ("top1", "top3", "top5")}
    valid = 100 * found["valid_candidates"] / found["candidates"] if found["candidates"] else None
    abstained = {name: found[name] for name in ("abstained_rightly", "abstained_wrongly")}
    return {
        "experiment": "bundle", "system": "codefusion", "label": label, "language": "cf", "seed": 0,
        "command": "python -m benchmarks.accuracy --json FILE", "config": {"bundle": found["bundle"], "seeds": found["seeds"]},
        "evaluated": found["all"]["n"], "metrics": {**tops, **abstained, "valid": valid},
        "tags": {name.removeprefix("tag:"): row for name, row in found["groups"].items() if name.startswith("tag:")},
    }  # fmt: skip


def latency(found: dict[str, Any], label: str) -> list[dict[str, Any]]:
    """The results entries of `benchmarks.latency --json`: ours cold and warm, and the autoregressive model beside it."""
    note = f"requests on a table of {found['rows']} rows, {found['threads']} threads; cold: a new table, warm: one seen before"
    rows = [("codefusion", f"{label}, {mode}", found["ours"][mode]) for mode in ("cold", "warm")]
    if "autoregressive" in found:
        rows.append(("seq2seq-random", "autoregressive T5, random weights, beam 5", found["autoregressive"]))
    return [
        {
            "experiment": "latency", "system": system, "label": name, "language": "cf", "seed": 0,
            "command": "python -m benchmarks.latency --json FILE", "config": {k: found[k] for k in ("rows", "threads")},
            "parameters": row.get("parameters"), "evaluated": row["requests"],
            "metrics": {f"latency_{share}_ms": row["total"][share] for share in ("p50", "p99")}, "note": note,
        }
        for system, name, row in rows
    ]  # fmt: skip


def entries(found: Any, label: str) -> list[dict[str, Any]]:
    """Entries of either benchmark's JSON.

    Raises:
        ResultsError: the JSON of neither.
    """
    try:
        return latency(found, label) if "ours" in found else [accuracy(found, label)]
    except (KeyError, TypeError, AttributeError) as error:
        raise ResultsError(f"neither of benchmarks.accuracy nor of benchmarks.latency: {error!r}") from error


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--label", required=True, help="what the report calls it, e.g. the bundle's name")
    parser.add_argument("--name", required=True, help="of the results file")
    parser.add_argument("--results", type=Path, default=Path("training/results"))
    arguments = parser.parse_args()
    found = entries(json.loads(arguments.file.read_text(encoding="utf-8")), arguments.label)
    date = dt.datetime.now(dt.UTC).date().isoformat()
    for number, entry in enumerate(found):
        name = arguments.name if len(found) == 1 else f"{arguments.name}-{number + 1}"
        print(save(arguments.results, name, {**entry, "date": date}))


if __name__ == "__main__":
    main()
