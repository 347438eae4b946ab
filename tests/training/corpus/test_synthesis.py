"""The synthetic requests: deterministic, true to the grammar, learnable by the codec, varied, and over the whole vocabulary."""

from __future__ import annotations

import json
import random
import re
import time
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from grammar import nodes as n
from grammar.check import check
from grammar.codec.encode import EncodingError, encode
from grammar.codec.view import make_view
from grammar.codec.vocabulary import ABSTAIN, ICON_STYLES, LOOKS, MODIFIERS, PAD, RULES, YEARS
from grammar.evaluate import evaluate
from grammar.look import colour
from grammar.parse import parse
from grammar.passes import simplify
from grammar.printer import show
from training.corpus.requests import TODAY, Request, read_requests
from training.corpus.synthesis.domains import read_domains
from training.corpus.synthesis.generate import FAMILIES, Lexicon, generate
from training.corpus.synthesis.literals import say_bare, say_day, say_days
from training.corpus.synthesis.phrases import LexiconError, Phrases, compile_template

COUNT = 20_000
LENGTH = 18


@pytest.fixture(scope="module")
def records() -> list[dict[str, Any]]:
    return list(generate(COUNT, seed=0))


@pytest.fixture(scope="module")
def requests(records: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> list[Request]:
    """All requests, read as the training reads them."""
    path: Path = tmp_path_factory.mktemp("synthetic") / "requests.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return read_requests([path])


@pytest.fixture(scope="module")
def tokens(requests: list[Request]) -> list[list[str] | None]:
    """Tokens of the first 2,500 requests; None where the codec cannot say them."""
    return [_tokens(request) for request in requests[:2500]]


def _tokens(request: Request) -> list[str] | None:
    rule = parse(request.rule) if request.rule is not None else None
    try:
        return encode(rule, make_view(request.utterance, request.table), scope=request.scope, look=request.look, today=TODAY)
    except EncodingError:
        return None


def test_it_is_deterministic() -> None:
    assert list(generate(400, seed=5)) == list(generate(400, seed=5))
    assert list(generate(400, seed=5)) != list(generate(400, seed=6))


def test_it_makes_as_many_as_asked(requests: list[Request]) -> None:
    assert len(requests) == COUNT
    assert sum(len(record["requests"]) for record in generate(7, seed=1)) == 7


def test_it_is_fast_enough() -> None:
    lexicon, start = Lexicon.read(), time.process_time()
    assert sum(1 for record in generate(2000, seed=2, lexicon=lexicon) for _ in record["requests"]) == 2000
    assert time.process_time() - start < 4, "less than 500 requests a second"


def test_tags_start_with_the_category(requests: list[Request]) -> None:
    assert {request.tags[0] for request in requests} == set(FAMILIES)
    assert all("synthetic" in request.tags for request in requests)
    assert all((request.rule is None) == (request.tags[0] == "abstain") for request in requests)


def test_every_rule_is_canonical_and_fits_its_table(requests: list[Request]) -> None:
    for request in requests[:5000]:
        if request.rule is None:
            continue
        rule = parse(request.rule)
        assert show(rule) == request.rule
        assert simplify(rule) == rule, request
        check(rule, request.table)
        if not isinstance(rule, n.Visual):
            assert evaluate(rule, request.table, today=TODAY).shape == (request.table.rows,)


def test_most_rules_match_something_and_not_everything(requests: list[Request]) -> None:
    shares = Counter[str]()
    for request in requests[:1500]:
        if request.rule is not None and request.tags[0] != "visual":
            mask = evaluate(parse(request.rule), request.table, today=TODAY)
            shares["some" if mask.any() and not mask.all() else "odd"] += 1
    assert shares["some"] > 3 * shares["odd"]


def test_the_codec_says_nearly_all_in_eighteen_tokens(tokens: list[list[str] | None]) -> None:
    assert sum(said is not None and len(said) <= LENGTH for said in tokens) >= 0.98 * len(tokens)


def test_every_token_that_can_occur_occurs(requests: list[Request], tokens: list[list[str] | None]) -> None:
    """Padding apart. Constants and sentinels count as kinds: one of them is enough."""
    fixed = {t for t in RULES.tokens if t[0] not in "#" and not re.fullmatch(r"[cvw]\d+", t)} - {PAD}
    assert {ABSTAIN, "START", *MODIFIERS, *YEARS, *ICON_STYLES, *LOOKS} <= fixed
    wanted = fixed | {"#", "c", "v", "w"}
    for said in tokens:
        wanted -= _kinds(said)
    for request in requests[len(tokens) :]:
        if not wanted:
            break
        wanted -= _kinds(_tokens(request))
    assert not wanted


def _kinds(said: list[str] | None) -> set[str]:
    return {token[0] if token[0] == "#" or re.fullmatch(r"[cvw]\d+", token) else token for token in said or ()}


def test_utterances_differ_after_folding_numbers_and_values(requests: list[Request]) -> None:
    folded = {_folded(request) for request in requests[:5000]}
    assert len(folded) >= 0.9 * 5000


def _folded(request: Request) -> str:
    text = re.sub(r"\d[\d.,]*", "0", request.utterance.casefold())
    values = {
        cell.casefold() for column in request.table.columns for cell in column.cells if isinstance(cell, str) and len(cell) > 1
    }
    for value in sorted(values, key=len, reverse=True):
        text = text.replace(value, "<v>")
    return text


def test_requests_look_like_the_written_ones(requests: list[Request]) -> None:
    """Shares within a few points of the hand-written corpora's: length, formats, scope, columns left out, abstentions."""
    lengths = sorted(len(request.utterance.split()) for request in requests)
    assert 5 <= lengths[COUNT // 2] <= 7
    assert lengths[COUNT * 19 // 20] <= 17
    share = {name: count / COUNT for name, count in Counter(tag for r in requests for tag in r.tags).items()}
    assert 0.2 <= share["format"] <= 0.3
    assert 0.05 <= share["row-scope"] <= 0.1
    assert 0.25 <= share["implicit-column"] <= 0.4
    assert 0.04 <= share["abstain"] <= 0.08


def test_marks_and_slots_are_gone(requests: list[Request]) -> None:
    assert not [
        r.utterance for r in requests if re.search(r"[\x00-\x1f{}|]|<[a-z]+>|  ", r.utterance) or not r.utterance.strip()
    ]


def test_every_colour_is_known(requests: list[Request]) -> None:
    said = {value for request in requests for value in request.look.values() if isinstance(value, str)}
    assert len(said) >= 60
    assert not [value for value in said if colour(value) is None]


def test_scope_words_are_said_only_with_scope(requests: list[Request]) -> None:
    for request in requests:
        if request.rule is not None and request.scope is None:
            assert not re.search(r"\b(rows?|cells?)\b", request.utterance.casefold()), request.utterance


# -- lexicons ----------------------------------------------------------------------------------------------------------


def test_the_lexicon_is_rich() -> None:
    domains = read_domains()
    assert len(domains) >= 25
    assert all(len(concept.headers) >= 3 for domain in domains for concept in domain.concepts)
    assert sum(len(concept.headers) >= 4 for domain in domains for concept in domain.concepts) >= 0.9 * sum(
        len(d.concepts) for d in domains
    )
    for domain in domains:
        keys = {concept.key for concept in domain.concepts}
        assert all({relation.first, relation.second} <= keys for relation in domain.relations)


def test_every_section_can_be_said() -> None:
    phrases, rng = Phrases.read(), random.Random(0)
    slots = dict.fromkeys("abcdefklmnopqstvwxyzCMNV", "?") | {
        "col": "?",
        "np": "?",
        "nouns": "?",
        "noun": "?",
        "who": "?",
        "verb": "?",
    }
    slots |= {
        "when": "?",
        "more": "?",
        "most": "?",
        "other": "?",
        "name": "?",
        "phrase": "?",
        "icons": "?",
        "pc": "?",
        "letter": "?",
        "city": "?",
    }
    for section in phrases.sections:
        for _ in range(20):
            assert phrases.say(section, rng, **slots, op="gt", base="red")


def test_templates_nest_and_refuse_open_braces() -> None:
    phrases, rng = Phrases.read(), random.Random(0)
    said = {phrases.say("num.C", rng, col="price", op="gt", n="5") for _ in islice(range(400), 400)}
    assert len(said) > 60
    with pytest.raises(LexiconError, match="not closed"):
        compile_template("a {b|c")
    with pytest.raises(LexiconError, match="no section"):
        phrases.say("nonsense", rng)


def test_the_lexicon_is_read_once_and_shared() -> None:
    lexicon = Lexicon.read()
    assert list(generate(60, seed=3, lexicon=lexicon)) == list(generate(60, seed=3))


# -- literals ----------------------------------------------------------------------------------------------------------


def test_literals_are_read_back() -> None:
    from grammar.codec.literals import read_days, read_number, read_period

    rng = random.Random(1)
    for value in (*range(120), 150, 200, 1000, 1500, 2400, 12_000, 300_000, 500_000, 2_500_000, 0.5, 12.75, -3, -1200):
        for _ in range(6):
            read = read_number(say_bare(value, rng))
            assert read is not None
            assert read[0] == pytest.approx(value)
    for _ in range(300):
        day = TODAY.replace(year=rng.randint(1975, 2030), month=rng.randint(1, 12), day=rng.randint(1, 28))
        assert read_period(say_day(day, rng).strip("\x02\x03"), TODAY) == (day, day)
        text, days = say_days(rng, article=True)
        assert read_days(text.strip("\x02\x03")) == days
