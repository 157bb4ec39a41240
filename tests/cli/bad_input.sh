#!/bin/bash
# Input that cannot be used: one line that says what is wrong, the right exit code, nothing left
# half-written. Flags, config files and what is found in a run's own folder are in the other scripts.
. "$(dirname "$0")/helpers.bash"
. "$here/tiny.bash"
quick=("${tiny[@]}" --quiet)
bad_plugins=$(dirname "$(dirname "$modhost")")/tests/bad_plugins
data=$here/../data/raven/iraven

# no_trace: an error is told to people, not to programmers.
no_trace() {
  grep -q '^modhost: ' err || fail "the line does not begin with 'modhost: '"
  ! grep -qE 'terminate called|what\(\)|Exception raised from|0x[0-9a-f]{6}|frame #' err ||
    fail "a trace in the error"
  local left
  left=$(find . -name '*.tmp')
  [ -z "$left" ] || fail "left behind: $left"
}

# refused CODE WORDS ARGUMENTS...: before anything is computed; no network lies in the folder 'x'.
refused() {
  local code=$1 words=$2
  shift 2
  expect "$code" "${quick[@]}" --run.dir x "$@"
  one_error "$words"
  no_trace
  [ ! -e x/network.npz ] || fail "the network was trained before: $*"
  [ ! -e x/checkpoints ] || fail "the training had begun before: $*"
  ! grep -q '"status": "finished"' x/results.json 2>/dev/null || fail "it claims to be finished"
  if [ -d x ]; then rm -r x; fi
}

# Names that do not exist.
for kind in method model dataset; do
  arguments=(--method diffmask --model scl --dataset raven)
  for i in 0 2 4; do
    if [ "${arguments[$i]}" = --$kind ]; then arguments[i + 1]+=x; fi
  done
  expect 2 "${arguments[@]}" --run.dir x
  one_error "unknown $kind '"
  says "did you mean '"
  no_trace
  [ ! -e x ] || fail "an unknown $kind left a folder"
done
refused 2 "the dataset has no task 'sqare'; it has: square, circle; did you mean 'square'?" \
  --method.tasks sqare
refused 2 "task 'square' is named twice" --method.tasks square,square
refused 2 "unknown task set 'sqare'" --dataset.tasks sqare
refused 2 "'circl' is unknown" --dataset.configurations circl
refused 2 "rule 'Regression' is unknown" --dataset.rules Regression
refused 2 "one of compositional, official" --model.variant orginal

# Patterns are checked before the network is trained.
refused 2 "the pattern 'nope*' matches no maskable parameter" --method.select 'nope*'
refused 2 "the pattern 'nope*' matches no maskable parameter" --method.exclude 'nope*'
refused 2 "no parameter is left to be masked" --method.exclude '*'
refused 2 "'nope*' matches no masked parameter" --method.inverse_keeps 'nope*'

# Numbers that do not fit each other or the data.
refused 2 "15 does not divide into 4 mask samples; take 16" --method.batch_size 15
refused 2 "7 is not allowed; it must be 8 .. 160" --dataset.side 7
refused 2 "161 is not allowed; it must be 8 .. 160" --dataset.side 161
refused 2 "80 does not divide into 7 attribute heads" --model.attribute_heads 7
refused 2 "takes integer" --dataset.side 64.5
refused 2 "nan is not allowed; it must be above 0" --train.lr nan
refused 2 "it must be above 0" --method.tau 0
refused 2 "it must be at least 0" --dataset.seed -1
refused 2 "99999999999999999999" --dataset.train 99999999999999999999
refused 2 "less than one batch of 64" --train.batch_size 64 --dataset.train 63
refused 2 "'square' has 32 training problems, less than one batch of 64" --method.batch_size 64
refused 2 "'control' has 64 training problems, less than one batch of 68" --method.batch_size 68
refused 2 "no test problems" --dataset.test 0
refused 2 "'square' has no test problems" --dataset.task_test 0

# Folders of data.
folder() { refused "$1" "$2" --train.batch_size 1 --method.batch_size 1 --method.samples 1 \
  --dataset.folder files; }
new_files() {
  if [ -d files ]; then rm -r files; fi
  mkdir -p files/train files/test
  cp -r "$data/center_single" files/train
  cp -r "$data/center_single" files/test
  problem=files/train/center_single/RAVEN_10_train.npz
}
folder 1 "data folder 'files' does not exist"
mkdir files
folder 1 "data folder 'files' holds no problem files"
echo hello >files/RAVEN_0_train.npz
folder 1 "data folder 'files' holds no problem files"
new_files
rm -r files/test
folder 2 "no test problems"
new_files
mv "$problem" files/train/center_single/problem.npz
mv files/train/center_single files/center_single
folder 1 "'files/center_single/problem.npz' states no split"

# The same for files that turn out to be bad when they are read: before the run begins, and then it
# leaves nothing; or later, and then the run says that it failed.
unreadable() { # unreadable WORDS
  expect 1 "${quick[@]}" --run.dir x --train.batch_size 1 --method.batch_size 1 \
    --method.samples 1 --dataset.folder files
  one_error "$1"
  says "$problem"
  no_trace
  [ -e x ] || return 0
  grep -q '"status": "failed"' x/results.json || fail "a failed run does not say so"
  rm -r x
}
new_files
size=$(stat -c %s "$problem")
for length in 0 1 100 $((size / 2)) $((size - 1)); do
  new_files
  truncate -s "$length" "$problem"
  unreadable "cannot read"
done
new_files
echo "this is no archive" >"$problem"
unreadable "no valid ZIP archive"

if command -v python3 >/dev/null; then
  cat >make_npz.py <<'PYTHON'
# make_npz.py FILE ARRAY=TYPE:SHAPE:BYTES[:FIRST] ...: an archive with these arrays of zeros
import struct
import sys
import zipfile

with zipfile.ZipFile(sys.argv[1], "w") as archive:
    for word in sys.argv[2:]:
        name, rest = word.split("=")
        kind, shape, count, first = (rest + ":0").split(":")[:4]
        head = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (kind, shape)
        head += " " * (-(len(head) + 11) % 64) + "\n"
        data = bytes([int(first)]) + bytes(int(count) - 1)
        start = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head))
        archive.writestr(name + ".npy", start + head.encode() + data)
PYTHON
  image='image=|u1:(16,160,160):409600'
  arrays() { # arrays WORDS ARRAY...
    local words=$1
    shift
    python3 make_npz.py "$problem" "$@" || fail "make_npz.py $*"
    unreadable "$words"
  }
  arrays "array 'target' is missing" "$image"
  arrays "array 'image' is missing" 'target=<i8:():8'
  arrays "'target' is 9, needed 0 to 7" "$image" 'target=<i8:():8:9'
  arrays "'<f4', needed '<i8'" "$image" 'target=<f4:():4'
  arrays "array 'target' is no single number" "$image" 'target=<i8:(2,):16'
  arrays "needed '|u1' (16, 160, 160)" 'image=<f4:(16,160,160):1638400' 'target=<i8:():8'
  arrays "needed '|u1' (16, 160, 160)" 'image=|u1:(8,160,160):204800' 'target=<i8:():8'
  arrays "holds 100 bytes of data" 'image=|u1:(16,160,160):100' 'target=<i8:():8'
  arrays "holds 100 bytes of data" 'image=|u1:(16,4000000,4000000):100' 'target=<i8:():8'
  arrays "malformed header" 'image=|u1:(16,-160,-160):409600' 'target=<i8:():8'
  arrays "'|O' is not supported" 'image=|O:(16,160,160):100' 'target=<i8:():8'
  arrays "panels of 80 pixels" 'image=|u1:(16,80,80):102400' 'target=<i8:():8'
fi

# Checkpoints that were cut or written over. Each case starts from a run that was stopped.
expect 0 "${quick[@]}" --run.dir whole
checkpoint=checkpoints/network.safetensors
size=$(stat -c %s "whole/$checkpoint")
stopped() {
  if [ -d y ]; then rm -r y; fi
  cp -r whole y
  rm y/results.json y/summary.txt
}
damaged() { # damaged WORDS
  cp "y/$checkpoint" before
  expect 1 resume y --quiet
  one_error "y/$checkpoint"
  says "$1"
  no_trace
  cmp "y/$checkpoint" before || fail "the damaged file was touched"
  grep -q '"status": "failed"' y/results.json || fail "a failed run does not say so"
}
for length in 0 7 8 100 4000 $((size / 2)) $((size - 1)); do
  stopped
  truncate -s "$length" "y/$checkpoint"
  damaged "is no usable safetensors file"
done
for at in 0 3 7 8 9 50 500 2000; do
  stopped
  printf '\377' | dd of="y/$checkpoint" bs=1 seek="$at" conv=notrunc status=none
  damaged "is no usable safetensors file"
done
stopped
head -c "$size" /dev/urandom >"y/$checkpoint"
damaged "is no usable safetensors file"
stopped
cp y/checkpoints/masks/square.safetensors "y/$checkpoint"
damaged "belongs to another training plan"
stopped
cp y/network.safetensors "y/$checkpoint"
damaged "is no checkpoint of modhost"

# Without the damaged file the stage is computed anew, with the same result.
rm "y/$checkpoint"
expect 0 resume y --quiet
cmp whole/network.npz y/network.npz || fail "the stage was computed otherwise"
cmp whole/tables/masks.csv y/tables/masks.csv || fail "the masks differ"

# The run's other files.
for file in environment.json config.toml; do
  stopped
  echo '{' >"y/$file"
  "$modhost" resume y --quiet >out 2>err && fail "a damaged $file was taken"
  one_error "y/$file"
  no_trace
done

# Places where nothing can be written (root may write everywhere but here).
echo text >file
for place in file file/below /proc/modhost /sys/modhost /dev/null/x; do
  expect 1 "${quick[@]}" --run.dir "$place"
  one_error "'$place"
  no_trace
done
for place in /proc/x file/below; do
  expect 1 data export raven "$place" --dataset.train 2
  one_error "'$place"
  no_trace
done
for place in /proc/x.png file/below.png missing/x.png .; do
  expect 1 data show raven --out "$place"
  one_error "'$place'"
  no_trace
done
[ "$(cat file)" = text ] || fail "a file in the way was changed"

# A disk that is full: what was begun is not there under its name.
limited() { # limited KILOBYTES ARGUMENTS...
  local got=0
  (ulimit -f "$1"; shift; "$modhost" "$@" >out 2>err) || got=$?
  [ "$got" -eq 1 ] || fail "a full disk gave exit code $got: modhost ${*:2}"
  one_error "File too large"
  no_trace
}
limited 100 data export raven full --dataset.train 2
[ -z "$(find full -name '*.npz')" ] || fail "a problem was half-written"
limited 20 data show raven --out full.png
[ ! -e full.png ] || fail "a picture was half-written"
# With room for the checkpoints only, network.npz, which is larger, is the first to fail.
for blocks in 4 200 $(($(stat -c %s whole/network.npz) / 1024)); do
  limited "$blocks" "${quick[@]}" --run.dir disk
  ! grep -q '"status": "finished"' disk/results.json 2>/dev/null || fail "it claims to be finished"
done
expect 0 "${quick[@]}" --run.dir disk
cmp whole/tables/masks.csv disk/tables/masks.csv || fail "after a full disk the result differs"

# Plugins that cannot be used. Each names its code and itself; modhost goes on without it.
[ -d "$bad_plugins/good" ] || fail "the broken plugins are not built: $bad_plugins"
broken() { # broken CODE-OF-PLUGIN NAME EXIT-CODE
  local folder=$bad_plugins/$2
  expect "$3" --plugin-path "$folder" --method diffmask --model "$2" --run.dir x
  one_error "$2"
  says "$1"
  no_trace
  [ ! -e x ] || fail "$2 left a folder"
  expect 0 --plugin-path "$folder" list
  prints diffmask
}
broken E-NOMARK plain_library 1
broken E-ENTRY no_entry 1
broken E-FOREIGN foreign_entry 1
broken E-DLOPEN undefined_symbol 1
broken E-MANIFESTDIFF other_manifest 1
broken E-MANIFESTDIFF unlisted_component 1
broken E-INIT throws_exception 1
broken E-INIT throws_number 1
broken E-INIT duplicate_component 1
broken "unknown model" no_license 2

# Files that are no library at all, or only the beginning of one.
plugin() { # plugin WORDS: of the file broken/good/good.so
  expect 1 --plugin-path broken/good --method diffmask --model good --run.dir x
  one_error "$1"
  no_trace
}
mkdir -p broken/good
cp "$bad_plugins"/good/good.so "$bad_plugins"/good/plugin.toml broken/good
for length in 0 10 64 1000 5000; do
  cp "$bad_plugins/good/good.so" broken/good
  truncate -s "$length" broken/good/good.so
  plugin "good.so"
done
echo "this is no library" >broken/good/good.so
plugin "good.so"
rm broken/good/good.so
plugin "good"
cp "$bad_plugins/good/good.so" broken/good
for text in '' '[plugin' '[plugin]\nid = 3\n' '\377\376'; do
  printf "$text" >broken/good/plugin.toml
  "$modhost" --plugin-path broken/good --method diffmask --model good >out 2>err &&
    fail "the manifest '$text' was taken"
  one_error "good"
  no_trace
done
expect 0 --plugin-path broken/good list
expect 1 info broken/good/none.so
one_error "none.so"
