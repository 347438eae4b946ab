"""The Flask app, made by a factory that reads the environment; any WSGI server can run `addin_backend.app:create_app()`."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, jsonify
from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI
from flask_openapi3_swagger.plugins import RegisterPlugin  # type: ignore[import-untyped]  # the package has no types

from addin_backend.api import code, health, logs, openapi, pages, problems, suggestions, workbooks
from addin_backend.api.service import KEY, Service
from addin_backend.api.work import WorkPool
from addin_backend.model import Model, load_generator
from addin_backend.settings import Settings
from addin_backend.suggest import Proposes
from addin_backend.version import version

_TITLE = "Conditional formats from a sentence"


def create_app(settings: Settings | None = None, *, generator: Proposes | None = None) -> Flask:
    """The app with its routes, errors and limits. The model is loaded as the settings say; `generator` is taken instead.

    Raises:
        SettingError: a setting in the environment cannot be used.
        ModelUnavailableError: with `load_model` "startup", the bundle cannot be used.
    """
    settings = settings or Settings.from_environment()
    logs.configure(settings.log_level, settings.log_format)
    app = OpenAPI("addin_backend", info=Info(title=_TITLE, version=version()), doc_ui=False, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_request_mb * 1024 * 1024
    app.config["MAX_FORM_MEMORY_SIZE"] = 1024 * 1024
    app.config["MAX_FORM_PARTS"] = 50
    app.json.sort_keys = False  # type: ignore[attr-defined]  # DefaultJSONProvider's own setting
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # as above
    model = _model(settings, generator)
    app.extensions[KEY] = Service(settings, model, WorkPool(settings.workers, settings.waiting, settings.request_timeout))
    logs.register(app)
    problems.register(app)
    for area in (suggestions.blueprint, workbooks.blueprint, code.blueprint, health.blueprint):
        app.register_api(area)
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(RegisterPlugin.register(doc_url="/openapi.json"), url_prefix="/docs")
    document = openapi.complete(app.api_doc)
    app.add_url_rule("/openapi.json", "openapi", lambda: _json(document))
    return app


def _model(settings: Settings, generator: Proposes | None) -> Model[Proposes]:
    if generator is not None:
        return Model.of(generator)

    def load() -> Proposes:
        return load_generator(settings.bundle, threads=settings.threads, providers=settings.providers)

    model: Model[Proposes] = Model(load)
    if settings.load_model == "startup":
        model.get()
    elif settings.load_model == "background":
        model.start()
    return model


def _json(document: dict[str, Any]) -> Response:
    return jsonify(document)
