#!/bin/bash
# Pruning of networks: units, edges, both, the whole study; other models than MLPs; stops and bad input.
. "$(dirname "$0")/helpers.bash"

scalar() { # scalar FOLDER NAME
  grep -o "\"$2\": *[-0-9.e+]*" "$1/results.json" | head -1 | sed 's/.*: *//'
}

pairs=(--model mlp --dataset boolean --model.hidden 24 --model.init kaiming_normal --train.epochs 15)

expect 0 --method prune_units "${pairs[@]}" --run.dir units
grep -q "% of the weights are pruned" units/summary.txt || fail "no words on what is pruned"
[ "$(scalar units test/accuracy/pruned)" = 1.0 ] || fail "units: answers were lost"
[ "$(head -1 units/tables/trials.csv)" = "stage,network,gradients,trial,target_percent,accuracy,accepted" ] ||
  fail "columns of trials.csv"
expect 0 --method prune_edges "${pairs[@]}" --method.edge_gradients 20 --run.dir edges
[ "$(scalar edges test/accuracy/pruned)" = 1.0 ] || fail "edges: answers were lost"
expect 0 --method prune "${pairs[@]}" --method.edge_gradients 2.5,1 --run.dir both
grep -q "^edges,0,70 1,1," both/tables/trials.csv || fail "the second gradient was not tried"

# The smaller network is one of its own, with the same answers; the masks are those of the pruned one.
left=$(tr '\n' ' ' <both/summary.txt | sed -n 's/.*units that are left: layers.0 \([0-9]*\)\..*/\1/p')
expect 0 --method train --model mlp --dataset boolean --model.hidden "$left" --model.weights both/smaller.npz \
  --run.dir smaller
[ "$(scalar smaller test/accuracy)" = 1.0 ] || fail "the smaller network answers otherwise"
expect 0 --method modules "${pairs[@]:0:6}" --model.weights both/network.npz --model.mask both/masks.npz \
  --run.dir masked --method.wirings 2

# The whole study of two networks, interrupted and gone on with, is that of one go.
study=(--method sculpt "${pairs[@]}" --train.seeds 2 --method.unit_gradients 70,50 --method.edge_gradients 2.5,1
  --method.wirings 3)
expect 0 "${study[@]}" --run.dir whole
[ "$(scalar whole success/first)" = 1.0 ] || fail "the two halves were not found"
for file in tables/winners.csv tables/networks_pruned.csv modules.svg networks/1/smaller.npz; do
  [ -s "whole/$file" ] || fail "no $file"
done
grep -q "Modules as the functions have them: 2 of 2 networks" <(tr '\n' ' ' <whole/summary.txt) ||
  fail "no words on success"
"$modhost" "${study[@]}" --run.dir part >out 2>err &
first=$!
for _ in $(seq 400); do
  [ -z "$(ls part/checkpoints/pruning 2>/dev/null)" ] || break
  sleep 0.01
done
kill -INT "$first" 2>/dev/null || true
code=0
wait "$first" || code=$?
[ "$code" = 130 ] || fail "the study was over before it was interrupted: exit code $code"
expect 0 resume part
for file in tables/trials.csv tables/winners.csv networks/1/pruned.npz; do
  cmp -s "whole/$file" "part/$file" || fail "$file differs after an interruption"
done

# Filters of convolutions, and units of an LSTM.
expect 0 --method prune --model cnn --model.preset free --model.channels 4,6 --dataset glyphs --dataset.train 120 \
  --dataset.validation 40 --dataset.test 40 --train.epochs 1 --method.epochs 1 --method.relative true \
  --method.accuracy 0.7 --method.edge_gradients 30 --run.dir cnn
[ -s cnn/masks.npz ] || fail "no masks of a CNN"
# Two recurrent layers, of as many units each whatever is pruned; and one, which gets smaller.
tuples=(--model rnn --dataset tuple_arithmetic --dataset.train 200 --dataset.validation 50 --dataset.test 50)
unit_pruning=(--method prune_units --train.epochs 1 --method.epochs 1 --method.relative true --method.accuracy 0
  --method.unit_gradients 45)
for layers in 2 1; do
  expect 0 "${unit_pruning[@]}" "${tuples[@]}" --model.hidden 8 --model.layers $layers --run.dir "rnn$layers"
  [ "$(scalar "rnn$layers" pruned)" != 0.0 ] || fail "no unit of $layers recurrent layers was taken out"
done
expect 0 --method train "${tuples[@]}" --model.hidden 8 --model.layers 2 --model.weights rnn2/smaller.safetensors \
  --run.dir small_rnn2
left=$(tr '\n' ' ' <rnn1/summary.txt | sed -n 's/.*units that are left: [^ ]* \([0-9]*\)\..*/\1/p')
[ "$left" -lt 8 ] || fail "one recurrent layer gets no smaller"
expect 0 --method train "${tuples[@]}" --model.hidden "$left" --model.layers 1 --model.weights rnn1/smaller.safetensors \
  --run.dir small_rnn1

# Four hidden layers, and a network of images whose parts are shared.
expect 0 --method sculpt --model mlp --dataset boolean --dataset.graph 8,2,1,2,4 --model.hidden 36,36,36,36 \
  --model.init kaiming_normal --train.lr 0.05 --train.batch_size 64 --train.epochs 30 --method.unit_gradients 50 \
  --method.edge_gradients 2.5 --method.wirings 2 --run.dir deep
grep -q "^layers.3," deep/tables/layers.csv || fail "no fourth layer"
problems=(--model scl --dataset raven --dataset.train 64 --dataset.validation 32 --dataset.test 200)
expect 0 --method prune_units "${problems[@]}" --train.epochs 1 --method.epochs 1 --method.unit_gradients 40 \
  --method.relative true --method.accuracy 0.3 --run.dir scl
[ -s scl/masks.npz ] || fail "no masks of an SCL"
[ "$(scalar scl pruned)" != 0.0 ] || fail "no unit of an SCL was taken out"
# Where each is left: an SCL that is built with as many answers alike.
left() { head -c 9000 scl/smaller.safetensors | grep -ao "\"units $1\":\"[0-9]*\"" | sed 's/.*"\([0-9]*\)"/\1/'; }
grep -qF "units that are left: vision.net.0 $(left vision.net.0)," <(tr '\n' ' ' <scl/summary.txt) ||
  fail "no word of the smaller SCL"
[ "$(left ff_residual.net.0)" = 320 ] || fail "units of a layer normalisation were left out"
expect 0 --method train "${problems[@]}" --model.weights scl/smaller.safetensors --model.attribute_hidden \
  "$(left attr_net.mlp.net.0)" --model.conv_channels "$(left vision.net.0),$(left vision.net.2),$(left vision.net.4),$(left vision.net.6)" \
  --model.relation_hidden "$(left rel_net.net.0),$(left rel_net.net.2)" --model.relations "$(left rel_net.net.4)" --run.dir small_scl
[ "$(scalar small_scl test/accuracy)" = "$(scalar scl test/accuracy/pruned)" ] || fail "the smaller SCL answers otherwise"

# Of networks that were trained together, the one that is asked for.
expect 0 --method prune_edges "${pairs[@]}" --train.epochs 1 --train.seeds 2 --train.network 1 --run.dir second
cmp -s second/pruned.npz second/network.npz || fail "another network than the second was pruned"

# What cannot be pruned says so.
expect 0 --method prune_units "${pairs[@]}" --train.epochs 1 --method.epochs 1 --run.dir nothing
grep -q "^Nothing is pruned: no step kept an accuracy of 100.0 %" nothing/summary.txt || fail "no word of it"
[ "$(scalar nothing pruned)" = 0.0 ] || fail "something was pruned"
expect 2 --method prune_units --model mlp --dataset boolean --model.hidden= --run.dir none
one_error "no hidden ones"
expect 2 --method sculpt "${pairs[@]}" --method.density 0.5 --run.dir none
one_error "sculpt prunes them"
expect 2 --method prune --model mlp --dataset poly --run.dir none
one_error "no right answers"
expect 2 --method prune "${pairs[@]}" --method.unit_gradients 0 --run.dir none
one_error "method.unit_gradients"
