#!/bin/bash
# The configs of published studies: each runs to the end when made small by its smoke file, has the
# settings of the study, and masks exactly as many weights as the study does.
. "$(dirname "$0")/helpers.bash"
study=$here/../../configs/are-neural-nets-modular
checked=()

# study NAME LAMBDA BATCH RATE STEPS QUICK ARGUMENTS...: penalty, batch that it is divided by, learning
# rate and steps of the masks as in the sweeps of the study.
study() {
  local name=$1 lambda=$2 batch=$3 rate=$4 steps=$5 smoke=$6
  shift 6
  grep -qE "^steps = $steps( |$)" "$study/$name.toml" || fail "$name.toml: not $steps steps a mask"
  expect 0 --config "$study/$name.toml" --config "$study/$smoke.toml" "$@" --run.dir "$name"
  grep -q '"status": "finished"' "$name/results.json" || fail "$name.toml does not finish"
  [ -s "$name/tables/masks.csv" ] || [ -s "$name/tables/transfer.csv" ] || fail "$name: no table"
  awk -F'[][ =,]+' -v want="$lambda" -v batch="$batch" -v rate="$rate" '
    /^\[/ { section = $2 }
    section == "method" && $1 == "alpha" && NF <= 3 { alpha = $2 * batch / want }
    section == "method" && $1 == "lr" { lr = $2 / rate }
    function one(x) { return x > 1 - 1e-6 && x < 1 + 1e-6 }
    END { exit !(one(alpha) && one(lr)) }' "$name/config.toml" ||
    fail "$name.toml: not a penalty of $lambda / $batch and a rate of $rate"
  checked+=("$name")
}

# Weights under a mask as the study's code counts them.
masked() {
  expect 0 inspect "$1/masks/control.npz"
  prints " $2 numbers"
}

tiny=(--model.hidden 20,20,20,20)
smoke() { study "${@:1:5}" smoke "${@:6}"; }
smoke addmul_feedforward 1e-4 128 1e-2 20000
masked addmul_feedforward 1,969,600
smoke addmul_feedforward 1e-4 128 1e-2 20000 --model.hidden 400,400,200 \
  --method.half 'layers.0.*,layers.1.*' --run.fresh true
masked addmul_feedforward 260,800
smoke addmul_feedforward_big 1e-4 128 1e-2 20000 "${tiny[@]}"
smoke addmul_feedforward_huge 1e-4 128 1e-2 20000 "${tiny[@]}"
smoke addmul_rnn 1e-4 128 1e-2 20000
masked addmul_rnn 834,560
smoke tuple_feedforward_big 4e-4 128 1e-2 20000 "${tiny[@]}"
smoke tuple_feedforward_small_halfmask 4e-4 128 1e-2 20000
masked tuple_feedforward_small_halfmask 2,016,000
name=tuple_feedforward_big_copyweight
smoke $name 4e-4 128 1e-2 20000 "${tiny[@]}"
! cmp -s $name/network.npz $name/network_copied.npz || fail "no weights are copied"
smoke tuple_rnn 1e-4 128 1e-2 20000
smoke tuple_rnn 1e-4 128 1e-2 20000 --dataset.mode only_one_io --run.fresh true
masked tuple_rnn 878,592
smoke tuple_feedforward_big_first_full_mask 4e-4 128 1e-2 20000 "${tiny[@]}"
smoke tuple_rnn_first_full_mask 1e-4 128 1e-2 20000
smoke scan 3e-5 256 1e-2 25000
masked scan 987,000
smoke trafo_scan 6e-4 256 1e-2 25000
masked trafo_scan 603,700

# Each value of the penalty is tried.
name=addmul_ff_alpha_analysis
expect 0 --config "$study/$name.toml" --config "$study/smoke.toml" "${tiny[@]}" --run.dir $name
values=$(awk -F, 'NR > 1 { seen[$1] } END { for (v in seen) n++; print n }' $name/tables/alpha.csv)
[ "$values" -eq 25 ] || fail "$values values of alpha instead of 25"
checked+=($name)

# Images: generated ones, in the files of CIFAR-10.
expect 0 data export glyphs images --dataset.train 500 --dataset.validation 0 --dataset.test 50
images=(--dataset.folder images --dataset.versions 1)
smoke cifar10 3e-4 128 1e-3 20000 "${images[@]}"
masked cifar10 390,986
smoke cifar10_no_dropout 3e-4 128 1e-3 20000 "${images[@]}"
study cifar10_resnet 2e-5 128 3e-2 30000 smoke_resnet "${images[@]}"

# Two masks of each pair of classes on one network; from logits of 0 two steps drop weights.
smoke cifar10_mask_stability 3e-4 128 1e-3 20000 "${images[@]}" --method.logit_init 0
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "iou") column = i }
  NR == 3 { iou = $column }
  END { exit !(column && iou > 0 && iou < 1) }' cifar10_mask_stability/tables/stability.csv ||
  fail "no overlap of two masks of the same pair that are not the same"

# Weights and masks together; where old weights are preferred, new ones start below them.
expect 0 data export glyphs grey --dataset.channels 1 --dataset.side 28 --dataset.train 500 \
  --dataset.validation 0 --dataset.test 50
for row in '' _prefer_old _prefer_old_even_more; do
  smoke transfer_sharing$row 1.28e-3 128 1e-2 30000 --dataset.folder grey
  [ "$(wc -l <transfer_sharing$row/tables/transfer.csv)" -eq 12 ] || fail "not eleven tasks"
done
! cmp -s transfer_sharing{,_prefer_old}/tables/transfer.csv || fail "no weights are preferred"
! cmp -s transfer_sharing_prefer_old{,_even_more}/tables/transfer.csv || fail "none more so"

questions() { study "$1" "$2" "$3" "$4" "$5" smoke_dm_math; }
questions dm_math_add_or_sub 2e-5 256 0.03 30000
questions dm_math_diff 1e-5 128 0.03 40000
questions dm_math_sort 3e-6 256 0.03 30000
questions dm_math_lin1d 1e-6 512 0.02 50000
questions dm_math_polycollect 1e-6 128 0.02 50000

# Networks without masks: each is tested on all data and on the three splits.
for name in scan_baseline trafo_scan_baseline; do
  expect 0 --config "$study/$name.toml" --config "$study/smoke_baseline.toml" --run.dir $name
  [ "$(cut -d, -f1 $name/tables/accuracy.csv | tr '\n' ' ')" = "data all jump turn_left length " ] ||
    fail "$name: not tested on every split"
  checked+=($name)
done

for config in "$study"/*.toml; do
  name=$(basename "$config" .toml)
  [[ $name == smoke* || " ${checked[*]} " == *" $name "* ]] || fail "$name.toml is never run"
  [[ $name == smoke* ]] || grep -qF "$name.toml" "$study/README.md" || fail "README: no $name.toml"
done
