"""Excel's comparison operators over vectors: number < text < truth value, text without regard to case.

An empty cell is compared as 0, "" or FALSE, whichever the other side asks for. Numbers that differ by less than 2^-48 of
their size are equal: Excel compares 15 significant digits (https://learn.microsoft.com/office/troubleshoot/excel/
floating-point-arithmetic-inaccurate-result), LibreOffice 48 bits; on those numbers both agree. Texts are ordered by code
point; Excel orders them by the language of Windows, which a table does not carry.
"""

from __future__ import annotations

import numpy as np

from grammar.evaluation.vectors import Bools, Classes, Vector
from grammar.table import Class

CLOSE = 2.0**-48


def compare(name: str, left: Vector, right: Vector) -> Bools:
    """`name` is one of COMPARISONS; errors give False; (rows,) or (1,)."""
    less, equal = _order(left, right)
    match name:
        case "Equals":
            found = equal
        case "NotEquals":
            found = ~equal
        case "LessThan":
            found = less
        case "LessThanEqual":
            found = less | equal
        case "GreaterThan":
            found = ~(less | equal)
        case _:
            found = ~less
    return found & ~left.errors & ~right.errors


def between(value: Vector, low: Vector, high: Vector) -> Bools:
    """Ends included and in either order, as Excel and LibreOffice take a `cellIs` rule. Errors give False."""
    forward = compare("GreaterThanEqual", value, low) & compare("LessThanEqual", value, high)
    return forward | (compare("GreaterThanEqual", value, high) & compare("LessThanEqual", value, low))


def _order(left: Vector, right: Vector) -> tuple[Bools, Bools]:
    left_classes, right_classes = _met(left, right)
    same = left_classes == right_classes
    close = _close(left, right)
    less = np.where(same, (_numbers(left) < _numbers(right)) & ~close, left_classes < right_classes)
    equal = same & close
    texts = same & (left_classes == Class.TEXT)
    if texts.any():
        text_less, text_equal = _text_order(left, right)
        less, equal = np.where(texts, text_less, less), np.where(texts, text_equal, equal)
    return less, equal


def _met(left: Vector, right: Vector) -> tuple[Classes, Classes]:
    """Classes after an empty cell has taken the class of the other side (two empty cells meet as numbers)."""
    a, b = left.classes, right.classes
    empty_a, empty_b = left.blanks, right.blanks
    if not empty_a.any() and not empty_b.any():
        return a, b
    number = np.int8(Class.NUMBER)
    met_a = np.where(empty_a, np.where(empty_b, number, b), a)
    met_b = np.where(empty_b, np.where(empty_a, number, a), b)
    return met_a, met_b


def _numbers(vector: Vector) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.where(vector.blanks, 0.0, vector.numbers) if vector.blanks.any() else vector.numbers


def _close(left: Vector, right: Vector) -> Bools:
    a, b = _numbers(left), _numbers(right)
    return np.abs(a - b) <= CLOSE * np.maximum(np.abs(a), np.abs(b))


def _text_order(left: Vector, right: Vector) -> tuple[Bools, Bools]:
    only = right.texts.single
    if only is not None:
        return left.texts.test(lambda text: text < only), left.texts.test(lambda text: text == only)
    a, b = left.texts.array, right.texts.array
    return np.asarray(a < b, dtype=np.bool_), np.asarray(a == b, dtype=np.bool_)
