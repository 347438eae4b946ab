"""Code lines as tensors for pre-training: the target y, and y with identifiers and built-ins masked as the encoder's input.

One class per route: `LinkedCode` (rules only, the rule vocabulary, word pieces as input) and `FlatCode` (all three languages,
CodeT5's vocabulary on both sides).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from grammar import nodes as n
from grammar.codec.links import Link
from grammar.codec.pieces import PieceTokenizer
from grammar.codec.view import FEATURES
from grammar.codec.vocabulary import RULES
from training.corpus.codet5 import END, MASK, START, CodeT5Tokenizer
from training.corpus.flat import LANGUAGES, FlatExample, collate_flat
from training.corpus.snippets import (
    Segment,
    bash_lines,
    bash_segments,
    is_masked_token,
    python_lines,
    python_segments,
    read_rules,
    rule_tokens,
)  # fmt: skip
from training.model.codefusion import Inputs, TextInputs
from training.model.config import ModelConfig


@dataclass(frozen=True, slots=True)
class CodeLine:
    """One line of code: a rule as a tree, other languages as text."""

    language: str
    code: str | n.Rule


def read_code(languages: Sequence[str], data: Path, limit: int) -> list[CodeLine]:
    """At most `limit` lines per language.

    Raises:
        FileNotFoundError: the data folder lacks the snippets of a language.
        ValueError: an unknown language.
    """
    result: list[CodeLine] = []
    for language in languages:
        if language == "python":
            result += [CodeLine(language, line) for line in python_lines(limit)]
        elif language in LANGUAGES:
            lines = (data / "prose" / f"{language}_snippets.txt").read_text(encoding="utf-8").splitlines()
            found: Sequence[str | n.Rule] = bash_lines(lines, limit) if language == "bash" else read_rules(lines)[:limit]
            result += [CodeLine(language, line) for line in found]
        else:
            raise ValueError(f"{language} is none of {', '.join(LANGUAGES)}")
    return result


class LinkedCode:
    """Rules in the rule vocabulary; the masked rule goes into the linked encoder as word pieces without columns or values."""

    def __init__(self, config: ModelConfig, tokenizer: PieceTokenizer) -> None:
        self.config = config
        self.tokenizer = tokenizer
        self.mask = tokenizer.special("[MASK]")

    def batch(self, lines: Sequence[CodeLine], rng: random.Random) -> tuple[Inputs, Tensor]:
        """The masked lines and the target tokens (B, length); lines are cut at the length."""
        rules = [rule_tokens(line.code, rng)[: self.config.length] for line in lines if not isinstance(line.code, str)]
        tokens = np.zeros((len(rules), self.config.length), np.int64)
        rows = [self._pieces(rule) for rule in rules]
        longest = max(len(row) for row in rows)
        pieces = np.zeros((len(rules), longest), np.int64)
        sentinels = np.zeros((len(rules), longest, 2), np.int64)
        for k, (rule, row) in enumerate(zip(rules, rows, strict=True)):
            tokens[k, : len(rule)] = [RULES.ids[token] for token in rule]
            pieces[k, : len(row)] = [piece for piece, _ in row]
            sentinels[k, : len(row), 0] = [mark for _, mark in row]
        return self._inputs(torch.from_numpy(pieces), torch.from_numpy(sentinels)), torch.from_numpy(tokens)

    def _pieces(self, rule: list[str]) -> list[tuple[int, int]]:
        """(piece, sentinel) of [CLS], every token, [SEP]; a masked token is [MASK], a word sentinel stands by its mark."""
        marks = [0 if is_masked_token(token) else RULES.ids[token] for token in rule]
        return [(self.tokenizer.first, 0), *((self.mask, mark) for mark in marks), (self.tokenizer.last, 0)]

    def _inputs(self, pieces: Tensor, sentinels: Tensor) -> Inputs:
        batch, length = pieces.shape
        zeros, mask = torch.zeros_like(pieces), pieces > 0
        links = torch.zeros((batch, length, length), dtype=torch.long)
        index = torch.arange(length)
        links[:, index, index] = int(Link.SELF)
        links[:, index[:-1], index[1:]] = int(Link.NEXT)
        links[:, index[1:], index[:-1]] = int(Link.PREVIOUS)
        nodes = torch.zeros((batch, 0, self.config.text_width))
        return Inputs(pieces, mask, zeros, nodes, torch.zeros((batch, 0, FEATURES)), zeros, sentinels, links, mask)


class FlatCode:
    """All three languages in CodeT5's vocabulary; the input is `python: y with <mask> for its identifiers`."""

    def __init__(self, config: ModelConfig, tokenizer: CodeT5Tokenizer) -> None:
        self.config = config
        self.tokenizer = tokenizer

    def batch(self, lines: Sequence[CodeLine], rng: random.Random) -> tuple[TextInputs, Tensor]:
        """The masked lines and the target tokens (B, length); lines are cut at the length."""
        return collate_flat([self._example(line, rng) for line in lines], self.config.length)

    def _example(self, line: CodeLine, rng: random.Random) -> FlatExample:
        pieces = [START, *self.tokenizer.ids(f"{line.language}:")]
        if isinstance(line.code, str):
            target = self.tokenizer.ids(line.code)
            for segment in self._segments(line.language, line.code):
                pieces += [MASK] if segment.masked else self.tokenizer.ids(segment.text)
        else:
            rule = rule_tokens(line.code, rng)
            target = self.tokenizer.rule_ids(rule)
            for token in rule:
                pieces += [MASK] if is_masked_token(token) else self.tokenizer.rule_ids([token])
        length = self.config.length
        return FlatExample(np.array([*pieces[: 4 * length], END], np.int64), np.array(target[:length], np.int64))

    @staticmethod
    def _segments(language: str, code: str) -> list[Segment]:
        return python_segments(code) if language == "python" else bash_segments(code)
