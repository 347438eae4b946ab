"""`POST /v1/workbooks/table`: the table of an uploaded workbook. `POST /v1/workbooks/apply`: a rule put into a copy of it."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from flask import Response, jsonify, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, ConfigDict, Field

from addin_backend.api.service import service
from addin_backend.api.uploads import need_multipart, read_form, with_upload
from addin_backend.clock import today_here
from addin_backend.schemas import Cells, parse_json, read_body, table_of
from grammar.look import Look
from grammar.table import Cell, display

if TYPE_CHECKING:
    from addin_backend.usecases import ApplyResult

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TYPES = {
    ".xlsx": XLSX,
    ".xlsm": "application/vnd.ms-excel.sheet.macroEnabled.12",
    ".xltx": "application/vnd.openxmlformats-officedocument.spreadsheetml.template",
    ".xltm": "application/vnd.ms-excel.template.macroEnabled.12",
}
_SHOWN_ROWS = 1_000
blueprint = APIBlueprint("workbooks", __name__, url_prefix="/v1/workbooks", abp_tags=[Tag(name="workbooks")])


class TableForm(BaseModel):
    """Which table of the uploaded workbook to read."""

    model_config = ConfigDict(extra="forbid")

    sheet: str | None = Field(default=None, description="Name of the sheet; the first one with a table if left out.")
    range: str | None = Field(default=None, description="The table's cells, header included; found if left out.")
    rows: int = Field(default=_SHOWN_ROWS, ge=1, le=100_000, description="Most data rows to send.")


class _Rule(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rule: str = Field(description="The rule, such as GreaterThan(c[2], 4000).")
    scope: Literal["cells", "row"] = Field(default="cells", description="Colour the cells of the rule's column or whole rows.")
    format: str | None = Field(default=None, description="Such as fill=#FFC7CE,bold; Excel's light red if left out.")
    today: dt.date | None = Field(default=None, description="The day that the counts in the report refer to.")


class ApplyForm(_Rule):
    """A rule, and the table of the uploaded workbook that it is for."""

    sheet: str | None = Field(default=None, description="Name of the sheet; the first one with a table if left out.")
    range: str | None = Field(default=None, description="The table's cells, header included; found if left out.")


class ApplyBody(_Rule):
    """A rule and a table of cells; the answer is a new workbook with both."""

    table: Cells


@blueprint.post("/table", summary="Read the table of a workbook")
def table() -> Response:
    """The header, the first data rows, where they stand, and the names of the sheets."""
    need_multipart()
    form = read_form(TableForm)
    return jsonify(with_upload(lambda path: _table(path, form)))


@blueprint.post("/apply", summary="Put a rule into a copy of a workbook")
def apply() -> Response:
    """The copy as a download, everything else in it untouched; `X-Rule-Report` says what was put in."""
    if request.mimetype == "application/json":
        data = request.get_data(cache=False)
        return service().pool.run(lambda: _apply_to_table(read_body(ApplyBody, parse_json(data))))
    need_multipart()
    form = read_form(ApplyForm)
    return with_upload(lambda path: _apply(path, form, sheet=form.sheet, cells=form.range))


def _table(path: Path, form: TableForm) -> dict[str, Any]:
    from addin_backend.workbooks.package import open_package
    from addin_backend.workbooks.reader import read_table

    found = read_table(path, sheet=form.sheet, cells=form.range)
    with open_package(path) as package:
        sheets = [sheet.name for sheet in package.sheets if sheet.kind == "worksheet" and sheet.visible]
    shown = found.table.rows if found.table.rows < form.rows else form.rows
    columns = [[_json_cell(cell) for cell in column.cells[:shown]] for column in found.table.columns]
    rows = [list(found.table.headers), *(list(row) for row in zip(*columns, strict=True))]
    return {
        "sheet": found.sheet, "sheets": sheets, "range": found.address, "first_row": found.place.first_row,
        "first_column": found.place.first_column, "rows": rows, "of": found.table.rows, "notes": list(found.notes),
    }  # fmt: skip


def _apply(path: Path, asked: _Rule, *, sheet: str | None, cells: str | None) -> Response:
    from addin_backend.usecases import apply_rule

    target = path.with_name(f"{path.stem}-formatted{path.suffix}")
    result = apply_rule(
        path,
        target,
        asked.rule,
        today=asked.today or today_here(),
        sheet=sheet,
        cells=cells,
        scope=asked.scope,
        look=Look.from_option(asked.format) if asked.format else None,
    )
    response = Response(target.read_bytes(), mimetype=_TYPES.get(path.suffix.lower(), XLSX))
    names = f"filename=\"workbook{path.suffix}\"; filename*=UTF-8''{quote(target.name)}"
    response.headers["Content-Disposition"] = f"attachment; {names}"
    response.headers["X-Rule-Report"] = json.dumps(_report(result))
    return response


def _apply_to_table(body: ApplyBody) -> Response:
    from addin_backend.new_workbook import write_table

    with tempfile.TemporaryDirectory(prefix="cf-assistant-") as folder:
        path = Path(folder) / "table.xlsx"
        write_table(table_of(body.table), path)
        return _apply(path, body, sheet=None, cells=None)


def _report(result: ApplyResult) -> dict[str, Any]:
    """What fits into a header: the rule, where it is, what it matches."""
    candidate = result.candidate
    return {
        "rule": candidate.text[:1_000], "explanation": candidate.explanation[:1_000], "sheet": result.sheet,
        "range": result.address, "applies_to": candidate.applies_to[:1_000], "priority": result.report.priority,
        "matches": {"count": candidate.matches.count, "of": candidate.matches.of},
        "notes": [note[:500] for note in result.notes[:4]],
    }  # fmt: skip


def _json_cell(cell: Cell) -> bool | int | float | str | None:
    return cell if cell is None or isinstance(cell, bool | int | float | str) else display(cell)
