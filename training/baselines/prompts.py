"""Few-shot prompts for language models: the five training pairs nearest to the question, then the question.

Nearness is the cosine of TF-IDF vectors of the words.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from grammar.codec.view import make_view
from grammar.parse import parse
from grammar.printer import show
from grammar.table import column_letter
from training.corpus.requests import Request

SHOTS = 5
ABSTENTION = "none"
"""What a language model writes where nothing can be done."""

_INTRODUCTIONS = {
    "cf": f"Write the conditional-formatting rule of each request over its table; `{ABSTENTION}` where there is none.",
    "python": "Write one line of Python for each request.",
    "bash": "Write one Bash command for each request.",
}


@dataclass(frozen=True, slots=True)
class Shot:
    """A question in words with its answer in code."""

    question: str
    answer: str


def question_of(request: Request) -> str:
    """A CF request in words: what is asked, the columns with their kinds and the values that the models are shown."""
    view = make_view(request.utterance, request.table)
    columns = []
    for slot, index in enumerate(view.columns):
        column = request.table.columns[index]
        values = [value.text for value in view.values if value.column == slot][:4]
        shown = f": {', '.join(values)}" if values else ""
        columns.append(f"c[{index}] {column.header or column_letter(index)} ({column.kind}){shown}")
    return f"{request.utterance}\nTable: {'; '.join(columns)}"


def shot_of(request: Request) -> Shot:
    """A CF request with its rule, as an example."""
    return Shot(question_of(request), ABSTENTION if request.rule is None else show(parse(request.rule)))


class Prompter:
    """Prompts of one language from its training pairs."""

    def __init__(self, language: str, shots: Sequence[Shot], count: int = SHOTS) -> None:
        if language not in _INTRODUCTIONS:
            raise ValueError(f"{language} is none of {', '.join(_INTRODUCTIONS)}")
        self.language, self.shots, self.count = language, list(shots), count
        bags = [Counter(_words(shot.question)) for shot in self.shots]
        seen = Counter(word for bag in bags for word in bag)
        self._rarity = {word: math.log((1 + len(bags)) / (1 + number)) + 1 for word, number in seen.items()}
        self._vectors = [self._vector(bag) for bag in bags]

    def nearest(self, question: str, count: int) -> list[Shot]:
        """The nearest examples, the nearest last, where it stands next to the question."""
        own = self._vector(Counter(_words(question)))
        likeness = [sum(weight * vector.get(word, 0.0) for word, weight in own.items()) for vector in self._vectors]
        order = sorted(range(len(self.shots)), key=lambda k: (-likeness[k], k))[:count]
        return [self.shots[k] for k in reversed(order)]

    def prompt(self, question: str, count: int | None = None) -> str:
        """The whole prompt with `count` examples (default: the prompter's); the model goes on after its last word."""
        parts = [_INTRODUCTIONS[self.language]]
        parts += [
            f"Request: {shot.question}\nAnswer: {shot.answer}"
            for shot in self.nearest(question, self.count if count is None else count)
        ]
        return "\n\n".join([*parts, f"Request: {question}\nAnswer:"])

    def cut(self, text: str) -> str:
        """The answer out of what a model wrote: up to the next request, without a code fence; one line but for Python."""
        answer = re.split(r"\n\s*\n|\nRequest:", text.strip())[0].strip()
        answer = re.sub(r"^```\w*\n?|\n?```$", "", answer).strip().strip("`").removeprefix("Answer:").strip()
        return answer if self.language == "python" else answer.split("\n")[0]

    def _vector(self, bag: Counter[str]) -> dict[str, float]:
        unknown = math.log(1 + len(self.shots)) + 1
        weights = {word: number * self._rarity.get(word, unknown) for word, number in bag.items()}
        norm = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return {word: weight / norm for word, weight in weights.items()}


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
