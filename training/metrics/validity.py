"""Whether code can be read at all, for the three languages."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from grammar.errors import GrammarError
from grammar.parse import parse
from training.metrics import bash, python


def _valid_rule(code: str) -> bool:
    try:
        parse(code)
    except GrammarError:
        return False
    return True


_CHECKS: MappingProxyType[str, Callable[[str], bool]] = MappingProxyType({
    "cf": _valid_rule, "python": python.valid, "bash": bash.valid,
})  # fmt: skip


def valid(language: str, code: str) -> bool:
    """Whether `code` can be read: `cf` by the rule grammar, `python` by `ast`, `bash` by bashlex (extra `train`).

    Raises:
        ValueError: an unknown language.
    """
    if language not in _CHECKS:
        raise ValueError(f"{language} is none of {', '.join(_CHECKS)}")
    return _CHECKS[language](code)
