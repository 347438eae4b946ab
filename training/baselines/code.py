"""Measuring systems on Bash and Python: template match; exact and tree match, BLEU; validity, diversity, time.

Candidates with the same text are one candidate. What cannot be read stays among them: validity is measured, not enforced.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from training.baselines.interface import Answer, System, TextSystem
from training.baselines.prompts import Shot
from training.baselines.rules import Metrics, generated, mean_seconds, pace, spread_figures
from training.corpus.code_splits import Pair, pairs
from training.corpus.codet5 import PAD, CodeT5Tokenizer
from training.corpus.flat import code_example, collate_flat
from training.metrics import bash, python
from training.metrics.diversity import diversity
from training.metrics.execution import interval
from training.metrics.validity import valid
from training.model.codefusion import TextInputs

TOP = (1, 3, 5)


@dataclass(frozen=True, slots=True)
class Written:
    """Candidates of one description: as they came, and in order without repetitions."""

    said: list[str]
    ranked: list[str]


class CodeRoute:
    """Descriptions as the flat route takes them (a `training.routes.Route` whose tokens are whole texts)."""

    def __init__(self, language: str, found: Sequence[Pair], data: Path, length: int) -> None:
        self._tokenizer, self._length = CodeT5Tokenizer(data / "codet5"), length
        self._examples = [code_example(language, pair.utterance, "", self._tokenizer) for pair in found]

    def inputs(self, rows: Sequence[int]) -> TextInputs:
        return collate_flat([self._examples[k] for k in rows], self._length)[0]

    def tokens(self, ids: list[int]) -> list[str]:
        return [self._tokenizer.text(ids[: ids.index(PAD)] if PAD in ids else ids).strip()]


def shots_of(language: str, part: str, data: Path) -> list[Shot]:
    """The pairs of a part as examples for prompts."""
    return [Shot(pair.utterance, pair.code) for pair in pairs(language, part, data)]


@torch.no_grad()
def measure_code(
    system: System, found: list[Pair], language: str, data: Path, *, count: int, seed: int = 0, batch: int = 16
) -> Metrics:
    """Figures over the pairs, see `figures`; `seconds` is the time of one description alone, from tensors to tokens."""
    route = CodeRoute(language, found, data, system.config.length)
    generator = torch.Generator().manual_seed(seed)
    written = [
        written_of([texts[0] for texts in said], scores, system.ranks)
        for _, said, scores in generated(system, route, len(found), count, generator, batch=batch)
    ]
    return {**figures(found, written, language), "seconds": pace(system, route, len(found), count, generator)}


def measure_code_text(system: TextSystem, found: list[Pair], language: str, *, count: int, seed: int = 0) -> Metrics:
    """The same figures for a system that writes text."""
    written, seconds = [], []
    for pair in found:
        started = time.perf_counter()
        answers = system.answers(pair.utterance, count, seed) or [Answer("")]
        seconds.append(time.perf_counter() - started)
        written.append(written_of([a.text for a in answers], [a.score for a in answers], system.ranks))
    return {**figures(found, written, language), "seconds": mean_seconds(seconds)}


def written_of(said: list[str], scores: list[float], ranks: bool) -> Written:
    """The distinct texts, by their best score if the system ranks, else by votes and then score."""
    votes, best = Counter(said), dict[str, float]()
    for text, score in zip(said, scores, strict=True):
        best[text] = max(best.get(text, -math.inf), score)
    ranked = sorted(votes, key=lambda text: (0 if ranks else -votes[text], -best[text]))
    return Written(said, ranked)


def figures(found: Sequence[Pair], written: Sequence[Written], language: str) -> Metrics:
    """Means with 95 % intervals, in percent; corpus BLEU, NLC2CMD score (-100 to 100) and diversity without.

    Bash: `template1/3/5`, `exact1`, `nlc2cmd`. Python: `exact1/3/5`, `ast1/3/5`, `bleu1`, `bleu5` (the best of five).
    Both: `valid1`, `valid` (all candidates), `diversity_ngrams`, `diversity_edit` (see `rules.spread_figures`).
    """
    shares = dict(_shares(found, written, language))
    shares["valid1"] = [valid(language, w.ranked[0]) for w in written]
    shares["valid"] = [sum(valid(language, text) for text in w.said) / len(w.said) for w in written]
    result: Metrics = {name: [round(v, 2) for v in interval(values)] for name, values in shares.items()}
    result |= spread_figures([diversity(w.said) for w in written])
    references = [pair.code for pair in found]
    if language == "bash":
        scores = [bash.nlc2cmd_of_all(w.ranked[:5], code) for w, code in zip(written, references, strict=True)]
        result["nlc2cmd"] = round(100 * sum(scores) / len(scores), 2)
    else:
        best = [python.best_by_bleu(w.ranked[:5], code) for w, code in zip(written, references, strict=True)]
        result["bleu1"] = round(python.corpus_bleu([w.ranked[0] for w in written], references), 2)
        result["bleu5"] = round(python.corpus_bleu(best, references), 2)
    return result


def _shares(found: Sequence[Pair], written: Sequence[Written], language: str) -> Iterator[tuple[str, list[Any]]]:
    """(measure, a truth for every description)."""
    both = list(zip(found, written, strict=True))
    if language == "bash":
        places = [bash.scores(w.ranked, pair.code).first_match for pair, w in both]
        for k in TOP:
            yield f"template{k}", [place is not None and place < k for place in places]
        yield "exact1", [w.ranked[0].split() == pair.code.split() for pair, w in both]
        return
    for k in TOP:
        yield f"exact{k}", [any(python.exact_match(text, pair.code) for text in w.ranked[:k]) for pair, w in both]
        yield f"ast{k}", [any(python.ast_match(text, pair.code, pair.utterance) for text in w.ranked[:k]) for pair, w in both]
