#!/bin/bash
# Clusters and lesions of every model of the tree: each run ends with sane numbers.
. "$(dirname "$0")/helpers.bash"

scalar() { # scalar FOLDER NAME
  sed -n "s#.*\"$2\": \([^,}]*\).*#\1#p" "$1/results.json" | head -1
}
between() { # between LOW RUN NAME HIGH
  local value
  value=$(scalar "$2" "$3")
  awk -v l="$1" -v v="$value" -v h="$4" 'BEGIN { exit !(v != "" && v + 0 >= l && v + 0 <= h) }' ||
    fail "$2: $3 is '$value', not $1 .. $4"
}

# both RUN CLUSTERS OPTIONS...: clusters of a network, then what it loses without them.
both() {
  local run=$1 clusters=$2
  shift 2
  expect 0 --method spectral "$@" --method.clusters "$clusters" --method.shuffles 4 --run.dir "$run-clusters" --run.threads 1
  prints "n-cut"
  between 0 "$run-clusters" ncut "$clusters"
  between 0.19 "$run-clusters" p 1
  [ -s "$run-clusters/labels.npz" ] || fail "$run: no labels"
  expect 0 --method lesion "$@" --method.labels "$run-clusters" --method.controls 4 \
    --method.ablate true --run.dir "$run" --run.threads 1
  prints "The whole network has"
  prints "Without the weights inside"
  between 1 "$run" lesions 1000
  between 0 "$run" importance/fisher_p 1
  between 0 "$run" importance/effect_mended 2
  between 1 "$run" ablations/clusters "$clusters"
  between 0 "$run" ablations/weight_share 1
  between 0 "$run" ablations/fisher_p 1
  grep -qi "nan\|inf" "$run/results.json" && fail "$run: a number is not finite"
  awk -F, 'NR > 1 && ($14 == "" || $14 + 0 < 0) { exit 1 }' "$run/tables/lesions.csv" ||
    fail "$run: sub-clusters without weights"
  cmp -s "$run-clusters/labels.npz" "$run/labels.npz" || fail "$run: other clusters"
}

train=(--train.epochs 1 --train.batch_size 16)
numbers=(--dataset add_mul --dataset.digits 1 --dataset.train 64 --dataset.validation 0
  --dataset.test 32 "${train[@]}")
glyphs=(--dataset glyphs --dataset.side 16 --dataset.train 64 --dataset.validation 0
  --dataset.test 32 --dataset.tasks ring "${train[@]}")
scan=(--dataset scan --dataset.train 64 --dataset.test 8 --dataset.tasks jump "${train[@]}")

both mlp 4 --model mlp "${numbers[@]}" --model.hidden 10,10
both cnn 4 --model cnn "${glyphs[@]}" --model.preset free --model.channels 6,6
both all_units 4 --model cnn "${glyphs[@]}" --model.preset free --model.channels 6,6 --method.units all
both resnet 20 --model resnet "${glyphs[@]}" --model.width 4
both rnn 4 --model rnn "${numbers[@]}" --model.hidden 8
both translator 16 --model rnn "${scan[@]}" --model.hidden 8
both transformer 16 --model transformer "${scan[@]}" --model.features 8 --model.feedforward 8
both scl 12 --model scl --dataset raven --dataset.side 32 --dataset.train 64 --dataset.validation 0 \
  --dataset.test 16 --dataset.tasks square "${train[@]}"
both torchscript 4 --model torchscript --model.file "$here/../data/torchscript/glyphs.pt" \
  "${glyphs[@]}" --dataset.channels 1
cat >net.toml <<'EOF'
[model]
name = "sequential"
[[model.layers]]
kind = "linear"
out = 8
[[model.layers]]
kind = "relu"
[[model.layers]]
kind = "linear"
EOF
both sequential 4 --config net.toml "${numbers[@]}"
both values 4 --model mlp --model.hidden 10,10 --dataset functions --dataset.train 64 \
  --dataset.validation 0 --dataset.test 32 "${train[@]}"
