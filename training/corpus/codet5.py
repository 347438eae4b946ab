"""CodeT5's byte-level BPE, read from a folder with `vocab.json` and `merges.txt`, and its 100 sentinels `<extra_id_k>`.

The sentinels serve as word, column and value sentinels of the codec: w0…w63 are <extra_id_0…63>, c0…c23 <extra_id_64…87>,
v0…v11 <extra_id_88…99>; exactly a hundred. In CodeT5's own numbering <extra_id_0> is the last id, 32099.
"""

from __future__ import annotations

import os
from pathlib import Path

from tokenizers import ByteLevelBPETokenizer

from grammar.codec.view import MAX_COLUMNS, MAX_FRAGMENTS, MAX_VALUES
from grammar.codec.vocabulary import RULES
from grammar.codec.words import MAX_WORDS

SIZE = 32_100
PAD, START, END, UNKNOWN, MASK = 0, 1, 2, 3, 4
_SENTINELS = 100
_FIRST = {"w": 0, "c": MAX_WORDS, "v": MAX_WORDS + MAX_COLUMNS}


def codet5_folder() -> Path:
    """Where the tokenizer's files are: `codet5` in the data folder (CF_ASSISTANT_DATA)."""
    return Path(os.environ.get("CF_ASSISTANT_DATA", "../shared/data")) / "codet5"


class CodeT5Tokenizer:
    """Text <-> ids.

    Raises:
        FileNotFoundError: the folder lacks one of the two files.
    """

    def __init__(self, folder: Path | None = None) -> None:
        folder = folder or codet5_folder()
        for name in ("vocab.json", "merges.txt"):
            if not (folder / name).exists():
                raise FileNotFoundError(f"no {name} of CodeT5 in {folder}; set CF_ASSISTANT_DATA or name the folder")
        self._bpe = ByteLevelBPETokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"))
        if MAX_WORDS + MAX_COLUMNS + MAX_VALUES + MAX_FRAGMENTS > _SENTINELS:
            raise ValueError("CodeT5 has too few sentinels for the codec")

    def ids(self, text: str) -> list[int]:
        """Ids of plain text."""
        found: list[int] = self._bpe.encode(text).ids
        return found

    def text(self, ids: list[int]) -> str:
        """Plain text of ids; sentinels and specials are left out."""
        found: str = self._bpe.decode([k for k in ids if MASK < k < SIZE - _SENTINELS])
        return found

    @staticmethod
    def sentinel(token: str) -> int | None:
        """Id of a codec sentinel such as `w3`; None for other tokens."""
        if token not in RULES.ids or RULES.ids[token] < RULES.first_column:
            return None
        return SIZE - 1 - (_FIRST[token[0]] + int(token[1:]))

    def rule_ids(self, tokens: list[str]) -> list[int]:
        """A rule's tokens (see `grammar.codec.encode`) in this vocabulary."""
        result: list[int] = []
        for token in tokens:
            sentinel = self.sentinel(token)
            result += [sentinel] if sentinel is not None else self.ids(" " + token)
        return result

    def rule_tokens(self, ids: list[int]) -> list[str]:
        """The inverse, up to the first pad; what is no token of the rule language comes back as it stands."""
        result: list[str] = []
        plain: list[int] = []
        for k in [*(ids[: ids.index(PAD)] if PAD in ids else ids), PAD]:
            if k in _NAMES or k == PAD:
                result += self.text(plain).split()
                plain = []
                result += [_NAMES[k]] if k in _NAMES else []
            else:
                plain.append(k)
        return result


_NAMES = {
    number: token for token in RULES.tokens[RULES.first_column :] if (number := CodeT5Tokenizer.sentinel(token)) is not None
}
