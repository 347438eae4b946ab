"""From proposals to candidates: merging, ranking, dropping, abstaining."""

from __future__ import annotations

import datetime as dt

import pytest

from addin_backend.candidates import default_place
from addin_backend.errors import EmptyTableError
from addin_backend.service_errors import EmptyUtteranceError
from addin_backend.suggest import Options, Request, suggest, suggest_many
from grammar.look import Look
from grammar.table import Table
from tests.addin_backend.fakes import FakeGenerator

TODAY = dt.date(2026, 6, 15)
TABLE = Table.from_rows(
    [
        ["Country", "Profit", "Due", "Status"],
        ["Peru", 5200, "2026-06-01", "Paid"],
        ["Chile", 1300, "2026-06-20", "Open"],
        ["Bolivia", 4700, None, "Open"],
        ["Ecuador", 900, "2026-05-02", "Overdue"],
    ]
)


def ask(*given, table=TABLE, utterance="anything", **options):
    generator = FakeGenerator(otherwise=given)
    return suggest(generator, utterance, table, place=default_place(table), options=Options(TODAY, **options))


def texts(answer):
    return [candidate.text for candidate in answer.candidates]


def test_it_works():
    answer = ask(("GreaterThan(c[1], 4000)", 14, "cells", {"fill": "green"}))
    (candidate,) = answer.candidates
    assert candidate.text == "GreaterThan(c[1], 4000)"
    assert candidate.matches.count == 2
    assert list(candidate.matches.addresses()) == ["B2", "B4"]
    assert candidate.applies_to == "B2:B5"
    assert candidate.look == Look.from_words({"fill": "green"})
    assert (candidate.votes, candidate.seeds) == (14, 16)
    assert answer.abstained is None


def test_rules_that_colour_the_same_cells_are_one_candidate():
    answer = ask(("GreaterThan(c[1], 4000)", 5), ("GreaterThanEqual(c[1], 4700)", 4), ("LessThan(c[1], 1000)", 6))
    assert texts(answer) == ["GreaterThan(c[1], 4000)", "LessThan(c[1], 1000)"]
    assert answer.candidates[0].votes == 9


def test_the_shorter_text_is_kept_at_equal_votes():
    answer = ask(("GreaterThanEqual(c[1], 4700)", 4), ("GreaterThan(c[1], 4000)", 4))
    assert texts(answer) == ["GreaterThan(c[1], 4000)"]


def test_another_column_is_another_candidate_another_scope_is_not():
    answer = ask(("Top(c[1], 1)", 4, "cells"), ("Top(c[1], 1)", 5, "row"), ('TextEquals(c[0], "Peru")', 3))
    assert [(c.text, c.scope, c.votes) for c in answer.candidates] == [
        ("Top(c[1], 1)", "row", 9),
        ('TextEquals(c[0], "Peru")', "cells", 3),
    ]


def test_the_same_cells_by_another_look_stay_apart():
    assert texts(ask(("ColorScale(c[1])", 5), ("DataBar(c[1])", 4))) == ["ColorScale(c[1])", "DataBar(c[1])"]


def test_a_given_scope_wins_over_the_models():
    assert [c.scope for c in ask(("GreaterThan(c[1], 4000)", 9, "cells"), scope="row").candidates] == ["row"]
    assert [c.scope for c in ask(("ColorScale(c[1])", 9, "row"), scope="row").candidates] == ["cells"]


def test_what_does_not_fit_the_table_is_dropped_and_counted():
    answer = ask(("GreaterThan(c[0], 4000)", 7), ("GreaterThan(c[9], 1)", 3), ("LessThan(c[1], 1000)", 2))
    assert texts(answer) == ["LessThan(c[1], 1000)"]
    assert answer.dropped == {"check": 2}


def test_nothing_that_fits_is_an_honest_abstention():
    answer = ask(("GreaterThan(c[0], 4000)", 16))
    assert answer.candidates == ()
    assert "does not fit the table" in answer.abstained
    assert '"Country" (column A) holds text' in answer.abstained
    assert "Profit (B)" in answer.abstained


@pytest.mark.parametrize("given", [[(None, 16)], [(None, 9), ("GreaterThan(c[1], 4000)", 7)], []])
def test_the_model_may_abstain(given):
    answer = ask(*given)
    assert answer.candidates == ()
    assert answer.abstained.startswith("No condition was found")
    assert "Country (A), Profit (B), Due (C), Status (D)" in answer.abstained


def test_a_few_abstentions_do_not_win():
    assert texts(ask((None, 6), ("GreaterThan(c[1], 4000)", 10))) == ["GreaterThan(c[1], 4000)"]


def test_at_most_k():
    given = [(f"GreaterThan(c[1], {limit})", 3) for limit in (1000, 2000, 5000)]
    assert len(ask(*given, k=2).candidates) == 2


@pytest.mark.parametrize("k", [0, 21])
def test_k_has_limits(k):
    with pytest.raises(ValueError, match="from 1 to 20"):
        Options(TODAY, k=k)


def test_a_rule_that_matches_nothing_is_kept_behind_and_said():
    answer = ask(("GreaterThan(c[1], 999999)", 6), ("GreaterThan(c[1], 4000)", 5))
    assert texts(answer) == ["GreaterThan(c[1], 4000)", "GreaterThan(c[1], 999999)"]
    assert answer.candidates[1].matches.count == 0
    assert answer.as_dict()["candidates"][1]["matches"] == {"count": 0, "of": 4, "cells": []}


def test_rules_are_simplified():
    assert texts(ask(("NOT(NOT(GreaterThan(c[1], 4000)))", 5))) == ["GreaterThan(c[1], 4000)"]


def test_empty_cells_are_left_out():
    assert ask(("LessThan(c[2], TODAY())", 16)).candidates[0].matches.count == 2


def test_unknown_format_words_are_noted_and_the_default_taken():
    answer = ask(("GreaterThan(c[1], 4000)", 16, "cells", {"fill": "qwertyish"}))
    assert answer.candidates[0].look == Look.default()
    assert "qwertyish" in answer.notes[0]


def test_today_and_seeds_reach_the_model():
    generator = FakeGenerator(otherwise=[("Today(c[2])", 16)])
    suggest(generator, "due today", TABLE, place=default_place(TABLE), options=Options(dt.date(2026, 6, 20)))
    assert generator.todays == [dt.date(2026, 6, 20)]
    assert generator.asked[0][0] == "due today"


def test_many_go_through_the_model_together():
    generator = FakeGenerator({"a": [("GreaterThan(c[1], 4000)", 16)]})
    empty = Table.from_rows([["a", "b"]])
    requests = [
        Request(words, table, default_place(table)) for words, table in (("a", TABLE), ("", TABLE), ("a", empty), ("b", TABLE))
    ]
    answers = suggest_many(generator, requests, Options(TODAY))
    assert generator.batches == [2]
    assert texts(answers[0]) == ["GreaterThan(c[1], 4000)"]
    assert isinstance(answers[1], EmptyUtteranceError)
    assert isinstance(answers[2], EmptyTableError)
    assert answers[3].abstained


def test_empty_words_are_refused():
    with pytest.raises(EmptyUtteranceError):
        ask(("Top(c[1], 1)", 16), utterance=" \x00 ")


def test_a_table_without_rows_is_refused():
    with pytest.raises(EmptyTableError, match="no rows"):
        ask(("Top(c[1], 1)", 16), table=Table.from_rows([["a", "b"]]))


def test_the_answer_is_json():
    values = ask(("GreaterThan(c[1], 4000)", 8), ("GreaterThan(c[0], 1)", 3)).as_dict(all_cells=True)
    assert set(values) == {"candidates", "dropped"}
    assert values["candidates"][0]["matches"] == {"count": 2, "of": 4, "cells": ["B2", "B4"]}
    assert set(ask().as_dict()) == {"candidates", "abstained"}
