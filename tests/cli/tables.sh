#!/bin/bash
# Tables of many runs in one workbook, read back by Python's standard library, and in one CSV file.
. "$(dirname "$0")/helpers.bash"

book() { # book VERB FILE...
  python3 "$here/workbook.py" "$@" >out 2>err || fail "workbook.py $*"
}
cases=$here/../data/clusterability
stored() { # stored FOLDER NAME OPTIONS...
  local folder=$1 name=$2
  shift 2
  expect 0 --method spectral --model.weights "$cases/$name.npz" --method.clusters 3 --run.dir "$folder" \
    --quiet --run.threads 1 "$@"
}
stored study/net-2 tiny_planted3 --method.shuffles 5 --run.seed 7
stored study/net-10 small_pruned90 --method.shuffles 0
expect 0 --method spectral --model mlp --model.hidden 12,10 --dataset add_mul --dataset.digits 1 \
  --dataset.train 1000 --dataset.validation 100 --dataset.test 100 --train.epochs 1 --train.seeds 2 \
  --train.every_network true --method.shuffles 3 --run.threads 1 --quiet \
  --run.dir "study/a run with [a] name that no spreadsheet takes"

# Everything: a sheet for each run and each of its networks, tables one below the other.
expect 0 tables study --out all.xlsx
prints "all.xlsx: overview, 5 sheets, "
prints "of 3 runs"
nets="study/a run with [a] name that no spreadsheet takes"
book sheets all.xlsx
printf '%s\n' overview 'a run with _a_ name th~et takes' 'a run with ~et takes networks 0' \
  'a run with ~et takes networks 1' net-2 net-10 | cmp - out || fail "other sheets"
book links all.xlsx
prints "A5 'net-2'!A1"
book same all.xlsx net-2 clusters=study/net-2/tables/clusters.csv \
  eigenvalues=study/net-2/tables/eigenvalues.csv null_draws=study/net-2/tables/null_draws.csv \
  nulls=study/net-2/tables/nulls.csv
expect 0 tables study --table overview --out overview.csv
book same all.xlsx overview =overview.csv
[ "$(wc -l <overview.csv)" = 6 ] || fail "not five runs in the overview"
head -1 overview.csv | grep -q '^run,state,method,model,dataset,seed,status,test/accuracy,test/loss,ncut,' ||
  fail "columns of the overview"
grep -q '^net-2,,spectral,arrays,no_data,7,finished,,' overview.csv || fail "net-2 in the overview"

# One table: the header stays in sight; runs without the table have no sheet.
expect 0 tables study/net-10 study/net-2 "$nets" study/net-2 --table nulls --out nulls.xlsx
book sheets nulls.xlsx
printf '%s\n' overview net-2 'a run with ~et takes networks 0' 'a run with ~et takes networks 1' |
  cmp - out || fail "other sheets with nulls"
book same nulls.xlsx net-2 =study/net-2/tables/nulls.csv
book same nulls.xlsx 'a run with ~et takes networks 1' "=$nets/networks/1/tables/nulls.csv"
expect 0 tables study/net-10 study/net-2 "$nets" --table nulls --out again.xlsx
cmp nulls.xlsx again.xlsx || fail "other bytes from the same runs"
expect 0 tables study --table nulls --out nulls.csv --json
prints '"rows":3,'
head -1 nulls.csv | grep -q "^run,state,method,model,dataset,seed,$(head -1 study/net-2/tables/nulls.csv)" ||
  fail "columns of the joined table"
tail -n +2 study/net-2/tables/nulls.csv | while read -r row; do
  grep -qF "net-2,,spectral,arrays,no_data,7,$row" nulls.csv || fail "a row is lost"
done

# A run that is not finished is told of and has no sheet.
cp -r study/net-2 study/stopped
sed -i 's/"status": "finished"/"status": "interrupted"/' study/stopped/results.json
expect 0 tables study --table nulls --out stopped.xlsx
prints "not finished: study/stopped"
book sheets stopped.xlsx
if grep -q stopped out; then fail "a run that is not finished has a sheet"; fi

# Bad input, and nothing half written.
expect 2 tables study --out study.ods
one_error "the ending must be .xlsx or .csv"
expect 2 tables study --out study.csv
one_error "a .csv holds one table, and the runs have"
expect 2 tables study --table nuls --out study.xlsx
one_error "no run has a table 'nuls'; did you mean 'nulls'?"
expect 2 tables nothing --out study.xlsx
one_error "there is no folder 'nothing'"
mkdir empty
expect 2 tables empty --out study.xlsx
one_error "'empty' is no run of modhost and holds none"
expect 1 tables study --out no/where.xlsx
one_error "cannot write 'no/where.xlsx'"
printf '"a\n' >study/stopped/tables/nulls.csv
sed -i 's/"status": "interrupted"/"status": "finished"/' study/stopped/results.json
expect 1 tables study --out study.xlsx
one_error "study/stopped/tables/nulls.csv', line 1: a quote is not closed"
sed -i 's|"tables/nulls.csv"|"../net-2/../../x.csv"|' study/stopped/results.json
expect 1 tables study --out study.xlsx
one_error "lies outside of the run"
echo '{' >study/stopped/results.json
expect 1 tables study --out study.xlsx
one_error "'study/stopped/results.json' is no results.json of modhost"
[ ! -e study.xlsx ] && [ ! -e study.csv ] || fail "a refused command wrote a file"
[ -z "$(find . -name '*.tmp')" ] || fail "a temporary file is left"
