#!/bin/sh
# A network that comes with modhost is trained and masked on the data: sh runs.sh MODHOST PLUGINS
set -eu
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
"$1" --plugin-path "$2" --method diffmask --model mlp --dataset my_plugin --quiet \
  --run.dir "$folder/run" --model.hidden 16 --dataset.train 256 --dataset.test 64 \
  --train.epochs 1 --train.batch_size 32 --method.steps 2 --run.threads 1
grep -q '"status": "finished"' "$folder/run/results.json"
grep -q '"masks/left/sparsity"' "$folder/run/results.json"
