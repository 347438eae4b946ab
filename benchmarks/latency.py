"""Latency of one request for five candidates on a 1,000-row table, beside an autoregressive model in the same run.

    python -m benchmarks.latency [--rows 1000] [--requests 200] [--threads 2] [--json FILE]

The bundle is loaded before the clock starts. "cold" requests see their table for the first time (header and cell vectors are
computed), "warm" ones see it again, as in the task pane. The autoregressive model is a torch T5 of about the same number of
parameters with random weights, beam 5, 18 target tokens: its speed does not depend on what it has learnt. It needs the extra
`train`.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from addin_backend.candidates import default_place
from addin_backend.suggest import Options, Request, suggest_many
from export.runtime.generator import Generator
from export.runtime.proposals import Proposal
from grammar.table import Table, display
from training.corpus.requests import TODAY, development_files, read_requests


class Timed:
    """A generator that keeps the time of each stage of each request."""

    def __init__(self, generator: Generator) -> None:
        self.generator, self.name = generator, generator.name
        self.stages: dict[str, list[float]] = defaultdict(list)

    @property
    def info(self) -> dict[str, Any]:
        """The bundle's."""
        return self.generator.info

    def propose_many(self, requests: Any, *, today: Any, seeds: int = 16, seed: int = 0) -> list[list[Proposal]]:
        """As the generator's own, with a clock."""
        return self.generator.propose_many(
            requests, today=today, seeds=seeds, seed=seed, clock=lambda stage, seconds: self.stages[stage].append(seconds)
        )


def enlarge(table: Table, rows: int, rng: random.Random) -> Table:
    """A table of `rows` rows with the columns' own cells, drawn at random."""
    data = [[rng.choice(column.cells) if column.cells else None for column in table.columns] for _ in range(rows)]
    return Table.from_rows([list(table.headers), *data], coerce=False)


def percentiles(seconds: list[float]) -> dict[str, float]:
    """p50 and p99 in milliseconds."""
    return {name: round(float(np.percentile(seconds, share)) * 1000, 1) for name, share in (("p50", 50), ("p99", 99))}


def ours(requests: int, rows: int, threads: int, bundle: Path | None) -> dict[str, Any]:
    """Whole requests and their stages, cold and warm."""
    rng = random.Random(0)
    started = time.perf_counter()
    generator = Generator.load(bundle, threads=threads)
    loaded = time.perf_counter() - started
    asked = rng.sample(read_requests(development_files()), requests)
    tables = {r.table_id: enlarge(r.table, rows, rng) for r in asked}
    timed = Timed(generator)
    options = Options(today=TODAY)
    result: dict[str, Any] = {"load_ms": round(loaded * 1000)}
    ready = [Request(r.utterance, tables[r.table_id], default_place(tables[r.table_id])) for r in asked]
    suggest_many(generator, ready[:2], options)
    seen: set[int] = set()
    for mode in ("cold", "warm"):
        timed.stages.clear()
        total, checked, used = [], [], 0
        for request in ready:
            if mode == "cold":
                if id(request.table) in seen:
                    continue
                seen.add(id(request.table))
            started = time.perf_counter()
            suggest_many(timed, [request], options)
            total.append(time.perf_counter() - started)
            checked.append(total[-1] - sum(stage[used] for stage in timed.stages.values()))
            used += 1
        stages = {stage: percentiles(seconds) for stage, seconds in timed.stages.items()}
        stages["check, evaluate, rank, explain"] = percentiles(checked)
        result[mode] = {"requests": used, "total": percentiles(total), "stages": stages}
    return result


def autoregressive(parameters: int, requests: int, threads: int) -> dict[str, Any]:
    """A T5 encoder-decoder of about `parameters`, beam 5, in torch."""
    import torch
    from transformers import T5Config, T5ForConditionalGeneration

    torch.set_num_threads(threads)
    config = T5Config(
        vocab_size=16000,
        d_model=384,
        d_kv=64,
        d_ff=1536,
        num_layers=6,
        num_decoder_layers=5,
        num_heads=6,
        decoder_start_token_id=0,
    )
    model = T5ForConditionalGeneration(config).eval()
    lengths = [_flat_length(r) for r in random.Random(0).sample(read_requests(development_files()), requests)]
    seconds = []
    for length in lengths:
        ids = torch.randint(3, 16000, (1, length))
        started = time.perf_counter()
        with torch.no_grad():
            model.generate(ids, num_beams=5, num_return_sequences=5, min_new_tokens=18, max_new_tokens=18, do_sample=False)
        seconds.append(time.perf_counter() - started)
    own = sum(p.numel() for p in model.parameters())
    return {"parameters": own, "wanted_parameters": parameters, "requests": requests, "total": percentiles(seconds)}


def _flat_length(request: Any) -> int:
    """Word pieces of the flattened request: words, headers and three values a column; about 1.3 pieces a word."""
    words = request.utterance.split()
    for column in request.table.columns:
        words += column.header.split() + [w for cell in column.cells[:3] for w in display(cell).split()]
    return min(512, round(1.3 * len(words)) + 2)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--bundle", type=Path)
    parser.add_argument("--without-autoregressive", action="store_true")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    result: dict[str, Any] = {"rows": arguments.rows, "threads": arguments.threads}
    result["ours"] = ours(arguments.requests, arguments.rows, arguments.threads, arguments.bundle)
    if not arguments.without_autoregressive:
        result["autoregressive"] = autoregressive(27_300_000, min(arguments.requests, 40), arguments.threads)
        result["times_faster_p50"] = round(result["autoregressive"]["total"]["p50"] / result["ours"]["warm"]["total"]["p50"], 1)
    text = json.dumps(result, indent=1)
    print(text)
    if arguments.json:
        arguments.json.write_text(text + "\n")


if __name__ == "__main__":
    main()
