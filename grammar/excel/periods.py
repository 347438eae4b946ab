"""The ten date periods: Excel's name for each and the formula Excel itself writes for it.

Formulas: ECMA-376 part 1, 18.3.1.10, and the files Excel saves; weeks start on Sunday. `{0}` is the cell.
"""

from __future__ import annotations

NATIVE = {
    "Yesterday": "yesterday", "Today": "today", "Tomorrow": "tomorrow", "Last7Days": "last7Days",
    "LastWeek": "lastWeek", "ThisWeek": "thisWeek", "NextWeek": "nextWeek",
    "LastMonth": "lastMonth", "ThisMonth": "thisMonth", "NextMonth": "nextMonth",
}  # fmt: skip

FORMULAS = {
    "Yesterday": "FLOOR({0},1)=TODAY()-1",
    "Today": "FLOOR({0},1)=TODAY()",
    "Tomorrow": "FLOOR({0},1)=TODAY()+1",
    "Last7Days": "AND(TODAY()-FLOOR({0},1)<=6,FLOOR({0},1)<=TODAY())",
    "LastWeek": "AND(TODAY()-ROUNDDOWN({0},0)>=(WEEKDAY(TODAY())),TODAY()-ROUNDDOWN({0},0)<(WEEKDAY(TODAY())+7))",
    "ThisWeek": "AND(TODAY()-ROUNDDOWN({0},0)<=WEEKDAY(TODAY())-1,ROUNDDOWN({0},0)-TODAY()<=7-WEEKDAY(TODAY()))",
    "NextWeek": "AND(ROUNDDOWN({0},0)-TODAY()>(7-WEEKDAY(TODAY())),ROUNDDOWN({0},0)-TODAY()<(15-WEEKDAY(TODAY())))",
    "LastMonth": "AND(MONTH({0})=MONTH(EDATE(TODAY(),0-1)),YEAR({0})=YEAR(EDATE(TODAY(),0-1)))",
    "ThisMonth": "AND(MONTH({0})=MONTH(TODAY()),YEAR({0})=YEAR(TODAY()))",
    "NextMonth": "AND(MONTH({0})=MONTH(EDATE(TODAY(),0+1)),YEAR({0})=YEAR(EDATE(TODAY(),0+1)))",
}


def period_formula(name: str, cell: str) -> str:
    """The formula for a period of the rule language over one cell reference."""
    return FORMULAS[name].replace("{0}", cell)
