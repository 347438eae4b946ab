"""Literals without quotes, as the public CodeFusion and FormaT5 rules write them: `TextContains(RT (Retaken))`.

The older dialect puts text straight between the parentheses, whatever is in it. Such a rule is not of the Lark grammar; here
its calls are taken apart by hand and the literals quoted. Only `parse` uses it, on text the grammar has refused.
"""

from __future__ import annotations

import re

_JUNCTIONS = {"and", "or", "not"}
_TEXT_CALL = re.compile(r"(Text\w+|StartsWith|EndsWith|BeginsWith|Contains|NotContains|Equals?|NotEquals?)\s*\(", re.IGNORECASE)
_COUNT_CALL = re.compile(r"(GreaterThan\w*|LessThan\w*)\s*\(", re.IGNORECASE)
_CALL = re.compile(r"\w+\s*\(")
_COLUMN = re.compile(r"\s*(c\s*\[\s*\d+\s*\])\s*,", re.IGNORECASE)
_WITH_UNIT = re.compile(r"\s*-?\d+(\.\d+)? [^\W\d]+\s*")  # `13 Days`: the text of such a cell
_KEPT = re.compile(
    r"""\s*(c\s*\[\s*\d+\s*\]|[-+]?(\d+(\.\d*)?|\.\d+)\s?%?|TRUE|FALSE|TODAY\(\)|DATE\([\d\s,]*\)|"([^"]|"")*"|'([^']|'')*')\s*""",
    re.IGNORECASE,
)


def quote_bare_text(text: str) -> str:
    """The rule with its unquoted literals in quotes; unchanged where nothing looks like one.

    Text with a double quote in it is left alone: a quote that is not closed deserves its own message.
    """
    call = _CALL.match(text)
    if call is None or not text.endswith(")"):
        return text
    inner = text[call.end() : -1]
    if call.group().rstrip("( ").casefold() in _JUNCTIONS:
        return f"{call.group()}{', '.join(quote_bare_text(part) for part in _parts(inner))})"
    if not _TEXT_CALL.match(text) and not (_COUNT_CALL.match(text) and _WITH_UNIT.fullmatch(_after_column(inner))):
        return text
    literal = _after_column(inner)
    column = inner[: len(inner) - len(literal)]
    if _KEPT.fullmatch(literal) or '"' in literal or literal.lstrip().startswith("'"):
        return text
    return f'{call.group()}{column}"{literal.strip() or literal}")'


def _after_column(inner: str) -> str:
    column = _COLUMN.match(inner)
    return inner[column.end() :] if column else inner


def _parts(inner: str) -> list[str]:
    """The rules of a junction: cut at commas outside all parentheses that a call follows."""
    parts, depth, start = [], 0, 0
    for place, character in enumerate(inner):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0 and _CALL.match(inner[place + 1 :].lstrip()):
            parts.append(inner[start:place].strip())
            start = place + 1
    return [*parts, inner[start:].strip()]
