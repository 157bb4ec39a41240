#!/bin/sh
# A short run on a network that comes with modhost: sh runs.sh MODHOST PLUGINS
set -eu
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
"$1" --plugin-path "$2" --method my_plugin --model scl --quiet --run.dir "$folder/run" \
  --dataset.side 16 --dataset.train 64 --dataset.validation 0 --dataset.test 16 \
  --train.epochs 1 --train.batch_size 16 --run.threads 1
grep -q '"status": "finished"' "$folder/run/results.json"
[ "$(wc -l <"$folder/run/tables/pruning.csv")" -eq 5 ]
