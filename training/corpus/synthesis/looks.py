"""Formats and scope in words: what a request's `format` and `scope` are and how the sentence says them."""

from __future__ import annotations

from dataclasses import dataclass

from training.corpus.synthesis.literals import keep
from training.corpus.synthesis.teller import Teller

_SINGLES = {"fill": 64, "font": 13, "bold": 8, "border": 5, "strike": 3, "italic": 3, "underline": 2}
_COMBINED = {
    "fillbold": 4,
    "fontbold": 4,
    "fillfont": 4,
    "fillfontbold": 2,
    "fillitalic": 1,
    "fontitalic": 1,
    "boldunder": 1,
    "fontstrike": 1,
    "fillborder": 1,
}
_KEYS = {"fill": "fill", "font": "font_color", "border": "border", "bold": "bold", "italic": "italic", "under": "underline",
"underline": "underline",
         "strike": "strikethrough"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wish:
    """A format. `name` is the section of `looks.txt`; `colours` as said, the first is <c>, the second <d>."""

    name: str
    colours: tuple[str, ...]
    look: dict[str, str | bool]

    @property
    def single(self) -> bool:
        return self.name in _SINGLES


def make_wish(t: Teller, taken: str) -> Wish:
    """A format whose colours do not occur in the words `taken`."""
    name = t.weighted(_SINGLES) if t.chance(0.86) else t.weighted(_COMBINED)
    parts = _parts(name)
    colours: list[str] = []
    look: dict[str, str | bool] = {}
    for part in parts:
        if part in ("fill", "font", "border"):
            colour = _colour(t, taken + " ".join(colours))
            colours.append(colour)
            look[_KEYS[part]] = colour
        else:
            look[_KEYS[part]] = True
    return Wish(name, tuple(colours), look)


def _parts(name: str) -> list[str]:
    found = []
    rest = name
    while rest:
        part = next(
            p for p in ("underline", "under", "strike", "italic", "border", "bold", "fill", "font") if rest.startswith(p)
        )
        found.append(part)
        rest = rest[len(part) :]
    return found


def _colour(t: Teller, taken: str) -> str:
    folded = taken.casefold()
    for _ in range(20):
        colour = t.say("colours") if t.chance(0.74) else t.say("shaded")
        if not any(word in folded for word in colour.casefold().split()):
            return colour
    return "chartreuse"


def tail(wish: Wish, t: Teller) -> str:
    """The format as words after a comma."""
    return _say(wish, f"{wish.name}.tail" if wish.single else wish.name, t)


def prep(wish: Wish, t: Teller) -> str:
    """The format as words straight after a noun phrase."""
    return _say(wish, f"{wish.name}.prep", t) if wish.single else f"in {tail(wish, t)}"


def around(wish: Wish, np: str, t: Teller) -> str:
    """The format as an order about a noun phrase."""
    return _say(wish, f"{wish.name}.verb", t, np=np) if wish.single else f"make {np} {tail(wish, t)}"


def conditional(wish: Wish, clause: str, t: Teller) -> str:
    """`if <C>, make it red`."""
    return _say(wish, f"{wish.name}.if", t, C=clause) if wish.single else f"if {clause}, {tail(wish, t)}"


def _say(wish: Wish, section: str, t: Teller, **slots: str) -> str:
    colours = dict(zip(("c", "d"), map(keep, wish.colours), strict=False))
    return t.say(section, **colours, **slots)
