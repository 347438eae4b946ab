"""How much the first candidates of one request differ (Singh et al. 2023, diversity of the top five), and edit distances.

Distinct n-grams over all n-grams of the candidates, the mean edit distance and the mean cosine similarity over all pairs of
candidates. `edit_distance` also draws the gradual improvement: the distance of the code decoded at a step to the last one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

TOP = 5
_TOKEN = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_")


@dataclass(frozen=True, slots=True)
class Diversity:
    """Of the candidates of one request. All from 0 to 1; `similarity` from -1 to 1, None when no vectors are given.

    `distinct`: share of distinct n-grams for n = 1, 2, 3, higher is more diverse (so is `distance`, not `similarity`).
    """

    distinct: tuple[float, float, float]
    distance: float
    similarity: float | None = None


def code_tokens(code: str) -> list[str]:
    """Words, numbers and single signs of code in any language; white space is left out."""
    return _TOKEN.findall(code)


def edit_distance(a: Sequence[str], b: Sequence[str]) -> int:
    """Levenshtein distance over tokens: how many must be added, removed or replaced."""
    return Levenshtein.distance(a, b)


def normalised_edit_distance(a: Sequence[str], b: Sequence[str]) -> float:
    """Edit distance over the longer length: 0 for equals, 1 when nothing is shared; 0 for two empty ones."""
    longer = max(len(a), len(b))
    return edit_distance(a, b) / longer if longer else 0.0


def distinct_ngrams(candidates: Sequence[Sequence[str]], n: int) -> float:
    """Distinct n-grams over all n-grams of all candidates together; 0 when none is so long."""
    found = [tuple(tokens[k : k + n]) for tokens in candidates for k in range(len(tokens) - n + 1)]
    return len(set(found)) / len(found) if found else 0.0


def mean_edit_distance(candidates: Sequence[Sequence[str]]) -> float:
    """Mean normalised edit distance over all pairs; 0 for fewer than two candidates."""
    found = [normalised_edit_distance(a, b) for a, b in combinations(candidates, 2)]
    return sum(found) / len(found) if found else 0.0


def mean_similarity(vectors: NDArray[np.floating]) -> float:
    """Mean cosine similarity over all pairs of `vectors` (candidates, width); 1 for fewer than two.

    Raises:
        ValueError: not two dimensions, or a vector without length.
    """
    vectors = np.asarray(vectors, dtype=np.float64)
    if vectors.ndim != 2:
        raise ValueError(f"vectors of shape (candidates, width) are needed, not {vectors.shape}")
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not lengths.all():
        raise ValueError("a vector of zeros has no direction")
    if len(vectors) < 2:
        return 1.0
    units = vectors / lengths
    first, second = np.triu_indices(len(vectors), 1)
    return float((units @ units.T)[first, second].mean())  # (candidates, candidates)


def diversity(candidates: Sequence[str], vectors: NDArray[np.floating] | None = None) -> Diversity:
    """Diversity of the first five candidates of one request; `vectors` (candidates, width), one per candidate.

    Raises:
        ValueError: no candidate, or not one vector per candidate.
    """
    if not candidates or (vectors is not None and len(vectors) != len(candidates)):
        raise ValueError(f"{len(candidates)} candidates, {None if vectors is None else len(vectors)} vectors")
    tokens = [code_tokens(code) for code in candidates[:TOP]]
    distinct = (distinct_ngrams(tokens, 1), distinct_ngrams(tokens, 2), distinct_ngrams(tokens, 3))
    return Diversity(distinct, mean_edit_distance(tokens), None if vectors is None else mean_similarity(vectors[:TOP]))


def mean_diversity(found: Sequence[Diversity]) -> Diversity:
    """The mean over requests; similarity only when every request has one.

    Raises:
        ValueError: no request.
    """
    if not found:
        raise ValueError("no request to take the mean of")
    columns = np.array([(*one.distinct, one.distance) for one in found]).mean(0)
    similarities = [one.similarity for one in found if one.similarity is not None]
    similarity = float(np.mean(similarities)) if len(similarities) == len(found) else None
    return Diversity((float(columns[0]), float(columns[1]), float(columns[2])), float(columns[3]), similarity)
