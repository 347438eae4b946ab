"""cf-assistant model."""

from __future__ import annotations

import json

import pytest

from addin_backend.cli.model import rows_of
from export.runtime.bundle import DEFAULT


def test_the_card():
    info = {
        "name": "x",
        "accuracy": {"top1": 0.7, "by_tag": {"dates": 0.5}},
        "vocabulary": list(range(99)),
        "sha256": {"a": "f" * 64},
    }
    assert dict(rows_of(info)) == {
        "name": "x",
        "accuracy.top1": "0.7",
        "accuracy.by_tag.dates": "0.5",
        "vocabulary": "99 entries",
        "sha256.a": "ffffffffffff…",
    }


def test_no_bundle(run, tmp_path):
    result = run("model", "--bundle", tmp_path)
    assert result.exit_code == 2
    assert "bundle.json" in result.stderr


@pytest.mark.bundle
@pytest.mark.skipif(not (DEFAULT / "bundle.json").exists(), reason="the bundle is not in this tree")
def test_the_shipped_bundle(run):
    assert "small" in run("model").stdout
    assert json.loads(run("model", "--json").stdout)["name"] == "small"
