"""What day it is: the one place that asks the machine."""

from __future__ import annotations

import datetime as dt


def today_here() -> dt.date:
    """Today in the machine's time zone, as Excel's TODAY() has it."""
    return dt.datetime.now().astimezone().date()
