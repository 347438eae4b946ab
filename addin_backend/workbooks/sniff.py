"""What a file is when it is not an OOXML workbook, and what to do about it."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from addin_backend.errors import (
    AddinError,
    DamagedWorkbookError,
    EncryptedWorkbookError,
    NotAWorkbookError,
    UnsupportedFormatError,
    WorkbookNotFoundError,
    WorkbookTooLargeError,
)  # fmt: skip
from addin_backend.workbooks.archive import MIB, Archive, Limits

_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE2_SEARCHED = 64 * MIB
BINARY_WORKBOOK = "This is a binary workbook (.xlsb). Open it in Excel and save it as .xlsx or .xlsm."
_XLS = "This is an old Excel file (.xls, Excel 97-2003). Open it in Excel or LibreOffice and save it as .xlsx."
_ENCRYPTED = "The workbook is protected with a password. Remove it in Excel (File, Info, Protect Workbook) and save the file."
_CSV = "This is a text file (perhaps CSV). Open it in Excel and save it as .xlsx."
_ODS = "This is an OpenDocument file (.ods). Open it in LibreOffice or Excel and save it as .xlsx."


def check_file(path: Path, limits: Limits) -> None:
    """Look at the file's size and first bytes.

    Raises:
        WorkbookNotFoundError, WorkbookTooLargeError, NotAWorkbookError, UnsupportedFormatError, EncryptedWorkbookError,
        DamagedWorkbookError
    """
    try:
        if not path.is_file():
            what = "is not a file" if path.exists() else "does not exist"
            raise WorkbookNotFoundError(f"The file '{path.name}' {what}.")
        size = path.stat().st_size
        if size > limits.file_size:
            raise WorkbookTooLargeError(f"The file is {size:,} bytes large; at most {limits.file_size:,} are accepted.")
        with path.open("rb") as file:
            _check_start(file, size)
    except OSError as error:
        raise WorkbookNotFoundError(f"The file '{path.name}' cannot be read: {error.strerror or error}.") from None


def _check_start(file: BinaryIO, size: int) -> None:
    head = file.read(4096)
    if size == 0:
        raise NotAWorkbookError("The file is empty.")
    if head.startswith(_OLE2):
        file.seek(0)
        raise _ole2_error(file.read(_OLE2_SEARCHED))
    if head.startswith(b"PK\x05\x06"):
        raise NotAWorkbookError("The file is an empty ZIP archive.")
    if not head.startswith(b"PK\x03\x04"):
        raise _other_error(head)
    if size < 22:
        raise DamagedWorkbookError("The file was cut off after its first bytes.")


def _ole2_error(data: bytes) -> AddinError:
    """Tell what an OLE2 container holds by its directory's UTF-16 names ([MS-CFB] 2.6.1, [MS-OFFCRYPTO] 2.3.4.4)."""

    def holds(name: str) -> bool:
        return name.encode("utf-16-le") + b"\0\0" in data

    if holds("EncryptedPackage"):
        return EncryptedWorkbookError(_ENCRYPTED)
    if holds("Workbook") or holds("Book"):
        return UnsupportedFormatError(_XLS)
    return NotAWorkbookError("This is an old Office file (OLE2) without a workbook in it. Send an .xlsx or .xlsm file.")


def _other_error(head: bytes) -> AddinError:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"%pdf"):
        return NotAWorkbookError("This is a PDF document, not a workbook.")
    if b"excel.sheet" in start or b"urn:schemas-microsoft-com:office:spreadsheet" in start:
        return UnsupportedFormatError("This is an Excel 2003 XML file. Open it in Excel and save it as .xlsx.")
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<?xml")):
        return NotAWorkbookError(
            "This is a web page or an XML file, whatever its name says. Open it in Excel and save it as .xlsx."
        )
    if _is_text(head):
        return UnsupportedFormatError(_CSV)
    return NotAWorkbookError("The file is not an Excel workbook: it is no ZIP package. Send an .xlsx or .xlsm file.")


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return head.startswith((b"\xff\xfe", b"\xfe\xff"))
    controls = sum(byte < 32 and byte not in (9, 10, 12, 13) for byte in head)
    return controls == 0


def check_members(archive: Archive) -> None:
    """Tell other ZIP-based files from workbooks by their members.

    Raises:
        UnsupportedFormatError, NotAWorkbookError, DamagedWorkbookError
    """
    mimetype = archive.find("mimetype")
    if mimetype is not None and mimetype.info.file_size < 200:
        kind = archive.read(mimetype)
        if b"opendocument.spreadsheet" in kind:
            raise UnsupportedFormatError(_ODS)
        if b"opendocument" in kind:
            raise NotAWorkbookError("This is an OpenDocument file, but not a spreadsheet.")
    if archive.find("xl/workbook.bin") is not None:
        raise UnsupportedFormatError(BINARY_WORKBOOK)
    for member, what in (("word/document.xml", "a Word document"), ("ppt/presentation.xml", "a PowerPoint presentation")):
        if archive.find(member) is not None:
            raise NotAWorkbookError(f"This is {what}, not a workbook.")
    if archive.find("Index/Document.iwa") is not None:
        raise UnsupportedFormatError("This is an Apple Numbers file. Export it as Excel (.xlsx).")
    if archive.find("_rels/.rels") is None or archive.find("[Content_Types].xml") is None:
        if not any(entry.name.startswith("xl/") for entry in archive.entries):
            raise NotAWorkbookError("The file is a ZIP archive, but not a workbook. Unpack it and send the workbook itself.")
        missing = "_rels/.rels" if archive.find("_rels/.rels") is None else "[Content_Types].xml"
        raise DamagedWorkbookError(f"The workbook lacks the part '{missing}'.")
