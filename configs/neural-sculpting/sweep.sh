#!/bin/bash
# All networks of one function graph, each with the settings that the study has for it, and how many of
# them have the modules of the function:
#   configs/neural-sculpting/sweep.sh GRAPH [RUNS_FOLDER [OPTIONS...]]
#   configs/neural-sculpting/sweep.sh 4,2,4 runs/neural-sculpting --run.threads 1
# GRAPH is one of the first column of hyperparameters.csv; each row with it is a run, in the folder
# RUNS_FOLDER/GRAPH/HIDDEN. What is finished is not done again, what was stopped goes on. The program is
# $MODHOST, or else modhost; the table and the configs are those in $STUDY, or else beside this script:
#   STUDY=configs/neural-sculpting/quick configs/neural-sculpting/sweep.sh 1568,2,3,3
set -eu

study=${STUDY:-$(dirname "$(realpath "$0")")}
modhost=${MODHOST:-modhost}
graph=${1-}
runs=${2-runs/neural-sculpting}
shift $(($# < 2 ? $# : 2))

# Lists are in quotes: graph and hidden are the 2nd and the 4th piece, all else the 5th.
rows=$(awk -F'"' -v graph="$graph" 'NR > 1 && $2 == graph { gsub(",", " ", $5); print $4 $5 }' \
  "$study/hyperparameters.csv")
if [ -z "$rows" ]; then
  known=$(awk -F'"' 'NR > 1 && !seen[$2]++ { printf " %s", $2 }' "$study/hyperparameters.csv")
  echo "sweep.sh: graph '$graph' is not in hyperparameters.csv; there are:$known" >&2
  exit 2
fi
if ! command -v "$modhost" >/dev/null; then
  echo "sweep.sh: no program '$modhost'; say where it is: MODHOST=build/release/bin/modhost $0 $graph" >&2
  exit 2
fi

tables=() # with the number of hidden layers before each, as awk takes it
while read -r hidden lr batch epochs experiment; do
  folder=$runs/${graph//,/-}/${hidden//,/-}
  commas=${hidden//[^,]/}
  tables+=("layers=$((${#commas} + 1))" "$folder/tables/winners.csv")
  if grep -qsF '"status": "finished"' "$folder/results.json"; then continue; fi
  echo "$folder" >&2
  data=(--dataset.graph "$graph")
  case $experiment in mnist-*) data=() ;; esac
  "$modhost" --config "$study/$experiment.toml" "${data[@]}" --model.hidden "$hidden" --train.lr "$lr" \
    --train.batch_size "$batch" --train.epochs "$epochs" --run.dir "$folder" --quiet "$@" \
    >/dev/null </dev/null
done <<<"$rows"

echo "graph $graph: share of the networks whose modules are as the functions have them, by the first of"
echo "their sparsest prunings, by the mean over all that are as sparse, and by the best of these"
exec awk -F'"' '
FNR == 1 {
  run++
  if ($0 !~ /,modules,success,inputs,outputs,hidden,middle,/) {
    print "sweep.sh: other columns than expected in " FILENAME > "/dev/stderr"
    exit failed = 1
  }
  next
}
{
  split($1, head, ",")
  split($3, part, ",")  # behind the modules: success, inputs, outputs, hidden, middle
  network = run " " head[1]
  if (!(network in depth)) order[++networks] = network
  first = ++rows[network] == 1
  depth[network] = layers
  if (layers > deepest) deepest = layers
  but_outputs = part[3] == 1 && part[5] != "0" && part[6] != "0"
  for (k = 1; k <= 6; k++) {
    value = k == 6 ? but_outputs : part[k + 1]
    if (value != "") asked[k] = 1  # empty: nothing is asked, or this network could not be pruned
    sum[network, k] += value
    if (first) of_first[network, k] = value + 0
    if (value + 0 > of_best[network, k] + 0) of_best[network, k] = value + 0
  }
}
function within(n, layers) { return layers == "any" || depth[order[n]] == layers }
function line(what, layers, count, by,   k, n, total) {
  printf "%s  %-5s", what, by
  for (k = 1; k <= 6; k++) {
    total = 0
    for (n = 1; n <= networks; n++) {
      if (!within(n, layers)) continue
      if (by == "first") total += of_first[order[n], k]
      else if (by == "best") total += of_best[order[n], k]
      else total += sum[order[n], k] / rows[order[n]]
    }
    printf k == 6 ? "  %15s" : "  %7s", asked[k] ? sprintf("%.2f", total / count) : "-"
  }
  print ""
}
function both(layers,   n, count, tied) {
  count = tied = 0
  for (n = 1; n <= networks; n++) {
    if (!within(n, layers)) continue
    count++
    if (rows[order[n]] > 1) tied++
  }
  if (count == 0) return
  line(sprintf("%13s  %8d  %4d", layers, count, tied), layers, count, "first")
  line(sprintf("%13s  %8s  %4s", "", "", ""), layers, count, "all")
  line(sprintf("%13s  %8s  %4s", "", "", ""), layers, count, "best")
}
END {
  if (failed) exit 1
  print "hidden layers  networks  tied  by     success   inputs  outputs   hidden   middle  all but outputs"
  for (layers = 1; layers <= deepest; layers++) both(layers)
  both("any")
}' "${tables[@]}"
