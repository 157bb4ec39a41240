#!/bin/bash
# Wrong use is told in one line with exit code 2; help and version work without any plugin.
. "$(dirname "$0")/helpers.bash"

expect 0 --help
prints "modhost --method NAME --model NAME"
prints "--run.threads"
prints "--train.lr"
[ "$(wc -L <out)" -le 100 ] || fail "help is wider than 100 columns"
[ ! -s err ] || fail "help writes to stderr"

# What the components suggest is shown as what would be used.
expect 0 --help --model scl
prints "[1e-3] (from scl)"
prints "[dataset] raven (from scl)"
[ "$(wc -L <out)" -le 100 ] || fail "help is wider than 100 columns"
expect 0 info scl
prints "suggests  dataset.name = raven, train.lr = 1e-3"

for command in "list --json" "list --all --json" "info scl --json" "info linear --json"; do
  # shellcheck disable=SC2086
  expect 0 $command
  [ "$(wc -l <out)" -eq 1 ] || fail "'$command' is more than one line"
  grep -qE '^\{.*\}$' out || fail "'$command' gives no JSON object"
done

expect 0 --version
grep -qE '^modhost [0-9]+\.[0-9]+\.[0-9]+$' out || fail "no version"

expect 2 --metod diffmask
one_error "modhost: unknown flag '--metod'; did you mean '--method'?"
expect 2 --seed 3
one_error "did you mean '--run.seed'?"
expect 2 --metho.alpha 1
one_error "unknown section 'metho'"
expect 2 lst
one_error "did you mean 'list'?"
expect 2 resume
one_error "'modhost resume' needs the folder of a run"
expect 2 resume nowhere
one_error "there is no folder 'nowhere'"
mkdir empty
expect 2 resume empty
one_error "holds no run of modhost"
expect 2 data show raven
one_error "needs --out FILE.png"
expect 2
one_error "no method is named"
expect 2 --model scl
one_error "no method is named"
expect 2 --method no_such_method --model scl
one_error "no_such_method"
[ "$(ls)" = "$(printf 'empty\nerr\nout')" ] || fail "something was left behind: $(ls)"
