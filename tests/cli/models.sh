#!/bin/bash
# Every model of the tree is trained, masked, stored and loaded by the host; a network that is
# written in a config comes back from the run's own.
. "$(dirname "$0")/helpers.bash"

scalar() { # scalar RUN NAME: a number of results.json
  sed -n "s#.*\"$2\": \([^,}]*\).*#\1#p" "$1/results.json" | head -1
}

# Trains and masks, then masks the stored network: it must be as accurate as it was.
whole_way() { # whole_way RUN MODEL OPTIONS...
  local run=$1 model=$2
  shift 2
  local common=(--method diffmask --model "$model" "$@" --method.steps 2 --method.batch_size 8
    --method.evaluate_samples 16 --train.batch_size 16 --run.threads 1)
  expect 0 "${common[@]}" --train.epochs 1 --run.dir "$run"
  prints "Everything lies in"
  [ -s "$run/masks/control.safetensors" ] || fail "$run has no mask"
  expect 0 "${common[@]}" --model.weights "$run/network.safetensors" --run.dir "$run-again"
  local before after
  before=$(scalar "$run" test/accuracy)
  after=$(scalar "$run-again" test/accuracy)
  [ -n "$before" ] && [ "$before" = "$after" ] || fail "$run: accuracy $before, loaded $after"
}

numbers=(--dataset add_mul --dataset.digits 1 --dataset.train 64 --dataset.validation 0 --dataset.test 32)
glyphs=(--dataset glyphs --dataset.side 16 --dataset.train 64 --dataset.validation 0 --dataset.test 32
  --dataset.tasks ring)
scan=(--dataset scan --dataset.train 64 --dataset.test 8 --dataset.tasks jump)

whole_way mlp mlp "${numbers[@]}" --model.hidden 8
whole_way cnn cnn "${glyphs[@]}" --model.preset free --model.channels 4,4
whole_way preset cnn "${glyphs[@]}"
whole_way resnet resnet "${glyphs[@]}" --model.width 2
whole_way rnn rnn "${numbers[@]}" --model.hidden 8
whole_way translator rnn "${scan[@]}" --model.hidden 8
whole_way transformer transformer "${scan[@]}" --model.features 8 --model.feedforward 8

cat >net.toml <<'END'
[model]
name = "sequential"
[[model.layers]]
kind = "linear"
out = 8
name = "hidden"
[[model.layers]]
kind = "relu"
[[model.layers]]
kind = "linear"
END
whole_way sequential sequential --config net.toml "${numbers[@]}"
grep -qF 'layers = [{kind = "linear", name = "hidden", out = 8}, {kind = "relu"}, {kind = "linear"}]' \
  sequential/config.toml || fail "the layers are not in the resolved config"
expect 0 --config sequential/config.toml --run.dir repeated
cmp sequential/masks/control.npz repeated/masks/control.npz || fail "the repeated run differs"
rm sequential/results.json
expect 0 resume sequential
cmp sequential/masks/control.npz repeated/masks/control.npz || fail "the resumed run differs"

# Refusals: one line, with the place and the nearest name, and no folder left behind.
refused() { # refused LAYER WORDS
  printf '[model]\nname = "sequential"\n[[model.layers]]\n%s\n' "$1" >bad.toml
  expect 2 --method diffmask --config bad.toml "${numbers[@]}" --run.dir refused
  one_error "$2"
  [ ! -e refused ] || fail "a refused network left a folder"
}
refused 'kind = "linaer"' "bad.toml:4:8: layer 0 (linaer): unknown layer 'linaer'; there is "
refused 'kind = "linaer"' "did you mean 'linear'?"
refused 'kind = "linear"
in = 7' "bad.toml:4:8: layer 0 (linear) takes [n, ..., 7]; it got [1, 22]"
refused 'kind = "linear"
outs = 7' "bad.toml:5:8: unknown option 'model.layers[0].outs'; linear has: in, out, bias; did you mean 'model.layers[0].out'?"
refused 'kind = 3' "bad.toml:4:8: option 'model.layers[0].kind' takes text, not 3"
expect 2 --method diffmask --model sequential --model.layers 5 "${numbers[@]}"
one_error "option 'model.layers': tables can be written in a config file only"
