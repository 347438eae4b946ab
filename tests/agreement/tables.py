"""Seeded tables with what real ones have: gaps, spaces, errors, repeats, mixed columns, dates around today."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable

from grammar.table import Cell, Table

WORDS = (
    "Paid", "paid", "Open", "Overdue", "In Progress", "draft", "Draft copy", "on hold", "Closed", "a*b", "100%", "n/a", "x~y",
    "what?", "Müller", "north-east", "Invoice 12", "12 Main St", "ab", "ABC", "abcd", "zz",
)  # fmt: skip
ERRORS = ("#N/A", "#DIV/0!", "#VALUE!")
NAME, STATUS, AMOUNT, COST, DUE, MIXED = range(6)
HEADERS = ["Name", "Status", "Amount", "Cost", "Due", "Remark"]


def make_table(random_: random.Random, today: dt.date) -> list[list[Cell]]:
    """A header row and 6 to 16 rows: Name, Status, Amount, Cost, Due, Remark; `read` makes a table of it."""
    count = random_.randint(6, 16)
    gaps, errors = random_.choice((0, 0, 0.15, 0.4)), random_.choice((0, 0, 0, 0.1))
    words = random_.sample(WORDS, random_.randint(3, 9))
    makers: tuple[Callable[[], Cell], ...] = (
        lambda: random_.choice(words) + random_.choice(("", "", "", " Ltd", " 2")),
        lambda: random_.choice(words),
        lambda: _number(random_),
        lambda: _number(random_),
        lambda: _date(random_, today),
        lambda: _mixed(random_, today, words),
    )
    columns: list[list[Cell]] = []
    for position, maker in enumerate(makers):
        share = gaps if position else 0.0
        column = [None if random_.random() < share else maker() for _ in range(count)]
        if errors and random_.random() < 0.4:
            column = [random_.choice(ERRORS) if random_.random() < errors else cell for cell in column]
        columns.append(column)
    return [list(HEADERS), *(list(row) for row in zip(*columns, strict=True))]


def read(rows: list[list[Cell]]) -> Table:
    """The table of rows as a workbook's cells are read."""
    return Table.from_rows(rows, coerce=False)


def _number(random_: random.Random) -> Cell:
    match random_.randrange(4):
        case 0:
            return random_.randint(-5, 12)
        case 1:
            return random_.randint(0, 20) * 500
        case 2:
            return round(random_.uniform(-50, 50), 2)
        case _:
            return random_.choice((0, 1, 5, 5, 10, 0.25, 100, 4000))


def _date(random_: random.Random, today: dt.date) -> Cell:
    day = today + dt.timedelta(
        days=random_.choice((random_.randint(-16, 16), random_.randint(-70, 70), random_.randint(-900, 900)))
    )
    if random_.random() < 0.25:
        return dt.datetime.combine(day, dt.time(random_.randint(0, 23), random_.choice((0, 30))))
    return dt.datetime.combine(day, dt.time())


def _mixed(random_: random.Random, today: dt.date, words: list[str]) -> Cell:
    match random_.randrange(12):
        case 0 | 1 | 2:
            return _number(random_)
        case 3 | 4 | 5:
            return random_.choice(words)
        case 6:
            return None
        case 7:
            return random_.choice((" ", "   "))
        case 8:
            return random_.choice((True, False))
        case 9:
            return _date(random_, today)
        case 10:
            return random_.choice(("5", "10", "12", "TRUE"))
        case _:
            return random_.choice(ERRORS) if random_.random() < 0.3 else ""
