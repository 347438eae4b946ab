"""Files that come in a multipart body, put into a folder of their own for as long as they are needed."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel

from addin_backend.api.service import service
from addin_backend.schemas import read_body
from addin_backend.service_errors import BadRequestError, UnsupportedContentError

MULTIPART = "multipart/form-data"
_UNSAFE = re.compile(r"[^\w .()+-]", re.UNICODE)
Form = TypeVar("Form", bound=BaseModel)
T = TypeVar("T")


def need_multipart() -> None:
    """Refuse everything but a form with files.

    Raises:
        UnsupportedContentError
    """
    if request.mimetype != MULTIPART:
        raise UnsupportedContentError(
            f"Send {MULTIPART} with the workbook as the part “file”, not {request.mimetype or 'nothing'}."
        )


def read_form(model: type[Form]) -> Form:
    """The form's text fields as the model; empty ones count as left out.

    Raises:
        InvalidRequestError: a wrong, missing or repeated field.
    """
    return read_body(model, {name: value for name, value in request.form.items() if value != ""})


def with_upload(work: Callable[[Path], T]) -> T:
    """Run `work` on the uploaded file in the pool; the file goes when the work has ended, also when that is after its time.

    Raises:
        BadRequestError: there is no part `file`.
        BusyError, DeadlineError, and what `work` raises.
    """
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise BadRequestError("There is no workbook: send it as the part “file”, with its file name.")
    folder = Path(tempfile.mkdtemp(prefix="cf-assistant-"))
    started = False
    try:
        path = folder / safe_name(upload.filename)
        upload.save(path)

        def job() -> T:
            nonlocal started
            started = True
            with _removed(folder):
                return work(path)

        return service().pool.run(job)
    finally:
        if not started:
            shutil.rmtree(folder, ignore_errors=True)


def safe_name(name: str) -> str:
    """A file name without folders or odd characters; the ending stays."""
    last = _UNSAFE.sub("_", re.split(r"[/\\]", name)[-1]).lstrip(".")[-80:].strip()
    return last or "workbook.xlsx"


@contextmanager
def _removed(folder: Path) -> Iterator[None]:
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def form_properties(model: type[BaseModel]) -> dict[str, Any]:
    """The model's JSON schema with the part `file` added, for the OpenAPI document."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    schema["properties"] = {
        "file": {"type": "string", "format": "binary", "description": "The workbook, .xlsx or .xlsm."}
    } | schema["properties"]
    schema["required"] = ["file", *schema.get("required", [])]
    schema.pop("$defs", None)
    return schema
