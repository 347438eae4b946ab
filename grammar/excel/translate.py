"""A rule of the rule language as Excel's own conditional format."""

from __future__ import annotations

from grammar import nodes as n
from grammar.errors import UnsupportedRuleError
from grammar.excel.context import Blanks, Context, Scope
from grammar.excel.leaves import Condition, leaf_condition
from grammar.excel.natives import native, visual
from grammar.excel.rewrite import replace_values
from grammar.excel.rule import ExcelRule, Place
from grammar.table import Table
from grammar.target import target_column

MAX_FORMULA = 8192  # characters (Excel specifications and limits)


def translate(
    rule: n.Rule,
    table: Table,
    place: Place,
    *,
    scope: Scope = "cells",
    blanks: Blanks = "skip",
    cell: int | None = None,
    prefer_native: bool = True,
) -> ExcelRule:
    """The Excel rule that colours what `grammar.evaluate` matches.

    Under scope "cells" the range is the target column's cells, and a native kind is used where one says the same
    (`prefer_native` False always writes a formula); under "row" it is every cell of the data rows, by formula. A look
    (ColorScale …) is always on its own column. The guard against empty cells (`blanks="skip"`) goes into every formula whose
    condition an empty cell could meet, and turns a native kind into a formula when the column has empty cells now.
    `cell` is the column of left-out columns; None, with a rule of nothing but `Cell()`, formats every column by itself.

    Raises:
        RuleCheckError: a column the table does not have.
        UnsupportedRuleError: a style Excel does not know, or a formula longer than Excel takes.
    """
    if cell is None and len(table.columns) == 1:
        cell = 0
    context = Context(table, place, blanks == "skip", cell)
    columns = n.columns_of(rule)
    every = cell is None and not columns and _leaves_column_out(rule)
    target: n.Column | n.Cell = n.Cell() if every else n.Column(target_column(rule, cell))
    if cell is not None:
        rule = _with_column(rule, cell)
    last = len(table.columns) - 1
    own = place.area(0, last) if every else place.column_range(target.index if isinstance(target, n.Column) else 0)
    context.reference(target)  # refuses a column the table does not have
    if isinstance(rule, n.Visual):
        return visual(rule, own)
    if scope == "cells" and prefer_native and (found := native(rule, context, target, own)):
        return found
    formula = _condition(rule, True, context).formula
    if len(formula) > MAX_FORMULA:
        raise UnsupportedRuleError(f"The rule needs a formula of {len(formula):,} characters; Excel takes {MAX_FORMULA:,}.")
    return ExcelRule("expression", place.area(0, last) if scope == "row" else own, formulas=(formula,))


def _condition(rule: n.Rule, positive: bool, context: Context) -> Condition:
    match rule:
        case n.Not(item):
            return _condition(item, not positive, context)
        case n.And(items) | n.Or(items):
            conditions = [_condition(item, positive, context) for item in items]
            return _all(conditions) if isinstance(rule, n.And) == positive else _any(conditions, context)
        case n.Visual():
            raise UnsupportedRuleError(f"{rule.name} is a look and cannot stand under AND, OR or NOT.")
        case _:
            return leaf_condition(rule, positive, context)


def _all(conditions: list[Condition]) -> Condition:
    parts = dict.fromkeys(part for condition in conditions for part in condition.parts)
    filled = {part.removeprefix("LEN(TRIM(").removesuffix("))>0") for part in parts if part.startswith("LEN(TRIM(")}
    kept = tuple(part for part in parts if part.removesuffix('<>""') not in filled)
    return Condition(kept, any(condition.may_fail for condition in conditions))


def _any(conditions: list[Condition], context: Context) -> Condition:
    """An error in one alternative must not hide the others; bare Excel (`blanks="excel"`) lets it."""
    texts = [f"IFERROR({c.formula},FALSE)" if c.may_fail and context.skip_blanks else c.formula for c in conditions]
    return Condition((f"OR({','.join(texts)})",), any(c.may_fail for c in conditions) and not context.skip_blanks)


def _leaves_column_out(node: n.Rule | n.Value) -> bool:
    return isinstance(node, n.Cell) or any(_leaves_column_out(child) for child in n.children(node))


def _with_column(rule: n.Rule, cell: int) -> n.Rule:
    """The rule with its left-out columns named."""
    return replace_values(rule, lambda value: n.Column(cell) if isinstance(value, n.Cell) else value)
