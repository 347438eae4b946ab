"""Augmentation keeps a request right: what changes in the words changes in the rule."""

from __future__ import annotations

import random

import pytest

from grammar import nodes as n
from grammar.evaluate import evaluate
from grammar.parse import parse
from grammar.table import Table
from training.corpus.augment import AUGMENTATIONS, with_other_case, with_other_numbers, with_other_values, with_typos
from training.corpus.requests import TODAY, Request, read_requests, training_files

TABLE = Table.from_rows([["Status", "Amount"], ["Paid", 5], ["Open", 400], ["On hold", 7]])


def request(utterance: str, rule: str | None) -> Request:
    return Request(utterance, rule, None, {}, (), "t", TABLE)


def test_values_are_exchanged_in_words_and_rule() -> None:
    changed = with_other_values(request("show the open orders", 'TextEquals(c[0], "Open")'), random.Random(1))
    assert (changed.utterance, changed.rule) in {
        ("show the paid orders", 'TextEquals(c[0], "Paid")'),
        ("show the on hold orders", 'TextEquals(c[0], "On hold")'),
    }


def test_numbers_are_exchanged_in_words_and_rule() -> None:
    changed = with_other_numbers(request("over 400 please", "GreaterThan(c[1], 400)"), random.Random(1))
    number = changed.utterance.split()[1]
    assert number != "400"
    assert len(number) == 3
    assert changed.rule == f"GreaterThan(c[1], {number})"


@pytest.mark.parametrize(
    ("utterance", "rule"),
    [
        ("over 400 or under 400", "OR(GreaterThan(c[1], 400), LessThan(c[1], 400))"),  # twice
        ("in 2026", "Equals(YEAR(c[1]), 2026)"),  # a year
        ("over 4.5", "GreaterThan(c[1], 4.5)"),
        ("before 12 June", "LessThan(c[1], DATE(2026, 6, 12))"),
        ("open", None),
    ],
)
def test_numbers_that_are_left_alone(utterance: str, rule: str | None) -> None:
    before = request(utterance, rule)
    assert with_other_numbers(before, random.Random(0)) == before


def test_typos_leave_the_rule_and_short_words() -> None:
    before = request("highlight the open ones", 'TextEquals(c[0], "Open")')
    changed = [with_typos(before, random.Random(seed)) for seed in range(20)]
    assert all(c.rule == before.rule for c in changed)
    assert any(c.utterance != before.utterance for c in changed)
    assert all(" the " in c.utterance for c in changed)
    assert with_typos(request("a 12", None), random.Random(0)).utterance == "a 12"


def test_case() -> None:
    found = {with_other_case(request("Show Open", None), random.Random(seed)).utterance for seed in range(20)}
    assert found <= {"show open", "Show Open", "SHOW OPEN"}
    assert len(found) > 1


def test_written_requests_stay_right() -> None:
    """Rules still parse and evaluate, and an exchanged value is one of its column."""
    rng = random.Random(0)
    requests = [r for r in read_requests(training_files()[:2])[::7] if r.rule]
    for before in requests:
        for augmentation in AUGMENTATIONS:
            changed = augmentation(before, rng)
            assert changed.rule is not None
            rule = parse(changed.rule)
            if not isinstance(rule, n.Visual):
                assert len(evaluate(rule, changed.table, today=TODAY)) == changed.table.rows


def test_it_is_the_same_for_the_same_seed() -> None:
    before = request("over 400 in 25 of 77 open", "AND(GreaterThan(c[1], 400), LessThan(c[1], 77), GreaterThan(c[1], 25))")
    for augmentation in AUGMENTATIONS:
        assert augmentation(before, random.Random(3)) == augmentation(before, random.Random(3))
