"""Drawing: panels of curves and of bars with intervals as PNG, the same bytes for the same input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.report.results import Figure


@dataclass(frozen=True, slots=True)
class Series:
    """A named sequence of figures; `at` their places on the x axis (for bars: names of the groups)."""

    label: str
    at: Sequence[float] | Sequence[str]
    figures: Sequence[Figure | None]


@dataclass(frozen=True, slots=True)
class Panel:
    """One pair of axes; `log` names the logarithmic ones ("", "x", "y", "xy"), `top` ends y, `bars` stand for curves."""

    title: str
    x: str
    y: str
    series: Sequence[Series]
    log: str = ""
    top: float | None = None
    bars: bool = False


def draw(panels: Sequence[Panel], path: Path) -> None:
    """Write the panels side by side."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    widths = [_width(panel) for panel in panels]
    with mpl.rc_context({"font.family": "DejaVu Sans", "svg.hashsalt": "report"}):
        figure, axes = plt.subplots(
            1, len(panels), figsize=(sum(widths), 3.8), squeeze=False, width_ratios=widths, constrained_layout=True
        )
        for panel, axis in zip(panels, axes[0], strict=True):
            _bars(panel, axis) if panel.bars else _curves(panel, axis)
            _dress(panel, axis)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=110, metadata={"Software": None})
        plt.close(figure)


def _width(panel: Panel) -> float:
    """Inches: bars need room for their names."""
    return max(4.6, 0.22 * sum(len(series.figures) for series in panel.series) + 1.2) if panel.bars else 4.6


def _curves(panel: Panel, axis: Any) -> None:
    for series in panel.series:
        known = [(x, f) for x, f in zip(series.at, series.figures, strict=True) if f is not None]
        axis.plot([x for x, _ in known], [f.mean for _, f in known], marker="o", markersize=3, label=series.label)
        bounded = [(x, f.low, f.high) for x, f in known if f.low is not None]
        if bounded:
            axis.fill_between(*zip(*bounded, strict=True), alpha=0.15, color=axis.lines[-1].get_color(), linewidth=0)


def _bars(panel: Panel, axis: Any) -> None:
    """Groups of bars, one for each series, where every series has the same names in `at`."""
    width = 0.8 / max(1, len(panel.series))
    for k, series in enumerate(panel.series):
        shift = (k - (len(panel.series) - 1) / 2) * width
        known = [(at + shift, f) for at, f in enumerate(series.figures) if f is not None]
        axis.bar(
            [x for x, _ in known], [f.mean for _, f in known], width * 0.95, label=series.label,
            yerr=[[f.mean - (f.mean if f.low is None else f.low) for _, f in known],
                  [(f.mean if f.high is None else f.high) - f.mean for _, f in known]],
            error_kw={"linewidth": 0.8, "capsize": 1.5},
        )  # fmt: skip
    names = list(panel.series[0].at) if panel.series else []
    axis.set_xticks(range(len(names)), names, rotation=30 if sum(map(len, map(str, names))) > 40 else 0, fontsize=7)
    if axis.get_xticklabels() and axis.get_xticklabels()[0].get_rotation():
        for text in axis.get_xticklabels():
            text.set_horizontalalignment("right")


def _dress(panel: Panel, axis: Any) -> None:
    axis.set(title=panel.title, xlabel=panel.x, ylabel=panel.y)
    if "x" in panel.log:
        axis.set_xscale("log")
        places = sorted({float(x) for series in panel.series for x in series.at})
        axis.set_xticks(places, [f"{x:g}" for x in places], fontsize=7)
        axis.set_xticks([], minor=True)
    if "y" in panel.log:
        axis.set_yscale("log")
        axis.yaxis.set_major_formatter("{x:g}")
        axis.yaxis.set_minor_formatter("{x:g}")
        axis.tick_params(axis="y", which="both", labelsize=7)
    else:
        axis.set_ylim(0, panel.top)
    axis.grid(visible=True, linewidth=0.3, alpha=0.6)
    axis.set_axisbelow(True)
    if len(panel.series) > 1 or (panel.series and panel.series[0].label):
        axis.legend(fontsize=6)
