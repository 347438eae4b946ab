"""Seeded rules over every predicate of the language, for the tables of `tests.agreement.tables`."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable

from grammar import nodes as n
from grammar.table import Cell, is_blank
from tests.agreement.tables import AMOUNT, COST, DUE, MIXED, NAME, STATUS, WORDS

_VALUES = ("CALL", "ARITHMETIC", "AGGREGATE", "DATE")
_FAMILIES = (n.COMPARISONS, n.RANGES, n.TEXT_TESTS, n.STATES, n.RANKS, n.AVERAGES, n.PERIODS, _VALUES)
NAMES = tuple(name for family in _FAMILIES for name in family)


class RuleMaker:
    """Makes rules about one table; `today` is where dates are looked for."""

    def __init__(self, random_: random.Random, rows: list[list[Cell]], today: dt.date) -> None:
        self.random = random_
        self.rows = rows
        self.today = today

    def rule(self, name: str) -> n.Rule:
        """A rule with the predicate in it: alone, negated, or under AND or OR with others."""
        shape = self.random.random()
        leaf = self.leaf(name)
        if shape < 0.5:
            return leaf
        if shape < 0.65:
            return n.Not(leaf)
        items = [leaf, *(self._side(self.leaf(self.random.choice(NAMES))) for _ in range(self.random.randint(1, 2)))]
        self.random.shuffle(items)
        junction: n.Rule = n.And(tuple(items)) if shape < 0.82 else n.Or(tuple(items))
        return n.Not(junction) if self.random.random() < 0.15 else junction

    def _side(self, leaf: n.Rule) -> n.Rule:
        return n.Not(leaf) if self.random.random() < 0.25 else leaf

    def leaf(self, name: str) -> n.Rule:
        """One predicate (or, for CALL, ARITHMETIC, AGGREGATE and DATE, a comparison with such a value)."""
        if name in n.COMPARISONS:
            return n.Compare(name, *self._compared())
        if name in n.RANGES:
            return self._between(name)
        if name in n.TEXT_TESTS:
            column = self.random.choice((NAME, STATUS, STATUS, MIXED))
            return n.TextTest(name, n.Column(column), n.Text(self._text(name, column)))
        if name in n.STATES:
            return n.State(name, n.Column(self.random.randrange(6)))
        if name in n.RANKS:
            count = (
                self.random.choice((10, 20, 25, 50, 33)) if name.endswith("Percent") else self.random.choice((1, 2, 3, 5, 20))
            )
            return n.Rank(name, self._numeric(), count)
        if name in n.AVERAGES:
            return n.Average(name, self._numeric(), self.random.choice((0, 0, 1, 2)))
        if name in n.PERIODS:
            return n.Period(name, n.Column(self.random.choice((DUE, DUE, DUE, MIXED))))
        makers: dict[str, Callable[[], n.Rule]] = {
            "CALL": self._call, "ARITHMETIC": self._arithmetic, "AGGREGATE": self._aggregate, "DATE": self._date,
        }  # fmt: skip
        return makers[name]()

    def _numeric(self) -> n.Column:
        return n.Column(self.random.choice((AMOUNT, COST, AMOUNT, COST, DUE, MIXED)))

    def _number(self, column: int) -> n.Number:
        seen = [
            row[column] for row in self.rows[1:] if isinstance(row[column], int | float) and not isinstance(row[column], bool)
        ]
        if seen and self.random.random() < 0.6:
            return n.Number(float(self.random.choice(seen)))  # type: ignore[arg-type]  # numbers by the line above
        return n.Number(self.random.choice((0.0, 5.0, 10.0, 100.0, 4000.0, -1.0, 0.5)), percent=False)

    def _text(self, name: str, column: int) -> str:
        seen = [row[column] for row in self.rows[1:] if isinstance(row[column], str) and not is_blank(row[column])]
        word = str(self.random.choice(seen)) if seen and self.random.random() < 0.75 else self.random.choice(WORDS)
        if word.startswith("#"):
            word = "n/a"
        if name != "TextEquals" and self.random.random() < 0.6:
            cut = self.random.randint(1, len(word))
            word = word[-cut:] if name == "EndsWith" else word[:cut]
        return self.random.choice((word, word.upper(), word.casefold(), word))

    def _compared(self) -> tuple[n.Value, n.Value]:
        match self.random.randrange(8):
            case 0 | 1 | 2:
                column = self.random.choice((AMOUNT, COST, MIXED))
                return n.Column(column), self._number(column)
            case 3:
                column = self.random.choice((NAME, STATUS, MIXED))
                return n.Column(column), n.Text(self._text("TextEquals", column))
            case 4:
                return n.Column(AMOUNT), n.Column(COST)
            case 5:
                return n.Column(DUE), self._day()
            case 6:
                return self._number(AMOUNT), n.Column(AMOUNT)
            case _:
                return n.Column(MIXED), n.Bool(self.random.random() < 0.5)

    def _day(self) -> n.Value:
        offset = self.random.choice((0, 0, 1, -7, 30, 14))
        if self.random.random() < 0.5:
            day = self.today + dt.timedelta(days=self.random.randint(-30, 30))
            return n.Date(day.year, day.month, day.day)
        if not offset:
            return n.TodayValue()
        return n.Arithmetic("+" if offset > 0 else "-", n.TodayValue(), n.Number(float(abs(offset))))

    def _between(self, name: str) -> n.Rule:
        match self.random.randrange(4):
            case 0 | 1:
                column = self.random.choice((AMOUNT, COST, MIXED))
                low, high = self._number(column), self._number(column)
                return n.Between(name, n.Column(column), low, high)
            case 2:
                return n.Between(name, n.Column(DUE), self._day(), self._day())
            case _:
                shares = (n.Arithmetic("*", n.Column(COST), n.Number(share)) for share in (0.9, 1.1))
                return n.Between(name, n.Column(AMOUNT), *shares)

    def _call(self) -> n.Rule:
        sign = self.random.choice(n.COMPARISONS)
        match self.random.randrange(6):
            case 0:
                return n.Compare(
                    sign,
                    n.Call("LEN", n.Column(self.random.choice((NAME, STATUS, MIXED)))),
                    n.Number(float(self.random.randint(0, 9))),
                )
            case 1:
                return n.Compare(sign, n.Call("YEAR", n.Column(DUE)), n.Number(float(self.today.year)))
            case 2:
                return n.Compare(sign, n.Call("MONTH", n.Column(DUE)), n.Number(float(self.random.randint(1, 12))))
            case 3:
                return n.Compare(sign, n.Call("DAY", n.Column(DUE)), n.Number(float(self.random.randint(1, 28))))
            case 4:
                return n.Compare(sign, n.Call("WEEKDAY", n.Column(DUE)), n.Number(float(self.random.randint(1, 7))))
            case _:
                return n.Compare(sign, n.Call("ABS", n.Column(AMOUNT)), n.Number(self.random.choice((0.0, 5.0, 10.0))))

    def _arithmetic(self) -> n.Rule:
        operator = self.random.choice(n.OPERATORS)
        sign = self.random.choice(n.COMPARISONS)
        value = n.Arithmetic(operator, n.Column(AMOUNT), n.Column(COST))
        if self.random.random() < 0.5:
            return n.Compare(sign, value, n.Number(self.random.choice((0.0, 1.0, 2.0, 10.0, 500.0))))
        right = n.Arithmetic("*", n.Column(COST), n.Number(self.random.choice((1.1, 0.5, 2.0))))
        return n.Compare(sign, n.Column(AMOUNT), right)

    def _aggregate(self) -> n.Rule:
        call = n.Call(self.random.choice(("AVERAGE", "MEDIAN", "MIN", "MAX")), self._numeric())
        factor = self.random.choice((1.0, 1.0, 1.2, 0.5))
        right: n.Value = call if factor == 1.0 else n.Arithmetic("*", call, n.Number(factor))
        return n.Compare(self.random.choice(n.COMPARISONS), self._numeric(), right)

    def _date(self) -> n.Rule:
        return n.Compare(self.random.choice(n.COMPARISONS), n.Column(DUE), self._day())
