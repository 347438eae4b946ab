"""Exceptions of the runtime."""

from __future__ import annotations


class RuntimeModelError(Exception):
    """Root: the model cannot be used; the message says why and what to do."""


class BundleError(RuntimeModelError):
    """The bundle is missing, incomplete, changed since it was built, or of a format this version does not read."""


class ProviderError(RuntimeModelError):
    """An execution provider that was asked for is not to be had on this machine."""
