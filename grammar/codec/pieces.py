"""A view as arrays: word pieces of the utterance, and for every position its kind, sentinel and links.

Positions: the pieces ([CLS], the words' pieces, [SEP]), then columns, then values.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from grammar.codec.view import FEATURES, View
from grammar.codec.vocabulary import RULES

MAX_PIECES = 112
MAX_PIECES_PER_WORD = 6
MAX_STRING_PIECES = 16
PIECE, COLUMN, VALUE, FRAGMENT = range(4)


class PieceTokenizer:
    """Word pieces of single words and short strings, from a `tokenizer.json`; ValueError when it has no [CLS] or [SEP]."""

    def __init__(self, path: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(path))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self.first, self.last = self.special("[CLS]"), self.special("[SEP]")
        self.word = lru_cache(maxsize=65536)(self._word)

    def special(self, token: str) -> int:
        """Id of a special token such as [MASK]; ValueError when there is none."""
        number: int | None = self._tokenizer.token_to_id(token)
        if number is None:
            raise ValueError(f"the tokenizer has no {token}")
        return number

    def _word(self, text: str) -> tuple[int, ...]:
        ids = self._tokenizer.encode(text[:100], add_special_tokens=False).ids
        return tuple(ids[:MAX_PIECES_PER_WORD])

    def string(self, text: str) -> tuple[int, ...]:
        """[CLS] pieces [SEP] of a header or a value."""
        ids = self._tokenizer.encode(text[:200].replace("_", " "), add_special_tokens=False).ids[:MAX_STRING_PIECES]
        return (self.first, *ids, self.last)


@dataclass(frozen=True, eq=False, slots=True)
class Placement:
    """Arrays of one view. U pieces, M nodes, P = U + M positions, N nodes of the view (words included)."""

    pieces: NDArray[np.int64]  # (U,)
    word_classes: NDArray[np.int64]  # (U,)
    kinds: NDArray[np.int64]  # (P,)
    sentinels: NDArray[np.int64]  # (P, 2) token ids, 0 for none
    features: NDArray[np.float32]  # (M, FEATURES)
    links: NDArray[np.int8]  # (N, N), as in the view
    origin: NDArray[np.int64]  # (P,) node of the view, -1 for [CLS] and [SEP]

    def position_links(self) -> NDArray[np.int8]:
        """Links between positions, (P, P)."""
        padded = np.zeros((len(self.links) + 1, len(self.links) + 1), dtype=np.int8)
        padded[:-1, :-1] = self.links
        return padded[self.origin[:, None], self.origin[None, :]]


def place(view: View, tokenizer: PieceTokenizer) -> Placement:
    """Lay a view out in positions."""
    pieces, origin, classes = [tokenizer.first], [-1], [0]
    for k, word in enumerate(view.words):
        ids = tokenizer.word(word.text)
        if len(pieces) + len(ids) >= MAX_PIECES:
            break
        pieces += ids
        origin += [k] * len(ids)
        classes += [int(view.word_classes[k]) + 1] * len(ids)
    pieces.append(tokenizer.last)
    origin.append(-1)
    classes.append(0)
    count_w, count_c = len(view.words), len(view.columns)
    sentinels = [(RULES.first_word + k, 0) if k >= 0 else (0, 0) for k in origin]
    sentinels += [(RULES.first_column + slot, 0) for slot in range(count_c)]
    sentinels += [(RULES.first_column + v.column, RULES.first_value + v.slot) for v in view.values]
    kinds = [PIECE] * len(pieces) + [COLUMN] * count_c + [VALUE if v.whole else FRAGMENT for v in view.values]
    features = np.concatenate([view.features, np.zeros((len(view.values), FEATURES), np.float32)])
    return Placement(
        np.array(pieces, np.int64), np.array(classes, np.int64), np.array(kinds, np.int64), np.array(sentinels, np.int64),
        features, view.links.astype(np.int8), np.array(origin + list(range(count_w, count_w + count_c + len(view.values))),
        np.int64),
    )  # fmt: skip
