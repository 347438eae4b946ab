"""Errors carry all that a problem-details answer needs."""

from __future__ import annotations

import pytest

from addin_backend import errors
from addin_backend.errors import AddinError, RuleError, from_grammar, grammar_errors
from grammar.errors import GrammarError, RuleCheckError, RuleSyntaxError, TableError, UnsupportedRuleError

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, AddinError)]


def test_codes_are_unique_and_stable_in_form() -> None:
    codes = [kind.code for kind in KINDS]
    assert len(set(codes)) == len(codes) > 15
    assert all(code == code.lower() and " " not in code for code in codes)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_what_it_means(kind: type[AddinError]) -> None:
    assert kind.__doc__
    shown = kind("What happened.", sheets=["a"]).as_dict()
    assert shown == {"code": kind.code, "title": kind.title, "status": kind.status, "detail": "What happened.", "sheets": ["a"]}
    assert 400 <= kind.status < 600
    assert kind is AddinError or kind.title != AddinError.title


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (RuleSyntaxError("no", 1, 5, "x\n^"), "syntax"),
        (RuleCheckError("no"), "check"),
        (TableError("no"), "table"),
        (UnsupportedRuleError("no"), "unsupported"),
        (GrammarError("no"), "rule"),
    ],
)
def test_errors_of_the_grammar_become_ours(error: GrammarError, reason: str) -> None:
    assert from_grammar(error).extra["reason"] == reason
    with pytest.raises(RuleError) as caught, grammar_errors():
        raise error
    assert caught.value.__cause__ is error
