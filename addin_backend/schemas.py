"""JSON of requests, the same for HTTP and `suggest --jsonl`: read strictly, then turned into plain dataclasses.

Numbers have to be finite (JSON has no NaN, Excel no number past 1e308), texts Unicode; unknown fields are refused.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Any, Literal, NoReturn, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictStr, ValidationError, WithJsonSchema

from addin_backend.errors import RangeError
from addin_backend.service_errors import BadRequestError, BadTableError, InvalidRequestError
from addin_backend.suggest import DEFAULT_K, MAX_K, Request
from grammar.errors import TableError
from grammar.excel.rule import Place
from grammar.table import Table

MAX_CELL_CHARACTERS = 32_767  # Excel's specifications and limits: characters that a cell can contain
MAX_TABLE_ROWS = 1_048_576
_SHOWN_ERRORS = 10

JsonCell = bool | int | float | str | None
_MAX_NUMBER = 1e308
_CELL = [{"type": kind} for kind in ("string", "number", "boolean", "null")]


def _check_cells(rows: list[list[Any]]) -> list[list[Any]]:
    for at, row in enumerate(rows):
        for k, cell in enumerate(row):
            kind = type(cell)
            if cell is None or kind is bool:
                continue
            if kind is str:
                _check_text(cell, at, k)
            elif kind not in (int, float) or not -_MAX_NUMBER <= cell <= _MAX_NUMBER:
                raise ValueError(
                    f"row {at + 1}, cell {k + 1}: a cell is a text, a finite number, true, false or null, not {_shown(cell)}"
                )
    return rows


def _check_text(cell: str, at: int, k: int) -> None:
    if len(cell) > MAX_CELL_CHARACTERS:
        raise ValueError(f"row {at + 1}, cell {k + 1}: a cell holds at most {MAX_CELL_CHARACTERS:,} characters")
    if not cell.isascii():
        try:
            cell.encode()
        except UnicodeEncodeError:
            raise ValueError(f"row {at + 1}, cell {k + 1}: half of a surrogate pair is not a text") from None


def _shown(cell: Any) -> str:
    if isinstance(cell, float):
        return "a number as large as that"
    return {dict: "an object", list: "a list", int: "a number as large as that"}.get(type(cell), "that")


Cells = Annotated[
    list[list[Any]],
    Field(max_length=MAX_TABLE_ROWS, description="Header row, then data rows; dates as ISO text."),
    AfterValidator(_check_cells),
    WithJsonSchema({"type": "array", "items": {"type": "array", "items": {"anyOf": _CELL}}}),
]
Body = TypeVar("Body", bound=BaseModel)


class SuggestionBody(BaseModel):
    """A request for candidates about a table of cells. The first row is the header."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{
        "utterance": "highlight profits over 4000 in green",
        "table": [["Country", "Profit"], ["Peru", 5200], ["Chile", 1300]],
        "today": "2026-06-15",
    }]})  # fmt: skip

    utterance: StrictStr = Field(description="What a person asked for, in words.")
    table: Cells
    today: dt.date | None = Field(
        default=None, description="The day that “overdue” and “this week” refer to; today if left out."
    )
    k: int = Field(default=DEFAULT_K, ge=1, le=MAX_K, strict=True, description="Most candidates wanted.")
    scope: Literal["cells", "row"] | None = Field(
        default=None, description="Colour cells or whole rows; the model decides if left out."
    )
    range: StrictStr | None = Field(
        default=None, description="Where the table stands on its sheet, header included, such as B3:F40. A1 if left out."
    )
    cells: Literal["all", "some"] = Field(default="some", description="all: name every matching cell, not only the first ones.")


class LineBody(SuggestionBody):
    """One line of `suggest --jsonl`: a request with an `id` that its answer repeats."""

    id: str | int | float | None = None


def parse_json(data: bytes | str) -> Any:
    """Read JSON as the standard has it: no NaN, no Infinity.

    Raises:
        BadRequestError: not JSON, not UTF-8, nested too deep.
    """
    try:
        return json.loads(data, parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise BadRequestError("The JSON is not written in UTF-8.") from None
    except RecursionError:
        raise BadRequestError("The JSON is nested too deep.") from None
    except json.JSONDecodeError as error:
        raise BadRequestError(f"This is not JSON: {error.msg} (line {error.lineno}, column {error.colno}).") from None
    except ValueError as error:  # an integer of thousands of digits, or a constant that is refused
        raise BadRequestError(f"A number cannot be read: {error}") from None


def read_body(model: type[Body], values: Any) -> Body:
    """Values as the model.

    Raises:
        InvalidRequestError: `extra["errors"]` lists at most ten places with what is wrong there.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise invalid(error) from None


def invalid(error: ValidationError) -> InvalidRequestError:
    """Pydantic's refusal as ours; what was sent is not repeated in it."""
    errors: dict[str, str] = {}
    for one in error.errors(include_url=False, include_input=False, include_context=False):
        path = _path(one["loc"])
        if path not in errors and len(errors) < _SHOWN_ERRORS:
            errors[path] = one["msg"].removeprefix("Value error, ")
    first, message = next(iter(errors.items()))
    shown = [{"at": path, "problem": text} for path, text in errors.items()]
    return InvalidRequestError(f"{first}: {message}." if first else f"{message}.", errors=shown)


def to_request(body: SuggestionBody) -> Request:
    """The body's table, typed and placed.

    Raises:
        BadTableError: no header, a row longer than the header.
        RangeError: the range cannot be read or is of another width than the table.
    """
    table = table_of(body.table)
    return Request(body.utterance, table, place_of(table, body.range))


def table_of(rows: list[list[JsonCell]]) -> Table:
    """Rows as a table: texts that Excel would read as numbers or dates are read so.

    Raises:
        BadTableError: no header, a row longer than the header.
    """
    try:
        return Table.from_rows(rows)
    except TableError as error:
        raise BadTableError(str(error)) from error


def place_of(table: Table, reference: str | None) -> Place:
    """The data's place under a header that stands where `reference` begins."""
    if reference is None:
        return Place(2, table.rows + 1, 1)
    from openpyxl.utils import range_boundaries

    text = reference.rpartition("!")[2].replace("$", "")
    try:
        left, top, right, _ = range_boundaries(text)
    except (ValueError, TypeError):
        left = top = right = None
    if not left or not top or not right:
        raise RangeError(f"'{reference[:100]}' is not a range such as A1:D20.")
    width = len(table.columns)
    if right != left and right - left + 1 != width:
        raise RangeError(f"The range {reference[:100]} is {right - left + 1} columns wide, the table {width}.")
    return Place(top + 1, top + table.rows, left)


def _path(location: tuple[int | str, ...]) -> str:
    """`table[3][1]`; the names of union branches at the end are pydantic's and left out."""
    text = ""
    for part in location:
        if isinstance(part, int):
            text += f"[{part}]"
        elif not text:
            text = part
    return text


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON.")
