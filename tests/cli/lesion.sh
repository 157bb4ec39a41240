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
