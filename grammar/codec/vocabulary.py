"""The output tokens of the rule language: one per predicate, function, constant and look word, and the sentinels.

Sentinels: `w0…` are words of the utterance, `c0…` column slots, `v0…` value slots of the column named last.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from grammar import nodes as n
from grammar.codec.view import MAX_COLUMNS, MAX_FRAGMENTS, MAX_VALUES
from grammar.codec.words import MAX_WORDS

PAD = "<pad>"
ABSTAIN = "<abstain>"
ICON_STYLES = (
    "3Arrows", "3ArrowsGray", "3Flags", "3Signs", "3Stars", "3Symbols", "3Symbols2", "3TrafficLights1", "3TrafficLights2",
    "3Triangles", "4Arrows", "4ArrowsGray", "4Rating", "4RedToBlack", "4TrafficLights", "5Arrows", "5ArrowsGray", "5Boxes",
    "5Quarters",
    "5Rating",
)  # fmt: skip
CONSTANTS = (
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 18, 20, 24, 25, 28, 30, 31, 40, 45, 50, 60, 75, 80, 90, 99, 100,
    120, 180, 182, 200, 300, 365, 500, 730, 1000, 5000, 10000, 100000, 1000000, 0.01, 0.05, 0.1, 0.2, 0.25, 0.3, 0.5, 0.7,
    0.75, 0.8, 0.9, 0.95,
    1.05, 1.1, 1.15, 1.2, 1.25, 1.3, 1.5, 2.5,
)  # fmt: skip
MODIFIERS = ("UP", "DOWN", "START", "FINISH", "NEGATIVE")
YEARS = {"YEAR-1": -1, "YEAR+0": 0, "YEAR+1": 1}  # last, this and next year as a number
LOOKS = ("ROW", "CELLS", "FILL", "FONT", "BORDER", "BOLD", "ITALIC", "UNDERLINE", "STRIKE")
LOOK_KEYS = {"FILL": "fill", "FONT": "font_color", "BORDER": "border", "BOLD": "bold", "ITALIC": "italic",
"UNDERLINE": "underline",
             "STRIKE": "strikethrough"}  # fmt: skip


def _tokens() -> tuple[str, ...]:
    fixed = (
        PAD, ABSTAIN, *n.COMPARISONS, *n.RANGES, *n.TEXT_TESTS, *n.STATES, *n.RANKS, *n.AVERAGES, *n.PERIODS, *n.VISUALS,
        "AND", "OR", "NOT", *n.FUNCTIONS, *n.OPERATORS, "TODAY()", "TRUE", "FALSE", *MODIFIERS, *YEARS, *ICON_STYLES,
        *(f"#{value:g}" for value in CONSTANTS), *LOOKS,
    )  # fmt: skip
    sentinels = [f"c{k}" for k in range(MAX_COLUMNS)] + [f"v{k}" for k in range(MAX_VALUES + MAX_FRAGMENTS)]
    return (*fixed, *sentinels, *(f"w{k}" for k in range(MAX_WORDS)))


@dataclass(frozen=True)
class Vocabulary:
    """Output tokens and their ids; sentinels stand last, in the order columns, values, words."""

    tokens: tuple[str, ...]

    @cached_property
    def ids(self) -> dict[str, int]:
        """Token -> id."""
        return {token: k for k, token in enumerate(self.tokens)}

    @property
    def first_column(self) -> int:
        """Id of c0."""
        return self.ids["c0"]

    @property
    def first_value(self) -> int:
        """Id of v0."""
        return self.ids["v0"]

    @property
    def first_word(self) -> int:
        """Id of w0."""
        return self.ids["w0"]

    def __len__(self) -> int:
        return len(self.tokens)


RULES = Vocabulary(_tokens())
