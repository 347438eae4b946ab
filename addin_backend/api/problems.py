"""Every error as problem details (RFC 9457), made in this one place: ours, the grammar's, HTTP's, and what nobody foresaw."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, g, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from addin_backend.errors import AddinError, from_grammar
from addin_backend.schemas import invalid
from grammar.errors import GrammarError

PROBLEM_JSON = "application/problem+json"
_log = structlog.get_logger()

_HTTP_DETAILS = {
    404: "There is nothing at this address. The addresses are listed in /openapi.json.",
    405: "This address does not take the method; the Allow header names those it takes.",
    408: "The request did not arrive in time.",
    413: "The request is larger than this server takes.",
    415: "The content type is not accepted here.",
}


def register(app: Flask) -> None:
    """Let every error of the app become a problem."""
    app.register_error_handler(AddinError, from_addin_error)
    app.register_error_handler(GrammarError, lambda error: from_addin_error(from_grammar(error)))
    app.register_error_handler(ValidationError, lambda error: from_addin_error(invalid(error)))
    app.register_error_handler(HTTPException, from_http)
    app.register_error_handler(Exception, from_unexpected)


def problem(status: int, code: str, title: str, detail: str, **extra: Any) -> Response:
    """One problem-details answer; it also goes to the log line of the request."""
    body = {
        "type": f"urn:cf-assistant:problem:{code}", "title": title, "status": status, "detail": detail, "code": code,
        "instance": request.path, "request_id": g.get("request_id"), **extra,
    }  # fmt: skip
    structlog.contextvars.bind_contextvars(problem=code)
    return Response(json.dumps(body, ensure_ascii=False), status, mimetype=PROBLEM_JSON)


def from_addin_error(error: AddinError) -> Response:
    """Our own errors know everything about themselves."""
    response = problem(error.status, error.code, error.title, error.detail, **error.extra)
    if error.status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = "2"
    return response


def from_http(error: HTTPException) -> Response:
    """Errors of werkzeug and Flask: no such address, wrong method, too large and the like."""
    status = error.code or 500
    title = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Error"
    if status < 400:  # a redirect travels as an exception, too
        return Response(error.get_response().get_data(), status, headers=dict(error.get_headers()))
    detail = _HTTP_DETAILS.get(status) or error.description or title
    response = problem(status, title.lower().replace(" ", "-"), title, detail)
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def from_unexpected(error: Exception) -> Response:
    """What nobody foresaw: the log has it all, the answer only the request's id."""
    _log.error("unexpected error", exc_info=error)
    return problem(500, "internal-error", "Internal error", "Something went wrong here; the log has it under this request_id.")
