#!/bin/sh
# The paper's two phases with the paper's model (78.9M parameters): code alone in three languages, then pairs.
# Needs the tokenizer of CodeT5 and the snippets in CF_ASSISTANT_DATA. Where a hub can be reached, or its files lie in a folder:
#   ENCODER=Salesforce/codet5-small sh training/runs/pretrain-base.sh
set -eu
data="${CF_ASSISTANT_DATA:-../shared/data}"
accelerate launch -m training.pretrain --preset paper --languages cf python bash --out runs/pretrain-paper \
  --steps 50000 --batch 64 --rate 5e-4 --warmup 2000 --save-every 1000 ${ENCODER:+--encoder-from "$ENCODER"}
accelerate launch -m training.finetune --preset paper --from runs/pretrain-paper/last.pt --out runs/paper \
  --steps 50000 --batch 64 --rate 5e-4 --warmup 2000 --variants 2 --save-every 1000 ${ENCODER:+--encoder-from "$ENCODER"} \
  --extra "$data/prose/cf_train.json" "$data/prose/python_train.json" "$data/prose/bash_train.json"
python -m training.evaluate runs/paper/last.pt --sampler ddpm --steps 0 --seeds 5 --track  # all 1,200 steps
