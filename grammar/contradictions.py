"""Rules that say nothing: a value compared with itself, a condition beside its own negation, one cell equal to two texts."""

from __future__ import annotations

from grammar import nodes as n
from grammar.errors import RuleCheckError
from grammar.printer import show, show_value


def refuse_contradictions(rule: n.Rule | n.Value) -> None:
    """Refuse what is true of every row or of none whatever the table holds.

    Raises:
        RuleCheckError: naming the part that cannot be meant.
    """
    match rule:
        case n.Compare(name, left, right) | n.TextTest(name, left, right) if left == right:
            raise RuleCheckError(f"{name} compares {show_value(left)} with itself.")
        case n.Arithmetic(operator, left, right) if left == right and operator in "-/":
            raise RuleCheckError(f"{show_value(rule)} is the same number in every row.")
        case n.And(items) | n.Or(items):
            _junction(rule, items)
    for child in n.children(rule):
        refuse_contradictions(child)


def _junction(rule: n.And | n.Or, items: tuple[n.Rule, ...]) -> None:
    for item in items:
        if n.Not(item) in items:
            raise RuleCheckError(f"{show(item)} and its opposite stand side by side.")
    if len(set(items)) < len(items):
        raise RuleCheckError("The same condition stands there twice.")
    if isinstance(rule, n.And):
        texts = [i.value for i in items if isinstance(i, n.TextTest) and i.name == "TextEquals" and isinstance(i.text, n.Text)]
        if len(set(texts)) < len(texts):
            raise RuleCheckError("One cell cannot be equal to two texts; OR was perhaps meant.")
