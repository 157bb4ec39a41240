#!/bin/bash
# Inputs that drive clusters of units: the same on any threads, pictures, other inputs, bad input.
. "$(dirname "$0")/helpers.bash"

scalar() { # scalar FOLDER NAME
  grep -o "\"$2\": *[-0-9.e+]*" "$1/results.json" | head -1 | sed 's/.*: *//'
}
net=(--model mlp --model.hidden 24,20)
data=(--dataset glyphs --dataset.train 600 --dataset.validation 50 --dataset.test 120 --train.epochs 1)
featurevis() { # featurevis FOLDER OPTIONS...
  local folder=$1
  shift
  expect 0 --method featurevis --run.dir "$folder" --quiet --method.clusters 3 --method.controls 5 \
    --method.steps 6 --method.small 1 "$@"
}

for threads in 1 2; do
  featurevis mlp$threads "${net[@]}" "${data[@]}" --run.threads $threads --method.receptive true --method.jitter 1
done
for file in tables/featurevis.csv tables/featurevis_draws.csv tables/hypotheses.csv tables/top_samples.csv inputs.npz; do
  cmp mlp1/$file mlp2/$file || fail "$file depends on threads"
done
diff -r mlp1/sheets mlp2/sheets || fail "pictures depend on threads"
for kind in optimised top receptive; do
  file mlp1/sheets/$kind-layers.0.png 2>/dev/null | grep -q "PNG image" || head -c 4 mlp1/sheets/$kind-layers.0.png | grep -q PNG ||
    fail "no picture $kind"
done
[ "$(wc -l <mlp1/tables/hypotheses.csv)" = 9 ] || fail "not four hypotheses, with and without ties"
rows=$(($(wc -l <mlp1/tables/featurevis.csv) - 1))
[ "$(wc -l <mlp1/tables/featurevis_draws.csv)" = $((rows * 5 + 1)) ] || fail "not all draws"
[ "$(scalar mlp1 sub_clusters)" = "$rows.0" ] || [ "$(scalar mlp1 sub_clusters)" = "$rows" ] || fail "not all sub-clusters"
for name in score/fisher_p score/fisher_p_tied score/effect_mended entropy/fisher_p dispersion/fisher_p top_entropy/fisher_p; do
  [ -n "$(scalar mlp1 $name)" ] || fail "no $name"
done
grep -q "Can an input drive a cluster more" mlp1/summary.txt || fail "no words"
grep -q "sheets/receptive-LAYER.png" mlp1/summary.txt || fail "no word about pictures"

# The same clusters from a file; what is left out of one run changes nothing in the others.
expect 0 --method featurevis "${net[@]}" "${data[@]}" --run.dir again --quiet --method.labels mlp1 --method.controls 5 \
  --method.steps 6 --method.small 1 --method.top 0 --method.jitter 1 --run.threads 1
cmp mlp1/inputs.npz again/inputs.npz || fail "other inputs from the same clusters"
[ ! -e again/tables/top_samples.csv ] || fail "samples that nobody asked for"

# Convolutions, and the objective of the earlier paper.
featurevis cnn --model cnn --model.preset free --model.channels 6,8 --model.pool 1 "${data[@]}" --method.objective activation
[ -e cnn/sheets/optimised-features.0.png ] || fail "no picture of a convolution: $(ls cnn/sheets)"

# Features and real values: no pictures, no classes.
featurevis poly --model mlp --model.hidden 24,20 --dataset poly --dataset.train 600 \
  --dataset.validation 50 --dataset.test 120 --train.epochs 1
[ ! -e poly/sheets ] || fail "pictures of two numbers"
[ "$(wc -l <poly/tables/hypotheses.csv)" = 5 ] || fail "not score and dispersion alone"
grep -q "inputs.npz" poly/summary.txt || fail "no word about inputs"

# Bad input.
refused() { # refused WORDS OPTIONS...
  local words=$1
  shift
  expect 2 --method featurevis "$@" --run.dir none
  one_error "$words"
}
refused "images or features, and the dataset has sequence" "${net[@]}" --dataset add_mul --dataset.steps 3
refused "needs test samples" "${net[@]}" "${data[@]}" --dataset.test 0
refused "500000" "${net[@]}" "${data[@]}" --method.clusters 500000
refused "are for images" --model mlp --dataset poly --method.jitter 1
refused "exclude each other" "${net[@]}" "${data[@]}" --method.clusters 3 --method.labels mlp1
refused "no hidden layer has a sub-cluster" "${net[@]}" "${data[@]}" --method.labels mlp1 --method.small 24
refused "method.objective" "${net[@]}" "${data[@]}" --method.objective deep
refused "method.controls" "${net[@]}" "${data[@]}" --method.controls 0
[ ! -e none ] || fail "a refused run left a folder"
