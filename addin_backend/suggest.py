"""From an utterance and a table to ranked candidates. The rule is always the model's; here it is only checked and compared.

Every proposal is simplified, checked against the table and evaluated. Proposals that read the same columns and colour the
same cells are one candidate with their votes added. Nothing in this file looks at the words to write a rule.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from addin_backend.candidates import Candidate, build_candidate
from addin_backend.errors import AddinError, EmptyTableError
from addin_backend.ranking import RankingWeights, Signs, confidence, orders_text, plausibility, rank_value
from addin_backend.utterance import Utterance, read_utterance
from grammar.check import check
from grammar.errors import GrammarError, RuleCheckError
from grammar.evaluate import Blanks, evaluate
from grammar.excel.rule import Place
from grammar.look import Look
from grammar.nodes import Rule, Visual, columns_of
from grammar.passes import simplify
from grammar.printer import show
from grammar.table import Table, column_letter
from grammar.target import target_column

if TYPE_CHECKING:
    from export.runtime.proposals import Proposal

Scope = Literal["cells", "row"]
DEFAULT_K = 5
MAX_K = 20
SEEDS = 16


class Proposes(Protocol):
    """What is needed of the model (`export.runtime.generator.Generator`)."""

    @property
    def name(self) -> str: ...  # the bundle's name

    def propose_many(  # see Generator
        self, requests: Sequence[tuple[str, Table]], *, today: dt.date, seeds: int = ..., seed: int = ...
    ) -> list[list[Proposal]]: ...


@dataclass(frozen=True, slots=True)
class Options:
    """How to answer. `scope` None leaves it to the model; `today` is what "overdue" and "this week" refer to."""

    today: dt.date
    k: int = DEFAULT_K
    scope: Scope | None = None
    blanks: Blanks = "skip"
    seeds: int = SEEDS
    seed: int = 0
    weights: RankingWeights = field(default_factory=RankingWeights)

    def __post_init__(self) -> None:
        if not 1 <= self.k <= MAX_K:
            raise ValueError(f"k is a number of candidates from 1 to {MAX_K}, not {self.k}.")


@dataclass(frozen=True, slots=True)
class Request:
    """One question: the words, the table, and where the table stands on its sheet."""

    utterance: str
    table: Table
    place: Place


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The answer: candidates best first, or `abstained` with the reason in words; `dropped` counts proposals that fell."""

    candidates: tuple[Candidate, ...]
    abstained: str | None = None
    notes: tuple[str, ...] = ()
    dropped: dict[str, int] = field(default_factory=dict)

    def as_dict(self, *, all_cells: bool = False) -> dict[str, Any]:
        """The answer's JSON: `candidates`, and `abstained`, `notes`, `dropped` where there is something to say."""
        answer: dict[str, Any] = {"candidates": [candidate.as_dict(all_cells=all_cells) for candidate in self.candidates]}
        said = {"abstained": self.abstained, "notes": list(self.notes), "dropped": self.dropped}
        return answer | {key: value for key, value in said.items() if value}


def suggest(generator: Proposes, utterance: str, table: Table, *, place: Place, options: Options) -> Suggestions:
    """Candidates for one request.

    Raises:
        EmptyUtteranceError, UtteranceTooLongError: see `read_utterance`.
        EmptyTableError: the table has no rows.
    """
    answer = suggest_many(generator, [Request(utterance, table, place)], options)[0]
    if isinstance(answer, AddinError):
        raise answer
    return answer


def suggest_many(generator: Proposes, requests: Sequence[Request], options: Options) -> list[Suggestions | AddinError]:
    """Answers to several requests, through the model in one batch; one that `suggest` would refuse has its error instead."""
    answers: list[Suggestions | AddinError | None] = [None] * len(requests)
    good: list[tuple[int, Utterance, Request]] = []
    for number, request in enumerate(requests):
        try:
            if not request.table.rows:
                raise EmptyTableError("The table has a header but no rows under it.")
            good.append((number, read_utterance(request.utterance), request))
        except AddinError as error:
            answers[number] = error
    if good:
        pairs = [(utterance.text, request.table) for _, utterance, request in good]
        proposals = generator.propose_many(pairs, today=options.today, seeds=options.seeds, seed=options.seed)
        for (number, utterance, request), proposed in zip(good, proposals, strict=True):
            answers[number] = _answer(utterance, request, proposed, options)
    return [answer for answer in answers if answer is not None]


@dataclass(slots=True)
class _Reading:
    """Proposals that mean the same: the most-voted one, and all their votes."""

    rule: Rule
    scope: Scope
    look: Look
    mask: NDArray[np.bool_]
    signs: Signs
    best: float

    def add(self, other: _Reading) -> None:
        if (other.best, -len(show(other.rule))) > (self.best, -len(show(self.rule))):
            self.rule, self.scope, self.look, self.best = other.rule, other.scope, other.look, other.best
        self.signs = Signs(
            self.signs.probability + other.signs.probability,
            self.signs.votes + other.signs.votes,
            self.signs.seeds,
            self.signs.matched,
            self.signs.rows,
            self.signs.visual,
            self.signs.ordered_text,
        )


def _answer(utterance: Utterance, request: Request, proposals: Sequence[Proposal], options: Options) -> Suggestions:
    readings: dict[tuple[object, ...], _Reading] = {}
    dropped: Counter[str] = Counter()
    refusals: list[str] = []
    abstention = 0.0
    for proposal in proposals:
        if proposal.rule is None:
            abstention += proposal.probability
            continue
        try:
            reading = _read(proposal, proposal.rule, request.table, options)
        except GrammarError as error:
            dropped["check" if isinstance(error, RuleCheckError) else "unsupported"] += 1
            refusals.append(str(error))
            continue
        key = _meaning(reading)
        if key in readings:
            readings[key].add(reading)
        else:
            readings[key] = reading
    ranked = sorted(readings.values(), key=lambda r: (-rank_value(r.signs, options.weights), len(show(r.rule)), show(r.rule)))
    doubt = abstention * options.weights.abstain
    if not ranked or doubt > ranked[0].signs.probability * plausibility(ranked[0].signs, options.weights):
        reason = _reason(request.table, None if abstention else next(iter(refusals), None))
        return Suggestions((), reason, utterance.notes, dict(dropped))
    candidates = _candidates(ranked, request, options, dropped)
    if not candidates:
        return Suggestions(
            (), _reason(request.table, "No reading can be said as an Excel rule."), utterance.notes, dict(dropped)
        )
    return Suggestions(tuple(candidates), None, (*utterance.notes, *_look_notes(candidates)), dict(dropped))


def _read(proposal: Proposal, rule: Rule, table: Table, options: Options) -> _Reading:
    rule = simplify(rule)
    check(rule, table)
    mask = evaluate(rule, table, today=options.today, blanks=options.blanks)
    visual = isinstance(rule, Visual)
    scope: Scope = "cells" if visual else options.scope or ("row" if proposal.scope == "row" else "cells")
    signs = Signs(proposal.probability, proposal.votes, proposal.seeds, int(mask.sum()), table.rows, visual, orders_text(rule))
    return _Reading(rule, scope, Look.from_words(proposal.look), mask, signs, proposal.probability)


def _meaning(reading: _Reading) -> tuple[object, ...]:
    """What makes two readings the same: the columns they read, the one they colour, the rows, and the kind of a look.

    Scope and format are no reason for two candidates: the likelier reading's are taken.
    """
    rule = reading.rule
    kind = show(rule) if isinstance(rule, Visual) else None
    return frozenset(columns_of(rule)), target_column(rule), kind, np.packbits(reading.mask).tobytes()


def _candidates(ranked: list[_Reading], request: Request, options: Options, dropped: Counter[str]) -> list[Candidate]:
    candidates: list[Candidate] = []
    for reading in ranked:
        if len(candidates) == options.k:
            break
        try:
            candidate = build_candidate(
                reading.rule,
                request.table,
                request.place,
                scope=reading.scope,
                look=reading.look,
                today=options.today,
                blanks=options.blanks,
                confidence=confidence(reading.signs, options.weights),
                votes=reading.signs.votes,
                seeds=reading.signs.seeds,
            )
        except GrammarError:
            dropped["unsupported"] += reading.signs.votes
            continue
        candidates.append(candidate)
    return candidates


def _look_notes(candidates: list[Candidate]) -> list[str]:
    """Format words of the first candidate that nobody could read."""
    return [f"This part of the format was not understood: {word}." for word in candidates[0].look.unknown]


def _reason(table: Table, refusal: str | None) -> str:
    """Why there is no candidate, and what to add."""
    named = [f"{c.header or 'no header'} ({column_letter(c.index)})" for c in table.columns[:6]]
    columns = ", ".join(named) + (", …" if len(table.columns) > 6 else "")
    start = f"What was understood does not fit the table. {refusal}" if refusal else "No condition was found in the request."
    return f"{start} Name a column ({columns}) and a condition, such as “over 1000”, “is empty” or “before today”."
