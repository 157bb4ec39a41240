#!/bin/bash
# Whole runs: what they leave, what they refuse, and how they go on.
. "$(dirname "$0")/helpers.bash"
. "$here/tiny.bash"

# objects FILE: every line is a JSON object. Without Python only the braces are looked at.
objects() {
  if ! command -v python3 >/dev/null; then
    if grep -qvE '^\{.*\}$' "$1"; then fail "a line is no JSON object"; fi
    return
  fi
  python3 -c 'import json, sys
for line in open(sys.argv[1], encoding="utf-8"):
    assert isinstance(json.loads(line), dict), line' "$1" || fail "a line is no JSON object"
}

# Values that cannot be are told before anything is computed or written.
expect 2 "${tiny[@]}" --method.alfa 1e-5 --run.dir a
one_error "unknown option 'method.alfa'"
says "did you mean 'method.alpha'?"
expect 2 "${tiny[@]}" --method.steps many --run.dir a
one_error "command line: option 'method.steps' takes integer"
expect 2 "${tiny[@]}" --dataset.side 4000 --run.dir a
one_error "it must be 8 .. 160"
expect 2 "${tiny[@]}" --model sclx --run.dir a
one_error "'--model' is given twice"
expect 2 --method diffmask --model scll --run.dir a
says "did you mean 'scl'?"
[ ! -e a ] || fail "a refused run left a folder"

expect 0 "${tiny[@]}" --run.dir a
prints "Everything lies in a"
for file in config.toml environment.json metrics.jsonl results.json summary.txt; do
  [ -s "a/$file" ] || fail "no $file"
done
grep -q '"status": "finished"' a/results.json || fail "not finished"
grep -q '"test/accuracy"' a/results.json || fail "no accuracy"
[ -z "$(find a -name '*.tmp')" ] || fail "a temporary file was left"
cp -r a before

# A finished run is shown again and not touched; another config is refused.
expect 0 "${tiny[@]}" --run.dir a
says "finished earlier"
expect 0 resume a --quiet
[ ! -s err ] || fail "--quiet is not quiet"
expect 2 "${tiny[@]}" --run.dir a --method.alpha 1e-3
one_error "method.alpha ([1e-05] there, [0.001] here)"
diff -r before a || fail "the finished run was changed"

# --json: every line is an object, the last one the results.
expect 0 "${tiny[@]}" --run.dir a --json
objects out
tail -n 1 out | grep -q '"event":"results"' || fail "no results event"

# Folders that are not ours stay as they are.
mkdir thesis && echo precious >thesis/text
expect 2 "${tiny[@]}" --run.dir thesis --run.fresh true
one_error "is not empty and holds no run of modhost"
[ "$(ls thesis)" = text ] || fail "a foreign folder was changed"

# Something in the way.
expect 1 "${tiny[@]}" --run.dir thesis/text
one_error "'thesis/text'"
expect 1 "${tiny[@]}" --run.dir /proc/modhost
one_error "/proc/modhost"

# A full disk: one line, and the run goes on when there is room again.
for blocks in 1 16; do # while it begins, and while it keeps the network
  got=0
  (ulimit -f "$blocks"; "$modhost" "${tiny[@]}" --run.dir full --quiet >out 2>err) || got=$?
  [ "$got" -eq 1 ] || fail "a full disk gave exit code $got"
  one_error "File too large"
done

# Other threads round otherwise, so an unfinished run keeps the number that it was begun with.
expect 2 resume full --run.threads 2
one_error "was begun with --run.threads 1 and cannot go on with 2"
expect 0 resume full --json
objects out
prints '"event":"begin"'
for table in a/tables/*.csv; do
  cmp "$table" "full/tables/$(basename "$table")" || fail "the continued run differs"
done
