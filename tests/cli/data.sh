#!/bin/bash
# Problems as files: written, drawn, and read again to train on.
. "$(dirname "$0")/helpers.bash"
. "$here/tiny.bash"

none=(--dataset.train 0 --dataset.validation 0 --dataset.test 0)
ten=(--dataset.train 10 "${none[@]:2}")
expect 0 data export raven problems "${ten[@]}"
prints "written to problems"
[ ! -s err ] || fail "an export writes to stderr"
[ "$(find problems -name 'RAVEN_*.npz' | wc -l)" -eq 10 ] || fail "not ten problems"
[ "$(find problems -name 'RAVEN_*.xml' | wc -l)" -eq 10 ] || fail "not ten descriptions"
[ -s problems/center_single/RAVEN_7_val.npz ] || fail "not the names of the official data"

# The same bytes each time; other ones from another seed.
expect 0 data export raven again "${ten[@]}" --quiet
[ ! -s out ] || fail "--quiet is not quiet"
diff -r problems again || fail "the second export differs"
expect 0 data export raven other "${ten[@]}" --dataset.seed 5
! cmp -s problems/center_single/RAVEN_0_train.npz other/center_single/RAVEN_0_train.npz ||
  fail "another seed gives the same problem"

# Fewer problems than layouts are as many as there are layouts, and no layout is left out.
expect 0 data export raven layouts "${none[@]:2}" --dataset.train 3 --dataset.configurations all
[ "$(find layouts -mindepth 1 -type d | wc -l)" -eq 7 ] || fail "not all layouts"
for layout in layouts/*; do
  [ -s "$layout/RAVEN_0_train.npz" ] || fail "nothing in $layout"
done
expect 2 data export raven nothing "${none[@]}"
one_error "nothing to export"
[ ! -e nothing ] || fail "a folder for nothing"

# A network trained on the files is the network trained on the same problems as they are drawn:
# six of each ten are for training. Only the test problems are others.
small=("${tiny[@]}" --dataset.train 6 --train.batch_size 3 --method.batch_size 4)
expect 0 "${small[@]}" --run.dir drawn
expect 0 "${small[@]}" --dataset.folder problems --run.dir read
prints "10 problems from problems"
cmp drawn/network.npz read/network.npz || fail "files train another network than what they hold"
grep -q '"masks/center_single/task/accuracy"' read/results.json || fail "the folder is no task"

# Official files: the split is in the name, or in the folder above.
official=$here/../data/raven/iraven
mkdir -p data/train data/test
cp -r "$official/center_single" "$official/distribute_four" data/train
cp -r "$official/center_single" "$official/distribute_four" data/test
expect 0 "${tiny[@]}" --dataset.folder data --run.dir official \
  --train.batch_size 1 --method.batch_size 1 --method.samples 1
prints "6 problems from data"
for task in center_single distribute_four; do
  grep -q "\"test/accuracy/$task\"" official/results.json || fail "$task was not tested"
done

# Pictures of drawn and of read problems.
is_png() { [ "$(head -c 8 "$1" | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a ]; }
expect 0 data show raven --out drawn.png
prints "written to drawn.png"
is_png drawn.png || fail "no PNG"
expect 0 data show raven --dataset.folder "$official" --out read.png
is_png read.png || fail "no PNG of official files"
! cmp -s drawn.png read.png || fail "both pictures are the same"
[ -z "$(find . -name '*.tmp')" ] || fail "a temporary file was left"
