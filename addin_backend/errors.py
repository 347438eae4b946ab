"""Exceptions of the `addin_backend` package: one root, two levels.

Every error carries what a problem-details answer (RFC 9457) needs: a stable `code`, a short `title` that is the same for
every occurrence, a `detail` for this occurrence that says what to do about it, and the HTTP `status`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from grammar.errors import GrammarError, RuleCheckError, RuleSyntaxError, TableError, UnsupportedRuleError


class AddinError(Exception):
    """Root of everything this package raises on bad input or a failing surrounding; `detail` is fit to be shown to a user."""

    code: ClassVar[str] = "failed"
    title: ClassVar[str] = "The request failed"
    status: ClassVar[int] = 500

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra = extra

    def as_dict(self) -> dict[str, Any]:
        """The members of a problem-details object; `extra` holds what only this kind of error has."""
        return {"code": self.code, "title": self.title, "status": self.status, "detail": self.detail, **self.extra}


class WorkbookNotFoundError(AddinError):
    """There is no such file, or it may not be read. Check the path."""

    code = "workbook-not-found"
    title = "The workbook cannot be found"
    status = 404


class NotAWorkbookError(AddinError):
    """The file is something else (a text file, a picture, a Word document). Send an .xlsx or .xlsm file."""

    code = "not-a-workbook"
    title = "The file is not an Excel workbook"
    status = 415


class UnsupportedFormatError(AddinError):
    """A spreadsheet, but not of the OOXML kind (.xls, .xlsb, .ods, .csv). Save it as .xlsx first."""

    code = "workbook-format-unsupported"
    title = "The workbook's file format is not supported"
    status = 415


class EncryptedWorkbookError(AddinError):
    """The file is protected with a password. Remove the password in Excel and try again."""

    code = "workbook-encrypted"
    title = "The workbook is protected with a password"
    status = 422


class DamagedWorkbookError(AddinError):
    """The file is a workbook that was cut off or broken. Open it in Excel, let it repair the file, save it."""

    code = "workbook-damaged"
    title = "The workbook is damaged"
    status = 422


class UnsafeWorkbookError(AddinError):
    """The file is built to do harm (zip bomb, XML entities, path tricks), or cannot be told from one that is."""

    code = "workbook-unsafe"
    title = "The workbook is refused as unsafe"
    status = 422


class WorkbookTooLargeError(AddinError):
    """The file or a sheet is larger than the limits. Take a part of it."""

    code = "workbook-too-large"
    title = "The workbook is too large"
    status = 413


class NoSuchSheetError(AddinError):
    """No sheet has this name; `extra["sheets"]` lists those there are."""

    code = "no-such-sheet"
    title = "There is no such sheet"
    status = 422


class NotAWorksheetError(AddinError):
    """The sheet exists but has no cells (a chart sheet, a dialog sheet). Name a worksheet."""

    code = "not-a-worksheet"
    title = "The sheet has no cells"
    status = 422


class RangeError(AddinError):
    """The range cannot be read, or lies outside the sheet or its data. Write it as A1:D20, D:F or the name of a range."""

    code = "bad-range"
    title = "The range cannot be used"
    status = 422


class EmptyTableError(AddinError):
    """The sheet or range has no data: nothing at all, or a header without rows."""

    code = "empty-table"
    title = "There is no data"
    status = 422


class NoHeaderError(AddinError):
    """No row looks like a header. Give the range that starts with the header row."""

    code = "no-header"
    title = "No header row was found"
    status = 422


class RuleError(AddinError):
    """The rule cannot be read or does not fit the table; `extra["reason"]` is syntax, check, table or unsupported."""

    code = "bad-rule"
    title = "The rule cannot be used"
    status = 422


class RuleNotFoundError(AddinError):
    """The rule to be taken out is no longer in the workbook as it was put in. Take it out in Excel."""

    code = "rule-not-found"
    title = "The rule is not in the workbook"
    status = 409


class TargetError(AddinError):
    """The output may not be written there: the input itself, a missing folder, an ending that does not fit the content."""

    code = "bad-target"
    title = "The output file cannot be written there"
    status = 422


class DiskFullError(AddinError):
    """The disk (or a quota, or a limit on file sizes) is full. Nothing was left under the final name; free space and repeat."""

    code = "disk-full"
    title = "There is no space left for the output"
    status = 507


class WriteError(AddinError):
    """The output could not be written for another reason. Nothing was left under the final name."""

    code = "write-failed"
    title = "The output could not be written"
    status = 500


_REASONS: tuple[tuple[type[GrammarError], str], ...] = (
    (RuleSyntaxError, "syntax"),
    (RuleCheckError, "check"),
    (TableError, "table"),
    (UnsupportedRuleError, "unsupported"),
)


def from_grammar(error: GrammarError) -> AddinError:
    """A `GrammarError` as an error of this package; a syntax error keeps its place."""
    reason = next((name for kind, name in _REASONS if isinstance(error, kind)), "rule")
    extra: dict[str, Any] = {"reason": reason}
    if isinstance(error, RuleSyntaxError):
        extra |= {"line": error.line, "column": error.column, "caret": error.caret}
    return RuleError(str(error), **extra)


@contextmanager
def grammar_errors() -> Iterator[None]:
    """Within this block a `GrammarError` becomes a `RuleError`."""
    try:
        yield
    except GrammarError as error:
        raise from_grammar(error) from error
