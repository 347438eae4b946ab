#!/bin/sh
# Two CPU processes give the loss curve of one. Run from the repository root; minutes on two cores.
set -eu
python="${PYTHON:-python}"
launch="$python -m torch.distributed.run --standalone --nproc_per_node 2"  # `accelerate launch --cpu` starts one process only
export OMP_NUM_THREADS=1 CUDA_VISIBLE_DEVICES=

# The same halves of the same batches, dropout off: equal but for rounding (tests/training/test_processes.py says why).
rm -rf runs/halves-one runs/halves-two
"$python" -m tests.training.processes runs/halves-one
$launch -m tests.training.processes runs/halves-two
"$python" -m training.curves losses runs/halves-one runs/halves-two --tolerance 0.0001

# The training command itself. Each process draws batches of its own, half as large, with noise of its own, so that the curves
# agree as those of two seeds do: means over 20 steps within a tenth of the first loss.
common="--preset tiny --steps ${STEPS:-200} --variants 0 --rate 2e-3 --warmup 20 --threads 1 --files training/corpora/requests/h1.jsonl"
rm -rf runs/one-process runs/two-processes
"$python" -m training.finetune $common --batch 32 --out runs/one-process
$launch -m training.finetune $common --batch 16 --out runs/two-processes
"$python" -m training.curves losses runs/one-process runs/two-processes --tolerance 0.1
"$python" -m training.plot runs/one-process runs/two-processes --out runs/two-processes.png
