#!/bin/bash
# Families of masks and masks of units: chosen by name, with options of their own in the section [mask].
. "$(dirname "$0")/helpers.bash"

data=(--model mlp --model.hidden 24,16 --dataset add_mul --dataset.digits 1 --dataset.train 1200
  --dataset.validation 100 --dataset.test 200 --run.threads 1)
expect 0 --method diffmask "${data[@]}" --train.epochs 20 --train.batch_size 32 --method.steps 4 \
  --run.dir net --quiet
given=(--method diffmask "${data[@]}" --model.weights net/network.safetensors --method.steps 80
  --method.batch_size 32 --method.lr 0.05)

cell() { # cell TABLE WHERE COLUMN: of the first row that matches
  awk -F, -v where="$2" -v column="$3" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
    NR > 1 && index($0, where) == 1 { print $at[column]; exit }' "$1"
}

for family in gumbel hard_concrete continuous_sparsification magnitude; do
  for unit in weight unit; do
    run=$family-$unit
    expect 0 "${given[@]}" --method.mask $family --method.mask_unit $unit --method.alpha 1e-3 \
      --run.dir $run --quiet
    expect 0 "${given[@]}" --method.mask $family --method.mask_unit $unit --method.alpha 1e-3 \
      --method.together true --run.dir $run-joint --quiet
    for table in masks parameters units; do
      cmp $run/tables/$table.csv $run-joint/tables/$table.csv || fail "$run together: $table.csv"
    done
    [ -s $run/masks/add.npz ] || fail "$run writes no mask"
  done
done
# All weights of a unit are kept or removed, so density and share of units are the same.
units=$(cell gumbel-unit/tables/units.csv "add,layers.0,out" share)
[ -n "$units" ] && [ "$units" = "$(cell gumbel-unit/tables/parameters.csv "add,layers.0.weight" density)" ] ||
  fail "a mask of units has another density than its units"
# Not trained, at the share that was asked for, the same for every task.
expect 0 "${given[@]}" --method.mask magnitude --mask.share 0.25 --run.dir quarter --quiet
[ "$(cell quarter/tables/parameters.csv "add,layers.0.weight" density)" = 0.25 ] || fail "not a quarter"
cmp quarter/masks/add.npz quarter/masks/mul.npz || fail "magnitude masks depend on the task"
grep -q '^share = 0.25' quarter/config.toml || fail "the options of the masks are not in the config"
[ ! -e quarter/checkpoints/masks ] || fail "magnitude masks were trained"

# Annealed or not, a run that is killed goes on with the same result.
soft=("${given[@]}" --method.mask continuous_sparsification --mask.sharpness 50 --method.steps 400
  --run.checkpoint_seconds 0.01)
expect 0 "${soft[@]}" --run.dir whole --quiet
"$modhost" "${soft[@]}" --run.dir killed --quiet >out 2>err &
run=$!
while kill -0 "$run" 2>/dev/null && [ ! -e killed/checkpoints/masks/add.pt ]; do sleep 0.02; done
kill -KILL "$run" 2>/dev/null || true
wait "$run" 2>/dev/null || true
expect 0 "${soft[@]}" --run.dir killed --quiet
cmp whole/masks/add_logits.safetensors killed/masks/add_logits.safetensors ||
  fail "another mask after a kill"

# A penalty that leaves nothing is told of at once, with a smaller one.
expect 0 "${given[@]}" --method.mask_unit unit --method.alpha 10 --method.lr 0.2 --run.dir empty
says "keeps nothing after"
says "alpha 10 is too large; try 1"
prints "The mask of add keeps nothing: alpha 10 is too large; try 1."
# Nor is the penalty to blame where there is none, or where no logit began above zero.
expect 0 "${given[@]}" --method.alpha 0 --method.logit_init -30 --method.steps 2 --run.dir unborn
prints "The mask of add keeps nothing: none of its logits is above 0."
expect 0 "${given[@]}" --method.alpha 1e-6 --method.logit_init -30 --method.steps 2 --run.dir unborn2
prints "The mask of add keeps nothing: its logits start at -30"
prints "try a larger 'method.logit_init'."

# The last layer of the control, where its weights and biases go together.
expect 0 "${given[@]}" --method.mask_unit unit --method.keep 'layers.2.*' --run.dir kept --quiet
expect 2 "${given[@]}" --method.mask_unit unit --method.keep layers.2.weight --run.dir half
one_error "option 'method.keep' names 'layers.2.weight', whose units 'layers.2.bias' feeds as well"

expect 2 "${given[@]}" --method.mask hard_concret --run.dir none
one_error "hard_concrete"
expect 2 "${given[@]}" --mask.share 0.1 --run.dir none
one_error "unknown option 'mask.share'"
expect 2 "${given[@]}" --mask.name gumbel --run.dir none
one_error "'mask.name' is no option: 'method.mask' names the family of masks"
expect 2 "${given[@]}" --method.mask hard_concrete --mask.low 0.1 --run.dir none
one_error "options 'mask.low' and 'mask.high' must lie below 0 and above 1"
expect 2 --method transfer "${data[@]}" --mask.share 0.1 --run.dir none
one_error "method 'transfer' has no choice of masks"
expect 0 --method diffmask --method.mask hard_concrete --help
prints "--mask.temperature X"
expect 0 info magnitude
prints "mask 'magnitude'"
