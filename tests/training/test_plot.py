"""Curves of runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from training.plot import draw, read_lines

pytest.importorskip("matplotlib", reason="needs the extra `train`")
LOSS = {"total": 3.0, "denoising": 1.0, "anchor": 1.0, "entropy": 1.0}


def write(path: Path, lines: list[dict[str, object]]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


@pytest.mark.parametrize("accuracy", [False, True])
def test_it_writes_a_picture(tmp_path: Path, accuracy: bool) -> None:
    for run in ("a", "b"):
        write(tmp_path / run / "log.jsonl", [{"step": step, **LOSS} for step in (20, 40)])
    if accuracy:
        write(
            tmp_path / "a" / "accuracy.jsonl", [{"step": 40, "top1": [50, 40, 60], "top3": [60, 50, 70], "top5": [70, 60, 80]}]
        )
    draw([tmp_path / "a", tmp_path / "b"], tmp_path / "out" / "curves.png")
    assert (tmp_path / "out" / "curves.png").read_bytes().startswith(b"\x89PNG")


def test_steps_written_twice_count_once(tmp_path: Path) -> None:
    write(tmp_path / "a" / "log.jsonl", [{"step": 20, "total": 3}, {"step": 40, "total": 2}, {"step": 20, "total": 1}])
    assert [line["total"] for line in read_lines(tmp_path / "a" / "log.jsonl")] == [1, 2]


@pytest.mark.parametrize("text", ["{", "[]", '{"total": 1}'])
def test_a_broken_log(tmp_path: Path, text: str) -> None:
    (tmp_path / "log.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"log\.jsonl line 1"):
        read_lines(tmp_path / "log.jsonl")
