#!/bin/bash
# A network saved by Python runs with a method without a port.
. "$(dirname "$0")/helpers.bash"
data=$here/../data/torchscript

glyphs=(--dataset glyphs --dataset.side 16 --dataset.channels 1 --dataset.train 64
  --dataset.validation 0 --dataset.test 32 --dataset.tasks ring)
masks=(--method diffmask --method.steps 2 --method.batch_size 16 --method.samples 4
  --method.evaluate_samples 16 --run.threads 1)

# Without a file, and with one that does not fit: one line before anything is computed.
expect 2 "${masks[@]}" "${glyphs[@]}" --model torchscript --run.dir a
one_error "option 'model.file' names no network"
says "torch.jit.script(net).save"
expect 2 "${masks[@]}" "${glyphs[@]}" --model torchscript --model.file "$data/lstm.pt" --run.dir a
one_error "the network does not run on the dataset's input, image [1, 16, 16]"
expect 1 "${masks[@]}" "${glyphs[@]}" --model torchscript --model.file "$data/state_dict.pt" --run.dir a
one_error "holds PyTorch data, no TorchScript network"
head -c 5000 "$data/glyphs.pt" >cut.pt
expect 1 "${masks[@]}" "${glyphs[@]}" --model torchscript --model.file cut.pt --run.dir a
one_error "'cut.pt'"
rm -rf a

# masked FILE FOLDER: masks it, all samples at once and then one pass for each.
masked() {
  expect 0 "${masks[@]}" "${glyphs[@]}" --model torchscript --model.file "$1" --run.dir "$2"
  prints "without_ring"
  [ -s "$2/masks/without_ring.npz" ] || fail "no mask"
  expect 0 "${masks[@]}" "${glyphs[@]}" --model torchscript --model.file "$1" --run.dir "$2.passes" \
    --model.batching passes
  says "one pass for each mask sample: as asked by model.batching"
  grep -q '"notes"' "$2.passes/results.json" || fail "the note is not in results.json"
}
masked "$data/glyphs.pt" saved
if grep -q '"notes"' saved/results.json; then fail "something did not run at once"; fi

# The weights are those of the file, and another training begins with them.
expect 0 "${masks[@]}" "${glyphs[@]}" --model torchscript --model.file "$data/glyphs.pt" \
  --train.epochs 1 --train.batch_size 16 --run.dir trained
cmp -s saved/network.npz trained/network.npz && fail "the network was not trained further"

# Saved here and now, where Debian's python3-torch is installed.
for python in python3 /usr/bin/python3; do
  "$python" -c 'import torch' 2>/dev/null || continue
  "$python" - >/dev/null 2>&1 <<'PYTHON' || fail "Python could not save the networks"
import torch
import torch.nn as nn


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 1)
        self.head = nn.Linear(16, 10)

    def forward(self, x):
        return self.head(self.encoder(x.flatten(1, 2)).mean(1))


class Steps(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(16, 12)
        self.head = nn.Linear(12, 10)

    def forward(self, x):
        y, _ = self.rnn(x[:, 0].transpose(0, 1))
        return self.head(y[-1])


torch.manual_seed(1)
for name, net in (("encoder", Encoder()), ("steps", Steps())):
    torch.jit.script(net).save(name + ".pt")
    torch.jit.trace(net.eval(), torch.randn(2, 1, 16, 16)).save(name + "_traced.pt")
PYTHON
  for name in encoder steps encoder_traced steps_traced; do masked "$name.pt" "$name"; done
  break
done
