"""What a bundle says about code: its files, its pieces, its refusals."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from export.runtime.bundle import CODE_FILE, FILES, files_of, read_bundle, sha256
from export.runtime.code import read_code_settings
from export.runtime.errors import BundleError, LanguageError
from export.runtime.generator import Generator
from tests.export.make_fake_bundle import FOLDER
from tests.grammar.codec.code.test_codec import values


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The fake bundle with the card of one that writes Bash; its graphs are those of rules."""
    shutil.copytree(FOLDER, tmp_path / "bundle")
    path = tmp_path / "bundle" / CODE_FILE
    path.write_text(json.dumps(values()), encoding="utf-8")
    write(tmp_path / "bundle")
    return tmp_path / "bundle"


def write(folder: Path, pieces: int = 256) -> None:
    info = json.loads((folder / "bundle.json").read_text(encoding="utf-8"))
    info["model"] |= {"code_pieces": pieces, "code_length": 24}
    info["languages"] = ["cf", "bash"]
    info["sampling"]["code_steps"] = 7
    info["sha256"][CODE_FILE] = sha256(folder / CODE_FILE)
    (folder / "bundle.json").write_text(json.dumps(info), encoding="utf-8")


def test_a_bundle_of_rules_has_no_pieces() -> None:
    bundle = read_bundle(FOLDER)
    assert bundle.languages == ("cf",)
    assert files_of(bundle.info) == FILES
    assert read_code_settings(bundle) is None
    with pytest.raises(LanguageError, match="fake does not write bash; it writes cf") as caught:
        Generator.load(FOLDER, threads=1).write_code(["x"], "bash", limit=1)
    assert caught.value.languages == ("cf",)


def test_a_bundle_of_code(folder: Path) -> None:
    bundle = read_bundle(folder)
    assert bundle.languages == ("cf", "bash")
    settings = read_code_settings(bundle)
    assert settings is not None
    assert (len(settings.pieces), settings.length, settings.steps, settings.text_width) == (256, 24, 7, 4)


@pytest.mark.parametrize("language", ["python", "cf", "perl"])
def test_languages_that_it_does_not_write(folder: Path, language: str) -> None:
    with pytest.raises(LanguageError, match=f"does not write {language}"):
        Generator.load(folder, threads=1).write_code(["x"], language, limit=1)


def test_the_pieces_are_a_file_of_the_bundle(folder: Path) -> None:
    with (folder / CODE_FILE).open("ab") as file:
        file.write(b" ")
    with pytest.raises(BundleError, match="its hash differs"):
        read_bundle(folder)
    (folder / CODE_FILE).unlink()
    with pytest.raises(BundleError, match=f"has no {CODE_FILE}"):
        read_bundle(folder)


def test_pieces_that_are_not_the_models(folder: Path) -> None:
    write(folder, pieces=300)
    with pytest.raises(BundleError, match="300 pieces"):
        Generator.load(folder, threads=1)
    (folder / CODE_FILE).write_text("{}", encoding="utf-8")
    write(folder)
    with pytest.raises(BundleError, match="cannot be read"):
        Generator.load(folder, threads=1)
