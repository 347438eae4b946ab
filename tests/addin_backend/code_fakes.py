"""A model that writes code as the test says, in place of a bundle."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from grammar.codec.code.reading import Written
from tests.addin_backend.fakes import FakeGenerator


@dataclass
class FakeWriter(FakeGenerator):
    """Answers a description with the texts under its words, else with `other`; the first is the likeliest."""

    texts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    other: Sequence[str] = ("ls -la", "ls")
    info: dict[str, object] = field(default_factory=lambda: {"name": "fake", "languages": ["cf", "bash"]})
    described: list[str] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    waiting: Callable[[], None] | None = None

    def write_code(
        self, utterances: Sequence[str], language: str, *, limit: int, seeds: int = 16, seed: int = 0
    ) -> list[list[Written]]:
        assert language in self.info["languages"]  # type: ignore[operator]  # a list of names
        if self.waiting is not None:
            self.waiting()
        self.described += utterances
        self.groups.append(len(utterances))
        found = [self.texts.get(utterance, self.other)[:limit] for utterance in utterances]
        return [[Written(text, 0.6 / (k + 1), 4, seeds) for k, text in enumerate(texts)] for texts in found]
