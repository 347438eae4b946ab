"""Pooled vectors of headers and cell values, with a cache: the same table is asked about many times."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from grammar.codec.pieces import PieceTokenizer

Encode = Callable[[NDArray[np.int64], NDArray[np.bool_]], NDArray[np.float32]]


class StringVectors:
    """Texts -> (texts, text_width); least recently used texts are forgotten beyond `capacity`."""

    def __init__(self, tokenizer: PieceTokenizer, encode: Encode, capacity: int = 20_000, batch: int = 128) -> None:
        self._tokenizer, self._encode, self._capacity, self._batch = tokenizer, encode, capacity, batch
        self._known: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._lock = Lock()

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors in the order of the texts (at least one text)."""
        with self._lock:
            found = {text: self._known[text] for text in texts if text in self._known}
        missing = list(dict.fromkeys(text for text in texts if text not in found))
        found |= dict(zip(missing, self._compute(missing), strict=True))
        with self._lock:
            for text in found:
                self._known[text] = found[text]
                self._known.move_to_end(text)
            while len(self._known) > self._capacity:
                self._known.popitem(last=False)
        return np.stack([found[text] for text in texts])

    def _compute(self, texts: list[str]) -> list[NDArray[np.float32]]:
        ids = [self._tokenizer.string(text) for text in texts]
        order = sorted(range(len(ids)), key=lambda k: len(ids[k]))
        result: list[NDArray[np.float32]] = [np.zeros(0, np.float32)] * len(ids)
        for start in range(0, len(order), self._batch):
            rows = order[start : start + self._batch]
            pieces = np.zeros((len(rows), max(len(ids[k]) for k in rows)), np.int64)
            for at, k in enumerate(rows):
                pieces[at, : len(ids[k])] = ids[k]
            for k, vector in zip(rows, self._encode(pieces, pieces > 0), strict=True):
                result[k] = vector
        return result
