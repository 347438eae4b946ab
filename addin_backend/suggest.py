"""From an utterance and a table to ranked candidates. The rule is always the model's; here it is only checked and compared.

Every proposal is simplified, checked against the table and evaluated. Proposals that read the same columns and colour the
same cells are one candidate with their votes added. Nothing in this file looks at the words to write a rule.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from addin_backend.candidates import Candidate, build_candidate
from addin_backend.errors import AddinError, EmptyTableError
from addin_backend.ranking import PlainRanking, Ranking, confidences, orders_text, ranking_of
from addin_backend.signs import Reading, signs
from addin_backend.utterance import Utterance, read_utterance
from grammar.check import check
from grammar.codec.view import make_view
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
MOST_READINGS = 60  # that are ranked; those behind have next to no probability


class Proposes(Protocol):
    """What is needed of the model (`export.runtime.generator.Generator`)."""

    @property
    def name(self) -> str: ...  # the bundle's name

    @property
    def info(self) -> Mapping[str, Any]: ...  # bundle.json

    def propose_many(  # see Generator
        self, requests: Sequence[tuple[str, Table]], *, today: dt.date, seeds: int = ..., seed: int = ...
    ) -> list[list[Proposal]]: ...


@dataclass(frozen=True, slots=True)
class Options:
    """How to answer. `scope` None leaves it to the model; `today` is what "overdue" and "this week" refer to.

    `ranking` None is the bundle's own.
    """

    today: dt.date
    k: int = DEFAULT_K
    scope: Scope | None = None
    blanks: Blanks = "skip"
    seeds: int = SEEDS
    seed: int = 0
    ranking: Ranking | None = None

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
        ranking = options.ranking or ranking_of(generator.info)
        pairs = [(utterance.text, request.table) for _, utterance, request in good]
        proposals = generator.propose_many(pairs, today=options.today, seeds=options.seeds, seed=options.seed)
        for (number, utterance, request), proposed in zip(good, proposals, strict=True):
            plain = Request(utterance.text, request.table, request.place)
            answers[number] = _answer(plain, utterance, proposed, ranking, options)
    return [answer for answer in answers if answer is not None]


@dataclass(slots=True)
class _Proposed:
    """Proposals that mean the same: the likeliest one (`best` its probability), and what all of them have together."""

    rule: Rule
    scope: Scope
    look: Look
    mask: NDArray[np.bool_]
    proposal: Proposal
    probability: float
    votes: int

    def add(self, other: _Proposed) -> None:
        """Take in another one."""
        if (other.proposal.probability, -len(show(other.rule))) > (self.proposal.probability, -len(show(self.rule))):
            self.rule, self.scope, self.look, self.proposal = other.rule, other.scope, other.look, other.proposal
        self.probability += other.probability
        self.votes += other.votes

    def reading(self) -> Reading:
        """As the signs are read from it."""
        given = self.proposal
        votes = self.votes / given.seeds
        return Reading(self.rule, self.probability, given.score, votes, given.tokens, self.mask, orders_text(self.rule))


@dataclass(frozen=True, slots=True)
class Read:
    """All readings of one request, likeliest first; the abstention's probability; what fell, and the checks' words for it."""

    readings: list[_Proposed]
    abstention: float
    dropped: Counter[str]
    refusals: list[str]

    def signs(self, request: Request) -> NDArray[np.float32]:
        """See `addin_backend.signs`."""
        view = make_view(request.utterance, request.table)
        return signs(view, [proposed.reading() for proposed in self.readings], self.abstention)


def read_all(table: Table, proposals: Sequence[Proposal], options: Options) -> Read:
    """Check and evaluate what the model proposed; what means the same is one reading."""
    readings: dict[tuple[object, ...], _Proposed] = {}
    dropped: Counter[str] = Counter()
    refusals: list[str] = []
    abstention = 0.0
    for proposal in proposals:
        if proposal.rule is None:
            abstention += proposal.probability
            continue
        try:
            reading = _read(proposal, proposal.rule, table, options)
        except GrammarError as error:
            dropped["check" if isinstance(error, RuleCheckError) else "unsupported"] += 1
            refusals.append(str(error))
            continue
        key = _meaning(reading)
        if key in readings:
            readings[key].add(reading)
        else:
            readings[key] = reading
    likeliest = sorted(readings.values(), key=lambda r: (-r.probability, len(show(r.rule)), show(r.rule)))
    return Read(likeliest[:MOST_READINGS], abstention, dropped, refusals)


def _answer(
    request: Request, utterance: Utterance, proposals: Sequence[Proposal], ranking: Ranking, options: Options
) -> Suggestions:
    read = read_all(request.table, proposals, options)
    found = read.signs(request)
    if PlainRanking().abstains(found, read.abstention):
        reason = _reason(request.table, None if read.abstention else next(iter(read.refusals), None))
        return Suggestions((), reason, utterance.notes, dict(read.dropped))
    scores = ranking.scores(found)
    shares = confidences(scores) * (1 - read.abstention)
    ranked = [(read.readings[k], round(float(shares[k]), 2)) for k in np.argsort(-scores, kind="stable")]
    candidates = _candidates(ranked, request, options, read.dropped)
    if not candidates:
        return Suggestions(
            (), _reason(request.table, "No reading can be said as an Excel rule."), utterance.notes, dict(read.dropped)
        )
    return Suggestions(tuple(candidates), None, (*utterance.notes, *_look_notes(candidates)), dict(read.dropped))


def _read(proposal: Proposal, rule: Rule, table: Table, options: Options) -> _Proposed:
    rule = simplify(rule)
    check(rule, table)
    mask = evaluate(rule, table, today=options.today, blanks=options.blanks)
    asked = options.scope or ("row" if proposal.scope == "row" else "cells")
    scope: Scope = "cells" if isinstance(rule, Visual) else asked
    return _Proposed(rule, scope, Look.from_words(proposal.look), mask, proposal, proposal.probability, proposal.votes)


def _meaning(reading: _Proposed) -> tuple[object, ...]:
    """What makes two readings the same: the columns they read, the one they colour, the rows, and the kind of a look.

    Scope and format are no reason for two candidates: the likelier reading's are taken.
    """
    rule = reading.rule
    kind = show(rule) if isinstance(rule, Visual) else None
    return frozenset(columns_of(rule)), target_column(rule), kind, np.packbits(reading.mask).tobytes()


def _candidates(
    ranked: list[tuple[_Proposed, float]], request: Request, options: Options, dropped: Counter[str]
) -> list[Candidate]:
    candidates: list[Candidate] = []
    for reading, confidence in ranked:
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
                confidence=confidence,
                votes=reading.votes,
                seeds=reading.proposal.seeds,
            )
        except GrammarError:
            dropped["unsupported"] += reading.votes
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
