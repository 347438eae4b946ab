"""Options that several commands share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar

import click

from addin_backend.clock import today_here

F = TypeVar("F", bound=Callable[..., Any])


class Day(click.ParamType):  # type: ignore[type-arg]  # generic only in the newest click
    """A date written YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        if isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date such as 2026-06-15", param, ctx)


def day_or_today(day: dt.date | None) -> dt.date:
    """The day given, else today."""
    return day or today_here()


def table_options(function: F) -> F:
    """`--sheet`, `--range`, `--today`."""
    for option in reversed((
        click.option("--sheet", help="Name of the sheet; the first one with a table if left out."),
        click.option("--range", "cells", help="The table's cells with the header row, such as A1:D20; found if left out."),
        click.option("--today", type=Day(), help="The day that TODAY() and “this week” refer to; today if left out."),
    )):  # fmt: skip
        function = option(function)
    return function
