#!/bin/sh
# The shipped `small` bundle on one CPU core with AVX512-BF16 (about 65 samples a second, batch 64, 75 minutes).
# Run from the repository root; the same command goes on from the last checkpoint.
# CF_ASSISTANT_DATA names the data folder (default ../shared/data); without it, leave its --extra file out.
# It goes on from the bundle that is shipped now; to train from scratch, leave --from out and take several times the steps.
set -eu
data="${CF_ASSISTANT_DATA:-../shared/data}"
[ -f runs/restored/small.pt ] || python -m export.restore export/bundles/small --out runs/restored/small.pt
[ -f runs/synthetic-5k.jsonl ] || python -m training.corpus.synthesis --count 5000 --seed 1 --out runs/synthetic-5k.jsonl
python -m training.finetune --preset small --from runs/restored/small.pt --out runs/small --steps "${STEPS:-4600}" --variants 2 \
  --rate 8e-4 --adapter-rate 4.8e-4 --warmup 60 --save-every 100 --threads 1 --precision bf16 --set time_power=0.1 \
  --extra "$data/prose/cf_train.json" runs/synthetic-5k.jsonl
python -m export.convert runs/small/last.pt --name small --steps 1 --out runs/small/bundle
# The ranking: weights fitted on the candidates of a bundle for requests that it has not been trained on. The shipped ones come from
# the first bundle (commit 51d6dc7) and h7-h11, which it had not seen:
#   python -m benchmarks.fit_ranking collect --bundle FIRST --files training/corpora/requests/h7.jsonl … h11.jsonl --out runs/candidates.npz
#   python -m benchmarks.fit_ranking fit runs/candidates.npz --bundle runs/small/bundle
python -m benchmarks.accuracy --bundle runs/small/bundle --write-card
