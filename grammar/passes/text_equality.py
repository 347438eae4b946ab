"""Equality with a text has one form: `TextEquals(c[0], "x")`, and `NOT(TextEquals(c[0], "x"))` for its opposite.

A literal that could be the text of a number or a truth value stays: Excel's `=` never finds the number 5 equal to the
text "5", while TextEquals looks at what the cell shows.
"""

from __future__ import annotations

import re

from grammar.nodes import Compare, Not, Rule, Text, TextTest, Value
from grammar.passes.walk import bottom_up

_LOOKS_LIKE_A_VALUE = re.compile(r"\s*[-+]?(\d|\.\d).*|true|false|inf|nan", re.IGNORECASE | re.DOTALL)


def text_equality(rule: Rule) -> Rule:
    """Equals and NotEquals with a text literal as TextEquals."""
    return bottom_up(rule, _rewrite)


def _rewrite(rule: Rule) -> Rule:
    match rule:
        case Compare("Equals", value, Text() as text) if _plain(value, text):
            return TextTest("TextEquals", value, text)
        case Compare("NotEquals", value, Text() as text) if _plain(value, text):
            return Not(TextTest("TextEquals", value, text))
        case _:
            return rule


def _plain(value: Value, text: Text) -> bool:
    return not isinstance(value, Text) and _LOOKS_LIKE_A_VALUE.fullmatch(text.value) is None
