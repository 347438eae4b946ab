"""Measure a checkpoint on the development pairs of Bash or Python.

    python -m training.evaluate_code runs/three/last.pt --language bash --json training/results/code-bash.json

Candidates are found as the serving process finds them: the likeliest sequences over all seeds, equal texts as one, only valid
ones (`--unchecked` keeps the others), most probable first. Measures are those of `training.baselines.code.figures`; its `valid`
counts the first choice of every seed before any check.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import json
import os
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from grammar.codec.code.codec import CodeDecodingError, decode
from grammar.codec.code.pieces import LANGUAGES, CodePieces
from grammar.codec.code.placing import place_code
from grammar.codec.code.reading import read_candidates
from grammar.codec.pieces import PieceTokenizer
from training import checkpoint
from training.baselines.code import Written, figures
from training.corpus.batches import collate
from training.corpus.code_pieces import PATH as PIECES_PATH
from training.corpus.code_pieces import check_pieces
from training.corpus.code_splits import Pair, pairs
from training.corpus.examples import Example
from training.evaluate import load_model
from training.model.codefusion import CodeFusion
from training.model.sampler import Sampling, log_probabilities
from training.model.sentence_encoder import minilm_folder

CHOICES = 8
"""How many tokens a position gives to the search, as in the exported graphs."""
COUNT = 20


class NoCodeError(ValueError):
    """The checkpoint is of a model that writes rules only; train one with `--languages`."""


@dataclass(frozen=True, slots=True)
class Answering:
    """How to answer: `checked` leaves out what is not valid."""

    sampling: Sampling = dataclasses.field(default_factory=lambda: Sampling(16, 10))
    seed: int = 0
    batch: int = 16
    checked: bool = True


@torch.no_grad()
def answer(model: CodeFusion, utterances: Sequence[str], language: str, pieces: CodePieces, how: Answering) -> list[Written]:
    """What is said and how it is ranked, of every utterance; at least one text each, empty where there is no candidate.

    Raises:
        NoCodeError: see there.
    """
    if not model.config.code_pieces:
        raise NoCodeError("the checkpoint writes rules only; train one with --languages")
    tokenizer = PieceTokenizer(minilm_folder() / "tokenizer.json")
    nothing = np.zeros(0, np.int64)
    examples = [Example(place_code(text, language, tokenizer), nothing, nothing) for text in utterances]
    strings = torch.zeros(1, model.config.text_width)
    generator = torch.Generator().manual_seed(how.seed)
    result = []
    for start in range(0, len(examples), how.batch):
        part = examples[start : start + how.batch]
        inputs, _ = collate(part, strings, model.config.code_length)
        scores = log_probabilities(model, model.encode(inputs), how.sampling, generator, model.config.code_length)
        best = scores.view(len(part), how.sampling.seeds, *scores.shape[1:]).topk(CHOICES, -1)
        for k, text in enumerate(utterances[start : start + how.batch]):
            tokens, log_probs = best.indices[k].numpy(), best.values[k].numpy()
            found = read_candidates(tokens, log_probs, text, language, pieces, limit=COUNT, checked=how.checked)
            result.append(Written(_said(tokens, text, pieces), [one.code for one in found] or [""]))
    return result


def _said(tokens: NDArray[np.int64], utterance: str, pieces: CodePieces) -> list[str]:
    """The first choice of every seed; empty where it says nothing."""
    texts = []
    for row in tokens[:, :, 0].tolist():
        try:
            texts.append(decode(row, utterance, pieces).strip())
        except CodeDecodingError:
            texts.append("")
    return texts


def measure(model: CodeFusion, found: Sequence[Pair], language: str, how: Answering) -> tuple[dict[str, Any], list[Written]]:
    """Figures over the pairs, and what was written."""
    written = answer(model, [pair.utterance for pair in found], language, CodePieces.read(PIECES_PATH), how)
    return dict(figures(found, written, language)), written


def result(options: argparse.Namespace, model: CodeFusion, found: Sequence[Pair], metrics: dict[str, Any]) -> dict[str, Any]:
    """The results file of one measurement, see `training.report.results`."""
    payload = checkpoint.load(options.checkpoint)
    settings = payload.get("finetune", {})
    trained = sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)
    weights = payload.get("languages", {})
    return {
        "experiment": options.experiment, "system": "codefusion", "label": options.label, "language": options.language,
        "seed": settings.get("seed", 0), "command": options.command, "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "config": {
            "model": model.config.as_dict(), "training": settings, "languages": weights,
            "sampling": {"seeds": options.seeds, "steps": options.steps, "checked": not options.unchecked},
        },
        "parameters": trained, "parameters_all": sum(parameter.numel() for parameter in model.parameters()),
        "samples": round(payload.get("step", 0) * settings.get("batch", 0) * weights.get(options.language, 0.0)),
        "evaluated": len(found), "metrics": metrics, "note": "one model for rules, Bash and Python; the codec copies words",
    }  # fmt: skip


def parser() -> argparse.ArgumentParser:
    """The options."""
    found = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    found.add_argument("checkpoint", type=Path)
    found.add_argument("--language", choices=LANGUAGES, required=True)
    found.add_argument("--data", type=Path, default=Path(os.environ.get("CF_ASSISTANT_DATA", "../shared/data")))
    found.add_argument("--limit", type=int, default=0, help="measure on the first N pairs only")
    found.add_argument("--seeds", type=int, default=16)
    found.add_argument("--steps", type=int, default=10)
    found.add_argument("--seed", type=int, default=0)
    found.add_argument("--threads", type=int, default=1)
    found.add_argument("--unchecked", action="store_true", help="keep candidates that are not valid")
    found.add_argument("--raw", action="store_true", help="the weights as trained, not their moving average")
    found.add_argument("--experiment", default="code")
    found.add_argument("--label", default="CodeFusion, shared model")
    found.add_argument("--json", type=Path, help="write the results file")
    found.add_argument("--answers", type=Path, help="write every answer, one JSON line each")
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    options = parser().parse_args(given)
    options.command = shlex.join(["python", "-m", "training.evaluate_code", *given])
    torch.set_num_threads(options.threads)
    check_pieces(checkpoint.load(options.checkpoint))
    model = load_model(options.checkpoint, ema=not options.raw)
    found = pairs(options.language, "dev", options.data)[: options.limit or None]
    how = Answering(Sampling(options.seeds, options.steps), options.seed, checked=not options.unchecked)
    metrics, written = measure(model, found, options.language, how)
    if options.json:
        entry = result(options, model, found, metrics)
        options.json.write_text(json.dumps(entry, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if options.answers:
        with options.answers.open("w", encoding="utf-8") as file:
            for pair, one in zip(found, written, strict=True):
                line = {"utterance": pair.utterance, "gold": pair.code, "candidates": one.ranked[:5], "said": one.said[:2]}
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
    print(json.dumps(metrics))


if __name__ == "__main__":
    main()
