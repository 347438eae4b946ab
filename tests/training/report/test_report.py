"""The whole report from small made-up results."""

from __future__ import annotations

import shutil
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.training.report.conftest import Add, write_result
from training.report.__main__ import main
from training.report.document import write
from training.report.figures import comparison, leading
from training.report.plots import Panel, Series, draw
from training.report.results import Figure, read_results
from training.report.tables import cell, family, ordered, size, stem, words

PICTURES = [
    "comparison.png", "latency-length.png", "learning-curve.png", "refinement.png", "steps-accuracy.png", "steps-distance.png",
    "steps-latency.png", "tags-cf.png",
]  # fmt: skip
SYSTEMS = {"codefusion": 60.0, "seq2seq": 57.0, "genie": 40.0}


def tops(mean: float, kind: str = "top") -> dict[str, list[float]]:
    return {f"{kind}{k}": [mean + k, mean + k - 3, mean + k + 3] for k in (1, 3, 5)}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every kind of experiment."""
    folder = tmp_path_factory.mktemp("results")
    add = partial(write_result, folder)
    for system, mean in SYSTEMS.items():
        for seed in (0, 1, 2):
            metrics = {**tops(mean + seed), "valid": [90.0, 88.0, 92.0], "seconds": [0.0421, 0.03, 0.06]}
            add(f"c-{system}-{seed}", system=system, label=system.upper(), seed=seed, metrics=metrics)
    add("c-bash", language="bash", metrics=tops(50, "template"), note="two hours only")
    add("c-python", language="python", metrics=tops(20, "bleu"))
    add("ablation", experiment="ablation", system="codefusion-clamp", label="clamped")
    for x in (0.5, 1.0):
        add(f"l{x}", experiment="learning-curve", points=[{"x": x, "n": int(3000 * x), "metrics": tops(50 * x)}])
    steps = [
        {"x": x, "n": 200, "metrics": {**tops(top), "latency_ms": [x, x, x], "edit_percent": [20.0, 18.0, 22.0]}}
        for x, top in ((1, 60.0), (5, 60.9), (100, 61.5))
    ]
    add("steps", experiment="steps", metrics={"peak_rss_mib": 515.6}, points=steps)
    add("refinement", experiment="refinement", points=[{"x": 1, "metrics": {"edit_percent": 30.0}}])
    add("latency", experiment="latency", points=[{"x": 18, "metrics": {"latency_ms": [5.0, 4.0, 6.0]}}])
    for name, top in (("first", 60.0), ("second", 70.0)):
        tags = {"dates": {"n": 31, "top1": [top, top - 9, top + 9]}, "negation": {"n": 40, "top1": [top, top - 9, top + 9]}}
        add(name, experiment="bundle", label=name, date=f"2026-11-2{len(name)}", metrics=tops(top), tags=tags)
    add("speed", experiment="throughput", metrics={"samples_per_s": 36.4, "share_of_peak_percent": 61.0})
    add("strange", experiment="astrology")
    (folder / "not_run.json").write_text(
        '[{"what": "StarCoder, five-shot", "why": "its weights cannot be had"}]', encoding="utf-8"
    )
    return folder


@pytest.fixture(scope="module")
def written(results: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of `results`."""
    out = tmp_path_factory.mktemp("report") / "R.md"
    report(results, out)
    return out


@pytest.fixture(scope="module")
def text(written: Path) -> str:
    return written.read_text(encoding="utf-8")


def report(results: Path, out: Path) -> str:
    write(results, out, out.parent / "report-figures", "python -m training.report")
    return out.read_text(encoding="utf-8")


def rows(text: str, heading: str) -> list[list[str]]:
    """The cells of the first table after a heading."""
    lines = text.split(f"\n{heading}\n")[1].splitlines()
    start = next(k for k, line in enumerate(lines) if line.startswith("|"))
    table = lines[start : next(k for k, line in enumerate([*lines[start:], ""], start) if not line.startswith("|"))]
    return [[part.strip() for part in line.strip("|").split("|")] for line in table if not line.startswith("| ---")]


def test_systems_and_the_papers_row(text: str) -> None:
    head, *body = rows(text, "### Rules (conditional formatting)")
    assert head == ["system", "seeds", "requests", *(f"execution match, top-{k}" for k in (1, 3, 5))]
    assert [row[0] for row in body[:3]] == ["CODEFUSION", "SEQ2SEQ", "GENIE"]
    assert body[0] == [
        "CODEFUSION",
        "3",
        "512",
        "62.0 [59.0, 65.0] ± 1.0",
        "64.0 [61.0, 67.0] ± 1.0",
        "66.0 [63.0, 69.0] ± 1.0",
    ]
    assert body[3][1:] == ["–", "–", "72.8", "76.7", "78.5"]
    assert "published" in body[3][0]


def test_the_papers_figures_of_the_other_languages(text: str) -> None:
    assert rows(text, "### Bash")[-1][3:] == ["66.7", "70.2", "72.0"]
    head, ours, paper = rows(text, "### Python")
    assert paper[3:] == ["80.7", "86.3", "90.3", "–", "–", "–"]
    assert (head[3], ours[3], ours[6]) == ("CodeBERTScore, top-1", "–", "21.0 [18.0, 24.0]")
    assert "94.5 %" in text
    assert "2.3 s" in text


def test_every_picture_is_drawn_and_shown(text: str, written: Path) -> None:
    figures = written.parent / "report-figures"
    drawn = sorted(path.name for path in figures.iterdir())
    assert drawn == PICTURES
    assert all(f"](report-figures/{name})" in text for name in drawn)
    assert all((figures / name).read_bytes().startswith(b"\x89PNG") for name in drawn)


def test_curves_notes_and_reasons(text: str) -> None:
    assert "- CodeFusion (tiny): 5 steps are enough to be within 1 point of 100 at every top." in text
    assert "- CodeFusion (tiny): two hours only" in text
    assert "| StarCoder, five-shot | its weights cannot be had |" in text
    assert "- `strange.json`: experiment `astrology`" in text
    assert "| CodeFusion (tiny) | 1 | 512 | 515.6 |" in text, "peak memory"
    assert "| `steps.json` | 2026-11-21 | `python -m training.compare` |" in text


def test_a_learning_curve_is_over_requests(text: str) -> None:
    head, *body = rows(text, "## Accuracy against the amount of data")
    assert head[1] == "requests trained on"
    assert [row[1:4] for row in body] == [["1,500", "1,500", "26.0 [23.0, 29.0]"], ["3,000", "3,000", "51.0 [48.0, 54.0]"]]


def test_kinds_of_requests_before_and_after(text: str) -> None:
    table = text[text.index("| kind of request") :].splitlines()
    assert table[0].startswith("| kind of request | n | first: execution match, top-1 | execution match, top-1 |")
    assert table[2] == "| negation | 40 | 60.0 [51.0, 69.0] | 70.0 [61.0, 79.0] |"
    assert table[3].startswith("| dates | 31 |")


def test_sections_without_results_say_why(folder: Path, add: Add, tmp_path: Path) -> None:
    add("only")
    (folder / "not_run.json").write_text('[{"what": "Ablation without CPD", "why": "no time"}]', encoding="utf-8")
    text = report(folder, tmp_path / "R.md")
    assert "No results of this kind (`ablation`) lie in the folder.\n\n- Ablation without CPD: no time" in text
    assert "No results of this kind (`learning-curve`) lie in the folder." in text
    assert [path.name for path in (tmp_path / "report-figures").iterdir()] == ["comparison.png"]


def test_an_empty_folder_gives_the_costs_alone(folder: Path, tmp_path: Path) -> None:
    text = report(folder, tmp_path / "R.md")
    assert "There are no results." in text
    assert "## What a base run costs" in text
    assert not (tmp_path / "report-figures").exists()


def test_the_same_results_give_the_same_bytes(results: Path, written: Path, tmp_path: Path) -> None:
    renamed = tmp_path / "renamed"
    renamed.mkdir()
    for path in sorted(results.iterdir(), reverse=True):
        shutil.copy(path, renamed / path.name)
    report(renamed, tmp_path / "R.md")
    for path in (Path("R.md"), *(Path("report-figures") / name for name in PICTURES)):
        assert (tmp_path / path).read_bytes() == (written.parent / path).read_bytes(), path


def call(monkeypatch: pytest.MonkeyPatch, *given: Any) -> None:
    monkeypatch.setattr(sys, "argv", ["report", *map(str, given)])
    main()


def test_the_command(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    call(monkeypatch, "--results", results, "--out", tmp_path / "sub" / "REPORT.md")
    assert (tmp_path / "sub" / "report-figures" / "comparison.png").exists()
    assert "astrology" in capsys.readouterr().err


def test_the_command_names_a_broken_file(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "cut.json").write_text('{"experiment": "comp', encoding="utf-8")
    with pytest.raises(SystemExit, match=r"error: cut\.json"):
        call(monkeypatch, "--results", folder, "--out", tmp_path / "R.md")
    assert not (tmp_path / "R.md").exists()


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        (None, "–"), (Figure(0.0), "0.0"), (Figure(12.34), "12.3"), (Figure(1234.5, 1000, 2000), "1,234 [1,000, 2,000]"),
        (Figure(0.04213, 0.03, 0.05), "0.042 [0.030, 0.050]"), (Figure(0.5, 0.4, 0.6, 0.0123), "0.50 [0.40, 0.60] ± 0.01"),
    ],
)  # fmt: skip
def test_cells(figure: Figure | None, text: str) -> None:
    assert cell(figure) == text


def test_names_of_metrics() -> None:
    assert (stem("top3"), stem("latency_p50_ms"), stem("valid")) == (("top", 3), ("latency_p50_ms", 0), ("valid", 0))
    assert words("codebertscore5") == "CodeBERTScore, top-5"
    assert words("shoe_size") == "shoe size"
    assert ordered(["zeta", "bleu1", "top5", "top1", "alpha"]) == ["top1", "top5", "bleu1", "alpha", "zeta"]
    assert [family(name) for name in ("top1", "valid", "latency_ms", "seconds")] == ["accuracy", "quality", "costs", "costs"]
    assert [size(count) for count in (None, 1001, 5_900_000, 10**9)] == ["–", "1,001", "5.9M", "1G"]
    assert leading(["bleu1", "exact1", "bleu3"]) == ["bleu1", "bleu3"]
    assert leading(["seconds"]) == []


def test_panels_of_the_comparison(results: Path) -> None:
    panels = comparison([result for result in read_results(results) if result.experiment == "comparison"])
    assert [(panel.title, panel.y) for panel in panels] == [
        ("Rules (conditional formatting)", "execution match, %"), ("Python", "BLEU, %"), ("Bash", "template match, %"),
    ]  # fmt: skip
    assert panels[2].series == [
        Series("CodeFusion (tiny)", ["top-1", "top-3", "top-5"], [Figure(50 + k, 47 + k, 53 + k) for k in (1, 3, 5)])
    ]


@pytest.mark.parametrize("log", ["", "x", "y", "xy"])
def test_curves_with_gaps_and_without_intervals(tmp_path: Path, log: str) -> None:
    series = [Series("a", [1, 2, 3], [Figure(1), None, Figure(3)]), Series("b", [1], [Figure(2, 1, 3)])]
    draw([Panel("t", "x", "y", series, log=log)], tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
