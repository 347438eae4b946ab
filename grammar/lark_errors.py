"""What Lark says about a text, as our own error with place and caret. Shared by the rule and the formula language."""

from __future__ import annotations

from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from grammar.errors import RuleSyntaxError


def syntax_error(
    text: str, error: UnexpectedInput, what: str, example: str, kind: type[RuleSyntaxError] = RuleSyntaxError
) -> RuleSyntaxError:
    """The error to raise: `what` the text should have been ("a rule"), with one `example` of it."""
    if isinstance(error, UnexpectedCharacters):
        character = text[error.pos_in_stream or 0]
        hint = "a text that starts here has no closing quote" if character in "\"'" else f"'{character}' cannot stand here"
        message = f"Not {what}: {hint}."
    elif isinstance(error, UnexpectedToken) and error.token.type == "$END":
        message = f"Not {what}: it ends too early; a closing parenthesis or an argument is missing."
        return error_at(text, len(text), message, kind)
    elif isinstance(error, UnexpectedToken):
        message = f"Not {what}: '{error.token}' cannot stand here. {example}"
    else:
        message = f"Not {what}."
    return error_at(text, error.pos_in_stream or 0, message, kind)


def error_at(text: str, place: int, message: str, kind: type[RuleSyntaxError] = RuleSyntaxError) -> RuleSyntaxError:
    """An error at the character `place` (from 0) of a text that may have several lines."""
    before = text[:place]
    line, column = before.count("\n") + 1, place - (before.rfind("\n") + 1) + 1
    source = text.split("\n")[line - 1]
    return kind(message, line, column, f"{source}\n{' ' * (column - 1)}^")


def refuse_depth(text: str, limit: int, what: str, kind: type[RuleSyntaxError] = RuleSyntaxError) -> None:
    """Refuse what is nested so deep that it can only be an attack on the parser's stack."""
    depth = 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth > limit:
            raise error_at(text, place, f"{what} is nested more than {limit} levels deep.", kind)
