"""Archives that are broken or built to do harm: each is refused with the right error, none brings the reader down."""

from __future__ import annotations

import random
import struct
import zipfile
from pathlib import Path

import pytest

from addin_backend.errors import (
    AddinError,
    DamagedWorkbookError,
    EncryptedWorkbookError,
    UnsafeWorkbookError,
    WorkbookTooLargeError,
)
from addin_backend.workbooks.archive import Archive, Limits, part_name
from addin_backend.workbooks.package import open_package
from addin_backend.workbooks.patcher import patch_rule
from addin_backend.workbooks.reader import read_table
from tests.addin_backend.fixtures.workbooks import minimal_parts, pack, red_rule, rich_workbook, save_rows

CENTRAL = b"PK\x01\x02"


def patched(path: Path, name: str, *, local: dict[int, bytes] | None = None, central: dict[int, bytes] | None = None) -> Path:
    """Overwrite fields (by offset) in the local and the central header of a part."""
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo(name).header_offset
    at = data.index(name.encode(), data.index(CENTRAL)) - 46
    for base, fields in ((start, local or {}), (at, central or {})):
        for offset, value in fields.items():
            data[base + offset : base + offset + len(value)] = value
    path.write_bytes(bytes(data))
    return path


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return pack(minimal_parts(), tmp_path / "in.xlsx")


def test_it_works(book: Path) -> None:
    with Archive(book) as archive:
        entry = archive.find("XL/Workbook.xml")
        assert entry is not None
        assert archive.read(entry).startswith(b"<workbook")
        assert archive.find("xl/none.xml") is None


def test_declared_sizes_of_a_bomb(tmp_path: Path) -> None:
    bomb = pack({**minimal_parts(), "xl/bomb.xml": b"\0" * (70 * 1024 * 1024)}, tmp_path / "bomb.xlsx")
    assert bomb.stat().st_size < 100_000
    with pytest.raises(UnsafeWorkbookError, match="zip bomb"):
        open_package(bomb)


def test_a_bomb_that_lies_about_its_size(tmp_path: Path) -> None:
    bomb = pack({**minimal_parts(), "xl/sharedStrings.xml": b"<sst>" + b"x" * 5_000_000 + b"</sst>"}, tmp_path / "bomb.xlsx")
    small = struct.pack("<I", 1000)
    patched(bomb, "xl/sharedStrings.xml", local={22: small}, central={24: small})
    with Archive(bomb) as archive, pytest.raises(UnsafeWorkbookError, match="more than the 1,000 bytes"):
        archive.read(archive.find("xl/sharedStrings.xml"))  # type: ignore[arg-type]  # it is there


def test_limits_on_sizes_and_numbers(book: Path) -> None:
    for limits in (Limits(total_size=100), Limits(part_size=100), Limits(file_size=100)):
        with pytest.raises(WorkbookTooLargeError):
            open_package(book, limits)
    with pytest.raises(UnsafeWorkbookError, match="parts"):
        open_package(book, Limits(parts=3))


def test_a_directory_that_is_too_long_is_not_read(tmp_path: Path) -> None:
    many = pack({**minimal_parts(), **{f"xl/{'x' * 200}{k}": b"" for k in range(40)}}, tmp_path / "many.xlsx")
    with pytest.raises(UnsafeWorkbookError, match="directory"):
        Archive(many, Limits(parts=10))


def test_a_file_over_the_limit_is_not_read(tmp_path: Path) -> None:
    huge = tmp_path / "huge.xlsx"
    with huge.open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(3 * 1024**3)
    with pytest.raises(WorkbookTooLargeError, match="3,221,225,472"):
        open_package(huge)


def test_parts_that_overlap(tmp_path: Path) -> None:
    book = pack(minimal_parts(), tmp_path / "in.xlsx")
    with zipfile.ZipFile(book) as archive:
        first, second = archive.infolist()[:2]
    size = second.header_offset + 10 - first.header_offset
    patched(book, first.filename, central={20: struct.pack("<I", size)})
    with pytest.raises(AddinError) as caught:
        open_package(book)
    assert isinstance(caught.value, UnsafeWorkbookError | DamagedWorkbookError)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("again", ["xl/workbook.xml", "XL/WORKBOOK.xml", "xl\\workbook.xml"])
def test_a_part_twice(tmp_path: Path, again: str) -> None:
    book = pack(minimal_parts(), tmp_path / "in.xlsx")
    with zipfile.ZipFile(book, "a") as archive:
        archive.writestr(again, b"<other/>")
    with pytest.raises(UnsafeWorkbookError, match="twice"):
        open_package(book)


@pytest.mark.parametrize(
    "name", ["../evil.xml", "xl/../../evil.xml", "/etc/passwd", "C:/evil.xml", "xl\\..\\evil.xml", "xl/a\nb.xml"]
)
def test_names_that_leave_the_package(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnsafeWorkbookError):
        part_name(name)
    book = pack({**minimal_parts(), name: b"x"}, tmp_path / "in.xlsx")
    with pytest.raises(UnsafeWorkbookError):
        open_package(book)


def test_two_names_for_one_part(book: Path) -> None:
    patched(book, "xl/workbook.xml", local={30: b"xl/Workbook.xml"})
    with pytest.raises(UnsafeWorkbookError, match="two different names"):
        open_package(book)


def test_encrypted_entries(book: Path) -> None:
    patched(book, "xl/workbook.xml", local={6: b"\1\0"}, central={8: b"\1\0"})
    with pytest.raises(EncryptedWorkbookError):
        open_package(book)


def test_a_packing_method_that_workbooks_do_not_use(tmp_path: Path) -> None:
    path = tmp_path / "in.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        for name, data in minimal_parts().items():
            archive.writestr(name, data)
    with pytest.raises(DamagedWorkbookError, match="method 14"):
        open_package(path)


def test_a_changed_byte_is_noticed(tmp_path: Path) -> None:
    parts = minimal_parts()
    with zipfile.ZipFile(tmp_path / "in.xlsx", "w", zipfile.ZIP_STORED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    data = (tmp_path / "in.xlsx").read_bytes()
    (tmp_path / "in.xlsx").write_bytes(data.replace(b"sheetId=", b"sheetID=", 1))
    with open_package(tmp_path / "in.xlsx") as package, pytest.raises(DamagedWorkbookError, match="checksum"):
        package.workbook  # noqa: B018  # read on access


@pytest.mark.parametrize("share", [0.001, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.999])
def test_a_truncated_file(tmp_path: Path, share: float) -> None:
    whole = rich_workbook(tmp_path / "in.xlsm").read_bytes()
    cut = tmp_path / "cut.xlsm"
    cut.write_bytes(whole[: max(5, int(len(whole) * share))])
    with pytest.raises(DamagedWorkbookError, match="cut off"):
        read_table(cut)
    with pytest.raises(DamagedWorkbookError, match="cut off"):
        patch_rule(cut, tmp_path / "out.xlsm", "Invoices", "A1", red_rule())
    assert not (tmp_path / "out.xlsm").exists()


def test_data_before_and_after_the_archive(tmp_path: Path) -> None:
    """A ZIP file may have a comment, and a prefix such as a self-extractor's; the copy is a plain package again."""
    book = pack(minimal_parts(), tmp_path / "in.xlsx")
    with zipfile.ZipFile(book, "a") as archive:
        archive.comment = b"a comment"
    patch_rule(book, tmp_path / "out.xlsx", "Sheet1", "A1", red_rule())
    with zipfile.ZipFile(tmp_path / "out.xlsx") as archive:
        assert archive.comment == b"a comment"
        assert archive.testzip() is None


def test_streamed_archives_are_copied_with_their_descriptors(tmp_path: Path) -> None:
    """Programs that write to a pipe put sizes after the data (flag bit 3) and sometimes a ZIP64 field before it."""

    class Pipe:
        def __init__(self) -> None:
            self.data = b""

        def write(self, data: bytes) -> int:
            self.data += data
            return len(data)

        def flush(self) -> None:
            pass

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]  # all that a pipe can do
        for name, data in minimal_parts().items():
            with archive.open(name, "w", force_zip64=True) as part:
                part.write(data if isinstance(data, bytes) else data.encode())
    source = tmp_path / "in.xlsx"
    source.write_bytes(pipe.data)
    patch_rule(source, tmp_path / "out.xlsx", "Sheet1", "A1", red_rule())
    with zipfile.ZipFile(tmp_path / "out.xlsx") as archive:
        assert archive.testzip() is None
        assert [info.filename for info in archive.infolist()] == [*minimal_parts(), "xl/styles.xml"]
    assert read_table(tmp_path / "out.xlsx").table.headers == ("Name", "Count")


def test_random_damage_never_escapes_as_another_error(tmp_path: Path) -> None:
    """300 files with bytes changed anywhere: each is read, or refused with one of our errors."""
    whole = save_rows(tmp_path / "in.xlsx", [["Name", "Count"], ["a", 1], ["b", 2]]).read_bytes()
    randomness = random.Random(7)
    refused = 0
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(randomness.choice((1, 3, 20))):
            data[randomness.randrange(len(data))] = randomness.randrange(256)
        (tmp_path / "hit.xlsx").write_bytes(bytes(data))
        try:
            read_table(tmp_path / "hit.xlsx")
            patch_rule(tmp_path / "hit.xlsx", tmp_path / "out.xlsx", "Sheet", "A1", red_rule())
        except AddinError:
            refused += 1
    assert refused > 100
