#!/bin/bash
# The newcomer's walk as it is written: every command of the page, in its order.
. "$(dirname "$0")/helpers.bash"
page=$here/../../sdk/docs/first_network.md
PATH=$(dirname "$modhost"):$PATH
export CMAKE_BUILD_PARALLEL_LEVEL=2

awk '/^```sh$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$page" >commands
[ "$(wc -l <commands)" -ge 10 ] || fail "the page has too few commands: $(cat commands)"

# What each command prints lies in the file out.N, N counted from 1.
step=0
while read -r command; do
  step=$((step + 1))
  got=0
  eval "$command" >"$work/out.$step" 2>"$work/err" </dev/null || got=$?
  if [ "$got" -ne 0 ]; then
    cp "$work/out.$step" "$work/out"
    cd "$work"
    fail "exit code $got: $command"
  fi
done <commands
project=$PWD
cd "$work"
[ "$project" = "$work/my_net" ] || fail "the walk ends in $project"

step_of() { # the number of the first command with these words
  grep -nF -m 1 -- "$1" commands | cut -d: -f1
}
grep -q '100% tests passed, 0 tests failed out of 2' "out.$(step_of ctest)" || fail "the two tests"
for words in "plugin check build" "--only"; do
  cp "out.$(step_of "$words")" out
  prints "pass   port-oracle"
  ! grep -qE '^  (warn|fail|crash)' out || fail "the network is not without fault"
done

# What the page shows of outputs, up to "...", is what they say.
sed -n 's/^\(  pass   .*\)  *largest.*/\1/p; s/^\(task  .*\)/\1/p' "$page" >shown
[ "$(wc -l <shown)" -ge 2 ] || fail "the page shows no output"
while read -r words; do
  cat out.* | tr -s ' ' | grep -qF -- "$(echo "$words" | tr -s ' ')" || fail "nothing says '$words'"
done <shown

number() { sed -n "s|.*\"$2\": \([-0-9.e]*\).*|\1|p" "my_net/$1/results.json"; }
for run in first second; do
  grep -q '"status": "finished"' "my_net/$run/results.json" || fail "$run is not finished"
  for share in test/accuracy masks/add/task/accuracy; do
    awk "BEGIN { exit !($(number $run $share) > 0.8) }" || fail "$run: $share is $(number $run $share)"
  done
done
[ "$(number first test/loss)" != "$(number second test/loss)" ] || fail "the edit changed nothing"
