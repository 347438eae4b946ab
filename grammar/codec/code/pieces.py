"""The code pieces: a byte-level BPE of our own, read from one JSON file, and the words that are spelt rather than copied.

`code_pieces.json`: {"format", "pieces", "spelt": {language: [word…]}, "corpus", "tokenizer": what `tokenizers` writes}. It is
made by `python -m training.corpus.code_pieces` and goes into every bundle that writes code.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from grammar.codec.vocabulary import RULES
from grammar.errors import GrammarError

FORMAT = 1
LANGUAGES = ("bash", "python")
FIRST_PIECE = len(RULES)
"""Id of the first piece: the rules' tokens come before, unchanged."""


class CodePiecesError(GrammarError):
    """The file of the code pieces is missing, broken or of another format. Make it anew: training.corpus.code_pieces."""


class CodePieces:
    """Text <-> ids of pieces (ids count from `FIRST_PIECE`).

    Raises:
        CodePiecesError: see there.
    """

    def __init__(self, values: dict[str, Any]) -> None:
        try:
            if values["format"] != FORMAT:
                raise CodePiecesError(f"the code pieces have format {values['format']}, this version reads {FORMAT}")
            self._tokenizer = Tokenizer.from_str(json.dumps(values["tokenizer"]))
            self.spelt = {language: frozenset(values["spelt"][language]) for language in LANGUAGES}
            names = [self._tokenizer.id_to_token(k) or "" for k in range(int(values["pieces"]))]
            self._bytes = [bytes(_BYTES[sign] for sign in name) for name in names]
        except CodePiecesError:
            raise
        except Exception as error:  # tokenizers raises bare Exceptions
            raise CodePiecesError(f"the code pieces cannot be read: {error!r}") from error
        if self._tokenizer.get_vocab_size() != len(self._bytes) or b"" in self._bytes:
            raise CodePiecesError(f"{self._tokenizer.get_vocab_size()} pieces where {len(self._bytes)} are stated")

    @classmethod
    def read(cls, path: Path) -> CodePieces:
        """Read `code_pieces.json`.

        Raises:
            CodePiecesError: see there.
        """
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CodePiecesError(f"the code pieces {path} cannot be read: {error}") from error
        return cls(values)

    def __len__(self) -> int:
        return len(self._bytes)

    def ids(self, text: str) -> list[int]:
        """Ids of a text; every text can be spelt."""
        return [FIRST_PIECE + k for k in self._tokenizer.encode(text, add_special_tokens=False).ids]

    def joined(self, ids: Sequence[int]) -> bytes:
        """Bytes of pieces, one after another; what they spell need not be whole UTF-8."""
        return b"".join(self._bytes[k - FIRST_PIECE] for k in ids)


def _byte_signs() -> dict[str, int]:
    """The signs by which byte-level BPE writes the 256 bytes (Radford et al. 2019, GPT-2)."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [k for k in range(256) if k not in printable]
    return {chr(k): k for k in printable} | {chr(256 + n): k for n, k in enumerate(others)}


_BYTES = _byte_signs()
