#!/bin/sh
# A short training and a short mask training: sh runs.sh MODHOST PLUGINS
set -eu
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
"$1" --plugin-path "$2" --method diffmask --model my_plugin --quiet --run.dir "$folder/run" \
  --dataset raven --dataset.side 16 --dataset.train 64 --dataset.validation 0 --dataset.test 16 \
  --dataset.task_train 32 --dataset.task_test 16 --dataset.tasks square,circle \
  --train.epochs 1 --train.batch_size 16 --method.steps 2 --method.batch_size 16 --run.threads 1
grep -q '"status": "finished"' "$folder/run/results.json"
grep -q '"masks/square/sparsity"' "$folder/run/results.json"
