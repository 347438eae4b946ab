"""What is computed once per column and kept as long as the column lives: the same table is asked about many times."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

from grammar.table import Column

T = TypeVar("T")


def once_per_column(compute: Callable[[Column], T]) -> Callable[[Column], T]:
    """Remember the result of a function of one column; it is forgotten with the column."""
    known: WeakKeyDictionary[Column, T] = WeakKeyDictionary()

    @wraps(compute)
    def remembered(column: Column) -> T:
        if column not in known:
            known[column] = compute(column)
        return known[column]

    return remembered
