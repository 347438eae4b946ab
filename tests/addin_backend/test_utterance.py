"""What happens to a person's words before the model sees them."""

from __future__ import annotations

import pytest

from addin_backend.service_errors import EmptyUtteranceError, UtteranceTooLongError
from addin_backend.utterance import MAX_CHARACTERS, READ_CHARACTERS, read_utterance
from grammar.codec.words import MAX_WORDS


def test_it_works():
    found = read_utterance("  highlight   profits\nover 4000 ")
    assert found.text == "highlight profits over 4000"
    assert found.notes == ()


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\x00\x07", "???", "🔴🔴", "\u200f\u202e"])
def test_no_words_are_refused(text):
    with pytest.raises(EmptyUtteranceError, match="no words"):
        read_utterance(text)


def test_ten_thousand_words_are_cut_and_it_is_said():
    found = read_utterance("over 5 " * 2_800)
    assert len(found.text) <= READ_CHARACTERS
    assert any(f"first {READ_CHARACTERS:,}" in note for note in found.notes)
    assert any(f"first {MAX_WORDS} words" in note for note in found.notes)


def test_a_document_is_refused():
    with pytest.raises(UtteranceTooLongError, match="20,001"):
        read_utterance("x" * (MAX_CHARACTERS + 1))


def test_sixty_four_words_need_no_note():
    assert read_utterance(" ".join(["word"] * MAX_WORDS)).notes == ()
    assert "up to" in read_utterance(" ".join(["word"] * (MAX_WORDS + 1))).notes[0]


def test_control_and_direction_characters_go():
    assert read_utterance("pro\u202efits\x00over\x1b[31m 40\u200e00").text == "profits over [31m 4000"


@pytest.mark.parametrize(
    "text", ["ظلل القيم الأكبر من 100", "סמן תאים מעל 100", "выдели больше 100", "高于 100 标红", "flag 🔴 rows"]
)
def test_other_scripts_and_emoji_stay(text):
    assert read_utterance(text).text == text


def test_accents_are_composed():
    assert read_utterance("Cafe\u0301").text == "Café"


def test_half_a_surrogate_pair_is_not_kept():
    assert read_utterance("over \ud800 4").text == "over 4"
