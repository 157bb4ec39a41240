#!/bin/bash
# The configs of the studies of clusters: each runs to the end when made small by its smoke file, and so
# does its quick variant, which the README of its folder tells of.
. "$(dirname "$0")/helpers.bash"
configs=$here/../../configs

expect 0 data export glyphs grey --dataset.channels 1 --dataset.side 28 --dataset.train 300 \
  --dataset.validation 0 --dataset.test 150
expect 0 data export glyphs colour --dataset.train 100 --dataset.validation 0 --dataset.test 50
# Of networks with 15 million weights: few images, and not one training more than needed.
large=(--dataset.folder colour --train.seeds 1 --train.every_network false --dataset.augment none
  --dataset.train 16 --dataset.test 8 --train.batch_size 16)
# Of channels of convolutions: each lesion is a forward pass.
few=(--train.seeds 2 --method.clusters 3)
drawn=(--dataset.validation 16) # of what is drawn for the quick variants

small() { # small STUDY NAME ARGUMENTS...: in the folder run_NAME
  local study=$1 name=$2 folder=run_${2//\//_}
  shift 2
  expect 0 --config "$configs/$study/$name.toml" --config "$configs/$study/smoke.toml" "$@" \
    --run.dir "$folder"
  grep -q '"status": "finished"' "$folder/results.json" || fail "$name.toml does not finish"
}

method() { awk '/^\[/ { section = $1 } section == "[method]" && $1 == "name" { print $3 }' "$1"; }

# whole STUDY NAME: the study's settings, made small, with arguments that only this one needs.
whole() {
  local study=$1 name=$2
  case $name in
    *-imagenet) # its weights and images are the user's
      expect 2 --config "$configs/$study/$name.toml" --run.dir none
      one_error "option 'model.weights': cannot read '"
      ;;
    clustering-factors-cnn-vgg) small "$@" "${large[@]}" --method.shuffles 1 --method.shuffle all ;;
    specialization-cnn-vgg) # as lesion-results-cnn-vgg but for dropout, a penalty and the pruning
      small "$@" "${large[@]}" --train.checkpoints= --method.clusters 2 --method.controls 1
      ;;
    lucid-cnn-vgg) small "$@" "${large[@]}" --method.clusters 8 --method.controls 1 --method.steps 1 ;;
    lucid-cnn) small "$@" --dataset.folder grey "${few[@]}" --method.steps 2 ;;
    lucid-mlp) small "$@" --dataset.folder grey --method.steps 2 --train.seeds 2 ;;
    lesion-results-cnn-vgg) small "$@" "${large[@]}" --method.clusters 2 --method.controls 1 ;;
    lesion-results-cnn | specialization-cnn) small "$@" --dataset.folder grey "${few[@]}" ;;
    mlp-learning-curve) small "$@" --dataset.folder grey --train.seeds 1 --train.checkpoints every=1 ;;
    random-init-ncuts)
      small "$@" --dataset.folder grey --train.epochs 0 --train.prune_epochs 0 --method.fresh 3 --train.seeds 1
      ;;
    *-poly) small "$@" "${drawn[@]}" --train.seeds 2 ;;
    *) small "$@" --dataset.folder grey ;;
  esac
}

quick() { # quick STUDY NAME: the same of its quick variant
  local study=$1 name=$2
  [ -e "$configs/$study/$name.toml" ] || fail "quick/$name.toml is a variant of nothing"
  [ "$(method "$configs/$study/quick/$name.toml")" = "$(method "$configs/$study/$name.toml")" ] ||
    fail "quick/$name.toml has another method"
  set -- "$study" "quick/$name" "${drawn[@]}"
  case $name in
    lesion-results-cnn | specialization-cnn) small "$@" "${few[@]}" ;;
    lucid-cnn) small "$@" --method.clusters 3 --method.steps 2 ;;
    lucid-mlp) small "$@" --method.steps 2 --train.seeds 2 ;;
    mlp-learning-curve) small "$@" --train.seeds 1 --train.checkpoints every=1 ;;
    random-init-ncuts) small "$@" --train.epochs 0 --train.prune_epochs 0 --method.fresh 3 --train.seeds 1 ;;
    *) small "$@" ;;
  esac
  grep -qF "\`$name.toml\`" <(sed -n '/^## What the quick/,/^## How/p' "$configs/$study/README.md") ||
    fail "README: not what quick/$name.toml shows"
}

# study FOLDER WHOLE QUICK: at least so many configs and quick variants.
study() {
  local found=0 name
  for name in $(cd "$configs/$1" && ls -- *.toml); do
    name=${name%.toml}
    grep -qF "\`$name.toml\`" "$configs/$1/README.md" || fail "README of $1: no $name.toml"
    case $name in smoke | with-*) continue ;; esac
    found=$((found + 1))
    whole "$1" "$name"
  done
  [ "$found" -ge "$2" ] || fail "only $found configs in $1"
  found=0
  for name in $(cd "$configs/$1/quick" && ls -- *.toml); do
    found=$((found + 1))
    quick "$1" "${name%.toml}"
  done
  [ "$found" -ge "$3" ] || fail "only $found quick variants in $1"
}

overlays() { # overlays STUDY GLOB NAME ARGUMENTS...: what is given after the config NAME
  local overlay
  for overlay in "$configs/$1"/$2.toml; do
    expect 0 --config "$configs/$1/quick/$3.toml" --config "$overlay" --config "$configs/$1/smoke.toml" \
      "${drawn[@]}" --run.dir "$(basename "$overlay" .toml)" "${@:4}"
  done
}

study clusterability 12 10
for table in networks over_networks over_networks_unpruned; do
  [ -s "run_clustering-factors-mlp/tables/$table.csv" ] || fail "no table $table"
done
head -1 run_mlp-learning-curve/tables/over_time.csv | grep -q ncut || fail "no n-cut over time"
overlays clusterability 'with-*' clustering-factors-mlp --train.seeds 1 --train.every_network false --method.shuffle all

study local-specialization 15 9
for table in lesions hypotheses; do
  [ -s "run_mlp-lesion-ten/tables/$table.csv" ] || fail "no table $table"
  [ -s "run_specialization-mlp/unpruned/1/tables/$table.csv" ] || fail "no table $table before pruning"
done
[ -s run_mlp-double-lesion/tables/dependencies.csv ] || fail "no dependencies"
[ "$(grep -c unpruned run_lesion-results-cnn/summary.txt)" = 0 ] || fail "lesion-results-cnn is pruned"
overlays local-specialization 'with-*-clusters' specialization-mlp --train.seeds 2
overlays local-specialization with-lucid-of-hod lucid-mlp --train.seeds 2 --method.steps 2
[ -s run_lucid-mlp/networks/1/tables/featurevis.csv ] || fail "no images are judged"
for clusters in 8 12; do
  grep -q "^clusters = $clusters" with-$clusters-clusters/config.toml || fail "not $clusters clusters"
done
