"""Write synthetic requests.  `python -m training.corpus.synthesis --count 20000 --seed 0 --out FILE.jsonl`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from training.corpus.synthesis.generate import generate

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--count", type=int, default=20_000, help="requests in all")
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--out", type=Path, required=True, help="JSON lines, one table a line")
arguments = parser.parse_args()

tables = requests = 0
with arguments.out.open("w", encoding="utf-8") as file:
    for record in generate(arguments.count, arguments.seed):
        file.write(json.dumps(record, ensure_ascii=False) + "\n")
        tables += 1
        requests += len(record["requests"])
print(f"{requests} requests over {tables} tables in {arguments.out}")
