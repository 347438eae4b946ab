#!/bin/sh
# The `small` model on one CPU core, as it was trained for the first bundle (about 32 samples a second, batch 64).
# Run from the repository root; the same command goes on from the last checkpoint.
# CF_ASSISTANT_DATA names the data folder (default ../shared/data); without it, leave --extra out.
set -eu
data="${CF_ASSISTANT_DATA:-../shared/data}"
python -m training.finetune --preset small --out runs/small-a --steps 4800 --variants 2 --threads 1 \
  --extra "$data/prose/cf_train.json"
# runs/small-a was stopped at step 1,140, before the pointer was added; runs/small-b goes on from it with the pointer
# (a checkpoint of another shape: what fits is taken over, the pointer starts fresh):
#   python -m training.finetune --preset small --from runs/small-a/last.pt --out runs/small-b --steps 2000 --variants 2 \
#     --rate 8e-4 --adapter-rate 4.8e-4 --warmup 60 --save-every 100 --threads 1 --extra "$data/prose/cf_train.json"
# at its step 1,300 the end was moved from step 2,000 to 2,350 (same command with --steps 2350 --out runs/small-c on a copy of its
# checkpoint): the loss was still falling and there was time. runs/small-c/last.pt is the shipped bundle:
#   python -m export.convert runs/small-c/last.pt --name small --steps 1 --out export/bundles/small
#   python -m benchmarks.accuracy --write-card
