"""What typing does to a sentence: case, typos, missing apostrophes, signs at the end. Literals stay readable."""

from __future__ import annotations

import random
import re

from training.corpus.synthesis.literals import CASE, CLOSE, OPEN
from training.corpus.synthesis.phrases import tidy

_PIECES = re.compile(f"({OPEN}[^{CLOSE}]*{CLOSE})")
_AN = re.compile(f"\\ba (?={OPEN}?[aeioAEIO])")
_TWICE = re.compile(r"\b(?:(the|with|in|on|at|of) (?=\1 )|a (?=the ))")
_SINGULAR = re.compile(r"\b((?:every|any)thing (?:that|which)) (have|are|were|aren't|don't)\b")
_AGREED = {"have": "has", "are": "is", "were": "was", "aren't": "isn't", "don't": "doesn't"}
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_SHORT = (("with ", "w/ "), ("without ", "w/o "), (" and ", " n "), (" and ", " & "), ("please", "pls"))


def finish(text: str, rng: random.Random) -> str:
    """The utterance as typed, marks removed."""
    pieces = _PIECES.split(tidy(_AN.sub("an ", _TWICE.sub("", _SINGULAR.sub(_agree, text)))))
    free = [k for k, piece in enumerate(pieces) if piece and piece[0] != OPEN]
    if rng.random() < 0.3:
        for k in free:
            pieces[k] = pieces[k].replace("n't", "nt").replace("’", "'")
    if rng.random() < 0.03:
        long, short = rng.choice(_SHORT)
        for k in free:
            pieces[k] = pieces[k].replace(long, short)
    if rng.random() < 0.085:
        for _ in range(rng.choice((1, 1, 1, 2))):
            _mistype_one(pieces, free, rng)
    pieces = _cased(pieces, rng)
    words = "".join(piece.strip(OPEN + CLOSE + CASE) for piece in pieces)
    words = tidy(words)
    draw = rng.random()
    if words[-1:].isalnum() and draw < 0.06:
        words += "." if draw < 0.045 else "!"
    return words


def _agree(match: re.Match[str]) -> str:
    return f"{match[1]} {_AGREED[match[2]]}"


def _mistype_one(pieces: list[str], free: list[int], rng: random.Random) -> None:
    places = [(k, match) for k in free for match in _LONG_WORD.finditer(pieces[k])]
    if places:
        k, match = rng.choice(places)
        pieces[k] = pieces[k][: match.start()] + _mistype(match.group(), rng) + pieces[k][match.end() :]


def _mistype(word: str, rng: random.Random) -> str:
    """A letter left out, doubled, or in the wrong place."""
    at = rng.randrange(1, len(word))
    match rng.randrange(3):
        case 0:
            return word[:at] + word[at + 1 :]
        case 1:
            return word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]
        case _:
            return word[:at] + word[at] + word[at:]


def _cased(pieces: list[str], rng: random.Random) -> list[str]:
    draw = rng.random()
    if draw < 0.16:
        return [piece if piece[:2] == OPEN + CASE else piece.lower() for piece in pieces]
    if draw < 0.34:
        for k, piece in enumerate(pieces):
            stripped = piece.lstrip(OPEN)
            if stripped and not piece.startswith(OPEN + CASE):
                pieces[k] = piece[: len(piece) - len(stripped)] + stripped[0].upper() + stripped[1:]
                break
            if stripped:
                break
    elif draw < 0.348 and sum(map(len, pieces)) < 45:
        return [piece if piece[:2] == OPEN + CASE else piece.upper() for piece in pieces]
    return pieces
