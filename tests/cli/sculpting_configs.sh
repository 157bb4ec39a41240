#!/bin/bash
# The configs of the study of pruned networks: each runs to the end when made small, and so does its quick
# variant; the table of settings fits the configs and the data; the sweep over it counts what succeeds.
. "$(dirname "$0")/helpers.bash"
study=$here/../../configs/neural-sculpting
settings=$study/hyperparameters.csv

# value FILE KEY: of a config, lists as the command line takes them.
value() { awk -F' = ' -v key="$2" '$1 == key { sub(/ +#.*/, "", $2); gsub(/[][" ]/, "", $2); print $2 }' "$1"; }

row() { # row CONFIG: its line in the table, where it has one
  local graph
  case $1 in
    *mnist-two-digits*) graph=1568,2,20 ;;
    *mnist-hierarchical*) graph=1568,2,3,3 ;;
    *) graph=$(value "$1" graph) ;;
  esac
  echo "\"$graph\",\"$(value "$1" hidden)\",$(value "$1" lr | sed 's/1e-3/0.001/'),$(value "$1" batch_size),$(value "$1" epochs),$(basename "$1" .toml)"
}

found=0
for config in "$study"/*.toml "$study"/quick/*.toml; do
  name=${config#"$study"/}
  case $name in smoke*) continue ;; esac
  found=$((found + 1))
  grep -qF "\`$(basename "$name")\`" "$study/README.md" || fail "README: no $name"
  [ -e "$study/quick/$(basename "$name")" ] || fail "$name has no quick variant"
  [ -e "$study/$(basename "$name")" ] || fail "$name is a variant of nothing"
  smoke=smoke
  case $name in *mnist*) smoke=smoke_mnist ;; esac
  expect 0 --config "$config" --config "$study/$smoke.toml" --run.dir "run_${name//\//_}"
  grep -q '"status": "finished"' "run_${name//\//_}/results.json" || fail "$name does not finish"
  grep -qxF 'name = "sculpt"' "$config" || fail "$name: other method"
  case $name in quick/mnist*) continue ;; esac
  grep -qxF "$(row "$config")" "$settings" || fail "$name has settings that are not in the table: $(row "$config")"
done
[ "$found" -eq 18 ] || fail "$found configs instead of 18"
awk -F, 'NR > 1 { n++ } END { exit n != 2 }' run_input-separable.toml/tables/networks_pruned.csv ||
  fail "smoke.toml: not two networks"

# The study's 361 architectures on Boolean functions and 21 on digits.
[ "$(head -1 "$settings")" = graph,hidden,lr,batch_size,epochs,experiment ] || fail "other columns"
number='[0-9]+(\.[0-9]+)?'
if tail -n +2 "$settings" | grep -vE "^\"[0-9,]+\",\"[0-9,]+\",$number,[0-9]+,[0-9]+,[a-z-]+$"; then fail "not a row"; fi
[ "$(grep -c ',mnist-' "$settings")" -eq 21 ] || fail "not 21 networks for digits"
[ "$(tail -n +2 "$settings" | cut -d'"' -f 2,4 | sort -u | wc -l)" -eq 382 ] || fail "not 382 networks, each once"
while read -r experiment; do
  [ -e "$study/$experiment.toml" ] || fail "no config '$experiment'"
done < <(tail -n +2 "$settings" | sed 's/.*,//' | sort -u)
expect 0 info boolean # names its graphs, those of several sizes as 8,2,N
tr -s ' \n' '  ' <out >known
grep -qF 'N of 2, 4, 8, 12, 16 outputs' known || fail "boolean has other sizes"
graphs=0
while read -r graph; do
  graphs=$((graphs + 1))
  family=$(sed -E 's/,(2|4|8|12|16)$/,N/' <<<"$graph")
  grep -qE "[; ](${graph}|${family})[;. ]" known || fail "boolean knows no $graph"
done < <(tail -n +2 "$settings" | grep -v ',mnist-' | cut -d'"' -f 2 | sort -u)
[ "$graphs" -eq 38 ] || fail "$graphs function graphs instead of 38"

# The sweep, over a network that is pruned in one way and one that cannot be pruned.
mkdir small
cp "$study"/{sweep.sh,input-separable.toml} small
{
  head -1 "$settings"
  echo '"4,2,4","16",0.05,8,15,input-separable'
  echo '"4,2,4","8,8",0.05,8,1,input-separable'
  echo '"4,1,4","8",0.05,8,1,non-modular'
} >small/hyperparameters.csv
sweep() { MODHOST=$modhost small/sweep.sh "$@" >out 2>err; }
few=(--train.seeds 2 --method.unit_gradients 50 --method.edge_gradients 2.5 --method.wirings 0 --run.threads 1)
sweep 4,2,4 sweeps "${few[@]}" || fail "sweep.sh"
[ "$(paste -sd ' ' err)" = "sweeps/4-2-4/16 sweeps/4-2-4/8-8" ] || fail "sweep.sh: other runs"
for setting in 'hidden = [8, 8]' 'batch_size = 8' 'epochs = 1' 'lr = 0.05' 'graph = [4, 2, 4]'; do
  grep -qxF "$setting" sweeps/4-2-4/8-8/config.toml || fail "not its settings: $setting"
done
grep -qE '^ +2 +2 +0 +first +0.00 +0.00 +0.00 ' out || fail "not two networks that cannot be pruned"
mv out first
sweep 4,2,4 sweeps "${few[@]}" || fail "sweep.sh again"
[ ! -s err ] || fail "sweep.sh does again what is finished"
diff first out || fail "the second sweep counts otherwise"
STUDY=small MODHOST=$modhost "$study/sweep.sh" 4,2,4 sweeps >out 2>err || fail "sweep.sh with another table"
[ ! -s err ] || fail "sweep.sh reads its own table instead"
diff first out || fail "another sweep.sh counts otherwise"
while IFS=, read -r row; do
  [ -e "$study/quick/${row##*,}.toml" ] || fail "no quick config for $row"
done < <(tail -n +2 "$study/quick/hyperparameters.csv")

# What it counts, by hand. One layer: network 0 succeeds, network 1 does by 1 of 2 as sparse, not by the first:
# 1/2 and 3/4. Two layers: one network, which could not be pruned, and one where all but the outputs is found.
made() { # made HIDDEN: a finished run with the rows of stdin
  mkdir -p "made/4-2-4/$1/tables"
  echo '  "status": "finished"' >"made/4-2-4/$1/results.json"
  {
    echo network,unit_gradient,edge_gradient,weights,live_units,accuracy,modules,success,inputs,outputs,hidden,middle,same_graph_as_first
    cat
  } >"made/4-2-4/$1/tables/winners.csv"
}
made 16 <<'END'
0,70,2.5,16,4,1,"2,2,2",1,1,1,1,,1
1,70,2.5,16,4,1,"2,2,1",0,1,0,1,,1
1,65,2.5,16,4,1,"2,2,2",1,1,1,1,,0
END
made 8-8 <<'END'
0,70,2.5,192,24,0.8,"1,1,1,1",,,,,,1
5,70,2.5,16,4,1,"2,2,1,1",0,1,0,1,1,1
END
sweep 4,2,4 made || fail "sweep.sh over finished runs"
tail -n +3 out | sed 's/ \+/ /g; s/^ //' >counted
diff - counted <<'END' || fail "sweep.sh counts otherwise"
hidden layers networks tied by success inputs outputs hidden middle all but outputs
1 2 1 first 0.50 1.00 0.50 1.00 0.00 1.00
all 0.75 1.00 0.75 1.00 0.00 1.00
best 1.00 1.00 1.00 1.00 0.00 1.00
2 2 0 first 0.00 0.50 0.00 0.50 0.50 0.50
all 0.00 0.50 0.00 0.50 0.50 0.50
best 0.00 0.50 0.00 0.50 0.50 0.50
any 4 1 first 0.25 0.75 0.25 0.75 0.25 0.75
all 0.38 0.75 0.38 0.75 0.25 0.75
best 0.50 0.75 0.50 0.75 0.25 0.75
END
sed -i 's/,success,/,found,/' made/4-2-4/8-8/tables/winners.csv
if sweep 4,2,4 made; then fail "sweep.sh reads any table"; fi
grep -qF "other columns than expected in made/4-2-4/8-8/tables/winners.csv" err || fail "which table?"

if sweep 4,2,5; then fail "sweep.sh takes any graph"; fi
one_error "sweep.sh: graph '4,2,5' is not in hyperparameters.csv; there are: 4,2,4 4,1,4"
if MODHOST=nowhere small/sweep.sh 4,2,4 >out 2>err; then fail "sweep.sh without a program"; fi
one_error "sweep.sh: no program 'nowhere'"
