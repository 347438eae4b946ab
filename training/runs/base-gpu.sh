#!/bin/sh
# The `base` model on the GPUs of one machine in bf16; the batch is per process. Half an hour on one H200 is about 3 million samples.
set -eu
data="${CF_ASSISTANT_DATA:-../shared/data}"
accelerate launch -m training.finetune --preset base --out runs/base-gpu \
  --steps 12000 --batch 256 --rate 5e-4 --adapter-rate 3e-4 --warmup 1000 --variants 6 --threads 8 --save-every 500 \
  --extra "$data/prose/cf_train.json"
python -m training.evaluate runs/base-gpu/last.pt --threads 8 --track
