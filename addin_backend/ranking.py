"""Which reading of a request comes first, and how sure we are: the signs of `addin_backend.signs`, weighed.

The weights belong to a bundle (`ranking` in its bundle.json): `benchmarks.fit_ranking` learns them from a model's candidates
for written requests. A bundle without them is ranked by its probabilities and a few plain doubts. Whether to say
nothing is never learnt here: it is the model's own choice, against its best reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from addin_backend.signs import LEAST, NAMES
from grammar import nodes as n

_AT = {name: number for number, name in enumerate(NAMES)}
Scores = NDArray[np.float64]


class Ranking(Protocol):
    """Signs (readings, signs) -> their scores (readings,), higher is better."""

    def scores(self, signs: NDArray[np.float32]) -> Scores: ...  # log-probabilities up to a constant


@dataclass(frozen=True, slots=True)
class PlainRanking:
    """The model's probability times a factor for each doubt; 1 means "no effect"."""

    nothing: float = 0.15  # a rule that matches no row is mostly a misread literal, but may be a watch for the future
    everything: float = 0.4  # "highlight all" exists; a rule that colours each row by chance is rarer than one misread
    ordered_text: float = 0.1  # "Status is less than Overdue" is hardly ever meant; times kept as text ("07:00") have digits

    def __post_init__(self) -> None:
        factors = (self.nothing, self.everything, self.ordered_text)
        if not all(0 < factor <= 1 for factor in factors):
            raise ValueError("The weights of a ranking are factors in (0, 1].")

    def scores(self, signs: NDArray[np.float32]) -> Scores:
        """See `Ranking`."""
        result = signs[:, _AT["log_probability"]].astype(np.float64)
        for name in ("nothing", "everything", "ordered_text"):
            result += signs[:, _AT[name]] * np.log(getattr(self, name))
        return result

    def abstains(self, signs: NDArray[np.float32], abstention: float) -> bool:
        """Whether saying nothing is likelier than the best reading with its doubts."""
        return not len(signs) or float(np.log(max(abstention, LEAST))) > float(self.scores(signs).max())


@dataclass(frozen=True, eq=False, slots=True)
class LearnedRanking:
    """A small network over the signs. `mean`, `scale` (signs,); `layers` are (matrix (in, out), bias (out,)), tanh between."""

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    layers: tuple[tuple[NDArray[np.float64], NDArray[np.float64]], ...]

    def scores(self, signs: NDArray[np.float32]) -> Scores:
        """See `Ranking`."""
        values = (signs - self.mean) / self.scale
        for number, (matrix, bias) in enumerate(self.layers):
            values = (np.tanh(values) if number else values) @ matrix + bias
        return values[:, 0]

    @classmethod
    def from_info(cls, info: Mapping[str, Any]) -> LearnedRanking:
        """What bundle.json says.

        Raises:
            ValueError: weights of other signs, or of shapes that do not fit together.
        """
        if tuple(info["signs"]) != NAMES:
            raise ValueError("the bundle's ranking was learnt for other signs than this version computes; fit it again")
        layers = tuple((np.array(matrix, np.float64), np.array(bias, np.float64)) for matrix, bias in info["layers"])
        widths = [len(NAMES), *(matrix.shape[1] for matrix, _ in layers)]
        if [matrix.shape[0] for matrix, _ in layers] != widths[:-1] or widths[-1] != 1:
            raise ValueError("the layers of the bundle's ranking do not fit together; fit it again")
        return cls(np.array(info["mean"], np.float64), np.array(info["scale"], np.float64), layers)


def ranking_of(info: Mapping[str, Any]) -> Ranking:
    """The ranking of a bundle.

    Raises:
        ValueError: see `LearnedRanking.from_info`.
    """
    return LearnedRanking.from_info(info["ranking"]) if "ranking" in info else PlainRanking()


def confidences(scores: Scores) -> Scores:
    """Scores -> shares that sum to 1."""
    shares = np.exp(scores - scores.max(initial=-np.inf))
    return shares / shares.sum()  # type: ignore[no-any-return]  # numpy's sum


def orders_text(rule: n.Rule | n.Value) -> bool:
    """Whether words are compared by their order somewhere: `LessThan(c[3], "Overdue")`, `Between(c[2], "a", "dec")`."""
    match rule:
        case n.Compare(name, _, n.Text(text)) if name not in ("Equals", "NotEquals"):
            return not any(c.isdigit() for c in text)
        case n.Between(_, _, n.Text(low), n.Text(high)):
            return not any(c.isdigit() for c in low + high)
    return any(orders_text(child) for child in n.children(rule))
