"""What the framework cannot say about our API: bodies of two content types, problem details, a download."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from addin_backend.api.problems import PROBLEM_JSON
from addin_backend.api.suggestions import JSON, SuggestionForm
from addin_backend.api.uploads import MULTIPART, form_properties
from addin_backend.api.workbooks import XLSX, ApplyForm, TableForm
from addin_backend.code_schemas import CodeBody
from addin_backend.schemas import SuggestionBody

_REF = "#/components/schemas/"
_PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details; `errors` are objects with `at` and `problem`.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri"}, "title": {"type": "string"}, "status": {"type": "integer"},
        "detail": {"type": "string"}, "code": {"type": "string"}, "instance": {"type": "string"},
        "request_id": {"type": "string"}, "errors": {"type": "array", "items": {"type": "object"}},
    },
}  # fmt: skip
_CANDIDATE = {
    "type": "object",
    "description": "One conditional-formatting rule with what it does to this table.",
    "properties": {
        "rule": {"type": "string", "examples": ["GreaterThan(c[2], 4000)"]},
        "explanation": {"type": "string", "examples": ["Profit is greater than 4,000"]},
        "applies_to": {"type": "string", "examples": ["C2:C21"]},
        "scope": {"enum": ["cells", "row"]},
        "blanks": {"enum": ["skip", "excel"]},
        "format": {"type": "object"},
        "matches": {"type": "object", "properties": {
            "count": {"type": "integer"}, "of": {"type": "integer"}, "cells": {"type": "array", "items": {"type": "string"}},
        }},
        "excel": {"type": "object"},
        "office_js": {"type": "object"},
        "confidence": {"type": "number"},
        "votes": {"type": "integer"},
        "seeds": {"type": "integer"},
    },
}  # fmt: skip
_ANSWER = {
    "type": "object",
    "required": ["candidates"],
    "properties": {
        "candidates": {"type": "array", "items": {"$ref": f"{_REF}Candidate"}},
        "abstained": {"type": "string", "description": "Why there is no candidate, and what to add to the request."},
        "notes": {"type": "array", "items": {"type": "string"}},
        "dropped": {"type": "object", "additionalProperties": {"type": "integer"}},
        "sheet": {"type": "string"},
        "range": {"type": "string"},
    },
}
_CODE_ANSWER = {
    "type": "object",
    "required": ["language", "candidates", "confidences"],
    "properties": {
        "language": {"enum": ["bash", "python"]},
        "candidates": {"type": "array", "items": {"type": "string"}, "description": "Likeliest first; valid, never executed."},
        "confidences": {"type": "array", "items": {"type": "number"}, "description": "Of each candidate, from 0 to 1."},
        "abstained": {"type": "string", "description": "Why there is no candidate."},
        "notes": {"type": "array", "items": {"type": "string"}},
    },
}


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """The framework's document with bodies, answers and errors filled in."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas.clear()  # the framework's own error model is not what is sent
    schemas |= {"Problem": _PROBLEM, "Candidate": _CANDIDATE, "Answer": _ANSWER, "SuggestionBody": _schema(SuggestionBody)}
    schemas |= {"CodeAnswer": _CODE_ANSWER, "CodeBody": _schema(CodeBody)}
    schemas |= {form.__name__: form_properties(form) for form in (SuggestionForm, TableForm, ApplyForm)}
    paths = document["paths"]
    _body(paths["/v1/suggestions"]["post"], {JSON: "SuggestionBody", MULTIPART: "SuggestionForm"})
    _body(paths["/v1/code"]["post"], {JSON: "CodeBody"})
    _body(paths["/v1/workbooks/table"]["post"], {MULTIPART: "TableForm"})
    _body(paths["/v1/workbooks/apply"]["post"], {MULTIPART: "ApplyForm"})
    for path in paths.values():
        for operation in path.values():
            operation["responses"] = {"200": {"description": "Done."}, "default": _problem_response()}
    paths["/v1/suggestions"]["post"]["responses"]["200"]["content"] = {JSON: {"schema": {"$ref": f"{_REF}Answer"}}}
    paths["/v1/code"]["post"]["responses"]["200"]["content"] = {JSON: {"schema": {"$ref": f"{_REF}CodeAnswer"}}}
    binary = {"schema": {"type": "string", "format": "binary"}}
    paths["/v1/workbooks/apply"]["post"]["responses"]["200"] = {
        "description": "The workbook with the rule in it; `X-Rule-Report` says in JSON what was put in.",
        "headers": {"X-Rule-Report": {"schema": {"type": "string"}}},
        "content": {XLSX: binary},
    }
    return document


def _body(operation: dict[str, Any], kinds: dict[str, str]) -> None:
    operation["requestBody"] = {
        "required": True,
        "content": {kind: {"schema": {"$ref": f"{_REF}{name}"}} for kind, name in kinds.items()},
    }


def _problem_response() -> dict[str, Any]:
    return {"description": "A problem.", "content": {PROBLEM_JSON: {"schema": {"$ref": f"{_REF}Problem"}}}}


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema(ref_template=_REF + "{model}")
    schema.pop("$defs", None)
    return schema
