"""Exceptions of the runtime."""

from __future__ import annotations

from collections.abc import Sequence


class RuntimeModelError(Exception):
    """Root: the model cannot be used; the message says why and what to do."""


class BundleError(RuntimeModelError):
    """The bundle is missing, incomplete, changed since it was built, or of a format this version does not read."""


class LanguageError(RuntimeModelError):
    """The bundle does not write the language that was asked for; the message names those it does (`languages`)."""

    def __init__(self, bundle: str, language: str, languages: Sequence[str]) -> None:
        super().__init__(f"The bundle {bundle} does not write {language}; it writes {' and '.join(languages)}.")
        self.languages = tuple(languages)


class ProviderError(RuntimeModelError):
    """An execution provider that was asked for is not to be had on this machine."""
