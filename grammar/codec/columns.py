"""Which columns of a wide table the model is shown, and the figures it is shown of each."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from grammar.codec.column_cache import once_per_column
from grammar.codec.values import distinct_texts, scan
from grammar.codec.words import STOP_WORDS, likeness, name_words, split_words
from grammar.table import Class, Column, Kind, Table, column_letter

MAX_COLUMNS = 24
FEATURES = 14


def choose_columns(table: Table, folded: list[str], utterance: str) -> list[int]:
    """Table indexes of at most MAX_COLUMNS columns, in the table's order: those most like the folded words."""
    if len(table.columns) <= MAX_COLUMNS:
        return list(range(len(table.columns)))
    content = [w for w in folded if w not in STOP_WORDS]
    letters = {w.text for w in split_words(utterance) if w.text.isupper()}
    scores = []
    for column in table.columns:
        score = sum(max((likeness(w, h) for h in name_words(column.header)), default=0) for w in content)
        score += 4 * (column_letter(column.index) in letters)
        score += 2 * bool(scan(column, content)[:1]) if column.kind is Kind.TEXT else 0
        scores.append((-score, column.kind is Kind.EMPTY, column.index))
    return sorted(index for _, _, index in sorted(scores)[:MAX_COLUMNS])


@once_per_column
def features_of(column: Column) -> NDArray[np.float32]:
    """Kind (one-hot 5), blanks, errors?, distinct share, whole?, negative?, fractions?, magnitudes, years?; (FEATURES,)."""
    result = np.zeros(FEATURES, dtype=np.float32)
    rows = max(len(column.cells), 1)
    result[list(Kind).index(column.kind)] = 1
    result[5] = float(np.mean(column.classes == Class.BLANK)) if len(column.cells) else 0
    result[6] = float(Class.ERROR in column.classes)
    numbers = column.numbers[~np.isnan(column.numbers)]
    if column.kind is Kind.NUMBER and len(numbers):
        result[7] = len(np.unique(numbers)) / rows
        result[8] = float(np.all(numbers == np.round(numbers)))
        result[9] = float(numbers.min() < 0)
        result[10] = float(numbers.max() <= 1.5 and not result[8])
        result[11] = np.log10(1 + abs(float(np.median(numbers)))) / 4
        result[12] = np.log10(1 + abs(float(numbers.max()))) / 4
        result[13] = float(result[8] and numbers.min() >= 1900 and numbers.max() <= 2100)
    elif column.kind is Kind.TEXT:
        result[7] = len(distinct_texts(column)) / rows
    elif column.kind is Kind.DATE and len(numbers):
        result[7] = len(np.unique(numbers)) / rows
    return result
