"""`POST /v1/code`: a description -> Bash or Python, best first; nothing is executed."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from addin_backend.api.service import service
from addin_backend.api.suggestions import JSON
from addin_backend.code import CodeOptions, write_code
from addin_backend.code_schemas import CodeBody
from addin_backend.schemas import parse_json, read_body
from addin_backend.service_errors import UnsupportedContentError

blueprint = APIBlueprint("code", __name__, url_prefix="/v1", abp_tags=[Tag(name="code")])


@blueprint.post("/code", summary="Bash or Python for a description in words")
def code() -> Response:
    """Write code, best first, each candidate valid and never executed; 409 where the model does not write the language."""
    if request.mimetype != JSON:
        raise UnsupportedContentError(f"Send {JSON} with language and utterance.")
    data, model, seeds = request.get_data(cache=False), service().model, service().settings.seeds

    def work() -> dict[str, Any]:
        body = read_body(CodeBody, parse_json(data))
        return write_code(model.get(), body.utterance, CodeOptions(body.language, body.k, seeds)).as_dict()

    return jsonify(service().pool.run(work))
