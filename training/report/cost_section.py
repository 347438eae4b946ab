"""The section "What a base run costs": the sums of `training.report.costs` as tables, and what was measured beside them."""

from __future__ import annotations

from training.report import costs
from training.report.sections import Report, notes
from training.report.tables import by_system, size, systems_table, table

PRESETS = ("small", "base")
SAMPLES = (1e6, 1e7, 1e8, 1e9)
EPOCHS = 10


def section(report: Report, at: costs.Positions | None = None) -> list[str]:
    """FLOPs per sample by part, times on the machines, requests that the data would need."""
    at = at or costs.Positions()
    blocks = [
        "## What a base run costs",
        (
            "On paper (`training/report/costs.py`): 6 x parameters x positions, with attention, for samples of "
            f"{at.pieces:g} word pieces, {at.nodes:g} columns and values and {at.target:g} target positions, padding included."
        ),
        _flops(at),
        "The machines: " + "; ".join(_machine(machine) for machine in costs.MACHINES) + ". These shares are what large layers "
        "reach; layers as narrow as `small`'s leave a GPU waiting, so measured shares stand below where there are any.",
    ]
    for name in PRESETS:
        blocks += [f"### Time of a run of `{name}`", _times(name, at)]
    blocks.append(
        f"The last column is the number of distinct requests that such a run would need for {EPOCHS} epochs. Augmented "
        "variants of a request are not distinct requests."
    )
    measured = by_system(report.of("throughput"))
    if measured:
        blocks += ["### Measured throughput", systems_table(measured, "costs"), notes(measured)]
    else:
        blocks += ["### Measured throughput", *report.empty("throughput")]
    return blocks


def _machine(machine: costs.Machine) -> str:
    each = "" if machine.count == 1 else " each"
    rate = f"{machine.rate / 1e12:g} TFLOP/s" if machine.rate >= 1e12 else f"{machine.rate / 1e9:g} GFLOP/s"
    share = "" if machine.share == 1 else f" at {100 * machine.share:g} % utilisation"
    return f"{machine.name}: {rate}{each}{share}"


def _flops(at: costs.Positions) -> str:
    parts = {name: costs.flops_per_sample(costs.preset(name), at) for name in PRESETS}
    names = list(parts[PRESETS[0]])
    rows = [
        [f"`{name}`", size(costs.trained_parameters(costs.preset(name))), *(f"{parts[name][part] / 1e9:.2f}" for part in names),
         f"{sum(parts[name].values()) / 1e9:.2f}"]
        for name in PRESETS
    ]  # fmt: skip
    return table(["preset", "trained parameters", *(f"{part}, GFLOP" for part in names), "one sample, GFLOP"], rows)


def _times(name: str, at: costs.Positions) -> str:
    each = sum(costs.flops_per_sample(costs.preset(name), at).values())
    rows = [
        [size(int(count)), *(costs.duration(costs.seconds(count, each, machine)) for machine in costs.MACHINES),
         size(int(count / EPOCHS))]
        for count in SAMPLES
    ]  # fmt: skip
    return table(["samples", *(machine.name for machine in costs.MACHINES), "distinct requests"], rows)
