"""The bundle: a folder with ONNX files, `tokenizer.json`, and a `bundle.json` with all that is needed to run and trust them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from export.runtime.errors import BundleError
from grammar.codec.vocabulary import RULES

FORMAT = 1
FILES = ("text.onnx", "encoder.onnx", "denoiser.onnx", "decoder.onnx", "tokenizer.json")
CODE_FILE = "code_pieces.json"
"""Only in bundles that also write Bash or Python."""
DEFAULT = Path(__file__).parent.parent / "bundles" / "small"


@dataclass(frozen=True, slots=True)
class Bundle:
    """A verified bundle. `info` is bundle.json as read."""

    folder: Path
    info: dict[str, Any]

    @property
    def name(self) -> str:
        """Its name, e.g. `small`."""
        return str(self.info["name"])

    @property
    def languages(self) -> tuple[str, ...]:
        """What it writes: `cf` (rules), `bash`, `python`."""
        return tuple(self.info.get("languages", ("cf",)))


def read_bundle(folder: Path | None = None, *, verify: bool = True) -> Bundle:
    """Read and verify a bundle; None is the shipped `small`.

    Raises:
        BundleError: see there.
    """
    folder = folder or DEFAULT
    path = folder / "bundle.json"
    if not path.is_file():
        raise BundleError(
            f"There is no model bundle in {folder} (no bundle.json). Name another folder or build one: see CONTRIBUTING."
        )
    try:
        info = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BundleError(f"bundle.json in {folder} cannot be read: {error}.") from error
    if not isinstance(info, dict) or info.get("format") != FORMAT:
        raise BundleError(f"The bundle in {folder} is of a format this version does not read; export it again.")
    if tuple(info.get("vocabulary", ())) != RULES.tokens:
        raise BundleError(
            f"The bundle in {folder} was made for another version of the rule language's tokens; export it again."
        )
    for name in files_of(info):
        _verify(folder / name, info.get("sha256", {}).get(name), verify)
    return Bundle(folder, info)


def files_of(info: Mapping[str, Any]) -> tuple[str, ...]:
    """The files of a bundle with this bundle.json."""
    return (*FILES, CODE_FILE) if info.get("model", {}).get("code_pieces") else FILES


def sha256(path: Path) -> str:
    """Hash of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _verify(path: Path, wanted: str | None, verify: bool) -> None:
    if not path.is_file():
        raise BundleError(f"The bundle has no {path.name}; fetch or export it again.")
    if wanted is None:
        raise BundleError(f"bundle.json does not say what {path.name} must be.")
    if verify and sha256(path) != wanted:
        raise BundleError(
            f"{path.name} is not the file that bundle.json describes (its hash differs); fetch or export it again."
        )
