#!/bin/bash
# The configs of the clusterability study: each runs to the end when made small by its smoke file.
. "$(dirname "$0")/helpers.bash"
study=$here/../../configs/clusterability

expect 0 data export glyphs grey --dataset.channels 1 --dataset.side 28 --dataset.train 600 \
  --dataset.validation 0 --dataset.test 150
expect 0 data export glyphs colour --dataset.train 600 --dataset.validation 0 --dataset.test 150

small() { # small NAME ARGUMENTS...
  local name=$1
  shift
  expect 0 --config "$study/$name.toml" --config "$study/smoke.toml" "$@" --run.dir "run_${name//\//_}"
  grep -q '"status": "finished"' "run_${name//\//_}/results.json" || fail "$name.toml does not finish"
}

found=0
for config in "$study"/*.toml; do
  name=$(basename "$config" .toml)
  case $name in
    smoke | with-*) continue ;;
    clustering-factors-imagenet) # its weights and images are the user's
      expect 2 --config "$config" --run.dir none
      one_error "option 'model.weights': cannot read 'resnet18.pth'"
      ;;
    clustering-factors-cnn-vgg) # 15 million weights
      small "$name" --dataset.folder colour --train.seeds 1 --train.every_network false \
        --dataset.train 32 --dataset.test 16 --train.batch_size 16
      ;;
    mlp-learning-curve)
      small "$name" --dataset.folder grey --train.seeds 1 --train.checkpoints every=1
      head -1 "run_$name/tables/over_time.csv" | grep -q ncut || fail "no n-cut over time"
      ;;
    random-init-ncuts) small "$name" --dataset.folder grey --train.epochs 0 --train.prune_epochs 0 --method.fresh 3 --train.seeds 1 ;;
    *) small "$name" --dataset.folder grey ;;
  esac
  found=$((found + 1))
done
[ "$found" -ge 12 ] || fail "only $found configs"
for table in networks over_networks over_networks_unpruned; do
  [ -s "run_clustering-factors-mlp/tables/$table.csv" ] || fail "no table $table"
done

found=0
for config in "$study"/quick/*.toml; do
  name=$(basename "$config" .toml)
  found=$((found + 1))
  [ -e "$study/$name.toml" ] || fail "quick/$name.toml is a variant of nothing"
  case $name in
    mlp-learning-curve) small "quick/$name" --train.seeds 1 --train.checkpoints every=1 ;;
    random-init-ncuts) small "quick/$name" --train.epochs 0 --train.prune_epochs 0 --method.fresh 3 --train.seeds 1 ;;
    *) small "quick/$name" ;;
  esac
  grep -qF "\`$name.toml\`" "$study/README.md" || fail "README: not what quick/$name.toml shows"
done
[ "$found" -ge 10 ] || fail "only $found quick variants"
for overlay in "$study"/with-*.toml; do
  expect 0 --config "$study/quick/clustering-factors-mlp.toml" --config "$overlay" \
    --config "$study/smoke.toml" --run.dir "$(basename "$overlay" .toml)"
done
