"""The codec of Bash and Python: round trips, what is copied, what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from grammar.codec.code.codec import CodeDecodingError, decode, encode
from grammar.codec.code.pieces import FIRST_PIECE, FORMAT, CodePieces, CodePiecesError
from grammar.codec.code.words import chunks, code_words
from grammar.codec.vocabulary import RULES

SPELT = ["find", "name", "file", "sort"]


def values() -> dict:
    """Pieces of single bytes."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator([], trainers.BpeTrainer(vocab_size=256, initial_alphabet=alphabet, show_progress=False))
    return {
        "format": FORMAT, "pieces": 256, "spelt": {"bash": SPELT, "python": SPELT}, "corpus": {},
        "tokenizer": json.loads(tokenizer.to_str()),
    }  # fmt: skip


@pytest.fixture(scope="module")
def pieces() -> CodePieces:
    return CodePieces(values())


def shown(utterance: str, code: str, pieces: CodePieces, language: str = "bash") -> str:
    """The code with `<3>` for the sentinel of word 3."""
    tokens = encode(utterance, code, language, pieces)
    parts = [
        f"<{t - RULES.first_word}>".encode() if t < FIRST_PIECE else pieces.joined([t]) for t in tokens
    ]  # fmt: skip
    return b"".join(parts).decode()


@pytest.mark.parametrize(
    ("utterance", "words"),
    [
        ("Find *.java files under /var/log, please.", ["Find", "*.java", "files", "under", "/var/log", "please"]),
        ("call `my_list` and 'a b'", ["call", "my_list", "and", "a", "b"]),
        ("larger than 100MB or 5k+", ["larger", "than", "100", "MB", "or", "5", "k+"]),
        ("pairs [(1,2), (3,4)]", ["pairs", "1", "2", "3", "4"]),
        ("what is $HOME?", ["what", "is", "$HOME"]),
        ("... ?", []),
    ],
)
def test_words(utterance: str, words: list[str]) -> None:
    found = code_words(utterance)
    assert [word.text for word in found] == words
    assert all(utterance[word.start : word.end] == word.text for word in found)


def test_chunks_are_the_words_and_the_signs_between() -> None:
    found = chunks('say "a b", then c')
    assert [(chunk.word.text, chunk.number) for chunk in found] == [
        ("say", 0), ('"', -1), ("a", 1), ("b", 2), ('"', -1), (",", -1), ("then", 3), ("c", 4),
    ]  # fmt: skip
    assert [chunk.quoted for chunk in found if chunk.number >= 0] == [False, True, True, False, False]
    assert [chunk.number for chunk in chunks("a b c d", limit=2)] == [0, 1]


@pytest.mark.parametrize(
    ("utterance", "code", "expected"),
    [
        ('files named "notes.md"', 'find . -name "notes.md"', 'find . -name "<2>"'),
        ("find the file in /tmp", "find /tmp -type f", "find <4> -type f"),  # find is always spelt
        ("sort the 'file'", "sort file", "sort <2>"),  # unless it is quoted
        ("print 'hello big world' twice", "echo hello big world", "echo <1><2><3>"),
        ("first 5 lines of a", "head -n5 a", "head -n<1> a"),  # an article is no name
        ("print 0 lines", "find -print0", "find -print0"),  # nor 0 a number inside a word
        ("larger than 100MB", "find -size +100M", "find -size +<2>M"),
        ("user bob", "bobby bob1 bob", "bobby bob1 <1>"),  # whole names only
        ("swap `x` and `y`", "x, y = y, x", "<1>, <3> = <3>, <1>"),
        ("zip a.txt /b", "zip a.txt/b", "<0><1>/b"),  # <2> behind <1> would be read with the blank
        ("take `x` twice, `x`", "x + x", "<1> + <1>"),  # the first of equals
    ],
)
def test_what_is_copied(pieces: CodePieces, utterance: str, code: str, expected: str) -> None:
    assert shown(utterance, code, pieces) == expected
    assert decode(encode(utterance, code, "bash", pieces), utterance, pieces) == code


@pytest.mark.parametrize("code", ["", "x", "echo é ☃ 🙂", "a\n  b\tc\\", "w0 w1 <pad>", "  lead", "'" * 5, "ﬁ\u00a0\u2028"])
@pytest.mark.parametrize("utterance", ["", "x", "echo é ☃ 🙂 a b c", "w0 w1 <pad>", "lead " * 80])
def test_every_code_comes_back(pieces: CodePieces, utterance: str, code: str) -> None:
    assert decode(encode(utterance, code, "python", pieces), utterance, pieces) == code


def test_the_pad_ends_it(pieces: CodePieces) -> None:
    tokens = encode("", "ls", "bash", pieces)
    assert decode([*tokens, 0, *tokens, 5], "", pieces) == "ls"


@pytest.mark.parametrize("token", [RULES.ids["GreaterThan"], RULES.ids["c0"], RULES.ids["w2"], FIRST_PIECE + 256, -1])
def test_tokens_that_say_nothing(pieces: CodePieces, token: int) -> None:
    with pytest.raises(CodeDecodingError, match="says nothing"):
        decode([token], "two words", pieces)


def test_half_a_letter_is_no_text(pieces: CodePieces) -> None:
    with pytest.raises(CodeDecodingError, match="no text"):
        decode(pieces.ids("é")[:1], "", pieces)


def test_another_language(pieces: CodePieces) -> None:
    with pytest.raises(ValueError, match="perl is none of bash, python"):
        encode("x", "x", "perl", pieces)


@pytest.mark.parametrize(
    "change", [{"format": 9}, {"pieces": 255}, {"pieces": 300}, {"pieces": "many"}, {"spelt": {}}, {"tokenizer": {"a": 1}}]
)
def test_pieces_that_cannot_be_used(change: dict) -> None:
    with pytest.raises(CodePiecesError):
        CodePieces({**values(), **change})


def test_files_of_pieces(tmp_path: Path) -> None:
    path = tmp_path / "code_pieces.json"
    with pytest.raises(CodePiecesError, match="cannot be read"):
        CodePieces.read(path)
    path.write_text("{", encoding="utf-8")
    with pytest.raises(CodePiecesError, match="cannot be read"):
        CodePieces.read(path)
    path.write_text(json.dumps(values()), encoding="utf-8")
    assert len(CodePieces.read(path)) == 256


def test_the_shipped_pieces() -> None:
    path = Path(__file__).parents[4] / "training" / "corpora" / "code_pieces.json"
    assert path.stat().st_size < 150_000
    shipped = CodePieces.read(path)
    assert len(shipped) == 2048
    utterance, code = 'delete all "*.bak" files older than 30 days', 'find . -name "*.bak" -mtime +30 -exec rm {} \\;'
    tokens = encode(utterance, code, "bash", shipped)
    assert decode(tokens, utterance, shipped) == code
    assert len(tokens) < 16
