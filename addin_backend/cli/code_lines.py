"""Descriptions as JSON lines -> code: `{"id", "utterance"}` -> `{"id", "candidates"}`; a bad line gets an error of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from addin_backend.cli.lines import Line, UnexpectedError, object_of, refusal
from addin_backend.code import CodeAnswer, CodeOptions, write_many
from addin_backend.code_schemas import CodeLineBody
from addin_backend.errors import AddinError
from addin_backend.schemas import read_body

_EXAMPLE = '{"id": 1, "utterance": "…"}'


def answer_code_lines(model: object, group: Sequence[Line], options: CodeOptions) -> Iterator[dict[str, Any]]:
    """One answer a line, in order; lines with the same number of candidates go through the model together."""
    answers: dict[int, dict[str, Any]] = {}
    batches: dict[CodeOptions, list[tuple[Line, CodeLineBody]]] = {}
    for line in group:
        try:
            body = read_body(CodeLineBody, object_of(line, _EXAMPLE))
        except AddinError as error:
            answers[line.number] = refusal(line, error)
            continue
        wanted = replace(options, k=body.k) if "k" in body.model_fields_set else options
        batches.setdefault(wanted, []).append((line, body))
    for wanted, batch in batches.items():
        found = _answers(model, [body.utterance for _, body in batch], wanted)
        for (line, body), answer in zip(batch, found, strict=True):
            if isinstance(answer, AddinError):
                answers[line.number] = refusal(line, answer, body.id)
            else:
                answers[line.number] = {"id": body.id, **answer.as_dict()}
    for line in group:
        yield answers[line.number]


def _answers(model: object, utterances: list[str], options: CodeOptions) -> list[CodeAnswer | AddinError]:
    """Answers to a batch; if it fails as a whole, each description by itself, so that one cannot take the others down."""
    try:
        return write_many(model, utterances, options)
    except Exception as error:
        if len(utterances) == 1:
            return [UnexpectedError(f"This request could not be worked on: {type(error).__name__}.")]
        return [answer for utterance in utterances for answer in _answers(model, [utterance], options)]
