"""Make the code pieces: a byte-level BPE of what Bash and Python spell once the words of the utterance are copied.

    python -m training.corpus.code_pieces                     # writes training/corpora/code_pieces.json, about a minute
    python -m training.corpus.code_pieces --report 32 48 64   # how long encoded pairs are

Trained on the training parts of the public pairs and on snippets (Bash: the public ones; Python: cut out of the standard
library). Words that stand in code whether said or not (`find`, `print`, `file`) are always spelt, so that code is written in
one way whatever the utterance says. The public pairs are not ours to ship: the file holds pieces of at most `LONGEST` bytes
that occur often, and no pair.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from grammar.codec.code.codec import decode, encode
from grammar.codec.code.pieces import FIRST_PIECE, FORMAT, LANGUAGES, CodePieces, CodePiecesError
from grammar.codec.code.words import chunks
from training.corpus.code_splits import Pair, pairs
from training.corpus.snippets import bash_lines
from training.corpus.standard_library import python_pieces

PATH = Path(__file__).parent.parent / "corpora" / "code_pieces.json"
SIZE = 2048
LONGEST = 16
SNIPPETS = 4000
REPEATS = {"bash": 1, "python": 4}
"""There are five times as many pairs of Bash as of Python."""
_PIECE = r" ?[^\s]+(?: \z)?|\s+"  # merges stay within a word of the shell, with the blank before it and that before a copy
_NAME = re.compile(r"[^\W\d]\w*")
_FEWEST = 10
_SHARE = 0.4


def spelt_words(found: Sequence[Pair]) -> list[str]:
    """Names that ten pairs or more have in the code alone, and at most 1.5 times as many in code and utterance."""
    apart: Counter[str] = Counter()
    said: Counter[str] = Counter()
    for pair in found:
        words = {chunk.word.text for chunk in chunks(pair.utterance)}
        for name in set(_NAME.findall(pair.code)):
            (said if name in words else apart)[name] += 1
    return sorted(name for name, count in apart.items() if count >= _FEWEST and count >= _SHARE * (count + said[name]))


def train_tokenizer(texts: Iterable[str], size: int = SIZE) -> Tokenizer:
    """A byte-level BPE of at most `size` pieces, its 256 bytes included."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(_PIECE), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])  # fmt: skip
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=size, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), max_token_length=LONGEST,
        show_progress=False, special_tokens=[],
    ))  # fmt: skip
    return tokenizer


def make(found: dict[str, list[Pair]], snippets: Sequence[str], size: int = SIZE) -> dict[str, Any]:
    """The values of `code_pieces.json` from the training pairs of each language and further lines of code."""
    spelt = {language: spelt_words(found[language]) for language in LANGUAGES}
    copying = CodePieces(_values(train_tokenizer([], 256), spelt, {}))
    texts = list(snippets)
    for language in LANGUAGES:
        for pair in found[language]:
            texts += _spelt_parts(pair, language, copying) * REPEATS[language]
    about: dict[str, Any] = {f"{language}_pairs": len(found[language]) for language in LANGUAGES} | {"snippets": len(snippets)}
    about["sha256"] = hashlib.sha256(json.dumps(texts).encode()).hexdigest()
    return _values(train_tokenizer(texts, size), spelt, about)


def _spelt_parts(pair: Pair, language: str, single_bytes: CodePieces) -> list[str]:
    """What of a pair's code is not copied, by an encoding whose pieces are single bytes."""
    parts: list[list[int]] = [[]]
    for token in encode(pair.utterance, pair.code, language, single_bytes):
        if token < FIRST_PIECE:
            parts.append([])
        else:
            parts[-1].append(token)
    return [single_bytes.joined(part).decode() for part in parts if part]


def _values(tokenizer: Tokenizer, spelt: dict[str, list[str]], about: dict[str, Any]) -> dict[str, Any]:
    return {
        "format": FORMAT, "pieces": tokenizer.get_vocab_size(), "spelt": spelt, "corpus": about,
        "tokenizer": json.loads(tokenizer.to_str()),
    }  # fmt: skip


def read_snippets(data: Path, count: int = SNIPPETS) -> list[str]:
    """`count` lines of each language, drawn by their hashes.

    Raises:
        FileNotFoundError: the data folder lacks the snippets of Bash.
    """
    lines = (data / "prose" / "bash_snippets.txt").read_text(encoding="utf-8").splitlines()
    drawn = sorted(set(lines), key=lambda line: hashlib.sha256(line.encode()).digest())[: 3 * count]
    return [*bash_lines(drawn, count), *python_pieces(count)]


def report(data: Path, lengths: Sequence[int], pieces: CodePieces) -> list[dict[str, Any]]:
    """Per language and part: pairs, share that comes back the same (must be 100), mean length, share within every length."""
    rows = []
    for language in LANGUAGES:
        for part in ("train", "dev"):
            found = pairs(language, part, data)
            tokens = [encode(pair.utterance, pair.code, language, pieces) for pair in found]
            same = [decode(t, pair.utterance, pieces) == pair.code for t, pair in zip(tokens, found, strict=True)]
            row = {"language": language, "part": part, "pairs": len(found), "same": _percent(same)}
            row["mean"] = round(sum(map(len, tokens)) / len(tokens), 1)
            row["copied"] = round(sum(sum(t < FIRST_PIECE for t in ts) for ts in tokens) / len(tokens), 2)
            rows.append(row | {f"<={n}": _percent([len(t) <= n for t in tokens]) for n in lengths})
    return rows


def check_pieces(payload: Mapping[str, Any]) -> None:
    """Refuse a checkpoint that was trained with other pieces than those of `PATH`.

    Raises:
        CodePiecesError: its tokens would say something else.
    """
    if payload.get("code_pieces", pieces_hash()) != pieces_hash():
        raise CodePiecesError(f"the checkpoint was trained with other pieces than those of {PATH.name}; train it anew")


def pieces_hash() -> str:
    """SHA-256 of the file of pieces, as checkpoints keep it."""
    return hashlib.sha256(PATH.read_bytes()).hexdigest()


def _percent(truths: Sequence[bool]) -> float:
    return round(100 * sum(truths) / len(truths), 1)


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("CF_ASSISTANT_DATA", "../shared/data")))
    parser.add_argument("--out", type=Path, default=PATH)
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--report", nargs="+", type=int, metavar="LENGTH", help="measure the file instead of making it")
    options = parser.parse_args(arguments)
    if options.report:
        for row in report(options.data, options.report, CodePieces.read(options.out)):
            print(json.dumps(row))
        return
    found = {language: pairs(language, "train", options.data) for language in LANGUAGES}
    values = make(found, read_snippets(options.data), options.size)
    options.out.write_text(json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{options.out}: {values['pieces']} pieces, {options.out.stat().st_size:,} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
