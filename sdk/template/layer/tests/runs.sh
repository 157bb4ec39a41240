#!/bin/sh
# A network with the layer, written as a config, is trained and masked: sh runs.sh MODHOST PLUGINS
set -eu
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
cat >"$folder/net.toml" <<'TOML'
[model]
name = "sequential"

[[model.layers]]
kind = "my_plugin"
out = 16

[[model.layers]]
kind = "linear"
TOML
"$1" --plugin-path "$2" --config "$folder/net.toml" --method diffmask --quiet \
  --run.dir "$folder/run" --dataset add_mul --dataset.digits 1 --dataset.train 256 \
  --dataset.validation 0 --dataset.test 64 --train.epochs 1 --train.batch_size 32 \
  --method.steps 2 --run.threads 1
grep -q '"status": "finished"' "$folder/run/results.json"
grep -q '"masks/add/share/0.gate"' "$folder/run/results.json" # its second weight has a mask
