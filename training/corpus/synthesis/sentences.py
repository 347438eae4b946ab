"""From a condition, a format and a scope to the sentence; the commonest sentence is the bare condition."""

from __future__ import annotations

from training.corpus.synthesis import looks
from training.corpus.synthesis.literals import keep
from training.corpus.synthesis.looks import Wish
from training.corpus.synthesis.teller import CLAUSE, MODIFIER, NOUN, Said, Teller

_ARROWS = (" -> ", " - ", ": ", " = ", " => ", " → ", " ... ", " / ")


def sentence(said: Said, wish: Wish | None, scope: str | None, t: Teller) -> str:
    """The utterance, with the marks of `literals.keep` still in it."""
    if said.rule is None or "visual" in said.tags:
        text = _plain(said, wish, t)
    elif scope == "row":
        text = _row(said, wish, t)
    elif scope == "cells":
        text = _cells(said, wish, t)
    elif wish:
        text = _formatted(said, wish, t)
    else:
        text = _bare_or_asked(said, t)
    if t.chance(0.03):
        text = f"{t.say('opening')} {text}"
    return f"{text}{t.pick((' ', ', ', ' '))}{t.say('closing')}" if t.chance(0.045) else text


def base(said: Said, t: Teller) -> str:
    """The condition on its own, or with the noun."""
    return t.say(f"bare.{said.form}", **{said.form: said.text})


def noun_phrase(said: Said, t: Teller) -> str:
    """The rows meant, as a noun phrase."""
    return t.say(f"np.{said.form}", **{said.form: said.text})


def _bare_or_asked(said: Said, t: Teller) -> str:
    draw = t.rng.random()
    if draw < 0.8:
        return base(said, t)
    if draw < 0.88:
        return noun_phrase(said, t)
    if draw < 0.975:
        return t.say("ask", np=noun_phrase(said, t))
    return t.say(f"question.{said.form}", **{said.form: said.text}) + ("?" if t.chance(0.6) else "")


def _formatted(said: Said, wish: Wish, t: Teller) -> str:
    draw = t.rng.random()
    if draw < 0.5:
        return f"{base(said, t)}, {looks.tail(wish, t)}"
    if draw < 0.66:
        return f"{_some(said, t)} {looks.prep(wish, t)}"
    if draw < 0.75:
        return f"{base(said, t)}{t.pick(_ARROWS)}{looks.tail(wish, t)}"
    if draw < 0.8:
        middles = (": ", " for ", " for ", " if " if said.form == CLAUSE else " for ")
        return f"{looks.tail(wish, t)}{t.pick(middles)}{_some(said, t)}"
    if draw < 0.85 and said.form == CLAUSE:
        return looks.conditional(wish, said.text, t)
    if draw < 0.88:
        return f"{t.say('ask', np=noun_phrase(said, t))} {looks.prep(wish, t)}"
    return looks.around(wish, noun_phrase(said, t), t)


def _some(said: Said, t: Teller) -> str:
    return base(said, t) if t.chance(0.78) else noun_phrase(said, t)


def _row(said: Said, wish: Wish | None, t: Teller) -> str:
    section = {CLAUSE: "row.np", MODIFIER: "row.npm", NOUN: "row.npn"}.get(said.form)
    rows = t.say(section, **{said.form: said.text}) if section and t.chance(0.45) else None
    if wish is None:
        return rows or f"{base(said, t)}, {t.say('row.tail')}"
    if rows is None:
        return f"{base(said, t)}, {t.say('row.look', l=looks.tail(wish, t))}"
    if t.chance(0.3) and not rows.startswith(("highlight", "mark", "colour")):
        return looks.around(wish, rows, t)
    return f"{rows}, {looks.tail(wish, t)}" if t.chance(0.5) else f"{rows} {looks.prep(wish, t)}"


def _cells(said: Said, wish: Wish | None, t: Teller) -> str:
    cells = f"{base(said, t)}, {t.say('cell.tail')}"
    if said.form == CLAUSE and t.chance(0.5):
        cells = t.say("cell.np", C=said.text)
    return f"{cells}, {looks.tail(wish, t)}" if wish else cells


def _plain(said: Said, wish: Wish | None, t: Teller) -> str:
    """Visuals and abstentions: as they are, with the colour named."""
    if wish is None:
        return said.text
    if "visual" in said.tags and said.text.startswith(("data bar", "bars")) and t.chance(0.5):
        return f"{keep(wish.colours[0])} {said.text}"
    if "visual" in said.tags:
        return f"{said.text}{t.pick((', ', ' in ', ', in '))}{keep(wish.colours[0])}"
    return f"{said.text}, {looks.tail(wish, t)}" if t.chance(0.6) else f"{said.text} {looks.prep(wish, t)}"
