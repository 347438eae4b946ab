"""What speaks for and against each reading of a request, as numbers: the model's own probabilities, the cells it would colour,
and which words of the request it makes use of. `addin_backend.ranking` weighs them.

Nothing here writes or changes a rule. A word counts as used when the reading's tokens copy it (a literal, a colour), or when it
is linked to a column or a value that the reading uses (see `grammar.codec.links`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grammar import nodes as n
from grammar.codec.view import STOP_WORDS, Link, View, WordClass
from grammar.target import target_column

NAMES = (
    "log_probability", "behind_best", "score", "votes", "nothing", "everything", "share", "ordered_text", "visual",
    "conditions", "tokens", "mask_agreement", "same_target", "same_columns", "unused_numbers", "unused_values",
    "unused_headers", "unlinked_columns", "named_columns", "unused_words", "reused_words", "compares_itself",
    "unlinked_values", "constants",
    "negated", "blanks",
)  # fmt: skip
LEAST = 1e-6
_VALUE_LINKS = (Link.VALUE_FULL, Link.VALUE_WORD, Link.VALUE_STEM)
_HEADER_LINKS = (Link.HEADER_FULL, Link.HEADER_WORD, Link.HEADER_STEM, Link.HEADER_SHORT, Link.LETTER)


@dataclass(frozen=True, eq=False)
class Reading:
    """One reading: `probability` summed over the sequences that mean it, `tokens` of the likeliest of them, rows it colours."""

    rule: n.Rule
    probability: float
    score: float
    votes: float
    tokens: tuple[str, ...]
    mask: NDArray[np.bool_]
    ordered_text: bool


def signs(view: View, readings: Sequence[Reading], abstention: float) -> NDArray[np.float32]:
    """(readings, signs): a row for every reading; `abstention` is the probability that the model gives to saying nothing."""
    result = np.zeros((len(readings), len(NAMES)), np.float32)
    if not readings:
        return result
    best = max([abstention, LEAST, *(r.probability for r in readings)])
    words = _Words(view)
    agreement, target, columns = _support(readings)
    for k, reading in enumerate(readings):
        row = [
            math.log(max(reading.probability, LEAST)), math.log(max(reading.probability, LEAST)) - math.log(best),
            max(reading.score, -5.0), reading.votes, *_coloured(reading), _conditions(reading.rule), len(reading.tokens) / 10,
            agreement[k], target[k], columns[k], *words.use(reading.tokens), _compares_itself(reading.rule),
        ]  # fmt: skip
        kinds = set(reading.tokens)
        constants = sum(token.startswith("#") for token in reading.tokens)
        row += [words.unlinked_values(reading.tokens), constants, "NOT" in kinds or "NotEquals" in kinds, "Blanks" in kinds]
        result[k] = row
    return result


def _coloured(reading: Reading) -> tuple[float, float, float, float, float]:
    """nothing, everything, share, ordered_text, visual."""
    if isinstance(reading.rule, n.Visual):
        return 0.0, 0.0, 0.0, 0.0, 1.0
    share = float(reading.mask.mean()) if len(reading.mask) else 0.0
    return float(share == 0), float(share == 1), share, float(reading.ordered_text), 0.0


def _support(readings: Sequence[Reading]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """How much probability agrees with each reading.

    The expected likeness of the coloured rows (Jaccard), the probability of all readings that colour the same column, and of
    all that read the same columns; each (readings,).
    """
    weights = np.array([r.probability for r in readings])
    weights = weights / max(weights.sum(), LEAST)
    masks = np.array([r.mask for r in readings], dtype=np.float32)
    both = masks @ masks.T
    sizes = masks.sum(1)
    either = sizes[:, None] + sizes[None, :] - both
    likeness = np.where(either > 0, both / np.maximum(either, 1), 1.0)
    targets = np.array([-1 if (at := target_column(r.rule)) is None else at for r in readings])
    sets = [frozenset(n.columns_of(r.rule)) for r in readings]
    same = np.array([[a == b for b in sets] for a in sets])
    return likeness @ weights, (targets[:, None] == targets[None, :]) @ weights, same @ weights


def _conditions(rule: n.Rule) -> float:
    """How many conditions are joined."""
    if isinstance(rule, n.And | n.Or):
        return float(sum(_conditions(item) for item in rule.items))
    return _conditions(rule.item) if isinstance(rule, n.Not) else 1.0


def _compares_itself(rule: n.Rule | n.Value) -> float:
    """1 where a column is compared with itself, as in `GreaterThan(c[4], c[4] * 0.1)`; its own average is no such thing."""
    if isinstance(rule, n.Compare):
        left, right = rule.left, rule.right
        if isinstance(left, n.Column) and left in _plain_columns(right):
            return 1.0
    return max((_compares_itself(child) for child in n.children(rule)), default=0.0)


def _plain_columns(value: n.Rule | n.Value) -> list[n.Value]:
    if isinstance(value, n.Column):
        return [value]
    if isinstance(value, n.Call):
        return []
    return [found for child in n.children(value) for found in _plain_columns(child)]


class _Words:
    """The words of one request that say something, and what they are linked to."""

    def __init__(self, view: View) -> None:
        count = len(view.words)
        self.view, self.count = view, count
        links = view.links[:count]
        self.to_columns = np.isin(links[:, count : count + len(view.columns)], _HEADER_LINKS)  # (W, C)
        self.to_values = np.isin(links[:, count + len(view.columns) :], _VALUE_LINKS)  # (W, V)
        classes = view.word_classes
        self.numbers = (classes == WordClass.DIGITS) | (classes == WordClass.NUMBER_WORD)
        stop = np.array([word.text.casefold() in STOP_WORDS for word in view.words], bool)
        self.content = ~stop & (classes != WordClass.SIGN)
        self.value_slots = {(value.column, value.slot): k for k, value in enumerate(view.values)}

    def use(self, tokens: Sequence[str]) -> tuple[float, ...]:
        """unused_numbers, unused_values, unused_headers, unlinked_columns, named_columns, unused_words, reused_words."""
        copied, columns, values = self._parts(tokens)
        used = copied > 0
        if columns:
            used = used | self.to_columns[:, columns].any(1)
        if values:
            used = used | self.to_values[:, values].any(1)
        free = self.content & ~used
        named = self.to_columns[:, columns].any(0) if columns else np.zeros(0, bool)
        linked = named | np.array([self._speaks(column, copied, values) for column in columns], bool)
        return (
            float((free & self.numbers).sum()), float((free & self.to_values.any(1)).sum()),
            float((free & self.to_columns.any(1) & ~self.to_values.any(1)).sum()), float((~linked).sum()), float(named.sum()),
            float(free.sum()) / max(float(self.content.sum()), 1.0), float((copied > 1).sum()),
        )  # fmt: skip

    def unlinked_values(self, tokens: Sequence[str]) -> float:
        """Values that no word resembles."""
        _, _, values = self._parts(tokens)
        return float(sum(not self.to_values[:, value].any() for value in values))

    def _speaks(self, column: int, copied: NDArray[np.int64], values: list[int]) -> bool:
        """Whether a copied word or a linked used value belongs to the column."""
        own = [k for k, value in enumerate(self.view.values) if value.column == column]
        return bool(own) and bool((self.to_values[:, own].any(1) & (copied > 0)).any() or any(k in values for k in own))

    def _parts(self, tokens: Sequence[str]) -> tuple[NDArray[np.int64], list[int], list[int]]:
        """How often each word is copied; the slots of the columns; the numbers of the values."""
        copied, columns, values = np.zeros(self.count, np.int64), [], []
        first, column = None, None
        for token in tokens:
            kind, number = token[0], token[1:]
            sentinel = number.isdigit() and kind in "cvw"
            at = int(number) if sentinel else -1
            if sentinel and kind == "w" and at < self.count:
                if first is None:
                    first = at
                else:
                    copied[first : at + 1] += 1
                    first = None
                continue
            if first is not None:  # a look of one word
                copied[first] += 1
                first = None
            if not sentinel:
                continue
            if kind == "c" and at < len(self.view.columns):
                column = at
                columns.append(at)
            elif kind == "v" and column is not None and (column, at) in self.value_slots:
                values.append(self.value_slots[column, at])
        if first is not None:
            copied[first] += 1
        return copied, sorted(set(columns)), values
