"""No half file ever stands under the final name."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from addin_backend.errors import DiskFullError, TargetError, WriteError
from addin_backend.workbooks import output
from addin_backend.workbooks.output import replacing
from addin_backend.workbooks.patcher import patch_rule
from tests.addin_backend.fixtures.workbooks import INVOICES, red_rule, save_rows

ROOT = Path(__file__).parents[3]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_block_that_ends_well_replaces_the_file(tmp_path: Path) -> None:
    target = tmp_path / "out.bin"
    target.write_bytes(b"old")
    with replacing(target) as file:
        file.write(b"new")
        assert target.read_bytes() == b"old"
    assert target.read_bytes() == b"new"
    assert names(tmp_path) == ["out.bin"]


@pytest.mark.parametrize("error", [ValueError("broken"), KeyboardInterrupt()])
def test_a_block_that_fails_leaves_everything_as_it_was(tmp_path: Path, error: BaseException) -> None:
    target = tmp_path / "out.bin"
    target.write_bytes(b"old")

    def fail() -> None:
        with replacing(target) as file:
            file.write(b"half")
            raise error

    with pytest.raises(type(error)):
        fail()
    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["out.bin"]


@pytest.mark.parametrize(
    ("number", "expected"),
    [(errno.ENOSPC, DiskFullError), (errno.EDQUOT, DiskFullError), (errno.EFBIG, DiskFullError), (errno.EIO, WriteError),
     (errno.EROFS, TargetError)],
)  # fmt: skip
@pytest.mark.parametrize("when", ["fsync", "write"])
def test_failures_of_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, expected: type[Exception], when: str
) -> None:
    source = save_rows(tmp_path / "in.xlsx", INVOICES)
    (tmp_path / "out.xlsx").write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(*((output.os, "fsync") if when == "fsync" else (output, "_write_directory")), fail)
    with pytest.raises(expected):
        patch_rule(source, tmp_path / "out.xlsx", "Sheet1", "C2:C41", red_rule())
    assert (tmp_path / "out.xlsx").read_bytes() == b"old"
    assert names(tmp_path) == ["in.xlsx", "out.xlsx"]


SCRIPT = """
    import resource, sys
    from pathlib import Path
    from addin_backend.errors import DiskFullError
    from addin_backend.workbooks.patcher import patch_rule
    from tests.addin_backend.fixtures.workbooks import red_rule
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
    try:
        patch_rule(Path(sys.argv[1]), Path(sys.argv[2]), "Sheet1", "C2:C41", red_rule())
    except DiskFullError as error:
        print(error.code, error.status)
"""


def run_python(script: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", textwrap.dedent(script), *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


@pytest.mark.skipif(sys.platform != "linux", reason="limits on file sizes are set the Unix way")
def test_a_real_limit_on_the_file_size(tmp_path: Path) -> None:
    source = save_rows(tmp_path / "in.xlsx", INVOICES)
    process = run_python(SCRIPT, str(source), str(tmp_path / "out.xlsx"))
    said, _ = process.communicate(timeout=60)
    assert said.split() == ["disk-full", "507"]
    assert names(tmp_path) == ["in.xlsx"]


KILLED = """
    import sys, time
    from pathlib import Path
    from addin_backend.workbooks import output
    from addin_backend.workbooks.patcher import patch_rule
    from tests.addin_backend.fixtures.workbooks import red_rule
    real = output._write_entry
    def slow(file, info, data):
        result = real(file, info, data)
        file.flush()
        print("half", flush=True)
        time.sleep(60)
        return result
    output._write_entry = slow
    patch_rule(Path(sys.argv[1]), Path(sys.argv[2]), "Sheet1", "C2:C41", red_rule())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="SIGKILL is a Unix signal")
@pytest.mark.parametrize("existing", [None, b"old"])
def test_a_kill_in_the_middle(tmp_path: Path, existing: bytes | None) -> None:
    source = save_rows(tmp_path / "in.xlsx", INVOICES)
    before = source.read_bytes()
    target = tmp_path / "out.xlsx"
    if existing is not None:
        target.write_bytes(existing)
    process = run_python(KILLED, str(source), str(target))
    assert process.stdout is not None
    assert process.stdout.readline() == "half\n"
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
    process.stdout.close()
    assert source.read_bytes() == before
    assert (target.read_bytes() if target.exists() else None) == existing
    patch_rule(source, target, "Sheet1", "C2:C41", red_rule())
    assert target.stat().st_size > 1000


def test_the_copy_is_readable_for_others_as_a_new_file_is(tmp_path: Path) -> None:
    source = save_rows(tmp_path / "in.xlsx", INVOICES)
    source.chmod(0o400)
    (tmp_path / "plain").touch()
    patch_rule(source, tmp_path / "out.xlsx", "Sheet1", "C2:C41", red_rule())
    assert (tmp_path / "out.xlsx").stat().st_mode == (tmp_path / "plain").stat().st_mode
    assert time.time() - (tmp_path / "out.xlsx").stat().st_mtime < 60
