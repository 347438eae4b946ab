"""Formulas parsed in a second on one core, beside openpyxl's Tokenizer in the same run.

    python -m benchmarks.formulas [FILE] [--repeats 5] [--json FILE]

FILE has one formula a line; without it, the EUSES sample in the folder CF_ASSISTANT_DATA, or else 5,000 made formulas. Each
figure is the best of the repeats, in seconds of this process's own time, so that other programs on the machine do not count.

"parsed" makes the whole tree anew for every formula; "with plans" keeps the plan of each shape (references and constants left
out), as the program does; "printed" is the way back. The Tokenizer only cuts a formula into pieces; it makes no tree and checks
next to nothing. What limits the parser is Python itself: about a third of the time goes into the regular expression that finds
the tokens, a third into the frozen nodes (about a microsecond each), the rest into the automaton.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import TokenizerError

from grammar.errors import FormulaSyntaxError
from grammar.formula import parse_formula, show_formula
from grammar.formula.survey import is_quoted, unquoted

DATA = Path(os.environ.get("CF_ASSISTANT_DATA", "../shared/data"))


def read(path: Path) -> list[str]:
    """The formulas of a file, as `cf-assistant formulas` reads them."""
    lines = [line for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return [unquoted(line) for line in lines] if is_quoted(lines) else lines


def made(count: int) -> list[str]:
    """Formulas of everyday shapes, where no file of real ones is at hand."""
    rng = random.Random(0)
    shapes = (
        "SUM({0}:{1})", "{0}*{1}", "IF({0}>{n},{1},0)", "'My Sheet'!{0}/{n}", "ROUND({0}*{n},2)", '{0}&" "&{1}',
        "VLOOKUP({0},Data!$A$2:$D$99,{n},FALSE)", "IF(AND({0}<>\"\",{1}>=10%),SUM({0}:{1})/COUNT({0}:{1}),\"\")",
    )  # fmt: skip
    cell = lambda: f"{rng.choice('ABCDEFXYZ')}{rng.randint(1, 999)}"  # noqa: E731  # two letters of use
    return [rng.choice(shapes).format(cell(), cell(), n=rng.randint(1, 9)) for _ in range(count)]


def rate(formulas: list[Any], work: Callable[[Any], Any], repeats: int) -> float:
    """Formulas a second, the best of several runs."""
    best = float("inf")
    for _ in range(repeats):
        started = time.process_time()
        for formula in formulas:
            work(formula)
        best = min(best, time.process_time() - started)
    return len(formulas) / best


def tokenize(formula: str) -> None:
    """The pieces of openpyxl; it refuses some real formulas."""
    try:
        Tokenizer("=" + formula.removeprefix("="))
    except TokenizerError:
        return


def measure(formulas: list[str], repeats: int) -> dict[str, Any]:
    """All figures, in formulas a second."""
    good = [formula for formula in formulas if _parses(formula)]
    nodes = [parse_formula(formula) for formula in good]
    result: dict[str, Any] = {
        "formulas": len(formulas),
        "characters": sum(map(len, good)),
        "parsed": round(rate(good, lambda formula: parse_formula(formula, remember=False), repeats)),
        "with_plans": round(rate(good, parse_formula, repeats)),
        "printed": round(rate(nodes, show_formula, repeats)),
        "openpyxl_tokenizer": round(rate(good, tokenize, repeats)),
    }
    result["parsed_to_tokenizer"] = round(result["parsed"] / result["openpyxl_tokenizer"], 2)
    result["with_plans_to_tokenizer"] = round(result["with_plans"] / result["openpyxl_tokenizer"], 2)
    return result


def _parses(formula: str) -> bool:
    try:
        parse_formula(formula)
    except FormulaSyntaxError:
        return False
    return True


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?", default=DATA / "formulas" / "euses_sample.txt")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    formulas = read(arguments.file) if arguments.file.exists() else made(5000)
    result = {"source": arguments.file.name if arguments.file.exists() else "made", **measure(formulas, arguments.repeats)}
    text = json.dumps(result, indent=1)
    print(text)
    if arguments.json:
        arguments.json.write_text(text + "\n")


if __name__ == "__main__":
    main()
