"""How a conditional format looks: fill, font, border, number format; and the colours people name in words.

A `Look` travels beside a rule (see `rule-language`). It is built from the words of a request (`Look.from_words`), from the
command line's `--format` (`Look.from_option`), or is Excel's own "light red fill with dark red text" (`Look.default`).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache

from grammar.colours import NAMES
from grammar.errors import GrammarError

COLOUR_KEYS = ("fill", "font_color", "border")
FLAG_KEYS = ("bold", "italic", "underline", "strikethrough")
_READABLE = 4.5  # the contrast ratio WCAG 2.1 asks of text (1.4.3)


class LookError(GrammarError):
    """A format that cannot be read; the message names the part that is wrong."""


@dataclass(frozen=True, slots=True)
class Look:
    """A cell's look under a rule; colours are "#RRGGBB" or None (left alone). `unknown` lists words nobody could read."""

    fill: str | None = None
    font_color: str | None = None
    bold: bool = False
    italic: bool = False
    underline: bool = False
    strikethrough: bool = False
    border: str | None = None
    number_format: str | None = None
    unknown: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def default(cls) -> Look:
        """Excel's first choice, "Light Red Fill with Dark Red Text"."""
        return cls(fill="#FFC7CE", font_color="#9C0006")

    @classmethod
    def from_words(cls, words: Mapping[str, object] | None) -> Look:
        """Read format words such as `{"fill": "light red", "bold": True, "border": "blue"}`.

        Nothing said, or nothing understood, gives the default look; what was not understood is listed in `unknown`.
        A dark fill with no font colour said gets white text; otherwise the font is left alone.
        """
        colours: dict[str, str] = {}
        flags: dict[str, bool] = {}
        number_format: str | None = None
        unknown: list[str] = []
        for key, value in (words or {}).items():
            if value is None or value is False:
                continue
            if key in FLAG_KEYS:
                flags[key] = True
            elif key == "number_format":
                number_format = str(value)
            elif key in COLOUR_KEYS and (found := _said_colour(key, value)):
                colours[key] = found
            else:
                unknown.append(f"{key}: {value}")
        if not (colours or flags or number_format):
            return replace(cls.default(), unknown=tuple(unknown))
        look = cls(**colours, **flags, number_format=number_format, unknown=tuple(unknown))  # type: ignore[arg-type]  # keys are checked above
        return look.readable()

    @classmethod
    def from_option(cls, option: str) -> Look:
        """Read the command line's form, `fill=#FFC7CE,font=dark red,bold,number_format=0.0`; the last may hold commas.

        Raises:
            LookError: an unknown part or colour.
        """
        main, has_number_format, number_format = option.partition("number_format=")
        words: dict[str, object] = {"number_format": number_format} if has_number_format and number_format else {}
        for part in filter(None, (piece.strip() for piece in main.split(","))):
            name, _, value = part.partition("=")
            key = _OPTION_KEYS.get(name.strip().casefold().replace("-", "_").replace(" ", "_"))
            if key is None:
                raise LookError(f"'{name.strip()}' is no part of a format; use {', '.join((*COLOUR_KEYS, *FLAG_KEYS))}.")
            words[key] = value.strip() or True
        look = cls.from_words(words)
        if look.unknown:
            raise LookError(f"This colour is not known: {'; '.join(look.unknown)}. A hex value such as #FFC7CE always is.")
        return look

    def readable(self) -> Look:
        """The same look, with white text where the fill is too dark for black and no font colour is set."""
        if self.fill and self.font_color is None and _luminance(self.fill) + 0.05 < _READABLE * 0.05:
            return replace(self, font_color="#FFFFFF")
        return self

    def as_dict(self) -> dict[str, object]:
        """The candidate's "format": every part, None where it is left alone."""
        parts = asdict(self)
        del parts["unknown"]
        return parts

    def describe(self) -> str:
        """The look in a few words: "fill #FFC7CE, font #9C0006, bold"."""
        parts = [f"fill {self.fill}" if self.fill else "", f"font {self.font_color}" if self.font_color else ""]
        parts += [key for key in FLAG_KEYS if getattr(self, key)]
        parts += [
            f"border {self.border}" if self.border else "",
            f"shown as {self.number_format}" if self.number_format else "",
        ]
        return ", ".join(filter(None, parts)) or "no change"


_OPTION_KEYS = {
    **{key: key for key in (*COLOUR_KEYS, *FLAG_KEYS)},
    "background": "fill", "bg": "fill", "highlight": "fill", "font": "font_color", "font_colour": "font_color",
    "text": "font_color", "color": "font_color", "colour": "font_color", "strike": "strikethrough", "outline": "border",
    "underlined": "underline", "italics": "italic",
}  # fmt: skip


def colour(words: str) -> str | None:
    """The colour some words stand for as "#RRGGBB", or None: "light green", "dark-gray", "pink-ish", "#fe0", "rgb(1,2,3)"."""
    text = words.strip().casefold()
    if literal := _literal_colour(text):
        return literal
    return _named_colour(" ".join(_WORD.findall(text.replace("gray", "grey").replace("-ish", "ish").replace("-", " "))))


_WORD = re.compile(r"[^\W_]+")
_HEX = re.compile(r"#?(?:[0-9a-f]{2})?([0-9a-f]{6})|#([0-9a-f]{3})")
_RGB = re.compile(r"rgb\(?\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)?")
_FILLER = frozenset({
    "a", "an", "the", "in", "of", "with", "some", "kind", "sort", "bit", "colour", "color", "coloured", "colored", "fill",
    "shade",
    "tint", "tone", "background", "highlight", "highlighter", "text", "font", "border", "outline", "ish", "please",
    "nice", "out",
})  # fmt: skip
# modifier -> (towards white, towards black, saturation factor); shares of 0 to 1
_MODIFIERS = {
    "light": (0.6, 0.0, 1.0), "lighter": (0.7, 0.0, 1.0), "pale": (0.7, 0.0, 1.0), "paler": (0.75, 0.0, 1.0),
    "pastel": (0.6, 0.0, 0.9), "soft": (0.55, 0.0, 0.8), "faint": (0.8, 0.0, 1.0), "baby": (0.65, 0.0, 1.0),
    "icy": (0.7, 0.0, 0.8), "faded": (0.5, 0.0, 0.6), "washed": (0.6, 0.0, 0.6), "muted": (0.15, 0.05, 0.55),
    "dull": (0.0, 0.15, 0.55), "dusty": (0.25, 0.05, 0.6), "dark": (0.0, 0.45, 1.0), "darker": (0.0, 0.55, 1.0),
    "deep": (0.0, 0.35, 1.0), "rich": (0.0, 0.2, 1.2), "strong": (0.0, 0.0, 1.4), "bright": (0.0, 0.0, 1.6),
    "vivid": (0.0, 0.0, 1.6), "hot": (0.0, 0.0, 1.6), "neon": (0.0, 0.0, 2.0), "fluorescent": (0.0, 0.0, 2.0),
    "electric": (0.0, 0.0, 2.0), "medium": (0.15, 0.0, 1.0), "mid": (0.15, 0.0, 1.0), "warm": (0.1, 0.0, 1.1),
    "cool": (0.1, 0.0, 0.9), "very": (0.0, 0.0, 1.0), "really": (0.0, 0.0, 1.0), "super": (0.0, 0.0, 1.0),
    "subtle": (0.7, 0.0, 0.8), "off": (0.0, 0.05, 0.8), "gentle": (0.6, 0.0, 0.8), "plain": (0.0, 0.0, 1.0),
}  # fmt: skip
_BASIC = frozenset({
    "red", "orange", "yellow", "green", "blue", "purple", "violet", "pink", "brown", "grey", "black", "white", "turquoise",
})  # fmt: skip


def _literal_colour(text: str) -> str | None:
    if match := _HEX.fullmatch(text):
        short = match[2]
        return "#" + (match[1] or "".join(digit * 2 for digit in short)).upper()
    if match := _RGB.fullmatch(text):
        parts = [int(part) for part in match.groups()]
        return _hex(*parts) if max(parts) <= 255 else None
    return None


@lru_cache(maxsize=4096)
def _named_colour(text: str) -> str | None:
    words = [w for w in text.split() if w not in _FILLER] or text.split()
    if not words:
        return None
    if found := NAMES.get("".join(words)):
        return found
    if len(words) == 1:
        return _one_word(words[0])
    if words[0] in _MODIFIERS:
        rest = _named_colour(" ".join(words[1:]))
        return _modified(rest, words[0]) if rest else None
    first, last = _named_colour(" ".join(words[:-1])), _one_word(words[-1])
    if first is None or last is None:
        return first or last
    # "lemon yellow" is lemon; "blue green" lies between the two; "reddish orange" is mostly orange
    if words[-1] in _BASIC and words[-2] not in _BASIC and not words[-2].endswith("ish"):
        return first
    return _mix(last, first, 0.3 if words[-2].endswith("ish") else 0.5)


def _one_word(word: str) -> str | None:
    if found := NAMES.get(word):
        return found
    for modifier in sorted(_MODIFIERS, key=len, reverse=True):
        if word.startswith(modifier) and (base := NAMES.get(word.removeprefix(modifier))):
            return _modified(base, modifier)
    for ending in ("ish", "y", "ed"):
        stem = word.removesuffix(ending)
        if stem != word:
            for candidate in (stem, stem[:-1], stem + "e"):  # pinkish, reddish, bluish
                if candidate in _BASIC:
                    return NAMES[candidate]
    near = difflib.get_close_matches(word, [n for n in NAMES if n[0] == word[0]], n=1, cutoff=0.84) if len(word) >= 4 else []
    return NAMES[near[0]] if near else None


def _said_colour(key: str, value: object) -> str | None:
    if value is True:  # "put a border round it", "highlight it": a part without its colour
        return {"border": "#000000", "fill": "#FFFF00", "font_color": "#FF0000"}[key]
    return colour(value) if isinstance(value, str) else None


def _modified(base: str, modifier: str) -> str:
    white, black, saturation = _MODIFIERS[modifier]
    parts = [float(p) for p in _parts(base)]
    middle = sum(parts) / 3
    parts = [middle + (p - middle) * saturation for p in parts]
    parts = [p + (255 - p) * white for p in parts]
    return _hex(*(round(min(255.0, max(0.0, p * (1 - black)))) for p in parts))


def _mix(base: str, other: str, share: float) -> str:
    return _hex(*(round(a * (1 - share) + b * share) for a, b in zip(_parts(base), _parts(other), strict=True)))


def _parts(value: str) -> tuple[int, int, int]:
    return int(value[1:3], 16), int(value[3:5], 16), int(value[5:7], 16)


def _hex(red: int, green: int, blue: int) -> str:
    return f"#{red:02X}{green:02X}{blue:02X}"


def _luminance(value: str) -> float:
    """Relative luminance of a colour, 0 (black) to 1 (white); WCAG 2.1, "relative luminance"."""

    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(part) for part in _parts(value))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
