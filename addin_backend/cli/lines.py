"""Requests as JSON lines: read in groups as they come, answered in order; a bad line gets an error and the rest goes on."""

from __future__ import annotations

import datetime as dt
import queue
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from addin_backend.errors import AddinError
from addin_backend.schemas import LineBody, parse_json, read_body, to_request
from addin_backend.service_errors import BadRequestError
from addin_backend.suggest import Options, Proposes, Request, suggest_many

GROUP = 32
MAX_LINE = 256 * 1024 * 1024  # bytes; a million rows of text fit


@dataclass(frozen=True, slots=True)
class Line:
    """A line of input and its number, from 1. `data` is None for a line over MAX_LINE."""

    number: int
    data: bytes | None


def read_groups(stream: BinaryIO, size: int = GROUP, max_line: int = MAX_LINE) -> Iterator[list[Line]]:
    """Groups of lines: as many as have come, at most `size`, so that a caller who waits for each answer gets it."""
    lines: queue.Queue[Line | BaseException | None] = queue.Queue(maxsize=4 * size)

    def read() -> None:
        try:
            for line in _lines(stream, max_line):
                lines.put(line)
            lines.put(None)
        except BaseException as error:  # raised again by the reader of the queue
            lines.put(error)

    threading.Thread(target=read, name="stdin", daemon=True).start()
    ended = False
    while not ended:
        group: list[Line] = []
        item = lines.get()
        while True:
            if item is None:
                ended = True
                break
            if isinstance(item, BaseException):
                raise item
            group.append(item)
            if len(group) == size:
                break
            try:
                item = lines.get_nowait()
            except queue.Empty:
                break
        if group:
            yield group


def answer_lines(
    model: Proposes, group: Sequence[Line], options: Options, *, fixed_day: bool = False, all_cells: bool = False
) -> Iterator[dict[str, Any]]:
    """One answer a line, in order: `{"id", "candidates", …}` or `{"id", "line", "error"}`.

    Lines with the same day, number of candidates and scope go through the model together. `fixed_day` lets the day of
    `options` win over a line without one; a line's own `today` always counts.
    """
    answers: dict[int, dict[str, Any]] = {}
    batches: dict[Options, list[tuple[Line, LineBody, Request]]] = {}
    today = options.today if fixed_day else None
    for line in group:
        try:
            body, request = _read(line)
        except AddinError as error:
            answers[line.number] = refusal(line, error)
            continue
        day: dt.date = body.today or today or options.today
        chosen = {name: getattr(body, name) for name in ("k", "scope") if name in body.model_fields_set}
        batches.setdefault(replace(options, today=day, **chosen), []).append((line, body, request))
    for wanted, batch in batches.items():
        for (line, body, _), answer in zip(batch, _answers(model, [request for *_, request in batch], wanted), strict=True):
            if isinstance(answer, AddinError):
                answers[line.number] = refusal(line, answer, body.id)
            else:
                answers[line.number] = {"id": body.id, **answer.as_dict(all_cells=all_cells or body.cells == "all")}
    for line in group:
        yield answers[line.number]


def _answers(model: Proposes, requests: list[Request], options: Options) -> list[Any]:
    """Answers to a batch; if it fails as a whole, each request by itself, so that one cannot take the others down."""
    try:
        return list(suggest_many(model, requests, options))
    except Exception as error:
        if len(requests) == 1:
            return [UnexpectedError(f"This request could not be worked on: {type(error).__name__}.")]
        return [answer for request in requests for answer in _answers(model, [request], options)]


class UnexpectedError(AddinError):
    """The request brought up an error of ours. Please report it with the line."""

    code = "internal-error"
    title = "Internal error"


def _read(line: Line) -> tuple[LineBody, Request]:
    body = read_body(LineBody, object_of(line, '{"id": 1, "utterance": "…", "table": [["Header"], [1]]}'))
    return body, to_request(body)


def object_of(line: Line, example: str) -> dict[str, Any]:
    """The line's JSON object.

    Raises:
        BadRequestError: too long, not JSON, or something else than an object; the detail shows the example.
    """
    if line.data is None:
        raise BadRequestError(f"The line is longer than {MAX_LINE:,} bytes.")
    values = parse_json(line.data)
    if not isinstance(values, dict):
        raise BadRequestError(f"A line has to be a JSON object such as {example}.")
    return values


def refusal(line: Line, error: AddinError, known_id: object = None) -> dict[str, Any]:
    """The answer to a line that was refused."""
    extra = {key: value for key, value in error.extra.items() if key == "errors"}
    return {
        "id": known_id if known_id is not None else _id_of(line),
        "line": line.number,
        "error": {"code": error.code, "title": error.title, "detail": error.detail, **extra},
    }


def _id_of(line: Line) -> object:
    """The id of a line that was refused, where it can still be read."""
    try:
        values = parse_json(line.data or b"")
    except AddinError:
        return None
    found = values.get("id") if isinstance(values, dict) else None
    return found if isinstance(found, str | int | float) else None


def _lines(stream: BinaryIO, max_line: int) -> Iterator[Line]:
    number = 0
    while data := stream.readline(max_line + 1):
        number += 1
        if len(data) > max_line:
            while data and not data.endswith(b"\n"):
                data = stream.readline(max_line)
            yield Line(number, None)
        elif data.strip():
            yield Line(number, data)
