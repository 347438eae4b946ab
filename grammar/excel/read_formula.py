"""A conditional format's formula as a rule: the patterns people and translation write, read back."""

from __future__ import annotations

import re
from collections.abc import Callable

from grammar import nodes as n
from grammar.errors import UnsupportedRuleError
from grammar.excel.patterns import Bindings, fit, plain
from grammar.excel.periods import FORMULAS
from grammar.excel.read_values import Frame
from grammar.formula import nodes as f
from grammar.formula import parse_formula

_COMPARISONS = {
    "=": "Equals", "<>": "NotEquals", ">": "GreaterThan", ">=": "GreaterThanEqual", "<": "LessThan", "<=": "LessThanEqual",
}  # fmt: skip
Maker = Callable[[Bindings, Frame], n.Rule]


def read_formula(text: str, frame: Frame) -> n.Rule:
    """The rule an `expression` formula says.

    Raises:
        FormulaSyntaxError: no formula at all.
        UnsupportedRuleError: a formula the rule language has no words for (`Formula("=…")` still holds it).
    """
    return rule_of(plain(parse_formula(text)), frame)


def rule_of(node: f.Node, frame: Frame) -> n.Rule:
    """One condition."""
    for text, make in _PATTERNS:
        if (found := fit(text, node)) is not None:
            return make(found, frame)
    match node:
        case f.Call("AND", arguments):
            return _junction(n.And, _conjuncts(list(arguments), frame))
        case f.Call("OR", arguments):
            return _junction(n.Or, [rule_of(argument, frame) for argument in arguments])
        case f.Call("NOT", (argument,)):
            return n.Not(rule_of(argument, frame))
        case f.Call("IF", (condition, f.Number() | f.Boolean() as yes, f.Number(0) | f.Boolean(False))) if yes.value:
            return rule_of(condition, frame)
        case f.Binary(sign, left, right) if sign in _COMPARISONS:
            return n.Compare(_COMPARISONS[sign], frame.value(left), frame.value(right))
    raise UnsupportedRuleError("The rule's formula says something the rule language has no words for.")


def _conjuncts(nodes: list[f.Node], frame: Frame) -> list[n.Rule]:
    """The parts of an AND; parts that only together say something (ranks, averages, ranges) are put together."""
    rules: list[n.Rule] = []
    for position, node in enumerate(nodes):
        others = nodes[:position] + nodes[position + 1 :]
        if _is_guard(node, others) or any(_together(node, other, frame) for other in others):
            continue
        joined = (rule for other in others if (rule := _together(other, node, frame)) is not None)
        rules.append(next(joined, None) or rule_of(node, frame))
    return rules


def _together(first: f.Node, second: f.Node, frame: Frame) -> n.Rule | None:
    """`ISNUMBER(x)` with a rank or an average; the two sides of a range whose ends may come in either order."""
    pair = f.Call("AND", (first, second))
    if found := fit("AND(X_>=MIN(A_,B_),X_<=MAX(A_,B_))", pair):
        return n.Between("Between", *(frame.value(found[gap]) for gap in ("X_", "A_", "B_")))
    if not isinstance(first, f.Call) or first.name != "ISNUMBER" or not isinstance(second, f.Binary):
        return None
    if first.arguments != (second.left,):
        return None
    for text, make in _RANKS:
        if (found := fit(text, second)) is not None:
            return make(found, frame)
    for text, name, gap in _AVERAGES:
        if (found := fit(text, second)) is not None:
            return _average(name, found, gap, frame)
    return None


def _is_guard(node: f.Node, others: list[f.Node]) -> bool:
    """A condition that says nothing of its own beside another one about the same cell (see `_GUARDS`)."""
    for guard, companions in _GUARDS:
        found = fit(guard, node)
        fitted = [fit(text, other) for other in others for text in companions] if found else []
        if found and any(b is not None and b["X_"] == found["X_"] for b in fitted):
            return True
    return False


def _junction(kind: type[n.And] | type[n.Or], rules: list[n.Rule]) -> n.Rule:
    if not rules:
        raise UnsupportedRuleError("An AND or OR without conditions says nothing.")
    return rules[0] if len(rules) == 1 else kind(tuple(rules))


# -- makers: one per pattern -----------------------------------------------------------------------------------------------


def _state(name: str, *, negated: bool = False) -> Maker:
    def make(found: Bindings, frame: Frame) -> n.Rule:
        rule = n.State(name, frame.value(found["X_"]))
        return n.Not(rule) if negated else rule

    return make


def _repeats(name: str) -> Maker:
    def make(found: Bindings, frame: Frame) -> n.Rule:
        return n.State(name, _same_column(found, frame))

    return make


def _contains(*, negated: bool = False) -> Maker:
    def make(found: Bindings, frame: Frame) -> n.Rule:
        rule = n.TextTest("TextContains", frame.value(found["X_"]), _unescaped(found["T_"], frame))
        return n.Not(rule) if negated else rule

    return make


def _ends(name: str, *, negated: bool = False) -> Maker:
    def make(found: Bindings, frame: Frame) -> n.Rule:
        text = frame.value(found["T_"])
        length = found.get("N_")
        if length is not None and not (isinstance(text, n.Text) and length == f.Number(len(text.value))):
            raise UnsupportedRuleError("The rule's formula compares a part of a text with a text of another length.")
        rule = n.TextTest(name, frame.value(found["X_"]), text)
        return n.Not(rule) if negated else rule

    return make


def _equals_text(found: Bindings, frame: Frame) -> n.Rule:
    return n.TextTest("TextEquals", frame.value(found["X_"]), frame.value(found["T_"]))


def _differs_from_text(found: Bindings, frame: Frame) -> n.Rule:
    return n.Not(_equals_text(found, frame))


def _outside(found: Bindings, frame: Frame) -> n.Rule:
    return n.Between("NotBetween", *(frame.value(found[gap]) for gap in ("X_", "A_", "B_")))


def _rank(name: str) -> Maker:
    def make(found: Bindings, frame: Frame) -> n.Rule:
        count = found["N_"]
        if not isinstance(count, f.Number) or count.value != int(count.value):
            raise UnsupportedRuleError("The rule's formula ranks by something else than a whole number.")
        return n.Rank(name, _same_column(found, frame), int(count.value))

    return make


def _average(name: str, found: Bindings, gap: str | None, frame: Frame) -> n.Rule:
    times = found[gap] if gap == "N_" else f.Number(float(gap or 0))
    if not isinstance(times, f.Number):
        raise UnsupportedRuleError("The rule's formula counts standard deviations by something else than a number.")
    return n.Average(name, _same_column(found, frame), int(times.value))


def _period(name: str) -> Maker:
    def make(found: Bindings, frame: Frame) -> n.Rule:
        return n.Period(name, frame.value(found["X_"]))

    return make


def _same_column(found: Bindings, frame: Frame) -> n.Value:
    value, column = frame.value(found["X_"]), frame.whole(found["R_"])
    if value != column:
        raise UnsupportedRuleError("The rule's formula ranks or counts a cell among the cells of another column.")
    return value


def _unescaped(node: f.Node, frame: Frame) -> n.Value:
    """The text a SEARCH looks for; a wildcard in it cannot be said."""
    while (
        inner := fit('SUBSTITUTE(T_,"~","~~")', node)
        or fit('SUBSTITUTE(T_,"*","~*")', node)
        or fit('SUBSTITUTE(T_,"?","~?")', node)
    ):
        node = inner["T_"]
    value = frame.value(node)
    if isinstance(value, n.Text):
        if re.search(r"(?<!~)(~~)*[*?]", value.value):
            raise UnsupportedRuleError("The rule's formula searches with wildcards.")
        return n.Text(re.sub(r"~([~*?])", r"\1", value.value))
    return value


_RANKS: tuple[tuple[str, Maker], ...] = tuple(
    (text.format(side), _rank(name + percent))
    for side, name in ((("X_>=LARGE"), "Top"), (("X_<=SMALL"), "Bottom"))
    for text, percent in (
        ("{0}(R_,MIN(N_,COUNT(R_)))", ""),
        ("{0}(R_,MAX(1,INT(COUNT(R_)*N_/100)))", "Percent"),
        ("{0}(R_,N_)", ""),  # last: its gap would take the places above whole
    )
)
# pattern, name, and how many deviations: the gap N_, a number as text, or None for the plain average
_AVERAGES: tuple[tuple[str, str, str | None], ...] = (
    ("X_>AVERAGE(R_)", "AboveAverage", None),
    ("X_<AVERAGE(R_)", "BelowAverage", None),
    ("X_>AVERAGE(R_)+STDEV(R_)", "AboveAverage", "1"),
    ("X_<AVERAGE(R_)-STDEV(R_)", "BelowAverage", "1"),
    ("X_>AVERAGE(R_)+N_*STDEV(R_)", "AboveAverage", "N_"),
    ("X_<AVERAGE(R_)-N_*STDEV(R_)", "BelowAverage", "N_"),
)
_COUNTS = (
    "COUNTIF(R_,X_)>1", "COUNTIF(R_,X_)=1", 'SUMPRODUCT((R_<>"")*(R_=X_))>1', 'SUMPRODUCT((R_<>"")*(R_=X_))=1',
)  # fmt: skip
_PERIODS = tuple(formula.replace("{0}", "X_") for formula in FORMULAS.values())
# what translation puts before a condition, and the conditions that mean it anyway
_GUARDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("NOT(ISTEXT(X_))", (*_PERIODS, *(f"NOT({text})" for text in _PERIODS))),
    ('X_<>""', _COUNTS),
    ("NOT(ISERROR(X_))", ("ISERROR(SEARCH(T_,X_))",)),
)
_PATTERNS: tuple[tuple[str, Maker], ...] = (
    *((text, _period(name)) for name, text in zip(FORMULAS, _PERIODS, strict=True)),
    ("LEN(TRIM(X_))=0", _state("Blanks")),
    ("LEN(TRIM(X_))>0", _state("Blanks", negated=True)),
    ("ISBLANK(X_)", _state("Blanks")),
    ("ISERROR(SEARCH(T_,X_))", _contains(negated=True)),
    ("NOT(ISERROR(SEARCH(T_,X_)))", _contains()),
    ("ISNUMBER(SEARCH(T_,X_))", _contains()),
    ("NOT(ISNUMBER(SEARCH(T_,X_)))", _contains(negated=True)),
    ("ISERROR(X_)", _state("Errors")),
    ("LEFT(X_,LEN(T_))=T_", _ends("StartsWith")),
    ("LEFT(X_,LEN(T_))<>T_", _ends("StartsWith", negated=True)),
    ('LEFT(X_,LEN(T_))=T_&""', _ends("StartsWith")),
    ('LEFT(X_,LEN(T_))<>T_&""', _ends("StartsWith", negated=True)),
    ("LEFT(X_,N_)=T_", _ends("StartsWith")),
    ("RIGHT(X_,LEN(T_))=T_", _ends("EndsWith")),
    ("RIGHT(X_,LEN(T_))<>T_", _ends("EndsWith", negated=True)),
    ('RIGHT(X_,LEN(T_))=T_&""', _ends("EndsWith")),
    ('RIGHT(X_,LEN(T_))<>T_&""', _ends("EndsWith", negated=True)),
    ("RIGHT(X_,N_)=T_", _ends("EndsWith")),
    ('X_&""=T_&""', _equals_text),
    ('X_&""<>T_&""', _differs_from_text),
    ('X_&""=T_', _equals_text),
    ('X_&""<>T_', _differs_from_text),
    ("OR(X_<MIN(A_,B_),X_>MAX(A_,B_))", _outside),
    *((text, _repeats("Unique" if text.endswith("=1") else "Duplicates")) for text in _COUNTS),
    *_RANKS,
)
