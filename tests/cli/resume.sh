#!/bin/bash
# A run that is killed again and again ends with the very bytes of an undisturbed one.
. "$(dirname "$0")/helpers.bash"

arguments=(--method diffmask --model scl --run.dir run --quiet
  --run.checkpoint_seconds 0.05 --run.threads 1
  --model.conv_channels 4,8 --model.features 20 --model.attribute_heads 5
  --model.relation_heads 20 --model.attribute_hidden 16 --model.relation_hidden 8
  --dataset.side 20 --dataset.train 320 --dataset.validation 32 --dataset.test 64
  --dataset.task_train 64 --dataset.task_test 200 --dataset.tasks square,circle
  --train.epochs 8 --train.batch_size 8 --method.steps 120 --method.batch_size 8)
RANDOM=20260401

# Both runs are called 'run' in a folder of their own, so even their results.json must be equal.
mkdir whole parts
(cd whole && expect 0 "${arguments[@]}") || exit 1
cd parts || exit 1
lines=$(wc -l <../whole/run/metrics.jsonl)
[ "$lines" -ge 100 ] || fail "too few metrics lines to aim at: $lines"

start() { # start ARGUMENTS...: in the background; its id is in $run
  "$modhost" "$@" >out 2>err &
  run=$!
}

alive() { kill -0 "$run" 2>/dev/null; }

await_line() { # until metrics.jsonl has so many lines, or the run is over
  local there=()
  while alive; do
    if [ -e run/metrics.jsonl ]; then mapfile -t there <run/metrics.jsonl; fi
    if [ "${#there[@]}" -ge "$1" ]; then return; fi
    sleep 0.005
  done
}

await_file() {
  while alive && [ ! -e "$1" ]; do sleep 0.002; done
}

pause() { sleep "0.$(printf '%03d' "$1")"; } # milliseconds

kills=0
destroy() { # the run must still be going
  alive || fail "the run ended before the kill at $1"
  kill -KILL "$run"
  local got=0
  wait "$run" 2>/dev/null || got=$?
  [ "$got" -eq 137 ] || fail "exit code $got instead of a kill at $1"
  kills=$((kills + 1))
}

# Resuming and calling the same command again are the same.
go_on() {
  if [ -e run/config.toml ] && [ $((RANDOM % 2)) -eq 0 ]; then
    start resume run --quiet
  else
    start "${arguments[@]}"
  fi
}

# While it starts.
for _ in 1 2 3; do
  start "${arguments[@]}"
  pause $((RANDOM % 500))
  destroy "the start"
done

# While it trains the network and the masks, at moments spread over the whole.
for part in 1 2 3 4 5 6 7 8 9 10; do
  go_on
  await_line $((lines * part / 11))
  pause $((RANDOM % 40))
  destroy "line $((lines * part / 11)) of $lines"
  if [ "$part" -eq 4 ]; then
    # What a kill in the middle of a write leaves behind.
    printf '{"stage":"mas' >>run/metrics.jsonl
    echo half >run/checkpoints/network.safetensors.4242.tmp
    echo half >run/network.npz.4242.tmp
    echo half >run/results.json.4242.tmp
  fi
done

# While the last mask is evaluated.
go_on
await_file run/masks/circle_logits.safetensors
destroy "the last evaluation"

# Ctrl-C, after which it says how to go on.
rm run/checkpoints/masks/circle.safetensors
start resume run
await_file run/checkpoints/masks/circle.safetensors
kill -INT "$run"
got=0
wait "$run" || got=$?
[ "$got" -eq 130 ] || fail "exit code $got instead of 130 after SIGINT"
grep -q "^modhost: interrupted; 'modhost resume run' goes on$" err || fail "no way to go on"
grep -q '"status": "interrupted"' run/results.json || fail "the status is not 'interrupted'"

# Another process in the folder is told so and does no harm. The first stands still meanwhile, so
# that it cannot end before the other has looked.
touch interrupted
start resume run --quiet
while alive && [ ! run/checkpoints/masks/circle.safetensors -nt interrupted ]; do sleep 0.002; done
kill -STOP "$run" || fail "the run ended before another one looked"
first=$run
expect 1 resume run
one_error "another modhost is working in the folder 'run'"
run=$first
kill -CONT "$run"
wait "$run" || fail "the resumed run failed"
[ "$kills" -ge 12 ] || fail "only $kills kills"

grep -q '"status": "finished"' run/results.json || fail "the run is not finished"
cd ../whole/run || exit 1
find . -type f ! -name environment.json ! -path './checkpoints/*' | sort >../files
[ "$(wc -l <../files)" -ge 20 ] || fail "the run wrote only $(wc -l <../files) files"
while read -r file; do
  cmp "$file" "../../parts/run/$file" || fail "'$file' differs after $kills kills"
done <../files
cd "$work" || exit 1
left=$(find parts -name '*.tmp')
[ -z "$left" ] || fail "left behind: $left"
diff <(cd whole/run && find . | sort) <(cd parts/run && find . | sort) || fail "other files"
