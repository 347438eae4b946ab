"""The Excel rule kind that says by itself what a predicate over a column says, where there is one.

A native kind is used only where it colours the same cells: Excel's kinds know nothing of the guard against empty cells, and
ranks, averages and repeats are not applied to a range with an error in it (Microsoft, "Use conditional formatting to highlight
information", note on errors), so those columns get a formula.
"""

from __future__ import annotations

from grammar import nodes as n
from grammar.excel.context import Context
from grammar.excel.leaves import needs_guard, plain_text, settle
from grammar.excel.periods import NATIVE, period_formula
from grammar.excel.rule import ExcelRule, escape_wildcards, quote
from grammar.excel.values import value_formula
from grammar.excel.visuals import color_scale, data_bar, icon_set
from grammar.table import Class

OPERATORS = {
    "Equals": "equal", "NotEquals": "notEqual", "GreaterThan": "greaterThan", "GreaterThanEqual": "greaterThanOrEqual",
    "LessThan": "lessThan", "LessThanEqual": "lessThanOrEqual", "Between": "between", "NotBetween": "notBetween",
}  # fmt: skip
FLIPPED = {
    "Equals": "Equals", "NotEquals": "NotEquals", "GreaterThan": "LessThan", "LessThan": "GreaterThan",
    "GreaterThanEqual": "LessThanEqual", "LessThanEqual": "GreaterThanEqual",
}  # fmt: skip


def native(rule: n.Rule, context: Context, target: n.Column | n.Cell, sqref: str) -> ExcelRule | None:
    """The native Excel rule on the cells of `target`, or None where only a formula says the same."""
    positive = True
    while isinstance(rule, n.Not):
        rule, positive = rule.item, not positive
    if isinstance(rule, n.And | n.Or | n.Formula | n.Not | n.Visual):
        return None
    leaf, positive = settle(rule, positive)
    if isinstance(leaf, n.Compare) and leaf.left != target and leaf.right == target:
        leaf = n.Compare(FLIPPED[leaf.name], leaf.right, leaf.left)
    if n.children(leaf)[0] != target or _empty_cells_differ(leaf, positive, context):
        return None
    match leaf:
        case n.Compare(name, _, right):
            return ExcelRule("cellIs", sqref, OPERATORS[name], (value_formula(right, context),))
        case n.Between(name, _, low, high):
            return ExcelRule("cellIs", sqref, OPERATORS[name], (value_formula(low, context), value_formula(high, context)))
        case n.TextTest():
            return _text(leaf, positive, context, sqref)
        case n.State():
            return _state(leaf, positive, context, sqref)
        case n.Rank() | n.Average() | n.Period() if positive:
            return _column_kind(leaf, context, sqref)
        case _:
            return None


def visual(rule: n.Visual, sqref: str) -> ExcelRule:
    """A colour scale, data bar or icon set.

    Raises:
        UnsupportedRuleError: a style Excel does not have.
    """
    match rule.name:
        case "ColorScale":
            return ExcelRule("colorScale", sqref, visual=color_scale(rule.style))
        case "DataBar":
            return ExcelRule("dataBar", sqref, visual=data_bar(rule.style))
        case _:
            return ExcelRule("iconSet", sqref, visual=icon_set(rule.style))


def _empty_cells_differ(leaf: n.Rule, positive: bool, context: Context) -> bool:
    """Whether the native kind would colour a row with an empty cell that the rule leaves out, in the table as it is.

    A column that is full now keeps its native rule: a person can read it in Excel's dialog, and a formula could not be.
    """
    if isinstance(leaf, n.State | n.Rank | n.Average | n.Period):
        return False  # these kinds pass over empty cells in Excel itself
    return needs_guard(leaf, positive, context) and context.has(leaf, Class.BLANK)


def _text(leaf: n.TextTest, positive: bool, context: Context, sqref: str) -> ExcelRule | None:
    if not isinstance(leaf.text, n.Text) or (not positive and context.has(leaf, Class.ERROR)):
        return None
    text = leaf.text.value
    if leaf.name == "TextEquals":
        if not plain_text(leaf, context):
            return None
        return ExcelRule("cellIs", sqref, "equal" if positive else "notEqual", (quote(text),))
    if escape_wildcards(text) != text or not text:
        return None  # whether Excel takes the `text` attribute's * and ? as wildcards is not documented
    cell = value_formula(leaf.value, context, dollar=False)
    literal = quote(text)
    match leaf.name, positive:
        case "TextContains", True:
            return ExcelRule("containsText", sqref, "containsText", (f"NOT(ISERROR(SEARCH({literal},{cell})))",), text)
        case "TextContains", False:
            return ExcelRule("notContainsText", sqref, "notContains", (f"ISERROR(SEARCH({literal},{cell}))",), text)
        case "StartsWith", True:
            return ExcelRule("beginsWith", sqref, "beginsWith", (f"LEFT({cell},LEN({literal}))={literal}",), text)
        case "EndsWith", True:
            return ExcelRule("endsWith", sqref, "endsWith", (f"RIGHT({cell},LEN({literal}))={literal}",), text)
        case _:
            return None


def _state(leaf: n.State, positive: bool, context: Context, sqref: str) -> ExcelRule | None:
    cell = value_formula(leaf.value, context, dollar=False)
    match leaf.name, positive:
        case "Blanks", True:
            return ExcelRule("containsBlanks", sqref, formulas=(f"LEN(TRIM({cell}))=0",))
        case "Blanks", False:
            return ExcelRule("notContainsBlanks", sqref, formulas=(f"LEN(TRIM({cell}))>0",))
        case "Errors", True:
            return ExcelRule("containsErrors", sqref, formulas=(f"ISERROR({cell})",))
        case "Errors", False:
            return ExcelRule("notContainsErrors", sqref, formulas=(f"NOT(ISERROR({cell}))",))
        case _ if context.has(leaf, Class.ERROR):
            return None
        case name, _:
            return ExcelRule("duplicateValues" if name == "Duplicates" else "uniqueValues", sqref)


def _column_kind(leaf: n.Rank | n.Average | n.Period, context: Context, sqref: str) -> ExcelRule | None:
    if isinstance(leaf, n.Period):
        formula = period_formula(leaf.name, value_formula(leaf.value, context, dollar=False))
        return ExcelRule("timePeriod", sqref, formulas=(formula,), time_period=NATIVE[leaf.name])
    if context.has(leaf, Class.ERROR):
        return None
    if isinstance(leaf, n.Average):
        above = leaf.name == "AboveAverage"
        return ExcelRule("aboveAverage", sqref, above_average=above, std_dev=leaf.deviations or None)
    percent, bottom = leaf.name.endswith("Percent"), leaf.name.startswith("Bottom")
    return ExcelRule("top10", sqref, rank=leaf.count, percent=percent, bottom=bottom)
