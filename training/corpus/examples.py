"""Requests -> arrays: what the linked encoder and the losses need of one request, before batching."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grammar.codec.encode import EncodingError, encode
from grammar.codec.pieces import PieceTokenizer, Placement, place
from grammar.codec.view import View, make_view
from grammar.codec.vocabulary import RULES
from grammar.errors import GrammarError
from grammar.parse import parse
from training.corpus.augment import AUGMENTATIONS
from training.corpus.requests import TODAY, Request


@dataclass(eq=False, slots=True)
class Example:
    """One encoded request. `strings` are rows of the string table; `target` token ids without padding; `lower` is a cache."""

    placed: Placement
    strings: NDArray[np.int64]  # (M,)
    target: NDArray[np.int64]
    lower: NDArray[np.float16] | None = None  # (U, text_width), lower states of the sentence encoder

    @property
    def sizes(self) -> tuple[int, int]:
        """Word pieces, and columns and values, in the encoder."""
        return len(self.placed.pieces), len(self.strings)


class Strings:
    """Texts of headers and values, each once."""

    def __init__(self) -> None:
        self.rows: dict[str, int] = {}

    def add(self, texts: Iterable[str]) -> NDArray[np.int64]:
        """Row numbers of the texts; new ones are appended."""
        return np.array([self.rows.setdefault(text, len(self.rows)) for text in texts], dtype=np.int64)


def make_example(request: Request, tokenizer: PieceTokenizer, strings: Strings, length: int) -> Example:
    """Encode one request.

    Raises:
        EncodingError: the rule cannot be said with what the view shows, or not in `length` tokens.
        GrammarError: the rule is no rule.
    """
    view = make_view(request.utterance, request.table)
    rule = parse(request.rule) if request.rule is not None else None
    tokens = encode(rule, view, scope=request.scope, look=request.look, today=TODAY)
    if len(tokens) > length:
        raise EncodingError(f"{len(tokens)} tokens")
    target = np.array([RULES.ids[token] for token in tokens], dtype=np.int64)
    return Example(place(view, tokenizer), strings.add(view.strings()), target)


def make_examples(
    requests: list[Request],
    tokenizer: PieceTokenizer,
    strings: Strings,
    length: int,
    *,
    variants: int,
    seed: int,
    progress: Callable[[int], None] = lambda _: None,
) -> list[list[Example]]:
    """Per request that can be encoded: the example itself, then up to `variants` augmented ones."""
    rng = random.Random(seed)
    result = []
    for number, request in enumerate(requests):
        progress(number)
        try:
            group = [make_example(request, tokenizer, strings, length)]
        except EncodingError:
            continue
        for _ in range(variants):
            changed = request
            for augmentation in rng.sample(AUGMENTATIONS, 2):
                changed = augmentation(changed, rng)
            if changed.utterance == request.utterance:
                continue
            try:
                group.append(make_example(changed, tokenizer, strings, length))
            except GrammarError:
                continue
        result.append(group)
    return result


def view_of(request: Request) -> View:
    """The view that evaluation decodes against."""
    return make_view(request.utterance, request.table)


def place_only(view: View, tokenizer: PieceTokenizer, strings: Strings) -> Example:
    """An example without a target, for generation."""
    return Example(place(view, tokenizer), strings.add(view.strings()), np.zeros(0, np.int64))
