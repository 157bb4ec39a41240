#!/bin/bash
# The configs that come with modhost: accepted as they are, and made small they run to the end
# (those in are-neural-nets-modular: study_configs.sh, in clusterability and local-specialization:
# cluster_configs.sh, in neural-sculpting: sculpting_configs.sh).
. "$(dirname "$0")/helpers.bash"
configs=$here/../../configs

# resolved FOLDER ARGUMENTS...: the config of a run with all defaults, stopped as soon as it is there.
resolved() {
  local folder=$1
  shift
  "$modhost" "$@" --run.dir "$folder" --quiet >out 2>err &
  local run=$!
  for _ in $(seq 600); do
    if [ -e "$folder/config.toml" ] || ! kill -0 "$run" 2>/dev/null; then break; fi
    sleep 0.05
  done
  kill -KILL "$run" 2>/dev/null || true
  wait "$run" 2>/dev/null || true
  [ -s "$folder/config.toml" ] || fail "no config: modhost $*"
}

resolved bare --method diffmask --model scl
resolved quick --config "$configs/quick.toml"
diff bare/config.toml quick/config.toml || fail "quick.toml is not what runs without a config"

# What a run leaves as its config is a config, and the same one.
resolved again --config bare/config.toml
diff bare/config.toml again/config.toml || fail "a resolved config resolves to another one"

found=0
while read -r config; do
  found=$((found + 1))
  name=${config#"$configs"/}  # of quick.toml quick, of FOLDER/quick/paper.toml quick_paper
  name=${name#*/}
  name=${name%.toml}
  name=${name//\//_}
  resolved "full_$name" --config "$config"
  expect 0 --config "$config" --config "$configs/tracking-modules-avr/smoke.toml" --run.dir "small_$name"
  grep -q '"status": "finished"' "small_$name/results.json" || fail "$config does not finish"
done < <(find "$configs" -name '*.toml' ! -path '*/tracking-modules-avr/smoke.toml' ! -path '*/are-neural-nets-modular/*' ! -path '*/clusterability/*' ! -path '*/local-specialization/*' ! -path '*/neural-sculpting/*' | sort)
[ "$found" -ge 4 ] || fail "only $found configs in $configs"

# The settings that are the point of a config.
holds() { grep -qxF -- "$2" "full_$1/config.toml" || fail "$1.toml has no '$2'"; }
holds paper "conv_channels = [16, 16, 32, 32, 32]"
holds paper 'conv_activation = "none"'
holds paper "clip_norm = 0.5"
holds paper "logit_init = 3.0"
holds official_scl 'variant = "official"'
holds official_scl "batch_size = 128"
holds official_scl 'optimizer = "adamw"'

# Two configs: the later one wins, and the command line wins over both.
printf '[method]\nalpha = 0.25\nlr = 0.5\n' >mine.toml
resolved mine --config "$configs/quick.toml" --config mine.toml --method.lr 0.75
grep -qxF "alpha = [0.25]" mine/config.toml || fail "the later config does not win"
grep -qxF "lr = 0.75" mine/config.toml || fail "the command line does not win"
