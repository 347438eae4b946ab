"""The serving process loads neither torch nor transformers, and what is imported by chance stays small."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("torch", "transformers", "onnx", "training", "matplotlib")


@pytest.mark.parametrize(
    "module", ["addin_backend", "addin_backend.app", "addin_backend.cli", "export.runtime.generator", "grammar.check"]
)
def test_serving_modules_load_nothing_heavy(module):
    code = f"import {module}, sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_export_itself_imports_nothing():
    code = "import sys; before = set(sys.modules); import export; print(sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "['export']"
