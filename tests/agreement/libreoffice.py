"""LibreOffice for tests: `coloured_cells` (see `scripts.libreoffice_colours`) and the mark that skips where it is missing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from scripts.libreoffice_colours import LibreOfficeError, coloured_cells, convert, find_soffice

__all__ = ["LibreOfficeError", "coloured_cells", "convert", "needs_libreoffice"]


def needs_libreoffice(test: Callable[..., None]) -> Callable[..., None]:
    """Mark a test `libreoffice` and skip it, with the reason, where soffice is not installed."""
    skip = pytest.mark.skipif(find_soffice() is None, reason="LibreOffice (soffice) is not installed")
    marked: Callable[..., None] = pytest.mark.libreoffice(skip(test))
    return marked
