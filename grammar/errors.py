"""Exceptions of the `grammar` package: one root, two levels."""

from __future__ import annotations


class GrammarError(Exception):
    """Root of everything `grammar` raises on bad input; `str(error)` is fit to be shown to a user."""


class RuleSyntaxError(GrammarError):
    """The text is not a rule. `line` and `column` count from 1; `caret` shows the place under the line."""

    def __init__(self, message: str, line: int = 1, column: int = 1, caret: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.caret = caret

    def __str__(self) -> str:
        place = f"{self.message} (line {self.line}, column {self.column})"
        return f"{place}\n{self.caret}" if self.caret else place


class FormulaSyntaxError(RuleSyntaxError):
    """The text is not an Excel formula of `formula.lark`."""


class RuleCheckError(GrammarError):
    """The rule is well formed but does not fit the table (a missing column, text where a number is needed …)."""


class UnsupportedRuleError(GrammarError):
    """The rule or Excel object is valid but cannot be said in the other language."""


class TableError(GrammarError):
    """Rows that do not make a table (none, no header, too many columns)."""
