"""An utterance about code laid out in positions for the encoder: `[CLS] bash : …words and signs… [SEP]`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from grammar.codec.code.words import Chunk, chunks
from grammar.codec.links import Link
from grammar.codec.pieces import MAX_PIECES, PIECE, PieceTokenizer, Placement
from grammar.codec.view import FEATURES, WordClass
from grammar.codec.vocabulary import RULES


def place_code(utterance: str, language: str, tokenizer: PieceTokenizer) -> Placement:
    """Pieces of the language's name and of every chunk, words marked by their sentinels; cut at MAX_PIECES."""
    found = chunks(utterance)
    pieces = [tokenizer.first, *tokenizer.word(language), *tokenizer.word(":")]
    before = len(pieces)
    origin, classes = [-1] * before, [0] * before
    for k, chunk in enumerate(found):
        ids = tokenizer.word(chunk.word.text)
        if len(pieces) + len(ids) >= MAX_PIECES:
            break
        pieces += ids
        origin += [k] * len(ids)
        classes += [_class(chunk) + 1] * len(ids)
    pieces, origin, classes = [*pieces, tokenizer.last], [*origin, -1], [*classes, 0]
    marks = [RULES.first_word + found[k].number if k >= 0 and found[k].number >= 0 else 0 for k in origin]
    return Placement(
        np.array(pieces, np.int64), np.array(classes, np.int64), np.full(len(pieces), PIECE, np.int64),
        np.array([(mark, 0) for mark in marks], np.int64), np.zeros((0, FEATURES), np.float32), _links(len(found)),
        np.array(origin, np.int64),
    )  # fmt: skip


def _class(chunk: Chunk) -> WordClass:
    first = chunk.word.text[0]
    if first.isdigit():
        return WordClass.DIGITS
    return WordClass.OTHER if first.isalpha() else WordClass.SIGN


def _links(count: int) -> NDArray[np.int8]:
    """(count, count): every chunk with itself and its neighbours, as between the words of a rule's request."""
    links = np.zeros((count, count), np.int8)
    index = np.arange(count)
    links[index, index] = Link.SELF
    links[index[:-1], index[1:]], links[index[1:], index[:-1]] = Link.NEXT, Link.PREVIOUS
    links[index[:-2], index[2:]] = links[index[2:], index[:-2]] = Link.NEAR_WORDS
    return links
