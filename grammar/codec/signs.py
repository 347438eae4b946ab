"""Names of characters: `hyphen`, `question mark`; what a text test of a column means by them."""

from __future__ import annotations

from grammar.codec.column_cache import once_per_column
from grammar.codec.words import fold
from grammar.table import Column

_NAMES = {
    "-": "hyphen hypen dash dahs minus", "/": "slash", "\\": "backslash", "?": "question_mark", "!": "exclamation_mark",
    " ": "space blank", ",": "comma", ".": "dot full_stop period", "_": "underscore", "'": "apostrophe", "&": "ampersand",
    "*": "asterisk star", "#": "hash hashtag", "+": "plus plus_sign", "%":
    "percent_sign percentage_sign",
    '"': "quote quote_mark quotation_mark", "(": "bracket parenthesis", ":": "colon", ";": "semicolon", "@": "at_sign",
    "<": "less-than_sign", ">": "greater-than_sign",
    "=": "equals_sign equal_sign", "|": "pipe", "~": "tilde", "$": "dollar_sign", "€": "euro_sign",
}  # fmt: skip
SIGNS = {name.replace("_", " "): sign for sign, names in _NAMES.items() for name in names.split()}
PUNCTUATION = frozenset("-,.?!'/:;()\"")  # may stand in a request for other reasons than to be looked for
LONGEST = 4  # words of a name, `less - than sign`


@once_per_column
def _all_text(column: Column) -> str:
    return "\n".join(column.texts)


def sign_named(text: str) -> str | None:
    """The character that is named, in the singular or the plural."""
    folded = fold(text.strip())
    return SIGNS.get(folded) or SIGNS.get(folded.removesuffix("s")) or SIGNS.get(folded.removesuffix("es"))


def read_sign(text: str, column: Column) -> str | None:
    """The character that is named, unless the name itself occurs in a cell of the column."""
    sign = sign_named(text)
    return None if sign is None or text.strip().casefold() in _all_text(column) else sign
