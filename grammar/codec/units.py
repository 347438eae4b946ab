"""Units of time, mass, length and volume: what a slice of an utterance measures, and the unit a header names.

A literal in another unit of the same kind is converted to the header's (`20 minutes` beside `duration_s` is 1200); a header
without a unit converts nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache

from grammar.codec.column_cache import once_per_column
from grammar.codec.literals import read_number
from grammar.codec.words import fold
from grammar.table import Column

_NAMES: dict[str, dict[float, str]] = {  # kind -> how many of its smallest unit -> names
    "time": {
        1: "ms millisecond milliseconds", 1e3: "s sec secs second seconds", 6e4: "min mins minute minutes",
        3.6e6: "h hr hrs hour hours", 8.64e7: "d day days", 6.048e8: "wk wks week weeks",
    },
    "mass": {1: "g gram grams gramme grammes", 1e3: "kg kgs kilo kilos kilogram kilograms", 1e6: "t ton tons tonne tonnes"},
    "length": {1: "mm millimetre millimetres millimeter millimeters", 10: "cm centimetre centimetres centimeter centimeters",
               1e3: "m metre metres meter meters", 1e6: "km kms kilometre kilometres kilometer kilometers"},
    "volume": {1: "ml millilitre millilitres milliliter milliliters", 10: "cl", 1e3: "l litre litres liter liters"},
}  # fmt: skip
UNITS = {name: (kind, size) for kind, sizes in _NAMES.items() for size, names in sizes.items() for name in names.split()}
_UNIT = "|".join(sorted(UNITS, key=len, reverse=True))
_MEASURE = re.compile(rf"(?P<count>.*?[\d\W]|.+\s)(?P<unit>{_UNIT})\.?")
_HEADER = re.compile(rf"(?:^|[\s_(\[,])(?P<unit>{_UNIT})[)\].]*$")
_COINS = re.compile(r"(?P<count>.*?[\d\W])(?:cents?|ct|cts|p|pence|penny|pennies)")
_MONEY = re.compile(r"[$€£]|\b(?:eur|euros?|usd|gbp|chf|dollars?|pounds?)\b", re.IGNORECASE)
_SMALL_COIN = re.compile(r"cents?\b|\bct\b|pence|\bp\b", re.IGNORECASE)
_SMALL_PRICE = 10


@lru_cache(maxsize=65536)
def read_measure(text: str) -> tuple[float, str, float] | None:
    """(count, kind, size of the unit) of `"20 minutes"`, `"half an hour"`, `"25t"`."""
    match = _MEASURE.fullmatch(fold(text.strip()))
    count = match and read_count(match["count"])
    return None if not match or count is None else (count, *UNITS[match["unit"]])


def read_count(text: str) -> float | None:
    """The number before a unit: `20`, `half an`, `a quarter of an`, `one and a half`."""
    bare = text.strip(" -")
    for article in (" of an", " of a", " an", " a"):
        bare = bare.removesuffix(article)
    read = read_number(bare) if bare else None
    return read[0] if read and not read[1] else None


@lru_cache(maxsize=65536)
def header_unit(header: str) -> tuple[str, float] | None:
    """(kind, size) of the unit at the end of a header: `Gross kg`, `duration_s`, `Lead time (days)`; not `g/L`."""
    match = _HEADER.search(fold(header))
    return UNITS[match["unit"]] if match else None


def convert(text: str, header: str) -> float | None:
    """The measure in the header's unit; None when either has none or they measure different things."""
    measure = read_measure(text)
    unit = header_unit(header) if measure else None
    if measure is None or unit is None or unit[0] != measure[1]:
        return None
    return round(measure[0] * measure[2] / unit[1], 9)


@lru_cache(maxsize=65536)
def read_coins(text: str) -> float | None:
    """`15 cents` and `50p` in whole units of money: 0.15 and 0.5."""
    match = _COINS.fullmatch(fold(text.strip()))
    count = match and read_count(match["count"])
    return None if count is None else round(count / 100, 12)


@once_per_column
def counts_whole_money(column: Column) -> bool:
    """Whether the column holds euros rather than cents: its header names a currency, or its numbers are below 10."""
    if _SMALL_COIN.search(column.header):
        return False
    numbers = column.numbers[column.numbers == column.numbers]  # without NaN
    return bool(_MONEY.search(column.header)) or bool(len(numbers) and abs(numbers).max() < _SMALL_PRICE)
