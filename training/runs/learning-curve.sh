#!/bin/sh
# The learning curve over the amount of hand-written data: a start from generated requests alone (fraction 0), then the same steps
# over 10, 25, 50 and 100 % of the tables (whole tables, so that their language stays together). Run from the repository root;
# the same command goes on where it was stopped. About 40 minutes on one core with AVX512-BF16. FILES limits the corpora.
set -eu
python="${PYTHON:-python}"
files="${FILES:-$(ls training/corpora/requests/[ch]*.jsonl)}"
common="--preset small --threads 1 --precision bf16 --warmup 40"
[ -f runs/synthetic.jsonl ] || "$python" -m training.corpus.synthesis --count 20000 --seed 0 --out runs/synthetic.jsonl
"$python" -m training.finetune $common --out runs/curve-0 --files runs/synthetic.jsonl --steps "${START_STEPS:-450}" --rate 1e-3 --variants 0
for fraction in 0.1 0.25 0.5 1.0; do
  "$python" -m training.finetune $common --out "runs/curve-$fraction" --from runs/curve-0/last.pt --files $files \
    --fraction "$fraction" --steps "${STEPS:-350}" --rate 1e-3 --variants 2
done
for fraction in 0 0.1 0.25 0.5 1.0; do
  "$python" -m export.convert "runs/curve-$fraction/last.pt" --name "curve-$fraction" --steps 1 --out "runs/curve-$fraction/bundle"
  "$python" -m benchmarks.accuracy --bundle "runs/curve-$fraction/bundle" --json "runs/curve-$fraction/figures.json"
done
"$python" -m training.learning_curve runs/curve-0 runs/curve-0.1 runs/curve-0.25 runs/curve-0.5 runs/curve-1.0 \
  --results training/results
