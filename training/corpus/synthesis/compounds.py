"""Conditions of two to four parts, and several values of one column; the words' precedence is the rule's."""

from __future__ import annotations

from grammar import nodes as n
from training.corpus.synthesis.leaves import negated, on_field
from training.corpus.synthesis.pairs import pair
from training.corpus.synthesis.sheets import Field
from training.corpus.synthesis.teller import CLAUSE, FORMS, MODIFIER, NOUN, VERB, Said, Teller
from training.corpus.synthesis.texts import equals, said_value

_TWO = {"and": 44, "but": 10, "or": 20, "unless": 5, "but.not": 6, "neither": 4, "notboth": 1}
_THREE = {"and3": 20, "or3": 12, "and.or": 12, "or.and": 12, "ors.thenand": 8, "and.thenor": 8, "neither3": 4}
_FOUR = {"and4": 4, "or4": 3, "and.and.or": 3, "two.ors": 3, "two.ands": 3}
_NEGATING = ("but.not", "neither", "neither3", "notboth")
_FORMS = (
    (frozenset({CLAUSE}), 46),
    (frozenset({MODIFIER}), 38),
    (frozenset({VERB, MODIFIER}), 8),
    (frozenset({CLAUSE, MODIFIER}), 10),
)


def compound(t: Teller) -> Said | None:
    """A condition of several parts; None where the sheet has too few columns."""
    draw = t.rng.random()
    if draw < 0.2:
        return values(t, FORMS)
    size = 2 if draw < 0.77 else 3 if draw < 0.95 else 4
    wanted = t.rng.choices([form for form, _ in _FORMS], [weight for _, weight in _FORMS])[0]
    parts = _parts(size, t, wanted)
    return _joined(parts, t) if len(parts) == size else None


def _parts(size: int, t: Teller, wanted: frozenset[str]) -> list[Said]:
    fields = list(t.sheet.fields)
    t.rng.shuffle(fields)
    parts: list[Said] = []
    if t.chance(0.06):
        both = pair(t, wanted)
        parts += [both] if both else []
    for one in fields:
        if len(parts) == size:
            break
        for _ in range(3):
            said = several(one, t, wanted) if t.chance(0.14) and size < 4 else on_field(one, t, wanted)
            if said is not None:
                parts.append(said)
                break
    t.rng.shuffle(parts)
    return parts


# -- several values of one column --------------------------------------------------------------------------------------


def values(t: Teller, wanted: frozenset[str]) -> Said | None:
    """`from Berlin or Paris`, `neither paid nor open`."""
    fields = t.sheet.of_kind("cat", "adj", "person", "company", "city")
    return several(t.pick(fields), t, wanted) if fields else None


def several(one: Field, t: Teller, wanted: frozenset[str]) -> Said | None:
    """Two or three values of a column, either of them or none of them."""
    if one.concept.kind not in ("cat", "adj", "person", "company", "city") or len(one.texts) < 3:
        return None
    count = 3 if len(one.texts) > 3 and t.chance(0.2) else 2
    cells = t.rng.sample(one.texts, count)
    words = dict(zip("xyz", (said_value(one, cell, t) for cell in cells), strict=False))
    none = t.chance(0.25)
    telling = all(t.sheet.tells(cell) for cell in cells)
    form = t.form("CCC" + ("MMNN" if telling else ""), wanted)
    if form is None:
        return None
    tags = ("neither", "negation") if none else ("or",)
    rule: n.Rule = (
        n.And(tuple(equals(one, c, negated=True) for c in cells)) if none else n.Or(tuple(equals(one, c) for c in cells))
    )
    listed = t.say(
        ("neither" if count == 2 else "neither3") if none else ("values.or" if count == 2 else "values.or3"), **words
    )
    if form == CLAUSE:
        text = f"{t.column(one)} {listed}" if none or t.chance(0.3) else t.say("is.C", col=t.column(one), v=listed)
        return t.clause(text, rule, *tags)
    if form == MODIFIER:
        places = one.concept.prepositions if not none else ()
        text = f"{t.pick(places)} {listed}" if places else listed if none else f"that are {listed}"
        return t.implicit(Said(MODIFIER, text, rule, tags))
    return t.implicit(Said(NOUN, listed, rule, tags))


# -- joining -----------------------------------------------------------------------------------------------------------


def _joined(parts: list[Said], t: Teller) -> Said | None:
    forms = {part.form for part in parts}
    kind = t.weighted({2: _TWO, 3: _THREE, 4: _FOUR}[len(parts)])
    if kind == "unless" and parts[1].form != CLAUSE:
        kind = "and"
    if kind in _NEGATING and (forms != {MODIFIER} or any("negation" in part.tags for part in parts)):
        kind = "and" if len(parts) == 2 else "and3"
    rules = [part.rule for part in parts if part.rule is not None]
    if len({_first_word(part.text) for part in parts}) == 1 and kind in ("or", "or3"):
        kind = {"or": "and", "or3": "and3"}[kind]
    section = "and.C" if kind == "and" and forms == {CLAUSE} else kind
    if "or" not in kind[:2] and any(_splits(part) for part in parts):
        return None
    words = t.say(section, **dict(zip("xyzq", (part.text for part in parts), strict=False)))
    form = CLAUSE if CLAUSE in forms else VERB if parts[0].form == VERB else MODIFIER
    if form == VERB and forms != {VERB}:
        form = VERB if kind in ("and", "and3") else CLAUSE
    tags = dict.fromkeys(tag for part in parts for tag in part.tags if tag != "implicit-column")
    hidden = ("implicit-column",) if all("implicit-column" in part.tags for part in parts) else ()
    size = {2: (), 3: ("three",), 4: ("four",)}[len(parts)]
    return Said(form, words, _rule(kind, rules), (*tags, *hidden, *size))


def _splits(part: Said) -> bool:
    """`under 5 or over 9`: its `or` would be taken for one between the parts."""
    return isinstance(part.rule, n.Between) and part.rule.name == "NotBetween" and " or " in part.text


def _first_word(text: str) -> str:
    return text.split(" ", 1)[0]


def _rule(kind: str, rules: list[n.Rule]) -> n.Rule:
    match kind:
        case "or" | "or3" | "or4":
            return n.Or(tuple(rules))
        case "unless" | "but.not":
            return n.And((rules[0], negated(rules[1])))
        case "neither" | "neither3":
            return n.And(tuple(negated(rule) for rule in rules))
        case "notboth":
            return n.Or(tuple(negated(rule) for rule in rules))
        case "and.or":
            return n.And((rules[0], n.Or((rules[1], rules[2]))))
        case "or.and":
            return n.And((n.Or((rules[0], rules[1])), rules[2]))
        case "ors.thenand":
            return n.Or((rules[0], n.And((rules[1], rules[2]))))
        case "and.thenor":
            return n.Or((n.And((rules[0], rules[1])), rules[2]))
        case "and.and.or":
            return n.And((rules[0], rules[1], n.Or((rules[2], rules[3]))))
        case "two.ors":
            return n.And((n.Or((rules[0], rules[1])), n.Or((rules[2], rules[3]))))
        case "two.ands":
            return n.Or((n.And((rules[0], rules[1])), n.And((rules[2], rules[3]))))
        case _:
            return n.And(tuple(rules))
