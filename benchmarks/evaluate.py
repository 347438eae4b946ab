"""Rows per second of every predicate over a table of 100,000 rows: `python -m benchmarks.evaluate [rows]`.

"first" includes what is made once per table (classes, numbers, texts of its columns), "then" is the best of five after it.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
import time

from grammar.evaluate import evaluate
from grammar.parse import parse
from grammar.table import Cell, Table

TODAY = dt.date(2026, 6, 15)
RULES = (
    "GreaterThan(c[0], 4000)",
    "Between(c[0], 1000, 4000)",
    "GreaterThan(c[0], c[1] * 1.1)",
    'Equals(c[2], "Paid")',
    'TextEquals(c[2], "Paid")',
    'TextContains(c[3], "12")',
    'StartsWith(c[3], "INV-9")',
    'NOT(TextEquals(c[2], "Paid"))',
    "Blanks(c[2])",
    "Errors(c[0])",
    "Duplicates(c[3])",
    "Duplicates(c[0])",
    "Unique(c[1])",
    "Top(c[0], 10)",
    "TopPercent(c[0], 10)",
    "AboveAverage(c[0])",
    "BelowAverage(c[0], 2)",
    "LastWeek(c[4])",
    "ThisMonth(c[4])",
    "Equals(WEEKDAY(c[4]), 1)",
    "Equals(MONTH(c[4]), 3)",
    "GreaterThan(c[0], AVERAGE(c[0]) * 2)",
    "GreaterThan(LEN(c[3]), 9)",
    'AND(GreaterThan(c[0], 1000), OR(TextEquals(c[2], "Paid"), LessThan(c[4], TODAY() - 30)))',
    "DataBar(c[0])",
)


def table(rows: int) -> Table:
    """Amounts with gaps and errors, prices, statuses, codes (nearly all distinct) and days."""
    rng = random.Random(7)
    statuses = ("Paid", "Open", "Overdue", None, "n/a")
    data: list[list[Cell]] = [["Amount", "Price", "Status", "Code", "Day"]]
    for _ in range(rows):
        amount: Cell = rng.choice((round(rng.uniform(0, 9000), 2),) * 30 + (None, "#N/A"))
        day = dt.datetime(2025, 1, 1) + dt.timedelta(days=rng.randrange(700))  # noqa: DTZ001  # Excel's dates have no zone
        data.append([amount, rng.randrange(10_000), rng.choice(statuses), f"INV-{rng.randrange(10**6)}", day])
    return Table.from_rows(data, coerce=False)


def main() -> None:
    """Print one line a rule."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    print(f"{rows:,} rows{'first ms':>82}{'then ms':>10}{'rows/s':>16}")
    data = table(rows)
    for text in RULES:
        rule = parse(text)
        times = []
        for _ in range(6):
            start = time.perf_counter()
            evaluate(rule, data, today=TODAY)
            times.append(time.perf_counter() - start)
        best = min(times[1:])
        print(f"{text:<90}{times[0] * 1e3:>8.1f}{best * 1e3:>10.2f}{rows / best:>16,.0f}")


if __name__ == "__main__":
    main()
