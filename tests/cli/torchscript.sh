#!/bin/bash
# A network saved by Python runs with a method without a port.
. "$(dirname "$0")/helpers.bash"
. "$here/torchscript.bash"
checked=$here/../../plugins/models/torchscript/check

# Without a file, and with one that does not fit: one line before anything is computed.
expect 2 "${script[@]}" --run.dir a
one_error "option 'model.file' names no network"
says "torch.jit.script(net).save"
expect 2 "${script[@]}" --model.file "$checked/lstm.pt" --run.dir a
one_error "the network does not run on the dataset's input, image [1, 16, 16]"
expect 1 "${script[@]}" --model.file "$data/state_dict.pt" --run.dir a
one_error "holds PyTorch data, no TorchScript network"
expect 1 "${script[@]}" --model.file "$data/frozen.pt" --run.dir a
one_error "a network that was frozen keeps its weights in its program"
head -c 5000 "$data/glyphs.pt" >cut.pt
expect 1 "${script[@]}" --model.file cut.pt --run.dir a
one_error "'cut.pt'"
rm -rf a

# All mask samples at once, and one pass for each, which is said.
masked "$data/glyphs.pt" saved
if grep -q '"notes"' saved/results.json; then fail "something did not run at once"; fi
masked "$data/glyphs.pt" passes --model.batching passes
says "one pass for each mask sample: as asked by model.batching"
grep -q '"notes"' passes/results.json || fail "the note is not in results.json"

# The weights are those of the file, and training begins with them.
expect 0 "${script[@]}" --model.file "$data/glyphs.pt" --train.epochs 1 --train.batch_size 16 \
  --run.dir trained
[ -s trained/network.safetensors ] || fail "the run has no weights"
! cmp -s saved/network.safetensors trained/network.safetensors || fail "nothing was trained"
