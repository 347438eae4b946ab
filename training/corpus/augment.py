"""Augmentation that keeps a request's language: typos, and literals exchanged for others of the same column."""

from __future__ import annotations

import random
import re
from dataclasses import replace

from grammar import nodes as n
from grammar.codec.words import split_words
from grammar.parse import parse
from grammar.printer import show
from grammar.table import Kind, Table, display
from training.corpus.requests import Request

_NEIGHBOURS = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk", "k": "jl",
    "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "w", "r": "et", "s": "ad", "t": "ry", "u": "yi", "v": "cb",
    "w": "qe",
    "x": "zc", "y": "tu", "z": "x",
}  # fmt: skip


def with_typos(request: Request, rng: random.Random) -> Request:
    """One or two words of four letters or more mistyped."""
    words = [w for w in split_words(request.utterance, 10_000) if len(w.text) >= 4 and w.text.isalpha()]
    if not words:
        return request
    text = request.utterance
    for word in sorted(rng.sample(words, min(len(words), rng.choice((1, 1, 2)))), key=lambda w: -w.start):
        text = text[: word.start] + _mistype(word.text, rng) + text[word.end :]
    return replace(request, utterance=text)


def _mistype(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word))
    match rng.randrange(4):
        case 0:
            return word[:at] + word[at + 1 :]
        case 1:
            return word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]
        case 2:
            return word[:at] + word[at] + word[at:]
        case _:
            return word[:at] + rng.choice(_NEIGHBOURS.get(word[at].casefold(), word[at])) + word[at + 1 :]


def with_other_case(request: Request, rng: random.Random) -> Request:
    """All lower, or a capital first, or all upper now and then."""
    text = request.utterance
    changed = rng.choice(
        (text.lower(), text[:1].upper() + text[1:], text.lower(), text.upper() if len(text) < 40 else text.lower())
    )
    return replace(request, utterance=changed)


def with_other_values(request: Request, rng: random.Random) -> Request:
    """A cell value that stands in both utterance and rule is exchanged for another value of its column."""
    if request.rule is None:
        return request
    rule, text = parse(request.rule), request.utterance
    for test in _text_tests(rule):
        new = _other_value(test, request.table, text, rng)
        if new is not None:
            text = _exchanged(text, _words_pattern(_text_of(test)), new)
            rule = _swap(rule, test, n.TextTest(test.name, test.value, n.Text(new)))
    return replace(request, utterance=text, rule=show(rule))


def _text_of(test: n.TextTest) -> str:
    return test.text.value if isinstance(test.text, n.Text) else ""


def _words_pattern(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(text)}(?!\w)", re.IGNORECASE)


def _other_value(test: n.TextTest, table: Table, utterance: str, rng: random.Random) -> str | None:
    """Another value of the tested column, if the old one stands once in the utterance and the new one does not."""
    if not isinstance(test.value, n.Column) or not isinstance(test.text, n.Text):
        return None
    column, old = table.columns[test.value.index], test.text.value
    places = _words_pattern(old).findall(utterance)
    texts = {display(c) for c in column.cells if isinstance(c, str) and c.strip() and c.casefold() != old.casefold()}
    if len(places) != 1 or not texts or column.kind is not Kind.TEXT or test.name != "TextEquals":
        return None
    new = rng.choice(sorted(texts))
    return None if _words_pattern(new).search(utterance) else new


def _exchanged(text: str, pattern: re.Pattern[str], new: str) -> str:
    """The one place exchanged; lower case stays lower case."""
    return pattern.sub(lambda match: new.lower() if match.group().islower() else new, text, count=1)


def with_other_numbers(request: Request, rng: random.Random) -> Request:
    """Plain integers of two digits or more that stand once in utterance and rule are exchanged for others as long."""
    if request.rule is None or "DATE(" in request.rule:
        return request
    text, rule = request.utterance, request.rule
    for old in dict.fromkeys(re.findall(r"(?<![\w.,:/\[-])[1-9]\d{1,5}(?![\w.,:/%\]-])", text)):
        said, written = rf"(?<![\w.,:/\[-]){old}(?![\w.,:/%\]-])", rf"(?<![\w.\[\"]){old}(?![\w.%\]\"])"
        if len(re.findall(said, text)) != 1 or len(re.findall(written, rule)) != 1 or 1900 <= int(old) <= 2100:
            continue
        new = str(rng.randrange(10 ** (len(old) - 1), 10 ** len(old)))
        if new in text or new in rule:
            continue
        text, rule = re.sub(said, new, text), re.sub(written, new, rule)
    return replace(request, utterance=text, rule=rule)


def _text_tests(rule: n.Rule | n.Value) -> list[n.TextTest]:
    found = [rule] if isinstance(rule, n.TextTest) else []
    return found + [t for child in n.children(rule) for t in _text_tests(child)]


def _swap(rule: n.Rule, old: n.Rule, new: n.Rule) -> n.Rule:
    if rule == old:
        return new
    match rule:
        case n.And(items):
            return n.And(tuple(_swap(item, old, new) for item in items))
        case n.Or(items):
            return n.Or(tuple(_swap(item, old, new) for item in items))
        case n.Not(item):
            return n.Not(_swap(item, old, new))
        case _:
            return rule


AUGMENTATIONS = (with_typos, with_other_case, with_other_values, with_other_numbers)
