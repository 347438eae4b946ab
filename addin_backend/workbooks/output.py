"""Writing a package: beside the target, then renamed, so that no half file ever stands under the final name."""

from __future__ import annotations

import errno
import os
import secrets
import struct
import time
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from addin_backend.errors import DiskFullError, TargetError, WriteError
from addin_backend.workbooks.archive import MIB, Archive, Entry, encoded_name

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sBBHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_ZIP64_EXTRA = 1
_DESCRIPTOR_FLAG = 0x8
_SIZE_MAX = 0xFFFFFFFF


@contextmanager
def replacing(target: Path) -> Iterator[BinaryIO]:
    """A new file beside `target` that takes its name when the block ends well, and is removed when it does not.

    Data reaches the disk before the name changes (fsync of the file, then of the folder), so a power cut leaves the old
    file or the new one, never half of one.

    Raises:
        TargetError: the folder does not exist or may not be written, or the target is a folder.
        DiskFullError: no space, quota exceeded, or over the limit on file sizes.
        WriteError: any other failure of the file system.
    """
    if not target.parent.is_dir():
        raise TargetError(f"The folder '{target.parent}' does not exist.")
    if target.is_dir():
        raise TargetError(f"'{target}' is a folder; name a file.")
    beside = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.tmp")
    try:
        with beside.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        raise _write_error(target, error) from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def _write_error(target: Path, error: OSError) -> TargetError | DiskFullError | WriteError:
    reason = error.strerror or str(error)
    if error.errno in _FULL:
        return DiskFullError(f"'{target.name}' was not written: {reason}. Free space in '{target.parent}' and try again.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return TargetError(f"'{target}' may not be written: {reason}.")
    return WriteError(f"'{target.name}' was not written: {reason}.")


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):  # not every file system can; the rename itself has happened
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def write_archive(archive: Archive, target: Path, changed: Mapping[str, bytes], added: Mapping[str, bytes]) -> None:
    """Write `archive` to `target` with the parts of `changed` replaced and those of `added` at the end.

    All other entries are copied raw, in their order in the file: no byte of them is unpacked or packed again.

    Raises:
        TargetError, DiskFullError, WriteError: see `replacing`.
    """
    replaced = {name.casefold(): data for name, data in changed.items()}
    places: dict[str, tuple[int, zipfile.ZipInfo]] = {}
    with replacing(target) as file:
        for entry in sorted(archive.entries, key=lambda item: item.start):
            at = file.tell()
            data = replaced.get(entry.name.casefold())
            if data is None:
                _copy(archive, entry, file)
                places[entry.name] = (at, entry.info)
            else:
                places[entry.name] = (at, _write_entry(file, _replaced_info(entry.info), data))
        records = [places[entry.name] for entry in archive.entries]
        for name, data in added.items():
            at = file.tell()
            records.append((at, _write_entry(file, _new_info(name), data)))
        _write_directory(file, records, archive.comment)


def _copy(archive: Archive, entry: Entry, file: BinaryIO) -> None:
    for start in range(entry.start, entry.end, MIB):
        file.write(archive.raw(start, min(start + MIB, entry.end)))


def _new_info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, time.localtime()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 0
    return info


def _replaced_info(old: zipfile.ZipInfo) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(old.orig_filename, old.date_time)
    info.filename = info.orig_filename = old.orig_filename  # the constructor tidies names; this one stays as it was
    info.compress_type = zipfile.ZIP_DEFLATED
    info.flag_bits = old.flag_bits & 0x800
    info.create_system, info.create_version = old.create_system, old.create_version
    info.external_attr, info.internal_attr = old.external_attr, old.internal_attr
    info.comment = old.comment
    return info


def _write_entry(file: BinaryIO, info: zipfile.ZipInfo, data: bytes) -> zipfile.ZipInfo:
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(data) + packer.flush()
    info.CRC, info.file_size, info.compress_size = zlib.crc32(data), len(data), len(packed)
    name = encoded_name(info)
    date, moment = _dos_time(info)
    file.write(
        _LOCAL.pack(
            b"PK\x03\x04", 20, info.flag_bits, info.compress_type, moment, date, info.CRC, info.compress_size, info.file_size,
            len(name), 0,
        )
    )  # fmt: skip
    file.write(name)
    file.write(packed)
    info.extra = b""
    return info


def _write_directory(file: BinaryIO, records: list[tuple[int, zipfile.ZipInfo]], comment: bytes) -> None:
    start = file.tell()
    for at, info in records:
        name, extra = encoded_name(info), _without_zip64(info.extra)
        date, moment = _dos_time(info)
        file.write(
            _CENTRAL.pack(
                b"PK\x01\x02", info.create_version, info.create_system, max(info.extract_version, 20), info.flag_bits,
                info.compress_type, moment, date, info.CRC, info.compress_size, info.file_size, len(name), len(extra),
                len(info.comment), 0, info.internal_attr, info.external_attr, at,
            )
        )  # fmt: skip
        file.write(name + extra + info.comment)
    size = file.tell() - start
    if len(records) > 0xFFFF or start > _SIZE_MAX:
        raise WriteError("The output would need the ZIP64 format, which Excel does not read.")
    file.write(_END.pack(b"PK\x05\x06", 0, 0, len(records), len(records), size, start, len(comment)) + comment)


def _dos_time(info: zipfile.ZipInfo) -> tuple[int, int]:
    year, month, day, hour, minute, second = info.date_time
    return (max(year, 1980) - 1980) << 9 | month << 5 | day, hour << 11 | minute << 5 | second // 2


def _without_zip64(extra: bytes) -> bytes:
    """Extra fields without the ZIP64 one: all sizes and places fit 32 bits here, and the plain fields hold them."""
    kept, at = b"", 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind != _ZIP64_EXTRA:
            kept += extra[at : at + 4 + length]
        at += 4 + length
    return kept
