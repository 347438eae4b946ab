"""`POST /v1/suggestions`: an utterance with a table (JSON) or with a workbook (multipart) -> ranked candidates."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from flask import Response, jsonify, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, ConfigDict, Field

from addin_backend.api.service import service
from addin_backend.api.uploads import MULTIPART, read_form, with_upload
from addin_backend.clock import today_here
from addin_backend.schemas import SuggestionBody, parse_json, read_body, to_request
from addin_backend.service_errors import UnsupportedContentError
from addin_backend.suggest import DEFAULT_K, MAX_K, Options, suggest

JSON = "application/json"
blueprint = APIBlueprint("suggestions", __name__, url_prefix="/v1", abp_tags=[Tag(name="suggestions")])


class SuggestionForm(BaseModel):
    """A request for candidates about a sheet of an uploaded workbook."""

    model_config = ConfigDict(extra="forbid")

    utterance: str = Field(description="What a person asked for, in words.")
    sheet: str | None = Field(default=None, description="Name of the sheet; the first one with a table if left out.")
    range: str | None = Field(
        default=None, description="The table's cells, header included, such as A1:D20; found if left out."
    )
    today: dt.date | None = Field(default=None, description="The day that “overdue” and “this week” refer to.")
    k: int = Field(default=DEFAULT_K, ge=1, le=MAX_K, description="Most candidates wanted.")
    scope: Literal["cells", "row"] | None = Field(
        default=None, description="Colour cells or whole rows; the model decides if left out."
    )
    cells: Literal["all", "some"] = Field(default="some", description="all: name every matching cell, not only the first ones.")


@blueprint.post("/suggestions", summary="Candidates for a request in words")
def suggestions() -> Response:
    """Propose conditional-formatting rules, best first, each with the cells it matches; or `abstained` with the reason."""
    if request.mimetype == JSON:
        return jsonify(_from_json())
    if request.mimetype == MULTIPART:
        return jsonify(_from_workbook())
    raise UnsupportedContentError(f"Send {JSON} with a table, or {MULTIPART} with a workbook.")


def _from_json() -> dict[str, Any]:
    data, model, seeds = request.get_data(cache=False), service().model, service().settings.seeds

    def work() -> dict[str, Any]:
        body = read_body(SuggestionBody, parse_json(data))
        asked = to_request(body)
        answer = suggest(model.get(), asked.utterance, asked.table, place=asked.place, options=_options(body, seeds))
        return answer.as_dict(all_cells=body.cells == "all")

    return service().pool.run(work)


def _from_workbook() -> dict[str, Any]:
    form = read_form(SuggestionForm)
    model = service().model
    options = _options(form, service().settings.seeds)

    def work(path: Path) -> dict[str, Any]:
        from addin_backend.workbooks.reader import read_table

        found = read_table(path, sheet=form.sheet, cells=form.range)
        answer = suggest(model.get(), form.utterance, found.table, place=found.place, options=options)
        answer = replace(answer, notes=(*found.notes, *answer.notes))
        return answer.as_dict(all_cells=form.cells == "all") | {"sheet": found.sheet, "range": found.address}

    return with_upload(work)


def _options(asked: SuggestionBody | SuggestionForm, seeds: int) -> Options:
    return Options(asked.today or today_here(), k=asked.k, scope=asked.scope, seeds=seeds)
