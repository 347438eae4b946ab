"""The installed version."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=1)
def version() -> str:
    """The version of the distribution `cf-assistant`; "0" in a tree that was not installed."""
    from importlib import metadata

    try:
        return metadata.version("cf-assistant")
    except metadata.PackageNotFoundError:
        return "0"
