#!/bin/bash
# Data of one's own: tables, arrays and folders of images, without a line of code.
. "$(dirname "$0")/helpers.bash"
data=$here/../data/own_data
pictures=$here/../../plugins/datasets/own_data/check/pictures

quick=(--method diffmask --train.epochs 1 --train.batch_size 8 --method.steps 2
  --method.batch_size 8 --run.threads 1)
mlp=("${quick[@]}" --model mlp --model.hidden 8)

# A table: the network learns, each class is left out once.
cp "$data/flowers.csv" iris-like.csv
expect 0 "${mlp[@]}" --dataset csv --dataset.file iris-like.csv --train.epochs 40 --run.dir table
prints "150 rows (105 training, 15 validation, 30 test) from iris-like.csv"
prints "features [4] -> classes [3]"
prints "without_virginica"
grep -qE '"test/accuracy": (1\.0|0\.[89])' table/results.json || fail "flowers are not learnt"

# Arrays with tasks and splits of their own; arrays for each split.
expect 0 "${mlp[@]}" --dataset npz --dataset.file "$data/features.npz" --run.dir arrays
prints "40 samples (24 training, 8 validation, 8 test)"
prints "odd"
expect 0 "${mlp[@]}" --dataset npz --dataset.file "$data/images.npz" --dataset.x images \
  --dataset.y labels --dataset.groups 'low:0|1,high:2|3' --run.dir groups
prints "image [3, 6, 5] -> classes [4]"
prints "high"

# Folders of images: a page of them, a convolutional network, one damaged file.
cp -r "$pictures" photos
expect 0 data show image_folder --dataset.folder photos --out page.png
prints "written to page.png"
cnn=("${quick[@]}" --model cnn --dataset image_folder --dataset.folder photos)
expect 0 "${cnn[@]}" --run.dir photos_run
prints "36 images (25 training, 4 validation, 7 test) from photos"
prints "image [3, 32, 32] -> classes [3]"
head -c 100 photos/bar/00.png >photos/bar/broken.png
expect 1 "${cnn[@]}" --run.dir broken
says "photos/bar/broken.png': damaged PNG"
expect 0 "${cnn[@]}" --dataset.damaged skip --run.dir skipped
prints "that cannot be read: photos/bar/broken.png"

# What goes wrong is one line with the next step.
table=("${mlp[@]}" --dataset csv --dataset.file iris-like.csv)
expect 2 "${mlp[@]}" --dataset csv
one_error "give --dataset.file FILE.csv"
expect 1 "${mlp[@]}" --dataset csv --dataset.file absent.csv
one_error "cannot read 'absent.csv'"
expect 2 "${table[@]}" --dataset.label spicies
one_error "did you mean 'species'?"
expect 2 "${table[@]}" --dataset.tasks setossa
one_error "did you mean 'setosa'?"
expect 1 "${table[@]}" --dataset.label petal_width
one_error "--dataset.target values"
expect 1 "${mlp[@]}" --dataset npz --dataset.file iris-like.csv
one_error "no valid ZIP archive"
expect 1 "${mlp[@]}" --dataset npz --dataset.file "$data/images.npz"
one_error "which has test_images, test_labels"
printf 'a,kind\n1,x\n,y\n' >gap.csv
expect 1 "${mlp[@]}" --dataset csv --dataset.file gap.csv
one_error "gap.csv:3: column 'a' is missing"
