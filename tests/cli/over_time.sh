#!/bin/bash
# A method on what a network was during its training, and on each of several networks.
. "$(dirname "$0")/helpers.bash"

arguments=(--method diffmask --model mlp --dataset add_mul --run.dir run --quiet
  --run.checkpoint_seconds 0.05 --run.threads 1 --model.hidden 24,16 --dataset.digits 1
  --dataset.train 600 --dataset.validation 100 --dataset.test 100 --train.epochs 10
  --train.batch_size 16 --method.steps 40 --method.batch_size 16)
RANDOM=20260822

scalar() { # scalar FOLDER NAME: from results.json
  sed -n "s|^ *\"$2\": \(-\{0,1\}[0-9][0-9.e+-]*\),\{0,1\}$|\1|p" "$1/results.json"
}
cell() { # cell TABLE LABEL COLUMN
  awk -F, -v label="$2" -v column="$3" '
    NR == 1 { for (i = 1; i <= NF; ++i) if ($i == column) at = i }
    $1 == label { print $at }' "$1"
}
results_of() { # all files of a run that must not depend on how often it was killed
  (cd "$1" && find . -type f ! -name environment.json ! -path '*/checkpoints/*' | sort)
}

# Every four epochs, with the first and the last state among them.
mkdir whole parts
(cd whole && expect 0 "${arguments[@]}" --checkpoints every=4) || exit 1
table=whole/run/tables/over_time.csv
labels=$(tail -n +2 $table | cut -d, -f1 | tr '\n' ' ')
[ "$labels" = "epoch_0000 epoch_0004 epoch_0008 epoch_0010 " ] || fail "other states: $labels"
head -1 $table | grep -q "^label,epoch,step,samples,validation_accuracy,test_accuracy," ||
  fail "other columns: $(head -1 $table)"
[ "$(cell $table epoch_0008 step)" -eq $((8 * 37)) ] || fail "not the steps of epoch 8"
[ "$(cell $table epoch_0008 samples)" -eq $((8 * 37 * 16)) ] || fail "not the samples of epoch 8"
for label in $labels; do
  state=whole/run/over_time/$label
  grep -q '"status": "finished"' "$state/results.json" || fail "no finished run of $label"
  [ -s "$state/network.npz" ] && [ -s "$state/tables/masks.csv" ] || fail "files of $label"
  head -c 600 "$state/network.safetensors" | grep -q "\"label\":\"$label\"" ||
    fail "the file of $label does not say its label"
  [ "$(cell $table "$label" test_accuracy)" = "$(scalar "$state" test/accuracy | sed 's/\.0$//')" ] ||
    fail "another accuracy of $label"
  for name in masked kept dispersity io_min masks/add/kept; do
    number=$(scalar "$state" $name | sed 's/\.0$//')
    [ -n "$number" ] && [ "$(cell $table "$label" $name)" = "$number" ] ||
      fail "$name of $label is '$(cell $table "$label" $name)', not '$number'"
  done
  [ "$(scalar whole/run "over_time/$label/kept")" = "$(scalar "$state" kept)" ] ||
    fail "no headline of $label"
done
expect 0 inspect whole/run/over_time/epoch_0004/network.safetensors
prints "  says      epoch 4, label epoch_0004, samples 2368, step 148, validation_score 0."
cmp -s whole/run/over_time/epoch_000{0,4}/network.npz && fail "the network has not changed"
cmp whole/run/over_time/epoch_0010/network.npz whole/run/network.npz || fail "not the last network"
grep -q '^epoch   test accuracy   masked' whole/run/summary.txt || fail "no table in the summary"

# A state is what its file is: the same method on the same network from that file.
expect 0 "${arguments[@]}" --run.dir alone \
  --model.weights whole/run/over_time/epoch_0004/network.safetensors
numbers() { grep '^    "' "$1/results.json" | grep -v '"train/samples"'; }
numbers whole/run/over_time/epoch_0004 >state_numbers
numbers alone >alone_numbers
[ "$(wc -l <alone_numbers)" -ge 20 ] || fail "only $(wc -l <alone_numbers) numbers to compare"
cmp state_numbers alone_numbers || fail "the state gives other numbers than its file"
cmp alone/masks/add_logits.npz whole/run/over_time/epoch_0004/masks/add_logits.npz ||
  fail "the state has other masks"

# Killed at many moments and resumed: the same bytes, and nothing is done twice.
cd parts || exit 1
start() {
  "$modhost" "$@" >out 2>err &
  run=$!
}
alive() { kill -0 "$run" 2>/dev/null; }
kills=0
kill_at() { # when this file is there
  while alive && [ ! -e "$1" ]; do sleep 0.002; done
  if kill -KILL "$run" 2>/dev/null; then kills=$((kills + 1)); fi
  wait "$run" 2>/dev/null || true
}
for file in over_time/epoch_0000/network.npz over_time/epoch_0000/network.safetensors \
  checkpoints/network.safetensors over_time/epoch_0004/network.npz \
  over_time/epoch_0008/network.safetensors over_time/epoch_0010 network.npz \
  over_time/epoch_0000/checkpoints/masks over_time/epoch_0000/masks \
  over_time/epoch_0000/summary.txt over_time/epoch_0000/results.json \
  over_time/epoch_0004/checkpoints over_time/epoch_0004/tables \
  over_time/epoch_0010/results.json tables/over_time.csv; do
  start "${arguments[@]}" --checkpoints every=4
  kill_at "run/$file"
  if [ "$file" = over_time/epoch_0000/results.json ]; then
    touch -d 2001-01-01 run/over_time/epoch_0000/results.json
  fi
done
[ "$kills" -ge 10 ] || fail "only $kills kills"
expect 0 resume run --quiet
[ run/over_time/epoch_0000/results.json -ot out ] &&
  [ "$(date -r run/over_time/epoch_0000/results.json +%Y)" -eq 2001 ] ||
  fail "a finished state was computed again"
cd "$work" || exit 1
results_of whole/run >files
[ "$(wc -l <files)" -ge 60 ] || fail "the run wrote only $(wc -l <files) files"
results_of parts/run | cmp files - || fail "other files after $kills kills"
while read -r file; do
  cmp "whole/run/$file" "parts/run/$file" || fail "'$file' differs after $kills kills"
done <files

# A state that somebody deletes is missed, and made again as it was.
rm -r parts/run/over_time/epoch_0008 parts/run/results.json
expect 1 resume parts/run --quiet
one_error "the network after epoch 8 is gone from 'parts/run/over_time'"
rm parts/run/checkpoints/network.safetensors
expect 0 resume parts/run --quiet
cmp whole/run/tables/over_time.csv parts/run/tables/over_time.csv || fail "another table of states"

# Ctrl-C within a state is resumable, too.
start "${arguments[@]}" --run.dir stopped --checkpoints every=4
while alive && [ ! -e stopped/over_time/epoch_0004/checkpoints ]; do sleep 0.002; done
kill -INT "$run"
got=0
wait "$run" || got=$?
[ "$got" -eq 130 ] || fail "exit code $got instead of 130 after SIGINT"
expect 0 resume stopped --quiet
cmp whole/run/tables/over_time.csv stopped/tables/over_time.csv || fail "another table after Ctrl-C"

# A damaged checkpoint of a state is named, with the way out.
damaged=stopped/over_time/epoch_0008/checkpoints/masks/add.safetensors
[ -s $damaged ] || fail "no checkpoint of a state"
rm stopped/results.json stopped/over_time/epoch_0008/results.json
truncate -s 100 $damaged
expect 1 resume stopped --quiet
one_error "epoch_0008: '$damaged' is no usable safetensors file"
says "remove the file, and 'modhost resume stopped' computes this stage anew"
rm $damaged
expect 0 resume stopped --quiet
cmp whole/run/tables/over_time.csv stopped/tables/over_time.csv || fail "another table after damage"

# The config file says the same.
printf '[train]\ncheckpoints = "every=4"\n' >every.toml
(cd whole && expect 0 "${arguments[@]}" --config ../every.toml) || exit 1

# Steps that end within an epoch, and the order of the training.
expect 0 "${arguments[@]}" --run.dir steps --checkpoints every=1 --train.steps 90
[ "$(cut -d, -f1-4 steps/tables/over_time.csv | tail -n +2 | tr '\n' ' ')" = \
  "epoch_0000,0,0,0 epoch_0001,1,37,592 epoch_0002,2,74,1184 step_90,2,90,1440 " ] ||
  fail "other states of 90 steps"

# Accuracies that are reached, two of them at once, and one that is not.
expect 0 "${arguments[@]}" --run.dir at --train.epochs 4 --checkpoints at=acc:1,0.02,0.01
[ "$(cut -d, -f1,2 at/tables/over_time.csv | tail -n +2 | tr '\n' ' ')" = \
  "acc_0.01+acc_0.02,1 " ] || fail "not one state with two labels"
awk -F, 'NR == 2 { exit !($5 >= 0.02) }' at/tables/over_time.csv || fail "it was not reached"
grep -q "^A validation accuracy of 1.00 was never reached.$" at/summary.txt ||
  fail "no remark about what was not reached"
expect 0 "${arguments[@]}" --run.dir never --train.epochs 1 --checkpoints at=acc:1
[ "$(wc -l <never/tables/over_time.csv)" -eq 1 ] || fail "a state that is none"
[ ! -e never/over_time ] || fail "a folder without states"

# What does not fit is said in one line, before anything is trained.
refused() { # refused TEXT ARGUMENTS...
  local text=$1
  shift
  expect 2 "${arguments[@]}" --run.dir none "$@"
  one_error "$text"
  [ ! -e none ] || fail "a refused run leaves a folder"
}
for bad in sometimes every every=0 every=two every=1.5 at=acc: at=acc:high at=loss:0.5; do
  refused "option 'train.checkpoints': '$bad' " --checkpoints "$bad"
done
refused "holds 1.5, and accuracies are 0 .. 1; write every=2" --checkpoints at=acc:0.5,1.5
refused "holds -0.5, and accuracies are 0 .. 1" --train.checkpoints=at=acc:-0.5
refused "looks at the validation split, and there are no exercises in it" \
  --checkpoints at=acc:0.5 --dataset.validation 0
refused "this one comes trained from a file" --checkpoints every=2 \
  --model.weights whole/run/network.npz
refused "follows one network, and 2 are trained together" --checkpoints every=2 --train.seeds 2
refused "option 'train.every_network' is about networks trained together" --train.every_network
refused "option 'train.betas' takes two numbers from 0 to below 1, not [0.9]" --train.betas 0.9
refused "option 'train.betas' takes two numbers" --train.betas 0.9,1
own=(--model mlp --dataset add_mul --run.dir none --quiet --dataset.digits 1)
expect 2 --method transfer "${own[@]}" --checkpoints every=2
one_error "is about methods that look at a trained network, and transfer trains it by itself"
expect 2 --method transfer "${own[@]}" --train.seeds 2 --train.every_network
one_error "is about methods that look at a trained network, and transfer trains it by itself"
{ echo x,y,z; for i in $(seq 60); do echo "0.$i,1.$i,2.$i"; done; } >values.csv
expect 2 --method diffmask --model mlp --dataset csv --dataset.file values.csv --dataset.target values \
  --run.dir none --quiet --checkpoints at=acc:0.5
one_error "'at=acc:' needs an accuracy, and "

# Another method, on values, which have losses only.
expect 0 --method train --model mlp --model.hidden 8 --dataset csv --dataset.file values.csv \
  --dataset.target values --run.dir values --run.threads 1 --quiet --train.epochs 5 \
  --train.batch_size 8 --checkpoints every=3
head -1 values/tables/over_time.csv | grep -q '^label,epoch,step,samples,validation_loss,' ||
  fail "no losses in the table"
[ "$(tail -n +2 values/tables/over_time.csv | cut -d, -f1 | tr '\n' ' ')" = \
  "epoch_0000 epoch_0003 epoch_0005 " ] || fail "other states of another method"
grep -q '^epoch   test loss$' values/summary.txt || fail "no losses on the screen"

# The method on each of four networks, with means and intervals that the rows give.
four=("${arguments[@]}" --train.seeds 4 --train.every_network true)
expect 0 "${four[@]}" --run.dir four
table=four/tables/over_networks.csv
[ "$(tail -n +2 $table | cut -d, -f1 | tr '\n' ' ')" = "0 1 2 3 " ] || fail "not four networks"
for network in 0 1 2 3; do
  state=four/networks/$network
  for name in test/accuracy masked kept masks/mul/dispersity; do
    number=$(scalar $state $name | sed 's/\.0$//')
    [ -n "$number" ] && [ "$(cell $table $network $name)" = "$number" ] ||
      fail "another $name of network $network"
  done
  [ "$(scalar four networks/$network/test/accuracy)" = "$(scalar $state test/accuracy)" ] ||
    fail "network $network is another one"
  [ -s four/networks/$network.npz ] || fail "no network $network"
done
[ "$(tail -n +2 $table | cut -d, -f2- | sort -u | wc -l)" -eq 4 ] || fail "networks are the same"
awk -F, '
  FNR == NR && FNR == 1 { for (i = 2; i <= NF; ++i) name[i] = $i; next }
  FNR == NR { for (i = 2; i <= NF; ++i) if ($i != "") { n[name[i]]++; v[name[i], n[name[i]]] = $i }
              next }
  FNR == 1 { next }
  { sum = squares = 0
    for (i = 1; i <= n[$1]; ++i) sum += v[$1, i]
    mean = sum / n[$1]
    for (i = 1; i <= n[$1]; ++i) squares += (v[$1, i] - mean) ^ 2
    deviation = sqrt(squares / (n[$1] - 1))
    half = 3.182446305284263 * deviation / 2  # t(0.975; 3)
    small = 1e-9 * (1 + mean * mean)
    if ($2 != n[$1] || ($3 - mean) ^ 2 > small ^ 2 || ($4 - deviation) ^ 2 > small ^ 2 ||
        ($5 - half) ^ 2 > small ^ 2) { print "bad: " $0; bad = 1 }
    ++rows }
  END { if (rows < 20) { print rows " rows"; bad = 1 } exit bad }' \
  $table four/tables/over_networks_summary.csv >out || fail "the summary does not follow the rows"
grep -q "^over 4 networks  .*mean" four/summary.txt || fail "no table over networks"
grep -q "^masked .* ± " four/summary.txt || fail "no interval"
mean=$(awk -F, '$1 == "masked" { print $3 }' four/tables/over_networks_summary.csv)
[ "$(scalar four over_networks/masked/mean | sed 's/\.0$//')" = "$mean" ] || fail "no mean in results.json"

# Killed between two networks: the same.
start "${four[@]}" --run.dir four_parts
kill_at four_parts/networks/1/results.json
expect 0 resume four_parts --quiet
for file in tables/over_networks.csv tables/over_networks_summary.csv networks/3/metrics.jsonl; do
  cmp four/$file four_parts/$file || fail "'$file' differs after a kill"
done
