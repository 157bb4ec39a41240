#!/bin/bash
# Clusters of units: stored networks against reference results, any model, bad input.
. "$(dirname "$0")/helpers.bash"

cases=$here/../data/clusterability
scalar() { # scalar FOLDER NAME
  grep -o "\"$2\": *[-0-9.e+]*" "$1/results.json" | head -1 | sed 's/.*: *//'
}
between() { # between LOW VALUE HIGH
  awk -v l="$1" -v v="$2" -v h="$3" 'BEGIN { exit !(v != "" && v + 0 >= l + 0 && v + 0 <= h + 0) }'
}
stored() { # stored NAME CLUSTERS OPTIONS...
  local name=$1 clusters=$2
  shift 2
  expect 0 --method spectral --model.weights "$cases/$name.npz" --method.clusters "$clusters" \
    --run.dir "$name" --run.fresh true --quiet "$@"
}

# No model or dataset has to be named; scikit-learn's numbers lie in the cases' index.json.
stored tiny_planted3 3 --method.shuffles 50
between 0.1522 "$(scalar tiny_planted3 ncut)" 0.1531 || fail "n-cut of three planted modules"
between 0.0496 "$(scalar tiny_planted3 eigenvalue/2)" 0.0497 || fail "second eigenvalue"
between 0.0196 "$(scalar tiny_planted3 p)" 0.0197 || fail "p is not 1/51"
between -14 "$(scalar tiny_planted3 z)" -7 || fail "z"
[ -s tiny_planted3/labels.npz ] || fail "no labels"
head -1 tiny_planted3/tables/clusters.csv | grep -q '^layer,cluster,units,share' || fail "clusters.csv"
stored tiny_disconnected4 4 --method.shuffles 0
between 0 "$(scalar tiny_disconnected4 ncut)" 1e-9 || fail "four components are cut"
stored small_pruned90 4 --method.shuffles 60 --method.shuffle all,nonzero,unit_scale
between 1.4 "$(scalar small_pruned90 ncut)" 1.593 || fail "n-cut above the reference's least + 0.5 %"
between 1.65 "$(scalar small_pruned90 nulls/all/mean)" 1.72 || fail "mean of shuffles"
between 1.54 "$(scalar small_pruned90 nulls/nonzero/mean)" 1.59 || fail "mean of shuffles of the rest"
[ "$(wc -l <small_pruned90/tables/null_draws.csv)" = 181 ] || fail "not 180 shuffles"
stored cnn_bn_pruned90 4 --method.shuffles 0
between 2.4 "$(scalar cnn_bn_pruned90 ncut)" 2.517 || fail "convolutions with batch normalisation"
between 0.48 "$(scalar cnn_bn_pruned90 eigenvalue/2)" 0.49 || fail "their eigenvalue"
stored cnn_dense_ind1 4 --method.shuffles 0 --method.kernel_norm induced1
between 2.8 "$(scalar cnn_dense_ind1 ncut)" 2.931 || fail "induced norm"

# The same numbers whatever the threads, and from an earlier state on.
for threads in 1 2; do
  expect 0 --method spectral --model.weights "$cases/small_pruned90.npz" --method.shuffles 20 \
    --method.shuffle degree --run.threads $threads --run.dir threads$threads --quiet
done
cmp threads1/tables/null_draws.csv threads2/tables/null_draws.csv || fail "depends on threads"
cmp threads1/labels.npz threads2/labels.npz || fail "labels depend on threads"

# Trained networks, what their units do on data, fresh weights, and five networks.
data=(--model mlp --model.hidden 12,10 --dataset add_mul --dataset.digits 1 --dataset.train 2000
  --dataset.validation 100 --dataset.test 200 --train.epochs 2 --run.threads 1)
expect 0 --method spectral "${data[@]}" --method.shuffles 9 --method.activations true \
  --method.fresh 5 --run.dir net --quiet
for name in nulls/fresh/p activations/nmi activations/transfer_ncut nulls/activations/mean test/accuracy; do
  [ -n "$(scalar net $name)" ] || fail "no $name"
done
expect 0 --method spectral "${data[@]}" --method.shuffles 9 --train.seeds 3 --train.every_network true \
  --run.dir nets --quiet
[ "$(wc -l <nets/tables/over_networks.csv)" = 4 ] || fail "not three networks"
expect 0 --method spectral "${data[@]}" --method.shuffles 0 --checkpoints every=1 --run.dir course --quiet
head -1 course/tables/over_time.csv | grep -q ncut || fail "no course of the n-cut"
expect 0 --method spectral "${data[@]}" --method.shuffles 3 --method.local layerwise --run.dir local --quiet
images=(--model mlp --model.hidden 12,10 --dataset glyphs --dataset.side 16 --dataset.channels 1
  --dataset.train 200 --dataset.validation 50 --dataset.test 100 --train.epochs 1 --run.threads 1)
expect 0 --method spectral "${images[@]}" --method.shuffles 3 --method.local layerwise --method.align true \
  --method.activations true --method.activation_values written --method.activation_norm induced1 \
  --method.selectivity true --run.dir classes --quiet
for name in aligned/agreement aligned/ncut selectivity/nmi selectivity/nmi_second_p activations/ncut \
  activations/nmi_arithmetic; do
  [ -n "$(scalar classes $name)" ] || fail "no $name"
done
[ "$(wc -l <classes/tables/selectivities.csv)" = 23 ] || fail "not a row for each of 22 hidden units"
expect 0 --method spectral "${data[@]}" --method.shuffles 3 --method.clusters 0 --run.dir gap --quiet
between 2 "$(scalar gap clusters)" 20 || fail "number of clusters by eigengap"

# Bad input.
expect 2 --method spectral --run.dir none
one_error "option 'model.weights' names none"
make_npz() { # make_npz FILE [NAME ROWS COLUMNS VALUE]...: arrays of one value, without NumPy
  quiet python3 - "$@" <<'PYTHON'
import struct, sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as file:
    for name, rows, columns, value in zip(*[iter(sys.argv[2:])] * 4):
        shape = f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({rows}, {columns}), }}"
        head = shape.ljust(117) + "\n"  # with the 10 bytes before it a multiple of 64
        count = int(rows) * int(columns)
        file.writestr(name + ".npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) +
                      head.encode() + struct.pack(f"<{count}d", *[float(value)] * count))
PYTHON
}
make_npz one.npz W0 4 3 1
expect 0 --method spectral --model.weights one.npz --method.clusters 2 --method.shuffles 0 --run.dir one --quiet
make_npz nan.npz W0 4 3 nan W1 2 4 1
expect 1 --method spectral --model.weights nan.npz --run.dir nan
one_error "not finite"
make_npz turned.npz W0 3 4 1 W1 4 2 1
expect 1 --method spectral --model.weights turned.npz --run.dir none
one_error "array 'W1' reads 2 units, and the layer before it has 3"
make_npz gap.npz W0 3 4 1 W2 2 3 1
expect 1 --method spectral --model.weights gap.npz --run.dir none
one_error "array 'W2' belongs to no layer"
make_npz named.npz w 3 4 1
expect 1 --method spectral --model.weights named.npz --run.dir none
one_error "holds no array 'W0'"
make_npz zero.npz W0 3 4 0 W1 2 3 0
expect 2 --method spectral --model.weights zero.npz --run.dir zero
one_error "units"
make_npz whole.npz W0 30 40 1
for length in 0 1 40 200 4000; do # cut short
  head -c "$length" whole.npz >cut.npz
  expect 1 --method spectral --model.weights cut.npz --run.dir none
  one_error "cut.npz"
done
expect 2 --method spectral --model.weights "$cases/tiny_planted3.npz" --method.clusters 50 --run.dir none
one_error "50"
expect 2 --method spectral --model.weights "$cases/tiny_planted3.npz" --method.clusters 1 --run.dir none
one_error "one cluster has no cut"
expect 2 --method spectral --model.weights "$cases/tiny_planted3.npz" --method.activations true --run.dir none
one_error "needs test samples"
expect 2 --method spectral --model.weights "$cases/tiny_planted3.npz" --method.align true --run.dir none
one_error "'method.local' is none"
expect 2 --method spectral "${data[@]}" --method.selectivity true --run.dir none
one_error "needs a dataset with classes, and this one has digits"
expect 2 --method diffmask --model.weights "$cases/tiny_planted3.npz" --model arrays --run.dir none
one_error "diffmask compares accuracies"
[ ! -e none ] || fail "a refused run left a folder"
