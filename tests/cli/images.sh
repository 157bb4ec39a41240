#!/bin/bash
# Images from files, from the files to the masks: generated ones in the formats of MNIST and CIFAR-10.
. "$(dirname "$0")/helpers.bash"

# Nothing is there: what is missing, where it should be, and what to do.
export MODHOST_DATA=$work/nowhere
for dataset in mnist fashion_mnist kmnist permuted_mnist cifar10; do
  expect 1 --method diffmask --model mlp --dataset $dataset
  one_error "dataset '$dataset': not in '$work/nowhere/"
  says "modhost data prepare $dataset"
  expect 0 info $dataset
done

few=(--dataset.train 400 --dataset.validation 0 --dataset.test 60 --dataset.clutter 0)
expect 0 data export glyphs grey --dataset.channels 1 --dataset.side 28 "${few[@]}"
expect 0 data export glyphs colour "${few[@]}"
expect 2 data export glyphs odd --dataset.side 20 "${few[@]}"
one_error "have no file format"

short=(--train.epochs 2 --train.batch_size 40 --method.steps 3 --method.batch_size 20
  --method.samples 2 --run.threads 1 --dataset.validation 20)
masked() { # masked MODEL DATASET FOLDER NAME OPTIONS...
  expect 0 --method diffmask --model "$1" --dataset "$2" --dataset.folder "$3" --run.dir "$4" \
    "${short[@]}" "${@:5}"
  [ -s "$4/results.json" ] || fail "no results of $4"
}
has() { grep -qF "\"$2\"" "$1/results.json" || fail "no $2 in the results of $1"; }

# A class left out, and a pair of classes.
masked cnn mnist grey digits --model.preset free --model.channels 4,8 --dataset.tasks 3,0+1
prints "images (MNIST, from grey)"
has digits masks/without_3/task/accuracy
has digits masks/without_3/other/accuracy
has digits masks/0+1/task/accuracy
has digits test/accuracy/7
masked mlp fashion_mnist grey clothes --model.hidden 16 --dataset.classes coat,bag,shirt
has clothes masks/without_bag/task/accuracy
# Two images in one, and two sets as one.
masked mlp mnist grey halves --model.hidden 16 --dataset.compose halves --dataset.tasks sum_3
has halves masks/without_sum_3/task/accuracy
expect 0 data export lines lines --dataset.train 300 --dataset.validation 0 --dataset.test 60
masked mlp mixed . both --model.hidden 16 --dataset.first grey --dataset.second lines
has both masks/grey/task/accuracy
has both masks/lines/other/accuracy
masked mlp permuted_mnist grey permuted --model.hidden 16 --dataset.permutations 2
has permuted masks/permutation_1/task/accuracy

# The same files packed and unpacked train the same network; another one with augmentation.
cifar=(cnn cifar10 colour)
small=(--model.preset free --model.channels 4,8 --dataset.tasks cat,cat+dog)
masked "${cifar[@]}" one "${small[@]}"
has one masks/cat+dog/task/accuracy
mkdir packed
tar -czf packed/cifar-10-binary.tar.gz -C colour cifar-10-batches-bin
masked cnn cifar10 packed two "${small[@]}"
cmp one/network.npz two/network.npz || fail "the packed files train another network"
moved=("${small[@]}" --dataset.augment crop_flip --dataset.versions 3)
masked "${cifar[@]}" moved "${moved[@]}"
prints "each in 3 versions"
masked "${cifar[@]}" again "${moved[@]}"
cmp moved/network.npz again/network.npz || fail "versions of images are others each time"
! cmp -s one/network.npz moved/network.npz || fail "augmentation changes nothing"

for dataset in mnist permuted_mnist kmnist; do
  expect 0 data show $dataset --dataset.folder grey --out $dataset.png
done
expect 0 data show cifar10 --dataset.folder colour --out cifar10.png
! cmp -s mnist.png permuted_mnist.png || fail "permuted digits look like digits"

# What a user gets wrong.
tell() { expect 2 --method diffmask --model cnn --dataset cifar10 --dataset.folder colour "$@"; }
tell --dataset.tasks cta
one_error "did you mean 'cat'?"
tell --dataset.classes cat
one_error "two classes or more"
head -c 5000 colour/cifar-10-batches-bin/data_batch_2.bin >cut
mv cut colour/cifar-10-batches-bin/data_batch_2.bin
expect 1 --method diffmask --model cnn --dataset cifar10 --dataset.folder colour
one_error "5,000 bytes, needed are images of 3,073 each"
