#!/bin/bash
# The quick variants of the mask study's configs: each is a config by itself, of the method of its
# namesake, and runs to the end when made smaller still. What they show: the README beside them.
. "$(dirname "$0")/helpers.bash"
study=$here/../../configs/are-neural-nets-modular

method() { awk '/^\[/ { section = $1 } section == "[method]" && $1 == "name" { print $3 }' "$1"; }

# The folder that the variants of permuted MNIST name.
expect 0 data export glyphs glyphs_grey --dataset.channels 1 --dataset.side 28 \
  --dataset.train 500 --dataset.validation 0 --dataset.test 50
found=0
for config in "$study"/quick/*.toml; do
  found=$((found + 1))
  name=$(basename "$config" .toml)
  [ -e "$study/$name.toml" ] || fail "quick/$name.toml is a variant of nothing"
  [ "$(method "$config")" = "$(method "$study/$name.toml")" ] || fail "quick/$name.toml: other method"
  case $name in
    dm_math_*) smoke=smoke_dm_math ;;
    *_baseline) smoke=smoke_baseline ;;
    *) smoke=smoke ;;
  esac
  expect 0 --config "$config" --config "$study/$smoke.toml" --run.dir "$name"
  grep -q '"status": "finished"' "$name/results.json" || fail "quick/$name.toml does not finish"
  grep -qF "\`$name.toml\`" <(sed -n "/^## What the quick/,/^## The study/p" "$study/README.md") ||
    fail "README: not what quick/$name.toml shows"
done
[ "$found" -ge 20 ] || fail "only $found quick variants"
