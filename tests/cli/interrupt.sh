#!/bin/bash
# Ctrl-C and kills: the run says how to go on, and goes on to the same result.
. "$(dirname "$0")/helpers.bash"
. "$here/tiny.bash"
longer=("${tiny[@]}" --dataset.train 640 --train.epochs 3 --run.checkpoint_seconds 0.2)

expect 0 "${longer[@]}" --run.dir whole

# stopped SIGNAL PROCESS FOLDER: ends a run whose words lie in first.err.
stopped() {
  local got=0
  kill "-$1" "$2" || fail "the run in $3 was over before SIG$1"
  wait "$2" || got=$?
  [ "$got" -eq 130 ] || fail "SIG$1 gave exit code $got: $(cat first.err)"
  grep -q "'modhost resume $3' goes on" first.err || fail "no way to go on: $(cat first.err)"
  grep -q '"status": "interrupted"' "$3/results.json" || fail "the status is not 'interrupted'"
}

# Waits until the run in folder $1 trains.
wait_for() {
  for _ in $(seq 200); do
    if [ -n "$(ls "$1/checkpoints" 2>/dev/null)" ]; then return; fi
    sleep 0.05
  done
}

# A second run into the folder is refused while the first works; SIGINT stops the first.
"$modhost" "${longer[@]}" --run.dir parts >first.out 2>first.err &
first=$!
wait_for parts
expect 1 "${longer[@]}" --run.dir parts
one_error "another modhost is working in the folder 'parts'"
stopped INT "$first" parts

# SIGTERM stops it as well.
"$modhost" resume parts >first.out 2>first.err &
first=$!
sleep 1
stopped TERM "$first" parts

# Killed at once, twice; then to the end.
for _ in 1 2; do
  "$modhost" resume parts --quiet >out 2>err &
  second=$!
  sleep 1.3
  kill -KILL "$second" 2>/dev/null || true
  wait "$second" 2>/dev/null || true
done
expect 0 resume parts
for file in whole/tables/*.csv whole/metrics.jsonl whole/*.npz; do
  cmp "$file" "parts/${file#whole/}" || fail "the continued run differs"
done

# Stopped between training and the next training: while something is evaluated.
evaluating=("${tiny[@]}" --dataset.test 500 --dataset.task_test 500
  --method.evaluate_samples 500)
expect 0 "${evaluating[@]}" --run.dir all --quiet
stop_at() { # stop_at SIGNAL FILE NEXT: when there is FILE, and before there is NEXT
  "$modhost" "${evaluating[@]}" --run.dir some >first.out 2>first.err &
  first=$!
  while [ ! -e "some/$2" ] && kill -0 "$first" 2>/dev/null; do sleep 0.01; done
  stopped "$1" "$first" some
  [ ! -e "some/$3" ] || fail "it was not stopped in the evaluation after '$2'"
}
stop_at INT network.safetensors checkpoints/masks/control.safetensors
stop_at TERM masks/control_logits.safetensors masks/square_logits.safetensors
stop_at INT masks/circle_logits.safetensors summary.txt

# A checkpoint that the disk has lost a part of.
cp -r some short
for size in 0 100 5000; do
  head -c "$size" some/checkpoints/network.safetensors >short/checkpoints/network.safetensors
  expect 1 resume short --quiet
  one_error "'short/checkpoints/network.safetensors'"
  one_error "remove the file"
done
rm short/checkpoints/network.safetensors

for run in some short; do
  expect 0 resume "$run"
  for file in all/tables/*.csv all/metrics.jsonl all/*.npz all/masks/*.npz; do
    cmp "$file" "$run/${file#all/}" || fail "the continued run differs"
  done
done
