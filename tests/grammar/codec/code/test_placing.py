"""An utterance about code in the encoder's positions."""

from __future__ import annotations

from grammar.codec.code.placing import place_code
from grammar.codec.links import Link
from grammar.codec.pieces import MAX_PIECES, PieceTokenizer
from grammar.codec.vocabulary import RULES
from tests.export.make_fake_bundle import FOLDER

TOKENIZER = PieceTokenizer(FOLDER / "tokenizer.json")


def test_the_language_stands_first_without_a_sentinel() -> None:
    bash, python = (place_code("red row", language, TOKENIZER) for language in ("bash", "python"))
    before = len(TOKENIZER.word("bash")) + 2
    assert bash.pieces[0] == TOKENIZER.first
    assert bash.pieces[-1] == TOKENIZER.last
    assert tuple(bash.pieces[1:before]) == (*TOKENIZER.word("bash"), *TOKENIZER.word(":"))
    assert not bash.sentinels[:before].any()
    assert list(bash.sentinels[before:-1, 0]) == [RULES.first_word, RULES.first_word + 1]
    assert list(python.pieces) != list(bash.pieces)
    assert list(python.sentinels[-3:-1, 0]) == [RULES.first_word, RULES.first_word + 1]


def test_signs_have_places_but_no_sentinels() -> None:
    placed = place_code('the "row"', "bash", TOKENIZER)
    assert list(placed.sentinels[-5:, 0]) == [RULES.first_word, 0, RULES.first_word + 1, 0, 0]
    links = placed.position_links()
    assert links.shape == (len(placed.pieces), len(placed.pieces))
    assert (links[-3, -3], links[-3, -2], links[-3, -4], links[-3, -5]) == (
        Link.SELF, Link.NEXT, Link.PREVIOUS, Link.NEAR_WORDS,
    )  # fmt: skip
    assert not links[0].any()


def test_long_and_empty_utterances() -> None:
    assert len(place_code("word " * 500, "python", TOKENIZER).pieces) <= MAX_PIECES
    assert place_code("", "bash", TOKENIZER).links.shape == (0, 0)
