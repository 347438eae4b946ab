"""Reading results files, and averages over seeds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.training.report.conftest import Add
from training.report.average import combine, over_seeds
from training.report.results import Figure, NotRun, ResultsError, read_not_run, read_results, save


def test_a_file_as_the_schema_says(folder: Path, add: Add) -> None:
    add("a", metrics={"top1": [60.0, 57.0, 63.0], "seconds": 0.2, "bleu1": None, "ast1": float("nan")}, note="short")
    (result,) = read_results(folder)
    assert result.metrics == {"top1": Figure(60.0, 57.0, 63.0), "seconds": Figure(0.2)}
    assert (result.files, result.seeds, result.evaluated, result.note) == (("a.json",), 1, 512, "short")


def test_only_three_fields_must_be_there(folder: Path) -> None:
    save(folder, "bare", {"experiment": "comparison", "system": "genie", "language": "bash"})
    (result,) = read_results(folder)
    assert (result.label, result.seed, result.metrics, result.points) == ("genie", 0, {}, ())


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"metrics": {"top1": "sixty"}}, r"b\.json: top1 is 'sixty', not a number"),
        ({"metrics": {"top1": [60.0, 57.0]}}, r"b\.json: top1 is \[60.0, 57.0\], not \[mean, low, high\]"),
        ({"metrics": {"top1": [60.0, 61.0, 63.0]}}, r"b\.json: top1 .* the mean lies outside its interval"),
        ({"metrics": {"top1": True}}, r"b\.json: top1 is True"),
        ({"metrics": [1, 2]}, r"b\.json: 'list' object"),
        ({"points": [{"metrics": {}}]}, r"b\.json: x is missing"),
        ({"tags": {"dates": {"top1": 3}}}, r"b\.json: n is missing"),
        ({"seed": "first"}, r"b\.json: invalid literal"),
    ],
)
def test_a_broken_file_is_named(folder: Path, add: Add, fields: dict[str, Any], message: str) -> None:
    add("a")
    add("b", seed=1)
    add("b", **{"seed": 1, **fields})
    with pytest.raises(ResultsError, match=message):
        read_results(folder)


@pytest.mark.parametrize(
    ("text", "message"), [("{", "line 1"), ("[]", "not a JSON object"), ('{"system": "x"}', "experiment is missing")]
)
def test_what_is_no_result_is_named(folder: Path, text: str, message: str) -> None:
    (folder / "broken.json").write_text(text, encoding="utf-8")
    with pytest.raises(ResultsError, match=rf"broken\.json: .*{message}"):
        read_results(folder)


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="there is no folder"):
        read_results(tmp_path / "nowhere")


def test_two_files_that_say_the_same(folder: Path, add: Add) -> None:
    add("a")
    add("b")
    with pytest.raises(ResultsError, match=r"a\.json and b\.json are the same"):
        read_results(folder)


def test_the_order_is_not_that_of_the_names(folder: Path, add: Add) -> None:
    add("z", system="codefusion")
    add("a", system="genie")
    assert [result.system for result in read_results(folder)] == ["codefusion", "genie"]


def test_what_was_not_run(folder: Path) -> None:
    assert read_not_run(folder) == []
    (folder / "not_run.json").write_text('[{"what": "StarCoder", "why": "no weights"}]', encoding="utf-8")
    assert read_not_run(folder) == [NotRun("StarCoder", "no weights")]
    assert read_results(folder) == []


@pytest.mark.parametrize("text", ["{}", '[{"what": "x"}]', '["x"]', "["])
def test_a_broken_list_of_what_was_not_run(folder: Path, text: str) -> None:
    (folder / "not_run.json").write_text(text, encoding="utf-8")
    with pytest.raises(ResultsError, match=r"not_run\.json"):
        read_not_run(folder)


def test_figures_over_seeds() -> None:
    assert combine([Figure(60, 57, 63), Figure(62, 58, 66), Figure(64, 62, 66)]) == Figure(62, 59, 65, 2.0)
    assert combine([Figure(60, 57, 63), Figure(62)]) == Figure(61, None, None, pytest.approx(2**0.5))


def test_results_over_seeds(folder: Path, add: Add) -> None:
    for seed, top in enumerate((60.0, 62.0, 64.0)):
        add(f"s{seed}", seed=seed, metrics={"top1": [top, top - 3, top + 3]}, train_seconds=60.0 * seed, note="slow")
    add("other", system="genie", label="GENIE")
    mean, other = over_seeds(read_results(folder))
    assert mean.metrics["top1"] == Figure(62, 59, 65, 2.0)
    assert (mean.seeds, mean.train_seconds, mean.note) == (3, 60.0, "slow")
    assert mean.files == ("s0.json", "s1.json", "s2.json")
    assert (other.seeds, other.metrics["top1"].spread) == (1, None)


def test_a_curve_in_several_files_and_seeds(folder: Path, add: Add) -> None:
    for seed in (0, 1):
        for x, top in ((0.5, 50.0), (1.0, 60.0)):
            point = {"x": x, "n": int(100 * x), "metrics": {"top1": [top + 2 * seed, 40.0, 70.0]}}
            add(f"{seed}-{x}", experiment="learning-curve", seed=seed, points=[point])
    (curve,) = over_seeds(read_results(folder))
    assert curve.seeds == 2
    assert [(p.x, p.n, p.metrics["top1"].mean) for p in curve.points] == [(0.5, 50, 51.0), (1.0, 100, 61.0)]
    assert curve.metrics == {}, "the metrics beside a point are not the curve's"


def test_tags_over_seeds(folder: Path, add: Add) -> None:
    for seed in (0, 1):
        add(str(seed), seed=seed, tags={"dates": {"n": 30, "top1": [50.0 + seed, 40.0, 60.0]}})
    (result,) = over_seeds(read_results(folder))
    assert result.tags["dates"].n == 30
    assert result.tags["dates"].metrics["top1"].mean == 50.5


def test_saving_makes_the_folder(tmp_path: Path) -> None:
    path = save(tmp_path / "new", "x", {"label": "größer"})
    assert json.loads(path.read_text(encoding="utf-8")) == {"label": "größer"}
