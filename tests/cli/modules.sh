#!/bin/bash
# Modules of pruned networks: of arrays alone, of a trained network, on any model; bad input.
. "$(dirname "$0")/helpers.bash"

scalar() { # scalar FOLDER NAME
  grep -o "\"$2\": *[-0-9.e+]*" "$1/results.json" | head -1 | sed 's/.*: *//'
}

# Two networks side by side: 4-4-4 units, halves that never meet.
python3 - <<'P' || fail "no network"
import struct, zipfile
def npy(shape, values):
    head = "{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }" % ', '.join(map(str, shape))
    head += ' ' * (63 - (10 + len(head)) % 64) + '\n'
    return b'\x93NUMPY\x01\x00' + struct.pack('<H', len(head)) + head.encode() + struct.pack('<%df' % len(values), *values)
half = [1, 1, 0, 0] * 2 + [0, 0, 1, 1] * 2
with zipfile.ZipFile('net.npz', 'w') as out:
    out.writestr('W0.npy', npy((4, 4), half))
    out.writestr('W1.npy', npy((4, 4), half))
    out.writestr('mask1.npy', npy((4, 4), [1] * 16))
with zipfile.ZipFile('none.npz', 'w') as out:
    out.writestr('W0.npy', npy((4, 4), half))
    out.writestr('W1.npy', npy((4, 4), [0] * 16))
with zipfile.ZipFile('other_mask.npz', 'w') as out:
    out.writestr('W0.npy', npy((4, 4), half))
    out.writestr('mask0.npy', npy((4, 3), [1] * 12))
P
expect 0 --method modules --model.weights net.npz --run.dir halves --method.wirings 20
[ "$(scalar halves modules)" = 2.0 ] || fail "not two modules"
[ "$(scalar halves inside)" = 1.0 ] || fail "edges between the halves"
grep -q "2 modules of 12 live units" halves/summary.txt || fail "no words"
[ "$(wc -l <halves/tables/hierarchy.csv)" = 1 ] || fail "modules feed each other"
grep -q "</svg>" halves/modules.svg && grep -q "</svg>" halves/hierarchy.svg || fail "no pictures"
expect 0 inspect halves/modules.npz
for word in clusters0 modules2; do grep -q $word out || fail "no $word"; done

# Beside functions whose parts are known: [4,2,4] has these halves.
expect 0 --method modules --model.weights net.npz --dataset boolean --run.dir known --method.wirings 2
for name in success success/inputs success/outputs success/hidden; do
  [ "$(scalar known $name)" = 1.0 ] || fail "no $name"
done
[ "$(scalar known products/other)" = 0.0 ] || fail "products along paths that do not exist"
[ "$(wc -l <known/tables/edge_products.csv)" = 17 ] || fail "not a product for each input and output"
grep -q "^layers.0,3,2,4" known/tables/carriers.csv || fail "no carriers"
expect 0 --method modules --model.weights net.npz --dataset boolean --dataset.graph 4,1,4 --run.dir other --method.wirings 2
[ "$(scalar other success)" = 0.0 ] || fail "two modules are no success where there is one"
grep -q "asks more of this function graph: other inputs, outputs, hidden layers" other/summary.txt || fail "no words of what is missing"
expect 0 --method modules --model.weights net.npz --method.linkage ward --method.distance euclidean \
  --method.criterion silhouette --method.wirings 2 --run.dir ward
cmp ward/modules.npz halves/modules.npz || fail "other modules by silhouette"

net=(--model mlp --model.hidden 24,20 --dataset add_mul --dataset.digits 1 --dataset.train 2000
  --dataset.validation 100 --dataset.test 200 --train.epochs 4)
for threads in 1 2; do
  expect 0 --method modules "${net[@]}" --train.prune polynomial --run.dir of$threads --run.threads $threads \
    --method.wirings 5 --quiet
done
for file in modules.npz modules.svg tables/modules.csv tables/layers.csv; do
  cmp of1/$file of2/$file || fail "$file depends on threads"
done
expect 0 --method modules "${net[@]}" --method.density 0.05 --method.direction both --method.weighted true \
  --method.wirings 2 --run.dir largest --quiet
# Answers that a decoder reads are left out; layers differ in scale.
expect 0 --method modules --model transformer --model.features 8 --model.heads 2 --model.encoder_layers 1 --model.decoder_layers 1 \
  --model.feedforward 8 --dataset scan --train.steps 2 --dataset.train 100 --method.density 0.3 --method.density_of layer --method.wirings 1 --run.dir decoder --quiet
# Modules are clusters to others.
expect 0 --method lesion "${net[@]}" --train.prune polynomial --method.labels of1 --method.controls 2 --run.dir lesions --quiet

# Bad input.
expect 1 --method modules --model.weights none.npz --run.dir none
says "no path of edges"
expect 2 --method modules --model.weights net.npz --method.density 0.1 --method.threshold 0.1 --run.dir none
one_error "both say what an edge is"
expect 2 --method modules --model.weights net.npz --method.density 0 --run.dir none
one_error "leaves no edge"
expect 1 --method modules --model.weights none.npz --run.dir none
says "none of 16 connections of 'layers.0' and 'layers.1' is an edge"
expect 1 --method modules --model.weights other_mask.npz --run.dir none
one_error "array 'mask0' is [4, 3], not [4, 4]"
expect 2 --method modules --model.weights net.npz --method.linkage ward --run.dir none
one_error "ward is of euclidean distances"
expect 2 --method modules --model.weights net.npz --method.distance jaccard --method.weighted true --run.dir none
one_error "changes nothing"
