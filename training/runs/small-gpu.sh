#!/bin/sh
# The `small` model on one GPU in bf16: larger batches, ten times the epochs, more variants of every request.
set -eu
data="${CF_ASSISTANT_DATA:-../shared/data}"
accelerate launch --num_processes 1 -m training.finetune --preset small --out runs/small-gpu \
  --steps 20000 --batch 256 --rate 1.2e-3 --warmup 500 --variants 6 --threads 8 --save-every 1000 \
  --extra "$data/prose/cf_train.json"
python -m training.evaluate runs/small-gpu/last.pt --threads 8 --track
