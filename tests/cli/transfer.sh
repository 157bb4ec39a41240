#!/bin/bash
# The method transfer: weights and masks learned together, task after task.
. "$(dirname "$0")/helpers.bash"

quiet "$modhost" data export glyphs images --quiet --dataset.side 28 --dataset.channels 1 \
  --dataset.jitter 0.15 --dataset.clutter 0 --dataset.train 1500 --dataset.test 200
run=(--method transfer --model mlp --model.hidden 24,16 --dataset permuted_mnist
  --dataset.folder images --dataset.permutations 3 --run.threads 1 --method.batch_size 64
  --method.steps 100 --method.lr 0.03 --method.alpha 3e-5)

expect 0 "${run[@]}" --run.dir plain --run.checkpoint_seconds 0.05
prints "Accuracy under a task's own mask"
[ "$(wc -l <plain/tables/transfer.csv)" -eq 4 ] || fail "not three tasks"
awk -F, 'NR == 2 && $6 != 0 { exit 1 } NR > 2 && $6 == 0 { exit 1 }' plain/tables/transfer.csv ||
  fail "the first task shares nothing, the others something"
awk -F, 'NR == 4 { exit $2 != $3 }' plain/tables/transfer.csv || fail "nothing comes after the last task"
grep '^permutation_[12],layers.0' plain/tables/transfer_parameters.csv | cut -d, -f4,5 >first
[ "$(sort -u first)" = "0,0" ] || fail "the first layer is learned anew by each task"

# Killed in the middle, then resumed: the same bytes.
"$modhost" "${run[@]}" --run.dir killed --run.checkpoint_seconds 0.01 >out 2>err &
process=$!
while kill -0 "$process" 2>/dev/null &&
  [ ! -e killed/checkpoints/transfer/permutation_1.safetensors ]; do sleep 0.002; done
kill -KILL "$process" 2>/dev/null || fail "the run was over before it was killed"
wait "$process" 2>/dev/null || true
expect 0 resume killed --quiet
for file in tables/transfer.csv tables/transfer_parameters.csv network.npz metrics.jsonl; do
  cmp "plain/$file" "killed/$file" || fail "'$file' differs after a kill"
done

# Weights that an earlier mask keeps stay, bit for bit, and what is shared is counted as numpy does.
python=
for candidate in python3 /usr/bin/python3; do
  if [ -z "$python" ] && "$candidate" -c 'import numpy' 2>/dev/null; then python=$candidate; fi
done
if [ -n "$python" ]; then
  quiet "$modhost" convert plain/checkpoints/transfer/permutation_0.safetensors first.npz
  "$python" - <<'PYTHON' || fail "numpy counts otherwise"
import csv
import numpy as np
first, last = np.load("first.npz"), np.load("plain/network.npz")
masks = [np.load(f"plain/masks/permutation_{p}.npz") for p in range(3)]
rows = {(row["task"], row["parameter"]): row for row in csv.DictReader(open("plain/tables/transfer_parameters.csv"))}
for name in ["layers.1.weight", "layers.1.bias", "layers.2.weight", "layers.2.bias"]:
    before = first["trained/" + name]
    used = masks[0][name] == 1
    assert (before[used] == last[name][used]).all(), name
    assert used.all() or (before[~used] != last[name][~used]).any(), name
    assert "bias" in name or (used.any() and not used.all()), name
    for p in (1, 2):
        used = np.any([mask[name] == 1 for mask in masks[:p]], axis=0)
        kept = masks[p][name] == 1
        row = rows[f"permutation_{p}", name]
        assert int(row["kept"]) == kept.sum() and int(row["used_before"]) == used.sum(), (p, name)
        assert abs(float(row["shared"]) - (kept & used).sum() / max(kept.sum(), 1)) < 1e-12, (p, name)
PYTHON
fi

# Old weights preferred: more is shared.
expect 0 "${run[@]}" --method.new_logit=-1 --run.dir prefer --quiet
shared() { awk -F, 'NR == 4 { print $6 }' "$1/tables/transfer.csv"; }
awk -v a="$(shared prefer)" -v b="$(shared plain)" 'BEGIN { exit !(a > b) }' ||
  fail "with old weights preferred less is shared"

# Bad input.
expect 2 "${run[@]}" --model.weights plain/network.npz --run.dir bad
one_error "this method trains the network by itself"
expect 2 "${run[@]}" --method.reset layer.0.weight --run.dir bad
one_error "'layer.0.weight' matches no masked parameter; did you mean 'layers.0.weight'?"
expect 2 "${run[@]}" --method.tasks permutation_9 --run.dir bad
one_error "the dataset has no task 'permutation_9'"
expect 2 "${run[@]}" --method.batch_size 63 --run.dir bad
one_error "does not divide into 8 mask samples"
