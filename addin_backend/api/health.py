"""`GET /healthz`: the process answers. `GET /readyz`: the model is loaded."""

from __future__ import annotations

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from addin_backend.api.service import service
from addin_backend.service_errors import ModelUnavailableError

blueprint = APIBlueprint("health", __name__, abp_tags=[Tag(name="health")])


@blueprint.get("/healthz", summary="Is the process alive?")
def healthz() -> Response:
    """Answer as long as the process can."""
    return jsonify(status="ok")


@blueprint.get("/readyz", summary="Is the model loaded?")
def readyz() -> Response:
    """200 with the model's name once requests can be answered, 503 before or when the bundle cannot be used."""
    model = service().model
    if model.state == "ready":
        return jsonify(status="ready", model=model.get().name)
    if service().settings.load_model == "first-use" and model.state == "loading":
        return jsonify(status="ready", model=None)
    raise ModelUnavailableError(model.failure or "The model is still loading.", state=model.state)
