"""Bash and Python pairs -> examples of the linked encoder: the same arrays as a request for a rule, without columns and values.

The augmentation is free of charge: a copied word may be any other of its kind, in the utterance and so in the code, while the
target stays the same.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from grammar.codec.code.codec import encode
from grammar.codec.code.pieces import FIRST_PIECE, CodePieces
from grammar.codec.code.placing import place_code
from grammar.codec.code.words import code_words
from grammar.codec.pieces import PieceTokenizer
from grammar.codec.vocabulary import RULES
from training.corpus.code_splits import Pair
from training.corpus.examples import Example

_PATTERNS = (r"\d+", r"\d.*", r"[~/.]*/.*", r".*[*?].*", r"[$%-].*", r"\w+", r"\w+\.\w+", r".*/.*")
_KINDS = tuple(map(re.compile, _PATTERNS))


class Literals:
    """Words that the code of a language copies, by kind: numbers, paths, globs, options, names, file names and the rest."""

    def __init__(self, words: Sequence[str]) -> None:
        self._by_kind: dict[int, list[str]] = defaultdict(list)
        for word in sorted(set(words)):
            self._by_kind[_kind(word)].append(word)

    def swapped(self, utterance: str, tokens: Sequence[int], rng: random.Random) -> str:
        """Some of the words that the tokens copy replaced by others of their kind; the utterance itself where that fails."""
        words = code_words(utterance)
        copied = sorted({token - RULES.first_word for token in tokens if RULES.first_word <= token < FIRST_PIECE})
        chosen = {words[k].text: self._other(words[k].text, rng) for k in copied if rng.random() < 0.7}
        parts, at = [], 0
        for word in words:
            parts += [utterance[at : word.start], chosen.get(word.text, word.text)]
            at = word.end
        text = "".join(parts) + utterance[at:]
        expected = [chosen.get(word.text, word.text) for word in words]
        return text if [word.text for word in code_words(text)] == expected else utterance

    def _other(self, word: str, rng: random.Random) -> str:
        return rng.choice(self._by_kind.get(_kind(word)) or [word])


def code_example(pair: Pair, language: str, tokenizer: PieceTokenizer, pieces: CodePieces) -> Example:
    """Encode one pair; the target may be of any length."""
    target = np.array(encode(pair.utterance, pair.code, language, pieces), np.int64)
    return Example(place_code(pair.utterance, language, tokenizer), np.zeros(0, np.int64), target)


def code_examples(
    found: Sequence[Pair], language: str, tokenizer: PieceTokenizer, pieces: CodePieces, length: int, *,
    variants: int, seed: int,
) -> list[list[Example]]:  # fmt: skip
    """Per pair whose code fits: the example itself, then up to `variants` with other literals."""
    rng, groups = random.Random(seed), []
    kept = [(pair, code_example(pair, language, tokenizer, pieces)) for pair in found]
    kept = [(pair, example) for pair, example in kept if 0 < len(example.target) <= length]
    literals = Literals([word for pair, example in kept for word in _copied(pair.utterance, example)])
    for pair, example in kept:
        group = [example]
        for _ in range(variants):
            text = literals.swapped(pair.utterance, example.target.tolist(), rng)
            if text != pair.utterance:
                group.append(Example(place_code(text, language, tokenizer), example.strings, example.target))
        groups.append(group)
    return groups


def _copied(utterance: str, example: Example) -> list[str]:
    words = code_words(utterance)
    return [words[t - RULES.first_word].text for t in example.target.tolist() if RULES.first_word <= t < FIRST_PIECE]


def _kind(word: str) -> int:
    return next((k for k, kind in enumerate(_KINDS) if kind.fullmatch(word)), len(_KINDS))
