"""Looks and colour words."""

from __future__ import annotations

import re

import pytest

from grammar.colours import NAMES
from grammar.look import Look, LookError, colour


def test_there_are_many_names() -> None:
    assert len(NAMES) >= 250
    assert all(re.fullmatch(r"#[0-9A-F]{6}", value) for value in NAMES.values())


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("red", "#FF0000"),
        ("Light Green", "#90EE90"),
        ("light-green", "#90EE90"),
        ("lightgreen", "#90EE90"),
        ("dark gray", "#7F7F7F"),
        ("grey", "#A6A6A6"),
        ("greyed out", "#A6A6A6"),
        ("amber", "#FFBF00"),
        ("pink-ish", "#FFC0CB"),
        ("reddish", "#FF0000"),
        ("tomato red", "#FF6347"),
        ("lemon yellow", "#FFF44F"),
        ("a nice shade of teal", "#008080"),
        ("#FFEE00", "#FFEE00"),
        ("ffee00", "#FFEE00"),
        ("#fe0", "#FFEE00"),
        ("rgb(1, 2, 3)", "#010203"),
        ("yelow", "#FFFF00"),
    ],
)
def test_words(words: str, value: str) -> None:
    assert colour(words) == value


@pytest.mark.parametrize("words", ["", "sick", "the colour of rain", "rgb(1, 2, 300)", "#12345", "bold"])
def test_no_colour(words: str) -> None:
    assert colour(words) is None


def test_modifiers_change_the_colour_their_way() -> None:
    def brightness(words: str) -> int:
        value = colour(words)
        assert value is not None
        return sum(int(value[k : k + 2], 16) for k in (1, 3, 5))

    for base in ("blue", "teal", "rust", "purple", "orange"):
        assert brightness(f"light {base}") > brightness(base) > brightness(f"very dark {base}")
        assert brightness(f"pale {base}") > brightness(base)


def test_the_default_is_excels() -> None:
    assert Look.default() == Look(fill="#FFC7CE", font_color="#9C0006")
    assert Look.from_words(None) == Look.from_words({}) == Look.default()


def test_words_of_a_request() -> None:
    look = Look.from_words({"fill": "light red", "bold": True, "border": "blue", "italic": False, "underline": None})
    assert look == Look(fill="#FFC7CE", bold=True, border="#0070C0")
    assert Look.from_words({"border": True}).border == "#000000"


def test_dark_fills_get_white_text() -> None:
    for dark in ("black", "navy", "burgundy", "#333333"):
        assert Look.from_words({"fill": dark}).font_color == "#FFFFFF"
    for light in ("red", "yellow", "orange", "green", "pink"):
        assert Look.from_words({"fill": light}).font_color is None
    assert Look.from_words({"fill": "black", "font_color": "yellow"}).font_color == "#FFFF00"


def test_what_is_not_understood_is_said() -> None:
    look = Look.from_words({"fill": "sick", "bold": True})
    assert look == Look(bold=True)
    assert look.unknown == ("fill: sick",)
    assert Look.from_words({"fill": "sick"}) == Look.default()
    assert Look.from_words({"sparkle": True}).unknown == ("sparkle: True",)


def test_the_option_of_the_command_line() -> None:
    assert Look.from_option("fill=#FFC7CE,bold") == Look(fill="#FFC7CE", bold=True)
    look = Look.from_option("font=dark red, italic, border=blue, number_format=#,##0.00")
    assert look == Look(font_color="#C00000", italic=True, border="#0070C0", number_format="#,##0.00")
    assert Look.from_option("") == Look.default()
    with pytest.raises(LookError, match="'sparkle' is no part of a format"):
        Look.from_option("sparkle=1")
    with pytest.raises(LookError, match="fill: sick"):
        Look.from_option("fill=sick")


def test_as_dict_and_in_words() -> None:
    assert Look.default().as_dict() == {
        "fill": "#FFC7CE", "font_color": "#9C0006", "bold": False, "italic": False, "underline": False,
        "strikethrough": False, "border": None, "number_format": None,
    }  # fmt: skip
    assert Look(fill="#FFC7CE", bold=True, border="#000000").describe() == "fill #FFC7CE, bold, border #000000"
    assert Look().describe() == "no change"
