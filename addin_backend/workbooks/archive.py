"""ZIP archives, opened with distrust and rewritten without recompressing what stays.

`Archive` checks the directory before anything is inflated (ECMA-376 part 2, annex B allows only stored and deflated
entries), counts bytes while inflating, and knows where each entry lies in the file, so that `output.write_archive` can
copy untouched entries raw: local header, compressed data and data descriptor as they are.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from addin_backend.errors import DamagedWorkbookError, EncryptedWorkbookError, UnsafeWorkbookError, WorkbookTooLargeError

MIB = 1024 * 1024
_LOCAL_HEADER = struct.Struct("<4sHHHHHIIIHH")
_END_RECORD = struct.Struct("<4sHHHHIIH")
_END64_LOCATOR = struct.Struct("<4sIQI")
_END64_RECORD = struct.Struct("<4sQHHIIQQQQ")
_ENCRYPTED_FLAG = 0x1


@dataclass(frozen=True, slots=True)
class Limits:
    """What is accepted; sizes in bytes. `ratio` (inflated to packed) only counts above `ratio_from` inflated bytes."""

    file_size: int = 2 * 1024 * MIB
    total_size: int = 3 * 1024 * MIB
    part_size: int = 1536 * MIB
    ratio: float = 200.0
    ratio_from: int = 64 * MIB
    parts: int = 20_000
    cells: int = 20_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: `name` with forward slashes; `start`..`end` is its raw place in the file, data from `data` on."""

    name: str
    info: zipfile.ZipInfo
    start: int
    data: int
    end: int

    @property
    def is_folder(self) -> bool:
        return self.name.endswith("/")


class Archive:
    """An open ZIP file whose directory has been checked. Use as a context manager.

    Raises (from the constructor):
        DamagedWorkbookError: no or a wrong directory, entries that run past their place.
        UnsafeWorkbookError: bomb, duplicate names, names that leave the package, overlapping entries.
        EncryptedWorkbookError: encrypted entries.
        OSError: the file cannot be read.
    """

    def __init__(self, path: Path, limits: Limits | None = None) -> None:
        self.path = path
        self.limits = limits or Limits()
        self.file: BinaryIO = path.open("rb")
        try:
            infos, self.directory = self._directory()
            self.comment = self._comment
            self.entries = self._entries(infos)
            self._by_name = {entry.name.casefold(): entry for entry in self.entries}
        except BaseException:
            self.file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.file.close()

    def find(self, name: str) -> Entry | None:
        """The entry of this name, whatever its case (part names compare so: ECMA-376 part 2, 6.2.2.3)."""
        return self._by_name.get(name.casefold())

    def read(self, entry: Entry) -> bytes:
        """The inflated bytes of an entry; never more than its declared size, checked against its CRC.

        Raises:
            DamagedWorkbookError: the data does not inflate, is shorter, or fails the CRC.
            UnsafeWorkbookError: there is more data than declared.
        """
        packed = self.raw(entry.data, entry.data + entry.info.compress_size)
        declared = entry.info.file_size
        if entry.info.compress_type == zipfile.ZIP_STORED:
            data = packed
        else:
            inflater = zlib.decompressobj(-zlib.MAX_WBITS)
            try:
                data = inflater.decompress(packed, declared + 1)
            except zlib.error:
                raise DamagedWorkbookError(f"The part '{entry.name}' cannot be unpacked: its data is broken.") from None
        if len(data) > declared:
            raise UnsafeWorkbookError(f"The part '{entry.name}' unpacks to more than the {declared:,} bytes it declares.")
        if len(data) < declared or zlib.crc32(data) != entry.info.CRC:
            raise DamagedWorkbookError(f"The part '{entry.name}' is incomplete or changed: its checksum does not fit.")
        return data

    def raw(self, start: int, end: int) -> bytes:
        """Bytes of the file as they are."""
        self.file.seek(start)
        data = self.file.read(end - start)
        if len(data) != end - start:
            raise DamagedWorkbookError("The file was cut off: data is missing that its directory lists.")
        return data

    # -- checks --------------------------------------------------------------------------------------------------

    def _directory(self) -> tuple[list[zipfile.ZipInfo], int]:
        self._refuse_large_directory()
        try:
            with zipfile.ZipFile(self.file) as archive:
                self._comment = archive.comment
                return archive.infolist(), archive.start_dir
        except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError, struct.error, ValueError):
            raise DamagedWorkbookError(
                "The file begins like a workbook but has no directory at its end: it was cut off, for example while it was "
                "downloaded. Fetch it again."
            ) from None

    def _refuse_large_directory(self) -> None:
        """Look at the directory's declared size before `zipfile` reads it whole."""
        size = self.file.seek(0, 2)
        tail_at = max(0, size - 65_535 - _END_RECORD.size - _END64_LOCATOR.size)
        tail = self.raw(tail_at, size)
        at = tail.rfind(b"PK\x05\x06")
        if at < 0 or at + _END_RECORD.size > len(tail):
            return
        length = _END_RECORD.unpack_from(tail, at)[5]
        locator = tail[max(0, at - _END64_LOCATOR.size) : at]
        if locator.startswith(b"PK\x06\x07"):
            record_at = _END64_LOCATOR.unpack(locator)[2]
            if record_at + _END64_RECORD.size <= size:
                length = _END64_RECORD.unpack(self.raw(record_at, record_at + _END64_RECORD.size))[8]
        if length > self.limits.parts * 512:
            raise UnsafeWorkbookError(f"The file's directory is {length:,} bytes long; no workbook has so many parts.")

    def _entries(self, infos: list[zipfile.ZipInfo]) -> tuple[Entry, ...]:
        self._check_sizes(infos)
        starts = sorted(info.header_offset for info in infos)
        following = dict(zip(starts, [*starts[1:], self.directory], strict=True))
        entries = tuple(self._entry(info, following[info.header_offset]) for info in infos)
        seen: set[str] = set()
        for entry in entries:
            key = entry.name.casefold()
            if key in seen:
                raise UnsafeWorkbookError(f"The file has the part '{entry.name}' twice.")
            seen.add(key)
        return entries

    def _check_sizes(self, infos: list[zipfile.ZipInfo]) -> None:
        limits = self.limits
        if len(infos) > limits.parts:
            raise UnsafeWorkbookError(f"The file has {len(infos):,} parts; at most {limits.parts:,} are accepted.")
        total = sum(info.file_size for info in infos)
        packed = sum(info.compress_size for info in infos)
        largest = max((info.file_size for info in infos), default=0)
        if total > limits.ratio_from and total > limits.ratio * max(packed, 1):
            raise UnsafeWorkbookError(
                f"The file would unpack from {packed:,} to {total:,} bytes, {total / max(packed, 1):,.0f} times its size: "
                "it looks like a zip bomb."
            )
        if total > limits.total_size or largest > limits.part_size:
            raise WorkbookTooLargeError(
                f"The workbook unpacks to {total:,} bytes (largest part {largest:,}); at most {limits.total_size:,} "
                f"({limits.part_size:,} for one part) are accepted."
            )

    def _entry(self, info: zipfile.ZipInfo, end: int) -> Entry:
        name = part_name(info.orig_filename)
        if info.flag_bits & _ENCRYPTED_FLAG:
            raise EncryptedWorkbookError(
                "The parts of this ZIP file are encrypted. Save the workbook from Excel without a password."
            )
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise DamagedWorkbookError(
                f"The part '{name}' is packed with method {info.compress_type}, which no workbook uses. Save it in Excel again."
            )
        if info.compress_type == zipfile.ZIP_STORED and info.compress_size != info.file_size:
            raise DamagedWorkbookError(f"The sizes declared for the part '{name}' contradict each other.")
        if info.header_offset < 0:
            raise DamagedWorkbookError("The file was cut off at its beginning.")
        header = _LOCAL_HEADER.unpack(self.raw(info.header_offset, info.header_offset + _LOCAL_HEADER.size))
        name_end = info.header_offset + _LOCAL_HEADER.size + header[9]
        data = name_end + header[10]
        if header[0] != b"PK\x03\x04":
            raise DamagedWorkbookError(f"The directory says that '{name}' is where something else is: the file is damaged.")
        if self.raw(name_end - header[9], name_end) != encoded_name(info):
            raise UnsafeWorkbookError(f"The part '{name}' has two different names in the file.")
        if data + info.compress_size > end:
            raise UnsafeWorkbookError(f"The part '{name}' overlaps another one: the file is damaged or a zip bomb.")
        return Entry(name, info, info.header_offset, data, end)


def part_name(raw: str) -> str:
    """A name in the archive as a part name: forward slashes, and nothing that leaves the package.

    Raises:
        UnsafeWorkbookError: absolute names, drive letters, `..` segments, control characters.
    """
    name = raw.replace("\\", "/")
    segments = name.split("/")
    if name.startswith("/") or ":" in segments[0] or ".." in segments or any(ord(character) < 32 for character in name):
        raise UnsafeWorkbookError(f"The file has a part with the name {raw[:80]!r}, which points outside the package.")
    return name


def encoded_name(info: zipfile.ZipInfo) -> bytes:
    """The bytes of an entry's name (ZIP specification 4.4.4, bit 11: UTF-8, otherwise code page 437)."""
    return info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437")
