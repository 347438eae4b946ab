"""Views laid out in word pieces and positions, within their limits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordPiece

from grammar.codec.pieces import (
    COLUMN,
    FRAGMENT,
    MAX_PIECES,
    MAX_PIECES_PER_WORD,
    MAX_STRING_PIECES,
    PIECE,
    VALUE,
    PieceTokenizer,
    place,
)
from grammar.codec.view import FEATURES, Link, make_view
from grammar.codec.vocabulary import RULES
from grammar.table import Table
from tests.export.make_fake_bundle import write_tokenizer

TABLE = Table.from_rows([["Status", "Amount"], ["In Progress", 5], ["Paid late", 4000]])


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> PieceTokenizer:
    path = tmp_path_factory.mktemp("tokenizer") / "tokenizer.json"
    write_tokenizer(path)
    return PieceTokenizer(path)


def test_positions(tokenizer: PieceTokenizer) -> None:
    view = make_view("highlight progres in status", TABLE)
    placed = place(view, tokenizer)
    words, nodes = len(view.words), len(view.columns) + len(view.values)
    pieces = len(placed.pieces)
    assert (placed.pieces[0], placed.pieces[-1]) == (tokenizer.first, tokenizer.last)
    assert len(placed.kinds) == len(placed.sentinels) == len(placed.origin) == pieces + nodes
    assert set(placed.kinds[:pieces]) == {PIECE}
    assert list(placed.kinds[pieces : pieces + 2]) == [COLUMN, COLUMN]
    assert {VALUE, FRAGMENT} >= set(placed.kinds[pieces + 2 :])
    assert set(placed.origin[1 : pieces - 1]) == set(range(words))
    assert placed.origin[0] == placed.origin[pieces - 1] == -1
    assert placed.features.shape == (nodes, FEATURES)
    for at, origin in enumerate(placed.origin[:pieces]):
        assert placed.sentinels[at, 0] == (RULES.first_word + origin if origin >= 0 else 0)
    for k, value in enumerate(view.values):
        assert RULES.tokens[placed.sentinels[pieces + 2 + k, 0]] == f"c{value.column}"
        assert RULES.tokens[placed.sentinels[pieces + 2 + k, 1]] == f"v{value.slot}"


def test_links_follow_the_pieces(tokenizer: PieceTokenizer) -> None:
    view = make_view("status", TABLE)
    placed = place(view, tokenizer)
    links = placed.position_links()
    assert links.shape == (len(placed.kinds),) * 2
    assert links[1, len(placed.pieces)] == Link.HEADER_FULL
    assert not links[0].any()
    assert not links[:, len(placed.pieces) - 1].any()


def test_long_utterances_are_cut_between_words(tokenizer: PieceTokenizer) -> None:
    view = make_view("xylophonezzzz " * 60, TABLE)
    placed = place(view, tokenizer)
    assert len(placed.pieces) <= MAX_PIECES + 1
    counts = np.bincount(placed.origin[1 : len(placed.pieces) - 1])
    assert set(counts) == {MAX_PIECES_PER_WORD}
    assert placed.pieces[-1] == tokenizer.last


def test_long_strings_are_cut(tokenizer: PieceTokenizer) -> None:
    assert len(tokenizer.string("x" * 10_000)) <= MAX_STRING_PIECES + 2
    assert tokenizer.string("unit_price") == tokenizer.string("unit price")
    assert tokenizer.string("") == (tokenizer.first, tokenizer.last)


def test_a_tokenizer_without_the_specials_is_refused(tmp_path: Path) -> None:
    Tokenizer(WordPiece({"[UNK]": 0}, unk_token="[UNK]")).save(str(tmp_path / "t.json"))
    with pytest.raises(ValueError, match=r"no \[CLS\]"):
        PieceTokenizer(tmp_path / "t.json")
