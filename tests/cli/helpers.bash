# For the tests of the command line: run the program, then look at its exit code and words.
# Every test is called with the path of the program: bash usage.sh build/bin/modhost
set -eu

here=$(realpath "$(dirname "$0")")
modhost=$(realpath "$1")
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"
unset MODHOST_PLUGIN_PATH

fail() {
  echo "FAILED: $*" >&2
  if [ -f out ]; then sed 's/^/  stdout: /' out >&2; fi
  if [ -f err ]; then sed 's/^/  stderr: /' err >&2; fi
  exit 1
}

# expect CODE ARGUMENTS...: runs modhost; its words lie in the files out and err.
expect() {
  local code=$1 got=0
  shift
  "$modhost" "$@" >out 2>err || got=$?
  [ "$got" -eq "$code" ] || fail "exit code $got instead of $code: modhost $*"
}

quiet() { # quiet COMMAND...: its words are shown only if it fails
  "$@" >out 2>err || fail "$*"
}

# One clear line on stderr with this text, nothing on stdout.
one_error() {
  [ ! -s out ] || fail "an error came with output"
  [ "$(wc -l <err)" -eq 1 ] || fail "an error is one line"
  grep -qF -- "$1" err || fail "no '$1' in the error"
}

prints() { grep -qF -- "$1" out || fail "no '$1' in the output"; }
says() { grep -qF -- "$1" err || fail "no '$1' on stderr"; }
