"""Development splits of the public training pairs for Bash and Python.

    python -m training.corpus.code_splits                 # counts and hashes of all parts, compared with the recorded ones
    python -m training.corpus.code_splits --record        # write them anew, after a change that is meant

Pairs are cleaned (white space, no empty utterance, the code is valid, no pair twice) and then cut into parts:

- `dev`: descriptions whose hash is small enough, the first pair of each; nothing but the description decides.
- `train`: the rest without near-duplicates of `dev`: no description, question, code or code template of it
  (`training.metrics.bash.template`, `training.metrics.python.template`). Every template of `dev` is new to a model trained on
  it: a test of what it can put together, harder than a split drawn at random.
- `train-wide`: the rest without descriptions, questions and code of `dev`; templates may occur in both.

Descriptions are compared without case and punctuation; questions are the page numbers that several pairs of CoNaLa share.
The pairs are not ours to ship: `training/corpora/code_splits.json` records hashes and counts alone. Parts depend on what `ast`
and bashlex read, so another version of them may ask for `--record`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from training.metrics import bash, python
from training.metrics.validity import valid

RECORD = Path(__file__).parent.parent / "corpora" / "code_splits.json"
PARTS = ("dev", "train", "train-wide")
SHARES = MappingProxyType({"bash": 0.057, "python": 0.113})
"""Share of the descriptions that goes into `dev`."""
_TEMPLATES: MappingProxyType[str, Callable[[str], str]] = MappingProxyType({"bash": bash.template, "python": python.template})


class SplitError(ValueError):
    """A file or a part is not the recorded one: figures measured on it cannot be compared with earlier ones."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A description and its code."""

    utterance: str
    code: str


@dataclass(frozen=True, slots=True)
class _Entry:
    """A pair with what it is compared by."""

    pair: Pair
    description: str
    code: str
    question: int | None


def pairs(language: str, part: str, data: Path, record: Path = RECORD) -> list[Pair]:
    """One part of the pairs of `bash` or `python`; `data` is the data folder, which holds `prose/`.

    Raises:
        FileNotFoundError: the data folder lacks the file.
        SplitError: the file or the part has another hash than the recorded one.
        ValueError: an unknown language or part.
    """
    if part not in PARTS:
        raise ValueError(f"{part} is none of {', '.join(PARTS)}")
    path = source(language, data)
    recorded: dict[str, Any] = json.loads(record.read_text(encoding="utf-8"))[language]
    _check_file(path, recorded)
    found = split(language, path)[part]
    _check_part(language, part, _about(found), recorded)
    return found


def source(language: str, data: Path) -> Path:
    """The file of a language.

    Raises:
        FileNotFoundError: it is not there.
        ValueError: an unknown language.
    """
    if language not in SHARES:
        raise ValueError(f"{language} is none of {', '.join(SHARES)}")
    path = data / "prose" / f"{language}_train.json"
    if not path.exists():
        raise FileNotFoundError(f"no {path}; set CF_ASSISTANT_DATA to the data folder or name it")
    return path


def split(language: str, path: Path) -> dict[str, list[Pair]]:
    """All parts of a file, by name, whatever is recorded."""
    entries = _read(language, path)
    held_out = [entry for entry in entries if _fraction(entry.description) < SHARES[language]]
    dev = list({entry.description: entry for entry in reversed(held_out)}.values())[::-1]  # the first of each description
    descriptions = {entry.description for entry in held_out}
    questions = {entry.question for entry in held_out} - {None}
    codes = {entry.code for entry in held_out}
    wide = [
        entry for entry in entries
        if entry.description not in descriptions and entry.question not in questions and entry.code not in codes
    ]  # fmt: skip
    template = _TEMPLATES[language]
    templates = {template(entry.pair.code) for entry in held_out}
    strict = [entry for entry in wide if template(entry.pair.code) not in templates]
    return {name: [entry.pair for entry in part] for name, part in zip(PARTS, (dev, strict, wide), strict=True)}


def normal_description(text: str) -> str:
    """Letters and digits in lower case, words by single blanks."""
    return " ".join("".join(sign if sign.isalnum() else " " for sign in text.casefold()).split())


def _normal_code(language: str, code: str) -> str:
    return python.normal_text(code) if language == "python" else " ".join(code.replace('"', "'").split())


def _read(language: str, path: Path) -> list[_Entry]:
    found: dict[tuple[str, str], _Entry] = {}
    for record in json.loads(path.read_text(encoding="utf-8")):
        pair = Pair(" ".join(str(record["NL Utterance"] or "").split()), str(record["Code"] or "").strip())
        description = normal_description(pair.utterance)
        if not description or not valid(language, pair.code):
            continue
        code = _normal_code(language, pair.code)
        entry = _Entry(pair, description, code, int(record["ID"]) if language == "python" else None)
        found.setdefault((description, code), entry)
    return list(found.values())


def _fraction(text: str) -> float:
    """A number from 0 to 1 that the text alone decides."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") / 2**64


def _about(found: Sequence[Pair]) -> dict[str, Any]:
    text = json.dumps([[pair.utterance, pair.code] for pair in found])
    return {"pairs": len(found), "sha256": hashlib.sha256(text.encode()).hexdigest()}


def _file_hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _check_file(path: Path, recorded: dict[str, Any]) -> None:
    if _file_hash(path) != recorded["sha256"]:
        raise SplitError(f"{path} is not the recorded file (sha256 {recorded['sha256'][:12]}…)")


def _check_part(language: str, part: str, about: dict[str, Any], recorded: dict[str, Any]) -> None:
    expected = recorded["parts"][part]
    if about != expected:
        raise SplitError(
            f"{language} {part} has {about['pairs']} pairs that differ from the {expected['pairs']} recorded: Python, bashlex "
            "or the templates have changed; --record writes the hashes anew"
        )


def describe(language: str, data: Path) -> dict[str, Any]:
    """Hash of the file, counts and hashes of its parts: what is recorded.

    Raises:
        FileNotFoundError: the data folder lacks the file.
    """
    path = source(language, data)
    parts = {name: _about(part) for name, part in split(language, path).items()}
    return {"file": path.name, "sha256": _file_hash(path), "share": SHARES[language], "parts": parts}


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line; 1 when something is missing or differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("CF_ASSISTANT_DATA", "../shared/data")))
    parser.add_argument("--record", action="store_true", help="write the hashes instead of comparing them")
    options = parser.parse_args(arguments)
    try:
        if options.record:
            found = {language: describe(language, options.data) for language in SHARES}
            RECORD.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        recorded = json.loads(RECORD.read_text(encoding="utf-8"))
        for language in SHARES:
            _check_file(source(language, options.data), recorded[language])
            for part, about in describe(language, options.data)["parts"].items():
                print(f"{language:6} {part:10} {about['pairs']:6} pairs  sha256 {about['sha256']}")
                _check_part(language, part, about, recorded[language])
    except (FileNotFoundError, SplitError) as error:
        print(f"code_splits: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
