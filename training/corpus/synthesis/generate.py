"""The generator: tables with a dozen requests each, as the JSON records of `training/corpora/requests/`."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from grammar import nodes as n
from grammar.check import check
from grammar.errors import GrammarError
from grammar.passes import simplify
from grammar.printer import show
from training.corpus.synthesis.abstentions import abstention
from training.corpus.synthesis.compounds import compound
from training.corpus.synthesis.domains import Domain, read_domains, read_names, read_qualities
from training.corpus.synthesis.leaves import of_family
from training.corpus.synthesis.looks import Wish, make_wish
from training.corpus.synthesis.phrases import Phrases
from training.corpus.synthesis.sentences import sentence
from training.corpus.synthesis.sheets import make_sheet
from training.corpus.synthesis.surface import finish
from training.corpus.synthesis.teller import CLAUSE, NOUN, Qualities, Said, Teller

PER_TABLE = 12
FAMILIES = {
    "compare": 190, "text": 150, "date": 190, "compound": 170, "rank": 75, "state": 55, "visual": 60, "arithmetic": 60,
    "cross-column": 40,
    "average": 40, "abstain": 75,
}  # fmt: skip
FORMAT_SHARE, ROW_SHARE, CELL_SHARE, AGAIN_SHARE = 0.255, 0.08, 0.015, 0.25
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Lexicon:
    """All that the generator reads from its files."""

    phrases: Phrases
    domains: tuple[Domain, ...]
    names: dict[str, tuple[str, ...]]
    qualities: Qualities

    @classmethod
    def read(cls) -> Lexicon:
        return cls(Phrases.read(), read_domains(), read_names(), read_qualities())


def generate(count: int, seed: int, lexicon: Lexicon | None = None) -> Iterator[dict[str, Any]]:
    """Records of one table each, with `count` requests in all; the same for the same seed."""
    lexicon = lexicon or Lexicon.read()
    rng = random.Random(seed)
    seen: set[str] = set()
    made = number = 0
    foreign = make_sheet(lexicon.domains[0], rng, lexicon.names)
    while made < count:
        sheet = make_sheet(rng.choice(lexicon.domains), rng, lexicon.names)
        if not sheet.fields:
            continue
        wanted = min(PER_TABLE if len(sheet.fields) > 2 else 5, count - made)
        t, other = (Teller(one, rng, lexicon.phrases, lexicon.qualities) for one in (sheet, foreign))
        requests = _requests(t, other, wanted, seen)
        if requests:
            number += 1
            yield {
                "table_id": f"synthetic-{seed}-{number}", "domain": sheet.domain.name, "table": sheet.rows,
                "requests": requests,
            }  # fmt: skip
            made += len(requests)
        foreign = sheet


def _requests(t: Teller, foreign: Teller, wanted: int, seen: set[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for _ in range(wanted * 4):
        if len(found) == wanted:
            break
        request = make_request(t.weighted(FAMILIES), t, foreign)
        if request is None:
            continue
        folded = _DIGITS.sub("0", request["utterance"]).casefold()
        if folded in seen and not t.chance(AGAIN_SHARE):
            continue
        seen.add(folded)
        found.append(request)
    return found


def make_request(family: str, t: Teller, foreign: Teller) -> dict[str, Any] | None:
    """One request of the family about the teller's sheet; None where it cannot be had."""
    makers = {"abstain": lambda: abstention(t, foreign), "compound": lambda: compound(t)}
    said = makers[family]() if family in makers else of_family(family, t)
    if said is None:
        return None
    rule = None
    if said.rule is not None:
        rule = simplify(said.rule)
        try:
            check(rule, t.sheet.table)
        except GrammarError:
            return None
    wish, scope = _extras(family, said, t)
    utterance = finish(sentence(said, wish, scope, t), t.rng)
    tags = list(
        dict.fromkeys((family, "synthetic", *said.tags, *(("format",) * bool(wish)), *(("row-scope",) * (scope == "row"))))
    )
    return {
        "utterance": utterance, "rule": None if rule is None else show(rule), "scope": scope,
        "format": wish.look if wish else None, "tags": tags,
    }  # fmt: skip


def _extras(family: str, said: Said, t: Teller) -> tuple[Wish | None, str | None]:
    """Format and scope; a visual has at most the colour of its bars."""
    if family == "visual":
        bars = isinstance(said.rule, n.Visual) and said.rule.name == "DataBar" and not said.text.startswith("databars")
        if not (bars and t.chance(0.14)):
            return None, None
        colour = make_wish(t, said.text)
        return (colour, None) if colour.name == "fill" else (None, None)
    wish: Wish | None = make_wish(t, said.text) if t.chance(FORMAT_SHARE) else None
    if family == "abstain" or said.form not in (CLAUSE, NOUN, "M"):
        return wish, None
    draw = t.rng.random()
    return wish, "row" if draw < ROW_SHARE else "cells" if draw < ROW_SHARE + CELL_SHARE else None
