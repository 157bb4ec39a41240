#!/bin/bash
# Pruning, penalties and modules in the training of any network: killed and resumed, together and
# alone, with a method on the network before and after.
. "$(dirname "$0")/helpers.bash"

arguments=(--method train --model mlp --dataset add_mul --run.dir run --quiet
  --run.checkpoint_seconds 0.02 --run.threads 1 --model.hidden 48,32 --dataset.digits 1
  --dataset.train 1600 --dataset.validation 100 --dataset.test 200 --train.epochs 16
  --train.batch_size 16 --train.l1 1e-5 --train.l2 1e-5 --train.init_modules 4
  --train.clusterability 0.01 --train.clusterability_every 10 --train.clusterability_normalize true
  --train.prune polynomial --train.prune_epochs 10)
RANDOM=20260611

scalar() { # scalar FOLDER NAME: from results.json
  sed -n "s|^ *\"$2\": \(-\{0,1\}[0-9][0-9.e+-]*\),\{0,1\}$|\1|p" "$1/results.json"
}

# The network before the pruning is what a shorter training ends with.
mkdir whole parts
(cd whole && expect 0 "${arguments[@]}" --checkpoints at=prune) || exit 1
table=whole/run/tables/over_time.csv
[ "$(tail -n +2 $table | cut -d, -f1-4 | tr '\n' ' ')" = \
  "unpruned,6,600,9600 pruned,16,1600,25600 " ] || fail "other states: $(cut -d, -f1-4 $table)"
grep -q '^state  *epoch  *test accuracy' whole/run/summary.txt || fail "no states in the summary"
cmp whole/run/over_time/pruned/network.npz whole/run/network.npz || fail "not the last network"
cmp whole/run/over_time/unpruned/network.npz whole/run/unpruned.npz || fail "two unpruned networks"
expect 0 "${arguments[@]}" --run.dir shorter --train.epochs 6 --train.prune none
cmp shorter/network.npz whole/run/unpruned.npz || fail "pruning changes what comes before it"
expect 0 inspect whole/run/over_time/unpruned/network.safetensors
prints "label unpruned"

# Nine of ten entries of each kernel are zero: a packed file is much smaller.
size() { gzip -c "$1" | wc -c; }
[ $((2 * $(size whole/run/network.safetensors))) -lt "$(size whole/run/unpruned.safetensors)" ] ||
  fail "the pruned network holds as much as the other"

# Killed at many moments, most of them within the pruning, and resumed: the same bytes.
cd parts || exit 1
lines=$(wc -l <../whole/run/metrics.jsonl)
kills=0
for part in 1 2 3 4 5 6 7 8 9 10 11 12; do
  "$modhost" "${arguments[@]}" --checkpoints at=prune >out 2>err &
  run=$!
  while kill -0 "$run" 2>/dev/null; do
    there=()
    if [ -e run/metrics.jsonl ]; then mapfile -t there <run/metrics.jsonl; fi
    if [ "${#there[@]}" -ge $((lines * part / 13)) ]; then break; fi
    sleep 0.005
  done
  sleep "0.0$((RANDOM % 10))"
  if kill -KILL "$run" 2>/dev/null; then kills=$((kills + 1)); fi
  wait "$run" 2>/dev/null || true
done
[ "$kills" -ge 8 ] || fail "only $kills kills"
expect 0 resume run --quiet
cd "$work" || exit 1
(cd whole/run && find . -type f ! -name environment.json ! -path '*/checkpoints/*' | sort) >files
(cd parts/run && find . -type f ! -name environment.json ! -path '*/checkpoints/*' | sort) |
  cmp files - || fail "other files after $kills kills"
[ "$(wc -l <files)" -ge 15 ] || fail "the run wrote only $(wc -l <files) files"
while read -r file; do
  cmp "whole/run/$file" "parts/run/$file" || fail "'$file' differs after $kills kills"
done <files

# A state that somebody deletes is missed.
rm -r parts/run/over_time/unpruned parts/run/results.json
expect 1 resume parts/run --quiet
one_error "the networks before and after pruning are not both in 'parts/run/over_time'"

# Ten networks together are those of ten trainings, but for rounding.
expect 0 "${arguments[@]}" --run.dir ten --train.seeds 10
[ "$(ls ten/unpruned | wc -l)" -eq 20 ] || fail "not ten unpruned networks"
for number in 0 4 9; do
  expect 0 "${arguments[@]}" --run.dir alone_$number --train.network $number
  for name in test/accuracy test/loss; do
    together=$(scalar ten networks/$number/$name)
    alone=$(scalar alone_$number $name)
    awk -v a="$together" -v b="$alone" 'BEGIN { gap = a - b; if (gap < 0) gap = -gap
      exit !(a != "" && gap <= 0.02 + 0.02 * b) }' ||
      fail "$name of network $number is $together together and $alone alone"
  done
done
[ "$(for number in 0 1 2 3; do scalar ten networks/$number/test/loss; done | sort -u | wc -l)" -eq 4 ] ||
  fail "networks are the same"

# The method on each of three networks, before and after.
three=(--train.seeds 3 --train.every_network true --checkpoints at=prune)
expect 0 "${arguments[@]}" --run.dir three "${three[@]}"
expect 0 "${arguments[@]}" --run.dir three_shorter --train.seeds 3 --train.every_network true \
  --train.epochs 6 --train.prune none
for number in 0 1 2; do
  cmp three/unpruned/$number.npz three_shorter/networks/$number.npz ||
    fail "network $number is another one before its pruning"
  [ "$(scalar three/unpruned/$number test/loss)" = \
    "$(scalar three_shorter/networks/$number test/loss)" ] || fail "another loss of network $number"
  [ "$(scalar three/unpruned/$number train/samples)" = "$(scalar three_shorter/networks/0 train/samples)" ] ||
    fail "other samples of network $number"
done
cmp <(cut -d, -f1-2 three/tables/over_networks_unpruned.csv) \
  <(cut -d, -f1-2 three_shorter/tables/over_networks.csv) || fail "other tables before pruning"
cmp -s three/tables/over_networks.csv three/tables/over_networks_unpruned.csv &&
  fail "pruning changes nothing"
grep -q '^Before pruning:$' three/summary.txt || fail "no table of what was before"

# The other schedule, and the method that starts from a pruned network.
expect 0 "${arguments[@]}" --run.dir gupta --train.prune zhu_gupta --train.prune_epochs 0
[ -s gupta/unpruned.npz ] || fail "no unpruned network of zhu_gupta"
expect 0 --method train --model mlp --model.hidden 48,32 --dataset add_mul --dataset.digits 1 \
  --dataset.train 1600 --dataset.validation 100 --dataset.test 200 --run.dir from --quiet \
  --model.weights gupta/unpruned.npz
[ "$(scalar from test/loss)" != "$(scalar gupta test/loss)" ] || fail "not the unpruned network"

# What does not fit is said in one line, before anything is trained.
refused() { # refused TEXT ARGUMENTS...
  local text=$1
  shift
  expect 2 "${arguments[@]}" --run.dir none "$@"
  one_error "$text"
  [ ! -e none ] || fail "a refused run leaves a folder"
}
refused "option 'train.prune_epochs': 17 epochs of pruning are more than the 16 of the training" \
  --train.prune_epochs 17
refused "options 'train.prune' and 'train.patience' do not go together" --train.patience 3
refused "pruning begins at 0.5 and is to end at 0.3, which is less" --train.prune_sparsity 0.3
refused "'at=prune' looks at a network before and after pruning, and none is asked for" \
  --train.prune none --checkpoints at=prune
refused "follows one network, and 2 are trained together; run the method on each of them" \
  --train.seeds 2 --checkpoints at=prune
refused "is to prune in its last 10 epochs of 100 steps, and has only 500 steps" --train.steps 500
refused "option 'train.prune': 'magnitude' is not one of none, polynomial, zhu_gupta" --train.prune magnitude
refused "option 'train.init_modules': weights in one module are as they were" --train.init_modules 1
refused "option 'train.init_modules' is about initial weights" --model.finetune true \
  --model.weights whole/run/network.npz
refused "option 'train.l1'" --train.l1=-1
