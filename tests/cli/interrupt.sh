#!/bin/bash
# Ctrl-C and kills: the run says how to go on, and goes on to the same result.
. "$(dirname "$0")/helpers.bash"
. "$here/tiny.bash"
longer=("${tiny[@]}" --dataset.train 640 --train.epochs 3 --run.checkpoint_seconds 0.2)

expect 0 "${longer[@]}" --run.dir whole

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
kill -INT "$first"
got=0
wait "$first" || got=$?
[ "$got" -eq 130 ] || fail "an interrupted run gave exit code $got: $(cat first.err)"
grep -q "'modhost resume parts' goes on" first.err || fail "no way to go on: $(cat first.err)"
grep -q '"status": "interrupted"' parts/results.json || fail "the status is not 'interrupted'"

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
