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
P
expect 0 --method modules --model.weights net.npz --run.dir halves --method.wirings 20
[ "$(scalar halves modules)" = 2.0 ] || fail "not two modules"
[ "$(scalar halves inside)" = 1.0 ] || fail "edges between the halves"
grep -q "2 modules of 12 live units" halves/summary.txt || fail "no words"
[ "$(wc -l <halves/tables/hierarchy.csv)" = 1 ] || fail "modules feed each other"
grep -q "</svg>" halves/modules.svg && grep -q "</svg>" halves/hierarchy.svg || fail "no pictures"
expect 0 inspect halves/modules.npz
for word in clusters0 modules2; do grep -q $word out || fail "no $word"; done

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
# Modules are clusters to others.
expect 0 --method lesion "${net[@]}" --train.prune polynomial --method.labels of1 --method.controls 2 --run.dir lesions --quiet

# Bad input.
expect 1 --method modules --model.weights none.npz --run.dir none
says "no path of edges"
expect 2 --method modules --model.weights net.npz --method.density 0.1 --method.threshold 0.1 --run.dir none
one_error "both say what an edge is"
expect 2 --method modules --model.weights net.npz --method.density 0 --run.dir none
one_error "leaves no edge"
