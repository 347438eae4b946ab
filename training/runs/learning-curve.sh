#!/bin/sh
# The learning curve: the same steps over 10, 25, 50 and 100 % of the tables (whole tables, so that their language stays together).
set -eu
for fraction in 0.1 0.25 0.5 1.0; do
  out="runs/curve-$fraction"
  python -m training.finetune --preset small --out "$out" --fraction "$fraction" --steps "${STEPS:-2000}" --variants 2 --threads 1
  python -m training.evaluate "$out/last.pt" --track --json "$out/figures.json"
done
python -m training.plot runs/curve-0.1 runs/curve-0.25 runs/curve-0.5 runs/curve-1.0 --out runs/learning-curve.png
