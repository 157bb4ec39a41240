#!/bin/bash
# Networks that Python saves here and now are masked without a port, and give what Python computes.
. "$(dirname "$0")/helpers.bash"
. "$here/torchscript.bash"

python=
for candidate in python3 /usr/bin/python3; do
  if [ -z "$python" ] && "$candidate" -c 'import torch, numpy' 2>/dev/null; then python=$candidate; fi
done
if [ -z "$python" ]; then
  echo "skipped: python3 has no torch here (in Debian: apt-get install python3-torch)"
  exit 77
fi

mkdir saved fresh
"$python" -W ignore "$here/torchscript_networks.py" saved || fail "Python could not save the networks"
for name in mlp cnn lstm transformer; do
  for file in "$name" "${name}_traced"; do
    masked "saved/$file.pt" "$file"
    if grep -q '"notes"' "$file/results.json"; then fail "$file: something did not run at once"; fi
  done
done

# The example of the README.
sed -n '/^```python/,/^```/{/^```/d;p}' "$here/../../plugins/models/torchscript/README.md" >example.py
"$python" -W ignore example.py || fail "the example of the README does not run"
masked net.pt example

# The networks of the tests made anew, with this version of PyTorch, and its outputs of them.
"$python" -W ignore "$data/make_networks.py" fresh || fail "Python could not make the networks"
tests=$(dirname "$(dirname "$modhost")")/tests/torchscript_tests
MODHOST_TORCHSCRIPT_FRESH=$work/fresh "$tests" "torchscript networks give what PyTorch gives",\
"torchscript networks under three masks at once give PyTorch's three single passes" >out ||
  fail "the networks give something else than in Python"
prints "All tests passed"
