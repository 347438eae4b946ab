"""Execution match of a bundle on the development sets, the whole way of a request.

    python -m benchmarks.accuracy [--bundle FOLDER] [--json FILE] [--failures FILE] [--write-card]

Every request goes through `addin_backend.suggest`: ONNX, checks, merging by cell masks, ranking. Prints top-1/3/5 with 95 %
bootstrap intervals, in all, per development set, per category and per tag, and how many of the returned candidates parse and
type-check.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.progress import track

from addin_backend.candidates import default_place
from addin_backend.errors import AddinError
from addin_backend.suggest import Options, Suggestions, suggest_many
from addin_backend.suggest import Request as Question
from export.runtime.generator import Generator
from grammar.check import check
from grammar.errors import GrammarError
from grammar.nodes import Rule
from grammar.parse import parse
from training.corpus.requests import TODAY, Request, development_files, read_requests
from training.metrics.execution import first_match, interval

TOPS = (1, 3, 5)
BATCH = 16


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came back for one request.

    `rules` best first ([None] for an abstention), `place` of the first right one, number of `invalid` candidates.
    """

    request: Request
    source: str
    rules: list[Rule | None]
    place: int | None
    invalid: int


def measure(generator: Generator, paths: list[Path], options: Options) -> list[Outcome]:
    """Ask every request of the files."""
    asked = [(path.stem, request) for path in paths for request in read_requests([path])]
    outcomes = []
    for start in track(range(0, len(asked), BATCH), description="asking"):
        part = asked[start : start + BATCH]
        questions = [Question(r.utterance, r.table, default_place(r.table)) for _, r in part]
        for (source, request), answer in zip(part, suggest_many(generator, questions, options), strict=True):
            outcomes.append(_outcome(source, request, answer))
    return outcomes


def _outcome(source: str, request: Request, answer: Suggestions | AddinError) -> Outcome:
    if isinstance(answer, AddinError) or not answer.candidates:
        return Outcome(request, source, [None], first_match([None], request), 0)
    rules: list[Rule | None] = []
    invalid = 0
    for candidate in answer.candidates:
        try:
            rule = parse(candidate.text)
            check(rule, request.table)
            rules.append(rule)
        except GrammarError:
            invalid += 1
    return Outcome(request, source, rules, first_match(rules, request), invalid)


def figures(outcomes: list[Outcome]) -> dict[str, Any]:
    """Mean and interval per top."""
    row: dict[str, Any] = {"n": len(outcomes)}
    for top in TOPS:
        row[f"top{top}"] = [round(v, 1) for v in interval([o.place is not None and o.place < top for o in outcomes])]
    return row


def report(outcomes: list[Outcome]) -> dict[str, Any]:
    """All figures as plain JSON."""
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[f"set:{outcome.source}"].append(outcome)
        for tag in outcome.request.tags:
            groups[f"tag:{tag}"].append(outcome)
    abstain = [o for o in outcomes if o.request.rule is None]
    others = [o for o in outcomes if o.request.rule is not None]
    returned = sum(len([r for r in o.rules if r is not None]) + o.invalid for o in outcomes)
    return {
        "all": figures(outcomes),
        "abstained_rightly": round(100 * sum(o.rules == [None] for o in abstain) / max(len(abstain), 1), 1),
        "abstained_wrongly": round(100 * sum(o.rules == [None] for o in others) / max(len(others), 1), 1),
        "candidates": returned,
        "valid_candidates": returned - sum(o.invalid for o in outcomes),
        "groups": {name: figures(rows) for name, rows in sorted(groups.items(), key=lambda g: -len(g[1])) if len(rows) >= 5},
    }


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", type=Path)
    parser.add_argument("--files", type=Path, nargs="*")
    parser.add_argument("--seeds", type=int, default=16)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--failures", type=Path, help="one JSON line for each request whose first candidate is wrong")
    parser.add_argument("--write-card", action="store_true", help="write the figures into the bundle's bundle.json")
    arguments = parser.parse_args()
    generator = Generator.load(arguments.bundle, threads=arguments.threads)
    started = time.perf_counter()
    outcomes = measure(generator, arguments.files or development_files(), Options(today=TODAY, seeds=arguments.seeds))
    result = {
        "bundle": generator.name,
        "seeds": arguments.seeds,
        "seconds": round(time.perf_counter() - started, 1),
        **report(outcomes),
    }
    show(result)
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1) + "\n")
    if arguments.failures:
        write_failures(arguments.failures, outcomes)
    if arguments.write_card:
        path = generator.bundle.folder / "bundle.json"
        card = json.loads(path.read_text(encoding="utf-8"))
        card["accuracy"] = {key: result[key] for key in ("seeds", "all", "abstained_rightly", "abstained_wrongly")}
        path.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def show(result: dict[str, Any]) -> None:
    """A table for people."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{result['bundle']}, {result['seeds']} seeds: execution match, % [95 % interval]")
    for name in ("group", "n", "top-1", "top-3", "top-5"):
        table.add_column(name, justify="left" if name == "group" else "right")
    for name, row in {"all": result["all"], **result["groups"]}.items():
        table.add_row(name, str(row["n"]), *("{} [{}, {}]".format(*row[f"top{top}"]) for top in TOPS))
    console = Console()
    console.print(table)
    console.print(
        f"abstained: {result['abstained_rightly']} % of the requests that nothing can be done with, "
        f"{result['abstained_wrongly']} % of the others; {result['valid_candidates']} of {result['candidates']} "
        f"returned candidates parse and type-check; {result['seconds']} s"
    )


def write_failures(path: Path, outcomes: list[Outcome]) -> None:
    """What went wrong, for error analysis."""
    from grammar.printer import show as show_rule

    with path.open("w", encoding="utf-8") as file:
        for outcome in outcomes:
            if outcome.place == 0:
                continue
            request = outcome.request
            said = [show_rule(rule) if rule else None for rule in outcome.rules]
            line = {
                "utterance": request.utterance,
                "gold": request.rule,
                "place": outcome.place,
                "said": said,
                "tags": request.tags,
                "headers": request.table.headers,
                "table": request.table_id,
            }
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
