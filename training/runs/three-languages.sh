#!/bin/sh
# One model for rules, Bash and Python, trained on a mixture of batches from a checkpoint of rules, whose tables are grown.
# Run from the repository root; the same command goes on where it was stopped. START, STEPS and OUT may be set.
# There are 1,700 Python pairs only, so watch the development figures. The shares are a first guess.
set -eu
python="${PYTHON:-python}"
out="${OUT:-runs/three}"
data="${CF_ASSISTANT_DATA:-../shared/data}"
"$python" -m training.finetune --preset small --languages cf bash python --weights 0.5 0.35 0.15 --data "$data" \
  --from "${START:-runs/small/last.pt}" --out "$out" --steps "${STEPS:-12000}" --variants 2 --rate 8e-4 --adapter-rate 4.8e-4 \
  --extra "$data/prose/cf_train.json"
for language in bash python; do
  "$python" -m training.evaluate_code "$out/last.pt" --language "$language" --data "$data" \
    --json "training/results/code-$language-three.json"
done
"$python" -m training.evaluate "$out/last.pt"
"$python" -m export.convert "$out/last.pt" --name small --steps 1 --code-steps 10 --out "$out/bundle"
