#!/bin/bash
# Weights from other programs and back: look, load, train further, mask, resume, hand over.
. "$(dirname "$0")/helpers.bash"
. "$here/tiny.bash"
data=$(realpath "$here/../data/weights")

# Look into a file.
expect 0 inspect "$data/checkpoint.pt"
prints "PyTorch, 9 tensors"
prints "table     model"
prints "conv.weight               [2, 1, 3, 3]  float32  5.6 %"
prints "to use it: --model.weights $data/checkpoint.pt --model.weights_key model"
expect 0 inspect "$data/pruned.pt"
prints "pruned: head.weight is head.weight_orig times head.weight_mask"
expect 0 inspect "$data/masks.pickle"
prints "to use it: --model.weights NETWORK --model.mask $data/masks.pickle"
expect 0 inspect "$data/foreign.pt" --json
[ "$(wc -l <out)" -eq 1 ] || fail "--json is more than one line"
prints '"why":"a complex tensor"'
expect 1 inspect "$data/two_networks.pt"
one_error "it has tensors in: generator, critic; say which by --model.weights_key KEY, or / for all"
expect 1 inspect "$data/make.py"
one_error "begins like no format of weights"
expect 1 inspect nowhere.pt
one_error "cannot read 'nowhere.pt': No such file"
expect 2 inspect "$data/state_dict.pt" --model.weight_key a
one_error "did you mean 'model.weights_key'?"
head -c 1000 "$data/state_dict.pt" >cut.pt
expect 1 inspect cut.pt
one_error "cannot read 'cut.pt'"

# Train a network, and take it from its file: nothing is trained, the accuracies are the same.
expect 0 "${tiny[@]}" --run.dir trained
expect 0 convert trained/network.safetensors network.pt
prints "tensors written to network.pt"
expect 0 "${tiny[@]}" --model.weights network.pt --run.dir taken
prints "of network.pt (PyTorch), not trained"
cmp trained/network.npz taken/network.npz || fail "the network is another one"
for name in test/accuracy masks/square/task/accuracy; do
  grep -F "\"$name\"" trained/results.json >there
  grep -F "\"$name\"" taken/results.json >here
  cmp there here || fail "$name is another one"
done
grep -q '"train/samples": 0.0' taken/results.json || fail "something was trained"
grep -q '^weights_hash = "[0-9a-f]\{16\}"' taken/config.toml || fail "the content is not noted"

# A finished run is shown, also without the file; a changed file is not the same run.
mv network.pt elsewhere.pt
expect 0 resume taken
expect 0 "${tiny[@]}" --model.weights elsewhere.pt --run.dir taken
cp trained/network.npz elsewhere.pt
expect 2 "${tiny[@]}" --model.weights elsewhere.pt --run.dir taken
one_error "model.weights_hash"
expect 2 "${tiny[@]}" --config taken/config.toml --model.weights elsewhere.pt --run.dir other
one_error "is another one, or was changed since"

# Names that differ by one rule; the error proposes it.
expect 0 convert trained/network.safetensors renamed.pt --model.rename 's/^/net./'
expect 1 "${tiny[@]}" --model.weights renamed.pt --run.dir renamed
one_error "would fit with --model.rename 's/^net\\.//'"
says "missing: "
[ ! -e renamed ] || fail "a refused run leaves a folder"
expect 0 "${tiny[@]}" --model.weights renamed.pt --model.rename 's/^net\.//' --run.dir renamed
cmp trained/network.npz renamed/network.npz || fail "the renamed network is another one"
expect 2 "${tiny[@]}" --model.weights renamed.pt --model.rename 's/^net' --run.dir bad
one_error "lacks a '/'"
expect 1 "${tiny[@]}" --model.weights "$data/state_dict.pt" --run.dir bad
one_error "do not fit the model; missing: "
says " more; unexpected: conv.weight"
expect 2 "${tiny[@]}" --model.weights nowhere.pt --run.dir bad
one_error "option 'model.weights': cannot read 'nowhere.pt'"
expect 2 "${tiny[@]}" --model.finetune true --run.dir bad
one_error "'model.finetune' is about a file"

# Train further; go under a mask of an earlier run; hand it over with its mask.
expect 0 "${tiny[@]}" --model.weights renamed.pt --model.rename 's/^net\.//' --model.finetune true \
  --run.dir further
prints "trained further"
grep -q '"train/samples": 64.0' further/results.json || fail "nothing was trained"
! cmp -s trained/network.npz further/network.npz || fail "training changed nothing"
expect 0 "${tiny[@]}" --model.weights trained/network.safetensors \
  --model.mask trained/masks/square.npz --run.dir masked
expect 0 inspect trained/network.npz --model.mask trained/masks/square.npz
head -1 out >head
expect 0 inspect masked/network.npz
[ "$(sed 's/.*numbers/numbers/' head)" = "$(head -1 out | sed 's/.*numbers/numbers/')" ] ||
  fail "the mask is not in the network"
expect 0 convert trained/network.npz pruned.pt --model.mask trained/masks/square.npz
expect 0 inspect pruned.pt
prints "pruned: "

# What is written opens in Python with equal values.
python=/usr/bin/python3
if ! $python -c 'import torch' 2>/dev/null; then
  echo "left out: $python has no torch (Debian: python3-torch), so what it reads is not checked"
  exit 0
fi
$python - <<'PYTHON' || fail "Python reads something else"
import numpy
import torch
from torch.nn.utils import prune

network = dict(numpy.load("trained/network.npz"))
state = torch.load("renamed.pt", weights_only=True)
assert type(state) is dict
assert sorted(state) == sorted("net." + name for name in network)
for name, value in network.items():
    read = state["net." + name].numpy()
    assert read.dtype == value.dtype and numpy.array_equal(read, value), name

pruned = torch.load("pruned.pt")
masks = dict(numpy.load("trained/masks/square.npz"))
for name, bits in masks.items():
    assert numpy.array_equal(pruned[name + "_orig"].numpy(), network[name]), name
    assert numpy.array_equal(pruned[name + "_mask"].numpy(), bits), name
weight = next(name for name in masks if name.endswith(".weight") and masks[name].ndim == 2)
layer = torch.nn.Linear(masks[weight].shape[1], masks[weight].shape[0], bias=False)
prune.identity(layer, "weight")
layer.load_state_dict({"weight" + end: pruned[weight + end] for end in ("_orig", "_mask")})
layer(torch.ones(1, masks[weight].shape[1]))  # computes weight from the two
assert numpy.array_equal(layer.weight.detach().numpy(), network[weight] * masks[weight])
PYTHON
