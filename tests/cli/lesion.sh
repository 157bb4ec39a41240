#!/bin/bash
# Lesions of clusters: found anew or taken from a run of spectral, the same on any threads, bad input.
. "$(dirname "$0")/helpers.bash"

scalar() { # scalar FOLDER NAME
  grep -o "\"$2\": *[-0-9.e+]*" "$1/results.json" | head -1 | sed 's/.*: *//'
}
net=(--model mlp --model.hidden 24,20)
data=(--dataset add_mul --dataset.digits 1 --dataset.train 4000 --dataset.validation 100
  --dataset.test 300 --train.epochs 2)
lesion() { # lesion FOLDER OPTIONS...
  local folder=$1
  shift
  expect 0 --method lesion "${net[@]}" "${data[@]}" --run.dir "$folder" --quiet "$@"
}

lesion one --run.threads 1
lesion two --run.threads 2
for table in lesions lesion_draws lesion_evidence lesion_parts hypotheses; do
  cmp one/tables/$table.csv two/tables/$table.csv || fail "$table depends on threads"
done
lesion few --run.threads 1 --method.at_once 3
cmp one/tables/lesions.csv few/tables/lesions.csv || fail "depends on how many run at once"
head -1 one/tables/lesions.csv | grep -q '^layer,label,diff,corrected_pvalue,label_in_layer_proportion,true,taxonomy,mean,std,z_score,n_layer_label,' ||
  fail "columns of lesions.csv"
[ "$(cut -d, -f1 one/tables/lesions.csv | sort -u | grep -v layer$ | wc -l)" = 2 ] || fail "not the two hidden layers"
[ "$(wc -l <one/tables/hypotheses.csv)" = 5 ] || fail "not two hypotheses, with and without ties"
for name in importance/fisher_p importance/fisher_p_tied coherence/fisher_p importance/effect whole/accuracy; do
  [ -n "$(scalar one $name)" ] || fail "no $name"
done
[ "$(scalar one whole/accuracy)" = "$(scalar one test/accuracy)" ] || fail "another accuracy than the network's"
grep -q "The whole network has an accuracy of" one/summary.txt || fail "no words"

# Pairs.
for threads in 1 2; do
  lesion doubles$threads --run.threads $threads --method.doubles true --method.controls 6 --method.small 0
done
for table in double_lesions conditional_lesions interactions dependencies; do
  cmp doubles1/tables/$table.csv doubles2/tables/$table.csv || fail "$table depends on threads"
done
single=$(($(wc -l <doubles1/tables/lesions.csv) - 1))
[ "$(wc -l <doubles1/tables/double_lesions.csv)" = $((single * (single - 1) / 2 + 1)) ] || fail "not all pairs"
[ "$(wc -l <doubles1/tables/conditional_lesions.csv)" = $((single * (single - 1) + 1)) ] || fail "not both ways"
[ "$(wc -l <doubles1/tables/interactions.csv)" = $((single + 1)) ] || fail "no square matrix"
grep -q "pairs of sub-clusters" doubles1/summary.txt || fail "no words about pairs"

head -1 doubles1/tables/weight_paths.csv | grep -q '^x_layer,x_label,y_layer,y_label,weight,score,normalised,edge,type,agrees$' ||
  fail "columns of weight_paths.csv"
cmp doubles1/tables/weight_paths.csv doubles2/tables/weight_paths.csv || fail "weight_paths depends on threads"
head -1 one/tables/lesions.csv | grep -q ',damage,inbound,inbound_mean,outbound,outbound_mean,cluster$' ||
  fail "no weights of sub-clusters"
head -1 one/tables/lesion_draws.csv | grep -q '^layer,label,draw,true,inbound,outbound$' || fail "no weights of controls"

# Without the weights inside of clusters, whatever the threads and however many at once.
lesion ablated1 --run.threads 1 --method.ablate true --method.controls 5
lesion ablated2 --run.threads 2 --method.ablate true --method.controls 5 --method.at_once 3
for table in ablations ablation_draws; do
  cmp ablated1/tables/$table.csv ablated2/tables/$table.csv || fail "$table depends on threads"
done
grep -q "^0,all," ablated1/tables/ablations.csv || fail "no ablation of all samples"
grep -q "^0,mul," ablated1/tables/ablations.csv || fail "no ablation of a group of samples"
grep -q "Without the weights inside of one of 3 clusters" ablated1/summary.txt || fail "no words about ablations"
[ "$(wc -l <ablated1/tables/ablation_draws.csv)" = $((4 * 3 * 5 + 1)) ] || fail "not all controls"
lesion last --run.threads 1 --method.ablate true --method.ablate_last true --method.controls 5
cmp -s ablated1/tables/ablations.csv last/tables/ablations.csv && fail "ablate_last does nothing"

# Masks of tasks: beside clusters, and as clusters.
expect 0 --method diffmask --model.weights one/network.safetensors "${net[@]}" "${data[@]}" --method.steps 60 \
  --method.alpha 1e-4 --method.lr 0.1 --method.mask_unit unit --method.exclude 'layers.2.*' --run.dir masks --quiet
stored=(--model.weights one/network.safetensors)
lesion with_masks "${stored[@]}" --method.masks masks
[ "$(cut -d, -f1 with_masks/tables/masks_clusters.csv | sort -u | tr '\n' ' ')" = "add mask mul " ] || fail "not the masks of tasks"
[ "$(wc -l <with_masks/tables/masks_clusters.csv)" = 9 ] || fail "not two masks and four clusters"
for name in masks_clusters/iou masks_clusters/iou_chance masks_clusters/fisher_p; do
  [ -n "$(scalar with_masks $name)" ] || fail "no $name"
done
lesion files "${stored[@]}" --method.masks "control=masks/masks/control.npz,add=masks/masks/add.npz,mul=masks/masks/mul.npz"
cmp with_masks/tables/masks_clusters.csv files/tables/masks_clusters.csv || fail "other masks from files"
for mask in add mul; do # two halves of the hidden units; no clusters where masks keep the same
  quiet python3 - "$mask.npz" "$mask" <<'PYTHON'
import struct, sys, zipfile
def npy(rows, columns, keep):
    shape = f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({rows}, {columns}), }}"
    head = shape.ljust(117) + "\n"
    bits = bytes(int(keep(r, c)) for r in range(rows) for c in range(columns))
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + bits
first = sys.argv[2] == "add"
with zipfile.ZipFile(sys.argv[1], "w") as file:
    file.writestr("layers.0.weight.npy", npy(24, 22, lambda r, c: (r < 10) == first))
    file.writestr("layers.1.weight.npy", npy(20, 24, lambda r, c: (r < 10) == first and (c < 10) == first))
PYTHON
done
mkdir halves
mv add.npz mul.npz halves
lesion tasks "${stored[@]}" --method.labels halves
[ "$(cut -d, -f1,18,11 tasks/tables/lesions.csv | sed 1d | tr '\n' ' ')" = \
  "layers.0,10,add layers.0,14,mul layers.1,10,add layers.1,10,mul " ] || fail "not the units of each mask"
grep -q "^layers.0 *add " tasks/summary.txt || fail "no names of tasks in the summary"
expect 2 --method lesion "${net[@]}" "${data[@]}" --method.masks one --run.dir none
one_error "the run has no folder 'one/masks'"
expect 2 --method lesion "${net[@]}" "${data[@]}" "${stored[@]}" --method.masks masks/masks/control.npz,masks/masks/control.npz --run.dir none
one_error "two masks are called 'control'"
expect 2 --method lesion "${net[@]}" "${data[@]}" "${stored[@]}" --method.masks masks/masks/control.npz --run.dir none
one_error "there is no mask of a task"

# The same clusters from files, and those of spectral.
for labels in one one/labels.npz one/labels.safetensors; do
  lesion "of_${labels//\//_}" --run.threads 1 --method.labels "$labels"
  cmp one/tables/lesions.csv "of_${labels//\//_}/tables/lesions.csv" || fail "other lesions from $labels"
done
expect 0 --method spectral "${net[@]}" "${data[@]}" --method.shuffles 0 --run.dir clusters --quiet
lesion of_spectral --method.labels clusters --method.controls 4
cmp clusters/labels.npz of_spectral/labels.npz || fail "other clusters than those of spectral"

# Bad input.
expect 1 --method lesion "${net[@]}" "${data[@]}" --method.labels missing.npz --run.dir none
one_error "there is no file 'missing.npz'"
echo nonsense >bad.npz
expect 1 --method lesion "${net[@]}" "${data[@]}" --method.labels bad.npz --run.dir none
one_error "bad.npz"
echo nonsense >bad.safetensors
expect 1 --method lesion "${net[@]}" "${data[@]}" --method.labels bad.safetensors --run.dir none
one_error "bad.safetensors"
expect 2 --method lesion --model mlp --model.hidden 24,21 "${data[@]}" --method.labels one/labels.npz --run.dir none
one_error "20 units, and layer 'layers.1' has 21"
expect 2 --method lesion --model mlp --model.hidden 24 "${data[@]}" --method.labels one/labels.npz --run.dir none
one_error "the network has units in 3"
expect 2 --method lesion "${net[@]}" "${data[@]}" --dataset.test 0 --run.dir none
one_error "needs test samples"
expect 2 --method lesion "${net[@]}" "${data[@]}" --method.clusters 500 --run.dir none
one_error "500"
expect 2 --method lesion "${net[@]}" "${data[@]}" --method.clusters 3 --method.labels one --run.dir none
one_error "exclude each other"
expect 2 --method lesion "${net[@]}" "${data[@]}" --method.controls 0 --run.dir none
one_error "method.controls"
[ ! -e none ] || fail "a refused run left a folder"
