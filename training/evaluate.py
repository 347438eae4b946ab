"""Measure a checkpoint on the development sets.

    python -m training.evaluate runs/small/last.pt

Votes over seeds: candidates whose cells agree are one candidate. The figures of the shipped bundle come from
`benchmarks/accuracy.py`, which goes the whole way of a request; this command measures checkpoints while they are trained.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import torch

from grammar import nodes as n
from grammar.check import check
from grammar.codec.decode import decode
from grammar.codec.view import View
from grammar.errors import GrammarError
from grammar.passes import simplify
from grammar.printer import show
from training import checkpoint
from training.corpus.examples import view_of
from training.corpus.requests import TODAY, Request, development_files, read_requests
from training.metrics.execution import agree, first_match, interval
from training.model.codefusion import CodeFusion
from training.model.sampler import Sampling, generate
from training.model.sentence_encoder import MINILM_WIDTH, minilm_folder
from training.routes import route_of

UNFOUND = 10_000  # the place of an answer that is not among the candidates


@dataclass(frozen=True, slots=True)
class Ranked:
    """One candidate after voting; `votes` of all seeds, best `score` (mean log-probability) of its sequences."""

    rule: n.Rule | None
    votes: int
    score: float


def load_model(path: Path, ema: bool = True) -> CodeFusion:
    """The model of a checkpoint, with averaged weights, ready to generate; CheckpointError when it cannot be read."""
    payload = checkpoint.load(path)
    model = CodeFusion(checkpoint.config_of(payload))
    if model.config.text_width == MINILM_WIDTH:
        model.sentence.load_pretrained(minilm_folder())
    checkpoint.restore(model, payload)
    if ema and "ema" in payload:  # a restored bundle has one set of weights
        model.load_state_dict(payload["ema"], strict=False)
    return model.eval()


def vote(rules: list[tuple[n.Rule | None, float]], request: Request) -> list[Ranked]:
    """Merge rules that execute the same; most votes first, then the best score."""
    merged: list[list[tuple[n.Rule | None, float]]] = []
    for rule, score in rules:
        for group in merged:
            if agree(group[0][0], rule, request.table):
                group.append((rule, score))
                break
        else:
            merged.append([(rule, score)])
    ranked = [Ranked(max(group, key=lambda entry: entry[1])[0], len(group), max(s for _, s in group)) for group in merged]
    return sorted(ranked, key=lambda r: (-r.votes, -r.score))


def read_rules(tokens: list[list[str]], scores: list[float], view: View, request: Request) -> list[tuple[n.Rule | None, float]]:
    """Token sequences of all seeds -> rules that decode, type-check and evaluate."""
    rules: list[tuple[n.Rule | None, float]] = []
    known: dict[tuple[str, ...], n.Rule | GrammarError | None] = {}
    for sequence, score in zip(tokens, scores, strict=True):
        key = tuple(sequence)
        if key not in known:
            try:
                rule = decode(sequence, view, today=TODAY).rule
                if rule is not None:
                    rule = simplify(rule)
                    check(rule, request.table)
                known[key] = rule
            except GrammarError as error:
                known[key] = error
        found = known[key]
        if not isinstance(found, GrammarError):
            rules.append((found, score))
    return rules


@torch.no_grad()
def answer(
    model: CodeFusion, requests: list[Request], sampling: Sampling, *, seed: int = 0, batch: int = 16
) -> list[list[Ranked]]:
    """Ranked candidates of every request."""
    views = [view_of(request) for request in requests]
    route = route_of(model, views)
    generator = torch.Generator().manual_seed(seed)
    result = []
    for start in range(0, len(requests), batch):
        rows = range(start, min(start + batch, len(requests)))
        tokens, scores = generate(model, model.encode(route.inputs(rows)), sampling, generator)
        for at, k in enumerate(rows):
            said = [route.tokens(ids) for ids in tokens[at].tolist()]
            result.append(vote(read_rules(said, scores[at].tolist(), views[k], requests[k]), requests[k]))
    return result


def report(requests: list[Request], ranked: list[list[Ranked]]) -> dict[str, object]:
    """Top-1/3/5 with intervals, in all and per tag."""
    found = [first_match([r.rule for r in candidates], request) for candidates, request in zip(ranked, requests, strict=True)]
    places = [UNFOUND if place is None else place for place in found]
    by_tag: dict[str, list[int]] = defaultdict(list)
    for k, request in enumerate(requests):
        for tag in request.tags:
            by_tag[tag].append(k)

    def figures(rows: list[int]) -> dict[str, object]:
        return {f"top{k}": [round(v, 1) for v in interval([places[r] < k for r in rows])] for k in (1, 3, 5)}

    tags = {
        tag: {"n": len(rows), **figures(rows)}
        for tag, rows in sorted(by_tag.items(), key=lambda e: -len(e[1]))
        if len(rows) >= 5
    }
    return {"requests": len(requests), **figures(list(range(len(requests)))), "tags": tags}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--files", nargs="*", type=Path)
    parser.add_argument("--seeds", type=int, default=16)
    parser.add_argument("--steps", type=int, default=2)
    parser.add_argument("--sampler", choices=("ddim", "ddpm"), default="ddim")
    parser.add_argument("--clamp", action="store_true", help="move every estimate to the nearest embeddings")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--limit", type=int, default=0, help="measure on the first N requests only")
    parser.add_argument("--raw", action="store_true", help="the weights as trained, not their moving average")
    parser.add_argument("--failures", type=Path, help="write what went wrong, one JSON line each")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--track", action="store_true", help="add a line to accuracy.jsonl beside the checkpoint, for plots")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    requests = read_requests(arguments.files or development_files())
    requests = requests[: arguments.limit] if arguments.limit else requests
    model = load_model(arguments.checkpoint, ema=not arguments.raw)
    ranked = answer(model, requests, Sampling(arguments.seeds, arguments.steps, arguments.sampler, arguments.clamp))
    figures = report(requests, ranked)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1))
    if arguments.failures:
        _write_failures(arguments.failures, requests, ranked)
    tags = figures.pop("tags")
    if arguments.track:
        line = {"step": checkpoint.load(arguments.checkpoint)["step"], "seeds": arguments.seeds, **figures}
        with arguments.checkpoint.with_name("accuracy.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
    print(json.dumps(figures))
    for tag, row in tags.items():  # type: ignore[attr-defined]  # a dict, put there by report
        print(f"{tag:18} {row['n']:4}  " + "  ".join(f"{name} {row[name][0]:5.1f}" for name in ("top1", "top3", "top5")))


def _write_failures(path: Path, requests: list[Request], ranked: list[list[Ranked]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for request, candidates in zip(requests, ranked, strict=True):
            place = first_match([r.rule for r in candidates], request)
            if place == 0:
                continue
            said = [(show(r.rule) if r.rule else None, r.votes, round(r.score, 2)) for r in candidates[:5]]
            line = {
                "utterance": request.utterance, "gold": request.rule, "place": place, "said": said,
                "headers": request.table.headers, "tags": request.tags,
            }  # fmt: skip
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
