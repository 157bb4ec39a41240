#!/bin/sh
# A network that comes with modhost is masked with the family: sh runs.sh MODHOST PLUGINS
set -eu
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
"$1" --plugin-path "$2" --method diffmask --method.mask my_plugin --mask.window 3 --quiet \
  --run.dir "$folder/run" --model mlp --model.hidden 16 --dataset add_mul --dataset.digits 1 \
  --dataset.train 256 --dataset.validation 0 --dataset.test 64 --train.epochs 1 \
  --train.batch_size 32 --method.steps 2 --run.threads 1
grep -q '"status": "finished"' "$folder/run/results.json"
grep -q '"masks/add/sparsity"' "$folder/run/results.json"
grep -q '^window = 3' "$folder/run/config.toml" # in its section [mask]
