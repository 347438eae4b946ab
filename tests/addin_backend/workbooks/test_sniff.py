"""What is not a workbook is told apart, with what to do about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from addin_backend.errors import (
    AddinError,
    DamagedWorkbookError,
    EncryptedWorkbookError,
    NotAWorkbookError,
    UnsupportedFormatError,
    WorkbookNotFoundError,
)  # fmt: skip
from addin_backend.workbooks.package import open_package
from addin_backend.workbooks.reader import read_table
from tests.addin_backend.fixtures.workbooks import MAIN, SHEET_TYPE, minimal_parts, pack, row_xml

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504


def directory_entry(name: str) -> bytes:
    return name.encode("utf-16-le").ljust(64, b"\0") + b"\0" * 64


def ole2(*names: str) -> bytes:
    return OLE2 + b"".join(map(directory_entry, ("Root Entry", *names)))


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (ole2("EncryptedPackage", "EncryptionInfo"), EncryptedWorkbookError, "protected with a password"),
        (ole2("Workbook"), UnsupportedFormatError, r"old Excel file \(\.xls"),
        (ole2("Book"), UnsupportedFormatError, r"save it as \.xlsx"),
        (ole2("WordDocument"), NotAWorkbookError, "without a workbook"),
        (b"Name;Amount\nA;5\n", UnsupportedFormatError, "CSV"),
        ("Größe,数量\n".encode(), UnsupportedFormatError, "CSV"),
        ("Name,Amount\n".encode("utf-16"), UnsupportedFormatError, "CSV"),
        (b"", NotAWorkbookError, "empty"),
        (b"%PDF-1.7", NotAWorkbookError, "PDF"),
        (b"<html><table>", NotAWorkbookError, "web page"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>', UnsupportedFormatError, "2003 XML"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", NotAWorkbookError, "no ZIP package"),
        (b"\0\1\2\3" * 100, NotAWorkbookError, "no ZIP package"),
        (b"PK\x03\x04", DamagedWorkbookError, "cut off"),
        (b"PK\x05\x06" + b"\0" * 18, NotAWorkbookError, "empty ZIP"),
    ],
)
def test_files_of_other_kinds(tmp_path: Path, data: bytes, error: type[AddinError], words: str) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(data)
    with pytest.raises(error, match=words) as caught:
        read_table(path)
    assert caught.value.as_dict()["code"] == error.code


@pytest.mark.parametrize(
    ("parts", "error", "words"),
    [
        ({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}, UnsupportedFormatError, "OpenDocument"),
        ({"mimetype": "application/vnd.oasis.opendocument.text"}, NotAWorkbookError, "not a spreadsheet"),
        ({"xl/workbook.bin": b"\0"}, UnsupportedFormatError, "xlsb"),
        ({"word/document.xml": "<w/>"}, NotAWorkbookError, "Word"),
        ({"ppt/presentation.xml": "<p/>"}, NotAWorkbookError, "PowerPoint"),
        ({"Index/Document.iwa": b"\0"}, UnsupportedFormatError, "Numbers"),
        ({"book.xlsx": b"PK"}, NotAWorkbookError, "Unpack it"),
        ({"xl/workbook.xml": "<workbook/>"}, DamagedWorkbookError, "lacks the part"),
    ],
)
def test_zip_files_of_other_kinds(tmp_path: Path, parts: dict[str, bytes | str], error: type[AddinError], words: str) -> None:
    with pytest.raises(error, match=words):
        open_package(pack(parts, tmp_path / "book.xlsx"))


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(WorkbookNotFoundError, match="does not exist"):
        open_package(tmp_path / "none.xlsx")
    with pytest.raises(WorkbookNotFoundError, match="is not a file"):
        open_package(tmp_path)


def test_a_workbook_part_that_is_missing_or_something_else(tmp_path: Path) -> None:
    parts = minimal_parts()
    del parts["xl/workbook.xml"]
    with pytest.raises(DamagedWorkbookError, match="missing"):
        open_package(pack(parts, tmp_path / "a.xlsx"))
    unmarked = {
        **minimal_parts(),
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>',
    }
    with pytest.raises(DamagedWorkbookError, match="none of its parts"):
        open_package(pack(unmarked, tmp_path / "b.xlsx"))
    other = minimal_parts(content_type=SHEET_TYPE.replace("spreadsheetml.sheet", "drawingml.chart"))
    with pytest.raises(NotAWorkbookError, match="not a workbook"):
        open_package(pack(other, tmp_path / "c.xlsx"))


BOMB = (
    '<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
OUTSIDE = '<!DOCTYPE worksheet [<!ENTITY c SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("doctype", [BOMB, OUTSIDE, '<!DOCTYPE worksheet SYSTEM "http://example.org/x.dtd">'])
@pytest.mark.parametrize(
    "part",
    ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_in_every_part(tmp_path: Path, doctype: str, part: str, encoding: str) -> None:
    parts = minimal_parts(styles=f'<styleSheet xmlns="{MAIN}"/>')
    declaration = f'<?xml version="1.0" encoding="{encoding}"?>'
    parts[part] = (declaration + doctype + str(parts[part]).replace(">a<", ">&c;<")).encode(encoding)
    with pytest.raises(AddinError, match="document type") as caught:
        read_table(pack(parts, tmp_path / "in.xlsx"))
    assert caught.value.code == "workbook-unsafe"


def test_entities_in_the_shared_strings(tmp_path: Path) -> None:
    parts = minimal_parts()
    related = str(parts["xl/_rels/workbook.xml.rels"])
    shared = related[related.index("<Relationship Id") : related.index("</Relationships>")]
    shared = (
        shared.replace("rId1", "rId9").replace("/worksheet", "/sharedStrings", 1).replace("worksheets/sheet1", "sharedStrings")
    )
    parts["xl/_rels/workbook.xml.rels"] = related.replace("</Relationships>", shared + "</Relationships>")
    parts["xl/sharedStrings.xml"] = f'{BOMB}<sst xmlns="{MAIN}"><si><t>&c;</t></si></sst>'
    with pytest.raises(AddinError, match="document type"):
        read_table(pack(parts, tmp_path / "in.xlsx"))


def test_xml_that_is_none(tmp_path: Path) -> None:
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{row_xml(1, ["a"])}'
    with pytest.raises(DamagedWorkbookError):
        read_table(pack(minimal_parts(sheet), tmp_path / "in.xlsx"))
