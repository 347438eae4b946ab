"""Write the report.

    python -m training.report --results training/results --out training/REPORT.md

Plots go into `report-figures` beside the report, or where `--figures` says. Needs the extra `train`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from training.report.document import write
from training.report.results import ResultsError


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        prog="python -m training.report", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--results", type=Path, default=Path("training/results"))
    parser.add_argument("--out", type=Path, default=Path("training/REPORT.md"))
    parser.add_argument("--figures", type=Path, help="default: report-figures beside the report")
    arguments = parser.parse_args()
    plots = arguments.figures or arguments.out.parent / "report-figures"
    command = f"python -m training.report --results {arguments.results} --out {arguments.out}"
    try:
        strange = write(arguments.results, arguments.out, plots, command)
    except ResultsError as error:
        sys.exit(f"error: {error}")
    if strange:
        print(f"kinds that no section knows, listed at the end: {', '.join(strange)}", file=sys.stderr)


if __name__ == "__main__":
    main()
