"""A person's words made fit to be read: control characters out, length checked, and what is not read said."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from addin_backend.service_errors import EmptyUtteranceError, UtteranceTooLongError
from grammar.codec.words import MAX_WORDS, Word, split_words

MAX_CHARACTERS = 20_000
READ_CHARACTERS = 2_000
HINT = 'Say which cells to format, such as "amounts over 1000 in red".'

# Marks that only steer the direction of display (Unicode 15, UAX #9): they would split a word or hide in a copied literal.
_DIRECTION_MARKS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c\ufeff")


@dataclass(frozen=True, slots=True)
class Utterance:
    """Words ready for the model; `notes` are sentences about what was left out of them."""

    text: str
    notes: tuple[str, ...] = ()


def read_utterance(text: str, *, hint: str = HINT, split: Callable[[str, int], Sequence[Word]] = split_words) -> Utterance:
    """Clean a request: NFC, control and direction characters out, white space single, at most READ_CHARACTERS read.

    `hint` says what to write where there are no words; `split` cuts into words as the codec of the language does.

    Raises:
        EmptyUtteranceError: nothing is left.
        UtteranceTooLongError: more than MAX_CHARACTERS characters.
    """
    if len(text) > MAX_CHARACTERS:
        raise UtteranceTooLongError(
            f"The request has {len(text):,} characters; at most {MAX_CHARACTERS:,} are taken. One sentence is enough."
        )
    clean = " ".join("".join(map(_character, unicodedata.normalize("NFC", text))).split())
    if not any(unicodedata.category(character)[0] in "LN" for character in clean):
        raise EmptyUtteranceError(f"The request has no words. {hint}")
    notes = []
    if len(clean) > READ_CHARACTERS:
        notes.append(f"Only the first {READ_CHARACTERS:,} of {len(clean):,} characters were read.")
        clean = clean[:READ_CHARACTERS].rstrip()
    words = split(clean, MAX_WORDS + 1)
    if len(words) > MAX_WORDS:
        notes.append(f'Only the first {MAX_WORDS} words were read, up to "{words[MAX_WORDS - 1].text}".')
    return Utterance(clean, tuple(notes))


def _character(character: str) -> str:
    if character in _DIRECTION_MARKS:
        return ""
    return " " if unicodedata.category(character) in ("Cc", "Cs") else character
