#!/bin/bash
# Networks of several seeds trained together, and a method that starts from one of them.
. "$(dirname "$0")/helpers.bash"

arguments=(--method diffmask --model mlp --dataset add_mul --run.dir run --quiet
  --run.checkpoint_seconds 0.05 --run.threads 1 --model.hidden 24,16 --model.dropout 0.1
  --dataset.digits 1 --dataset.train 600 --dataset.validation 100 --dataset.test 100
  --train.epochs 40 --train.batch_size 16 --train.clip_norm 1
  --method.steps 30 --method.batch_size 16)
three=(--train.seeds 3 --train.network 1)

mkdir whole parts alone
(cd whole && expect 0 "${arguments[@]}" "${three[@]}") || exit 1
for number in 0 1 2; do
  [ -s whole/run/networks/$number.safetensors ] || fail "network $number is not there"
  [ -s whole/run/networks/$number.npz ] || fail "network $number is not there for numpy"
done
[ "$(wc -l <whole/run/tables/networks.csv)" -eq 4 ] || fail "the table has not three networks"
cmp whole/run/network.safetensors whole/run/networks/1.safetensors || fail "not network 1"
cmp -s whole/run/networks/0.safetensors whole/run/networks/2.safetensors && fail "two are the same"
grep -q "^3 networks trained together, accuracy .* What follows is about network 1 " \
  <(tr '\n' ' ' <whole/run/summary.txt | sed 's/.*\(3 networks\)/\1/; s/  */ /g') ||
  fail "no word of the networks in the summary"

# Killed in the middle of the training, then resumed: the same bytes.
cd parts || exit 1
kills=0
for _ in 1 2 3; do
  "$modhost" "${arguments[@]}" "${three[@]}" >out 2>err &
  run=$!
  touch begun
  while kill -0 "$run" 2>/dev/null && [ ! run/checkpoints/networks.safetensors -nt begun ]; do
    sleep 0.002
  done
  if kill -KILL "$run" 2>/dev/null; then kills=$((kills + 1)); fi
  wait "$run" 2>/dev/null || true
done
[ "$kills" -ge 2 ] || fail "only $kills kills"
expect 0 resume run --quiet
cd "$work" || exit 1
(cd whole/run && find . -type f ! -name environment.json ! -path './checkpoints/*') | sort >files
[ "$(wc -l <files)" -ge 15 ] || fail "the run wrote only $(wc -l <files) files"
while read -r file; do
  cmp "whole/run/$file" "parts/run/$file" || fail "'$file' differs after $kills kills"
done <files

# The method gives what it gives after network 1 was trained alone, but for rounding.
(cd alone && expect 0 "${arguments[@]}" --train.network 1) || exit 1
numbers() { # "name value" of the scalars that both runs have
  sed -n 's/^ *"\([a-z][a-z_/]*\)": \(-\{0,1\}[0-9][0-9.e+-]*\),\{0,1\}$/\1 \2/p' "$1" |
    grep -v '^networks/' | grep / | sort
}
numbers whole/run/results.json >together_numbers
numbers alone/run/results.json >alone_numbers
[ "$(wc -l <alone_numbers)" -ge 8 ] || fail "only $(wc -l <alone_numbers) numbers to compare"
join together_numbers alone_numbers >both
[ "$(wc -l <both)" -eq "$(wc -l <alone_numbers)" ] || fail "the runs have other numbers"
awk '{ gap = $2 - $3; if (gap < 0) gap = -gap; size = $3 < 0 ? -$3 : $3
       if (gap > 0.02 + 0.02 * size) { print; bad = 1 } } END { exit bad }' both ||
  fail "the numbers differ from those of network 1 alone"

# What does not fit is said in one line.
expect 2 "${arguments[@]}" --run.dir none --train.seeds 3 --train.network 3
one_error "option 'train.network': there is no network 3 among the 3 trained together"
expect 2 "${arguments[@]}" --run.dir none --train.seeds 2 --model.weights whole/run/network.npz
one_error "options 'train.seeds' and 'train.network' are about networks to train"
expect 2 "${arguments[@]}" --run.dir none --train.seeds 2 --train.batch_size 601
one_error "training 'networks' has 600 exercises, less than one batch of 601"
