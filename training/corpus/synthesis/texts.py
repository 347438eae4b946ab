"""Conditions on one column of text or of yes and no: equality, parts, beginnings, endings, lengths, flags."""

from __future__ import annotations

import re

from grammar import nodes as n
from training.corpus.synthesis.domains import Concept
from training.corpus.synthesis.literals import keep, say_bare
from training.corpus.synthesis.numbers import OPERATORS
from training.corpus.synthesis.sheets import Field
from training.corpus.synthesis.teller import CLAUSE, FORMS, MODIFIER, NOUN, VERB, Said, Teller, column_of

_QUOTES = ('"{}"', '"{}"', "'{}'", "“{}”")
_NO_ADJECTIVES = ("with", "no ", "missing", "having", "allow", "didn't")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")


def text(one: Field, t: Teller, wanted: frozenset[str] = FORMS) -> Said | None:
    """A condition on a column of text, fit for its kind; None when there is none in the wanted forms."""
    match one.concept.kind:
        case "cat" | "adj" | "company" | "city":
            return _value(one, t, wanted) if t.chance(0.92) or one.concept.kind != "company" else _part(one, t, wanted)
        case "person":
            return _value(one, t, wanted) if t.chance(0.55) or one.style.names in ("first", "last") else _part(one, t, wanted)
        case "code":
            return _code(one, t, wanted)
        case "email":
            return _email(one, t, wanted)
        case "item":
            return _part(one, t, wanted) if t.chance(0.75) else _value(one, t, wanted)
        case _:
            return _part(one, t, wanted)


# -- the whole cell ----------------------------------------------------------------------------------------------------


def said_value(one: Field, cell: str, t: Teller) -> str:
    """A cell as people say it: as written, in lower case, a synonym of it; never mistyped beyond recognition."""
    synonyms = _synonyms(one.concept, cell)
    if synonyms and t.chance(0.3):
        return t.pick(synonyms)
    if t.chance(0.06):
        return keep(t.pick(_QUOTES).format(cell))
    return cell.lower() if t.chance(0.45) and one.concept.kind in ("cat", "adj", "item", "person") else cell


def _synonyms(concept: Concept, cell: str) -> list[str]:
    for value in concept.values:
        first, *rest = value.split("~")
        if first == cell:
            return rest
    return []


def equals(one: Field, cell: str, *, negated: bool = False) -> n.Rule:
    """TextEquals on the column."""
    rule = n.TextTest("TextEquals", column_of(one), n.Text(cell))
    return n.Not(rule) if negated else rule


def _value(one: Field, t: Teller, wanted: frozenset[str]) -> Said | None:
    if not one.texts or one.cells.count(None) == len(one.cells):
        return None
    cell = t.pick(one.texts)
    negated = t.chance(0.2)
    form = t.form(_value_forms(one, cell, t, negated=negated), wanted)
    if form is None:
        return None
    said = said_value(one, cell, t)
    prefix = "isnot" if negated else "is"
    rule = equals(one, cell, negated=negated)
    tags = ("negation",) if negated else ()
    match form:
        case "C":
            return t.clause(t.say(f"{prefix}.C", col=t.column(one), v=said), rule, *tags)
        case "M":
            return Said(MODIFIER, t.say(f"{prefix}.M", col=t.column(one), v=said), rule, tags)
        case "Madj":
            return t.implicit(Said(MODIFIER, t.say(f"{prefix}.adj", col=t.column(one, letters=False), v=said), rule, tags))
        case "Vadj":
            return t.implicit(Said(VERB, t.say(f"{prefix}.V", col=t.column(one, letters=False), v=said), rule, tags))
        case "Mplace":
            section = "place.not" if negated else "place.M"
            return t.implicit(Said(MODIFIER, t.say(section, p=t.pick(one.concept.prepositions), v=said), rule, tags))
        case "Nowner":
            return t.implicit(Said(NOUN, t.say("owner.N", v=said), rule))
        case "Nadj":
            return t.implicit(Said(NOUN, f"{said} {t.pick((t.sheet.domain.nouns, t.sheet.domain.nouns, 'ones'))}", rule))
        case "None":
            return t.implicit(Said(NOUN, t.say("one.N", v=said), rule))
        case _:
            return t.implicit(Said(NOUN, t.say("place.N", v=said), rule))


def _value_forms(one: Field, cell: str, t: Teller, *, negated: bool) -> list[str]:
    kind, forms = one.concept.kind, ["C"] * 7 + ["M"]
    if not t.sheet.tells(cell) or len(cell) < 2:
        return forms
    if kind == "adj":
        forms += ["Madj"] * 5 + ["Vadj"] * 3
        forms += [] if negated else ["Nadj"] * 5
    elif one.concept.prepositions:
        forms += ["Mplace"] * 6
    if not negated and kind in ("cat", "city", "company"):
        forms += ["Nplace"] * 4
    if not negated and kind == "person":
        forms += ["Nowner"] * 4 if one.concept.prepositions else ["None"] * 3
    return forms + (["None"] * 3 if not negated and kind == "item" else [])


# -- parts of cells ----------------------------------------------------------------------------------------------------


def _quoted(part: str, t: Teller) -> str:
    return keep(t.pick(_QUOTES).format(part) if t.chance(0.3) else part)


def _part(one: Field, t: Teller, wanted: frozenset[str]) -> Said | None:
    if not one.texts:
        return None
    cell = t.pick(one.texts)
    words = [w for w in _LONG_WORD.findall(cell) if len(w) < len(cell)]
    if not words:
        return None
    match t.rng.randrange(10):
        case 0 | 1:
            return _edge("starts", one, cell.split()[0], t, wanted)
        case 2 | 3:
            return _edge("ends", one, cell.split()[-1], t, wanted)
        case 4:
            return _length(one, t) if CLAUSE in wanted else None
        case _:
            return _contains(one, t.pick(words), t, wanted)


def _contains(one: Field, word: str, t: Teller, wanted: frozenset[str]) -> Said | None:
    said = word.lower() if t.chance(0.5) else word
    rule: n.Rule = n.TextTest("TextContains", column_of(one), n.Text(said))
    if t.chance(0.14):
        form = t.form("CCM", wanted)
        if form is None:
            return None
        words = t.say(f"lacks.{form}", col=t.column(one), t=_quoted(said, t))
        return Said(form, words, n.Not(rule), ("negation",)) if form == MODIFIER else t.clause(words, n.Not(rule), "negation")
    unique = sum(any(isinstance(c, str) and word.casefold() in c.casefold() for c in f.cells) for f in t.sheet.fields) == 1
    form = t.form("CCCMM" + ("NNNV" if unique else ""), wanted)
    if form is None:
        return None
    words = t.say(f"contains.{form}", col=t.column(one), t=keep(said) if form == NOUN else _quoted(said, t))
    said_all = t.clause(words, rule) if form == CLAUSE else Said(form, words, rule)
    return t.implicit(said_all) if form == NOUN else said_all


def _edge(side: str, one: Field, part: str, t: Teller, wanted: frozenset[str]) -> Said | None:
    name = "StartsWith" if side == "starts" else "EndsWith"
    rule: n.Rule = n.TextTest(name, column_of(one), n.Text(part))
    if t.chance(0.15) and CLAUSE in wanted:
        return t.clause(t.say(f"{side}not.C", col=t.column(one), t=_quoted(part, t)), n.Not(rule), "negation")
    form = t.form("CCCMMV", wanted)
    if form is None:
        return None
    words = t.say(f"{side}.{form}", col=t.column(one), t=_quoted(part, t))
    return t.clause(words, rule) if form == CLAUSE else Said(form, words, rule)


def _length(one: Field, t: Teller) -> Said:
    operator = t.weighted({"gt": 5, "lt": 4, "eq": 3, "ne": 2, "ge": 2, "le": 2})
    lengths = [len(cell) for cell in one.texts]
    size = max(2, t.pick(lengths) + (0 if operator in ("eq", "ne") else t.rng.randint(-1, 1)))
    rule = n.Compare(OPERATORS[operator], n.Call("LEN", column_of(one)), n.Number(float(size)))
    return t.clause(t.say(f"length.{operator}", col=t.column(one), n=keep(say_bare(size, t.rng, words=0.3))), rule, "length")


def _code(one: Field, t: Teller, wanted: frozenset[str]) -> Said | None:
    if not one.texts:
        return None
    cell = t.pick(one.texts)
    match t.rng.randrange(8):
        case 0 | 1 | 2:
            cut = re.match(r"[^\W\d_]+[-/#]?|#?\d{1,2}", cell)
            return _edge("starts", one, cell[: cut.end() if cut and cut.end() < len(cell) else 2], t, wanted)
        case 3 | 4:
            tail = re.search(r"[^\W\d_]+$|\d{1,2}$", cell)
            return _edge("ends", one, tail.group() if tail and tail.start() else cell[-1:], t, wanted)
        case 5:
            middle = cell[1 : max(3, len(cell) - 1)].strip("-/ .#")
            return _contains(one, middle, t, wanted & {CLAUSE, MODIFIER}) if len(middle) > 1 and not middle.isalpha() else None
        case 6:
            return _length(one, t) if CLAUSE in wanted else None
        case _:
            form = t.form("CCN", wanted)
            said = keep(cell)
            if form == NOUN and t.sheet.tells(cell):
                return t.implicit(Said(NOUN, t.say("one.N", v=said), equals(one, cell)))
            return t.clause(t.say("is.C", col=t.column(one), v=said), equals(one, cell)) if form else None


def _email(one: Field, t: Teller, wanted: frozenset[str]) -> Said | None:
    host = t.pick(one.texts).split("@")[1] if one.texts else ""
    if not host:
        return None
    match t.rng.randrange(4):
        case 0:
            return _edge("ends", one, "@" + host, t, wanted)
        case 1:
            return _edge("ends", one, "." + host.split(".")[-1], t, wanted)
        case _:
            return _contains(one, t.pick((host, host.split(".")[0], "@" + host)), t, wanted & {CLAUSE, MODIFIER})


# -- yes and no --------------------------------------------------------------------------------------------------------


def flag(one: Field, t: Teller, wanted: frozenset[str] = FORMS) -> Said | None:
    """A flag set or not set, by its own words or by its column."""
    up = t.chance(0.5)
    node = column_of(one)
    yes, no = one.style.ticks
    if one.concept.kind == "bool":
        rule: n.Rule = n.Compare("Equals", node, n.Bool(up))
    elif up or no is not None:
        rule = equals(one, yes if up else no or "")
    else:
        rule = n.State("Blanks", node)
    form = t.form("CCMMMV", wanted)
    if form is None:
        return None
    words = t.pick(one.concept.positive if up else one.concept.negative)
    tags = () if up else ("negation",)
    if form == MODIFIER:
        return t.implicit(Said(MODIFIER, t.say("flag.M", phrase=words) if " " not in words else f"{words}", rule, tags))
    if form == VERB:
        if words.startswith(_NO_ADJECTIVES):
            return None
        return t.implicit(Said(VERB, f"are {words}", rule, tags))
    if one.concept.kind != "bool" and no is None:
        return t.clause(t.say("flag.tick" if up else "flag.untick", col=t.column(one)), rule, *tags)
    shown = ("TRUE" if up else "FALSE") if one.concept.kind == "bool" else (yes if up else no or "")
    if t.chance(0.4):
        shown = t.pick(("yes", "true") if up else ("no", "false")) if one.concept.kind == "bool" else shown.lower()
    return t.clause(t.say("flag.C", col=t.column(one), v=shown), rule, *tags)
