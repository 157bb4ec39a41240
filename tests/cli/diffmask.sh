#!/bin/bash
# The ways of the method diffmask: masks one by one or together, alpha by a rule, stored masks.
. "$(dirname "$0")/helpers.bash"

data=(--model mlp --model.hidden 24,16 --dataset add_mul --dataset.digits 1 --dataset.train 1200
  --dataset.validation 100 --dataset.test 200 --run.threads 1)
network=(--train.epochs 30 --train.batch_size 32)
masks=(--method diffmask --method.steps 60 --method.batch_size 32)

expect 0 "${masks[@]}" "${data[@]}" "${network[@]}" --run.dir single --quiet
given=(--model.weights single/network.safetensors)

# Together: the same masks, and metrics under the same names.
expect 0 "${masks[@]}" "${data[@]}" "${given[@]}" --method.together true --run.dir joint --quiet
for table in masks sharing parameters; do
  cmp "single/tables/$table.csv" "joint/tables/$table.csv" || fail "together: another $table.csv"
done
grep -q '"stage":"masks/mul","step":60' joint/metrics.jsonl || fail "no metrics of masks/mul"

# One pass for each sample: the same but for rounding.
expect 0 "${masks[@]}" "${data[@]}" "${given[@]}" --method.together true --method.batching passes \
  --run.dir passes --quiet
[ "$(cut -d, -f1,2,6 single/tables/masks.csv)" = "$(cut -d, -f1,2,6 passes/tables/masks.csv)" ] ||
  fail "passes keep another number of weights"

# The largest alpha that is good enough; a kill in the middle changes nothing.
sweep=("${masks[@]}" "${data[@]}" "${given[@]}" --method.alpha 1e-6,1e-4,1e-3
  --run.checkpoint_seconds 0.01)
expect 0 "${sweep[@]}" --run.dir sweep --method.within 0.9
prints "alpha 0.001: the largest of 3 whose masks all cost at most 90 points"
[ "$(wc -l <sweep/tables/alpha.csv)" -eq 10 ] || fail "not 3 alphas x 3 masks"
# what add shares with mul, under the alpha that was taken: of the kept weights of both, of add's
awk -F, 'FNR == NR { if ($1 == "add") want = $5 / $3; next } $1 == "0.001" && $2 == "add" {
    exit !(($9 - want) ^ 2 < 1e-12) }' sweep/tables/sharing.csv sweep/tables/alpha.csv ||
  fail "shared weights in alpha.csv"
expect 0 "${masks[@]}" "${data[@]}" "${given[@]}" --method.alpha 1e-1,1e-2 --run.dir strict
prints "alpha 0.01, the smallest of 2: under each some mask costs more than 2 points"
"$modhost" "${sweep[@]}" --method.within 0.9 --run.dir killed >out 2>err &
run=$!
while kill -0 "$run" 2>/dev/null && [ ! -e killed/checkpoints/masks/alpha_1e-04 ]; do
  sleep 0.002
done
kill -KILL "$run" 2>/dev/null || fail "the run was over before it was killed"
wait "$run" 2>/dev/null || true
expect 0 resume killed --quiet
for file in tables/alpha.csv tables/masks.csv tables/sharing.csv masks/add_logits.npz metrics.jsonl; do
  cmp "sweep/$file" "killed/$file" || fail "'$file' differs after a kill"
done

# A training of masks stops when it gets no sparser, and returns to the sparsest good mask.
expect 0 "${masks[@]}" "${data[@]}" "${given[@]}" --method.steps 0 --method.epochs 60 \
  --method.patience 2 --method.alpha 1e-3 --method.within 0.2 --run.dir patient --quiet
last=$(grep '"stage":"masks/add"' patient/metrics.jsonl | tail -n 1 | sed 's/.*"step":\([0-9]*\).*/\1/')
[ "$last" -lt 900 ] || fail "the mask of add was not stopped early: step $last"

# Penalty on probabilities, and logits within bounds.
expect 0 "${masks[@]}" "${data[@]}" "${given[@]}" --method.penalty probabilities \
  --method.logit_clamp 2.5 --method.alpha 0.1 --method.lr 0.2 --run.dir bounded --quiet
grep -q '"masks/add/expected_sparsity": 0.9[0-2]' bounded/results.json ||
  fail "a strong penalty brings logits to -2.5, where a weight is kept with 0.076"

# The last layer masked as by the control; what removing the masks' weights costs against random ones.
expect 0 "${masks[@]}" "${data[@]}" "${given[@]}" --method.keep 'layers.2.*' --method.together true --method.alpha 2e-3 \
  --method.ablations 19 --run.dir kept --quiet
for task in add mul; do
  awk -F, -v task="$task" '$1 == "control" { want[$2] = $3 } $1 == task && $2 ~ /layers.2/ {
    if ($3 != want[$2] || ($3 > 0 && $7 != 1)) bad = 1; seen = 1 } END { exit bad || !seen }' \
    kept/tables/parameters.csv || fail "the last layer of $task is not masked as by the control"
done
grep -q '^add,layers.0.weight,.*,1,' kept/tables/parameters.csv && fail "all layers are kept"
[ "$(wc -l <kept/tables/ablations.csv)" -eq 6 ] || fail "not control, and two tasks on two kinds of data"
awk -F, 'NR > 1 { if ($5 != 19 || $8 < 0.05 || $8 > 1 || $9 < $8) bad = 1 } END { exit bad }' \
  kept/tables/ablations.csv || fail "p-values of 19 draws"
awk -F, '$1 == "add" && $2 == "task" { exit !($4 < $6) }' kept/tables/ablations.csv ||
  fail "without the weights of its mask a task does better than without random ones"
expect 0 "${masks[@]}" "${data[@]}" "${given[@]}" --method.ablations 3 --method.ablation initial \
  --run.dir initial --quiet
cmp -s <(cut -d, -f4 kept/tables/ablations.csv) <(cut -d, -f4 initial/tables/ablations.csv) &&
  fail "removed weights are 0 either way"
cmp single/tables/masks.csv initial/tables/masks.csv || fail "the comparison changed the network"

# Each mask three times: how much of it is chance. The first is that of a run without repeats.
expect 0 "${masks[@]}" "${data[@]}" "${given[@]}" --method.repeats 3 --run.dir thrice --quiet
cmp single/tables/masks.csv thrice/tables/masks.csv || fail "repeats change the first masks"
[ "$(wc -l <thrice/tables/repeats.csv)" -eq 16 ] || fail "not 3 controls, and 2 x 3 masks on two data"
[ "$(wc -l <thrice/tables/stability.csv)" -eq 4 ] || fail "not three tasks"
cmp -s thrice/masks/add.npz thrice/masks/add/repeat_1.npz && fail "a repeat is a copy"
awk -F, 'NR > 1 { if (!($9 > 0 && $9 < 1 && $11 >= $9 && $2 == 3)) bad = 1 } END { exit bad }' \
  thrice/tables/stability.csv || fail "IoU of repeated masks"
expect 0 "${masks[@]}" "${data[@]}" "${given[@]}" --method.repeats 3 --method.together true \
  --run.dir thrice_joint --quiet
cmp thrice/tables/repeats.csv thrice_joint/tables/repeats.csv || fail "together: other repeats"

# The inverse of inputs and outputs as the control has them, or whole.
for as in own control whole; do
  expect 0 --method diffmask "${data[@]}" "${given[@]}" --method.masks single/masks --method.inverse_keeps \
    'layers.*' --method.inverse_as $as --run.dir as_$as --quiet
done
inverse() { sed -n 's/^add,task,\(.*\)/\1/p' "$1/tables/masks.csv" | cut -d, -f"$2"; }
[ "$(inverse as_own 3)" = "$(inverse as_own 2)" ] || fail "an inverse that keeps all is the mask"
[ "$(inverse as_whole 3)" = "$(inverse as_whole 1)" ] || fail "an inverse of ones is the whole network"
[ "$(sed -n 's/^control,task,[^,]*,\([^,]*\),.*/\1/p' as_control/tables/masks.csv)" = \
  "$(sed -n 's/^control,task,[^,]*,[^,]*,\([^,]*\),.*/\1/p' as_own/tables/masks.csv)" ] ||
  fail "the control's own inverse"

# Gradients under the mask of the last layers: of none, one, two and all three.
expect 0 --method diffmask "${data[@]}" "${given[@]}" --method.masks single/masks \
  --method.gradients true --run.dir gradients --quiet
[ "$(wc -l <gradients/tables/gradients.csv)" -eq 85 ] || fail "not 3 masks x 4 depths x 7 cosines"
awk -F, 'NR > 1 && ($2 == 0 && ($4 - 1) ^ 2 > 1e-9 || $4 > 1 + 1e-9 || $4 < -1 - 1e-9) { exit 1 }' \
  gradients/tables/gradients.csv || fail "cosines"

# Half masks: the parameters named, and the rest.
[ "$(wc -l <single/tables/halves.csv)" -eq 2 ] || fail "no half masks of the control"
expect 0 --method diffmask "${data[@]}" "${given[@]}" --method.masks single/masks --method.half '*' \
  --method.random_halves 3 --run.dir half --quiet
[ "$(cut -d, -f2 half/tables/halves.csv | tr '\n' ' ')" = "half given random_1 random_2 random_3 " ] ||
  fail "not the given half and three random ones"
awk -F, 'NR == 2 { exit !($5 == $4 && $6 == $3) }' half/tables/halves.csv ||
  fail "all parameters in one half: the mask, and the whole network"

# Which operation is done, of what is asked for; where it is what is asked for, the accuracy.
awk -F, 'FNR == 1 { next } FNR == NR { if ($1 != "control") want[$1 "," $2] = $3 "," $4 "," $5; next }
  $2 == $3 && $1 != "control" { seen++; if (want[$1 "," ($1 == $2 ? "task" : "other")] != $5 "," $6 "," $7) exit 1 }
  END { exit seen != 4 || FNR != 19 }' single/tables/masks.csv single/tables/operations.csv ||
  fail "operations.csv has other accuracies than masks.csv"
awk -F, '$1 == "add" && $2 == "add" { done[$3] = $6 } END { exit !(done["add"] > done["mul"]) }' \
  single/tables/operations.csv || fail "the mask of add multiplies"

# Every mask on every task's data: where masks.csv has the same, the same.
expect 0 --method diffmask "${data[@]}" "${given[@]}" --method.masks single/masks --method.cross true \
  --run.dir cross --quiet
[ "$(wc -l <cross/tables/cross.csv)" -eq 13 ] || fail "not the network and 3 masks on 3 data"
awk -F, 'FNR == 1 { next } FNR == NR {
    want[$1 "," ($2 == "task" ? $1 == "control" ? "all" : $1 : $1 == "add" ? "mul" : "add")] = $3 "," $4 "," $5
    next }
  { if ($1 "," $2 in want) { same++; if (want[$1 "," $2] != $4 "," $5 "," $6) exit 1 }
    if ($1 == "network") whole[$2] = $4; else if (whole[$2] != $4) exit 1 }
  END { exit same != 5 }' cross/tables/masks.csv cross/tables/cross.csv || fail "cross.csv differs"
grep -q '"analysis_results/control/add/accuracy/total"' cross/results.json || fail "no study keys"

# Weights copied in the network: onto themselves nothing changes; a flag that is another's does.
expect 0 --method diffmask "${data[@]}" "${given[@]}" --method.masks single/masks \
  --method.copy 'layers.0.weight columns 0:22 -> 0:22' --run.dir same --quiet
cmp single/tables/masks.csv same/tables/masks.csv || fail "copied onto themselves weights are others"
expect 0 --method diffmask "${data[@]}" "${given[@]}" --method.masks single/masks \
  --method.copy 'layers.0.weight columns 20:21 -> 21:22' --run.dir flag --quiet
awk -F, 'FNR > 1 { seen[$2, $3, FILENAME] = $5 } END {
    exit !(seen["add", "add", ARGV[1]] == seen["add", "add", ARGV[2]] &&
      seen["mul", "add", ARGV[2]] > 2 * seen["mul", "add", ARGV[1]]) }' \
  single/tables/operations.csv flag/tables/operations.csv || fail "with the flag of add no products are sums"

# Stored masks: the folder of a run, and a file under a task's name.
expect 0 --method diffmask "${data[@]}" "${given[@]}" --method.masks single/masks \
  --run.dir stored --quiet
cmp single/tables/masks.csv stored/tables/masks.csv || fail "stored masks: other numbers"
cmp single/tables/histogram.csv stored/tables/histogram.csv || fail "stored logits: other numbers"
expect 0 --method diffmask "${data[@]}" "${given[@]}" --method.masks add=single/masks/add.npz \
  --run.dir one --quiet
[ "$(sed -n 2p one/tables/masks.csv | cut -d, -f1-8)" = \
  "$(grep '^add,task' single/tables/masks.csv | cut -d, -f1-8)" ] || fail "one stored mask differs"

# Classes: confusions of the masks, and what the masks without a class lose.
expect 0 --method diffmask --model cnn --model.preset free --model.channels 8,8 --dataset glyphs \
  --dataset.side 16 --dataset.train 600 --dataset.validation 0 --dataset.test 100 \
  --dataset.tasks ring,zed --train.epochs 4 --method.steps 40 --method.evaluate_samples 0 \
  --run.threads 1 --run.dir classes --quiet
[ "$(wc -l <classes/tables/confusion.csv)" -eq 301 ] || fail "not 3 masks x 10 x 10 cells"
awk -F, 'NR > 1 { cells[$1 "," $2] += $4; shares[$1 "," $2] += $5; change[$1 "," $2] += $6 }
  END { for (row in cells) if (cells[row] != 10 || (shares[row] - 1) ^ 2 > 1e-9 ||
    change[row] ^ 2 > 1e-9) exit 1 }' classes/tables/confusion.csv || fail "rows of ten samples"
[ "$(cut -d, -f1,2 classes/tables/class_removal.csv | tr '\n' ' ')" = \
  "task,left_out without_ring,ring without_zed,zed " ] || fail "which classes were left out"
recall=$(awk -F, '$1 == "control" && $2 == "ring" && $3 == "ring" { before = $5 }
  $1 == "without_ring" && $2 == "ring" && $3 == "ring" { print (before - $5) / before }' \
  classes/tables/confusion.csv)
lost=$(sed -n 's/^without_ring,ring,\([^,]*\),.*/\1/p' classes/tables/class_removal.csv)
awk -v a="$recall" -v b="$lost" 'BEGIN { exit (a - b) ^ 2 > 1e-9 }' || fail "recall lost: $lost"

# What each output loses of what the control keeps: counts of the last weight.
[ "$(wc -l <single/tables/outputs.csv)" -eq 21 ] || fail "not two tasks x ten outputs"
rows=$(awk -F, '$1 == "add" { kept += $5; all += $4 } END { print kept, all }' single/tables/outputs.csv)
counts=$(awk -F, '$2 == "layers.2.weight" { n[$1] = $3 } END { print n["add"], n["control"] }' \
  single/tables/parameters.csv)
[ "$rows" = "$counts" ] || fail "the outputs keep $rows weights, the last layer $counts"

# The masks that another program trained on abstract reasoning, with the numbers published for them.
reference=$here/../data/scl
expect 0 --method diffmask --model scl --model.conv_channels 16,16,32,32,32 \
  --model.conv_activation none --model.weights "$reference/scl160_state.npz" --dataset.side 160 \
  --dataset.train 4 --dataset.validation 0 --dataset.test 2 --dataset.task_train 2 \
  --dataset.task_test 2 --run.dir published --quiet --method.masks \
  "circles=$reference/mask_SCL_50_circles.npz,triangles=$reference/mask_SCL_50_triangles.npz"
near() { # near FILE KEY VALUE: of results.json
  awk -v key="\"$2\":" -v want="$3" '$1 == key { seen = 1; gap = ($2 + 0 - want) ^ 2 }
    END { exit !(seen && gap < 1e-18) }' "$1" || fail "$2 is not $3"
}
near published/results.json masks/circles/kept 13072
near published/results.json masks/circles/sparsity 0.9345870154825409
near published/results.json masks/circles/dispersity 0.23519947216822581
near published/results.json masks/triangles/dispersity 0.24221961575569315
near published/results.json masks/sharing/circles/triangles 0.696297429620563

# Of tasks that the network cannot do nothing is said.
expect 0 "${masks[@]}" "${data[@]}" --train.epochs 0 --run.dir untrained
prints "tasks the network is no better than chance (0.100)"
grep -q "2 of 2 masks keep" out && fail "masks of an untrained network are praised"

# Bad input.
expect 2 --method diffmask "${data[@]}" "${given[@]}" --method.masks single/tables --run.dir bad
one_error "holds no masks"
expect 1 --method diffmask --model mlp --model.hidden 24,17 "${data[@]:4}" --method.masks single/masks \
  --train.epochs 1 --run.dir bad
one_error "has 'layers.1.bias' of shape [16], the model's is [17]"
expect 2 "${masks[@]}" "${data[@]}" "${given[@]}" --method.patience 1 --dataset.validation 0 \
  --run.dir bad
one_error "has no validation exercises, which 'method.patience' needs"
expect 2 --method diffmask "${data[@]}" "${given[@]}" --method.masks add=single/masks/add.npz \
  --method.inverse_keeps 'layers.0.*' --method.inverse_as control --run.dir bad
one_error "none of the stored masks is called so"
expect 2 "${masks[@]}" "${data[@]}" "${given[@]}" --method.keep layers.2.wieght --run.dir bad
one_error "'layers.2.wieght' matches no masked parameter; did you mean 'layers.2.weight'?"
expect 2 "${masks[@]}" "${data[@]}" --method.copy 'layers.0.weight columns 0:9 -> 20:29' --run.dir bad
one_error "of shape [24, 22], it has 22 columns"
expect 2 "${masks[@]}" "${data[@]}" --method.copy 'layers.0.weight[0]' --run.dir bad
one_error "no such rule; write NAME rows A:B -> C:D or NAME columns"
expect 2 "${masks[@]}" "${data[@]}" "${given[@]}" --method.keep '*' --method.control false --run.dir bad
one_error "takes masks from the control"
expect 2 "${masks[@]}" "${data[@]}" "${given[@]}" --method.together true --method.steps 0 --run.dir bad
one_error "have different numbers of batches"
