#!/bin/bash
# A plugin from outside: installed headers and CMake package, one network, a run with it.
. "$(dirname "$0")/helpers.bash"
. "$here/tiny.bash"

build=$(dirname "$(dirname "$modhost")")
build_type=$(sed -n 's/^CMAKE_BUILD_TYPE:[A-Z]*=//p' "$build/CMakeCache.txt")
quiet cmake --install "$build" --prefix "$work/prefix"
modhost=$work/prefix/bin/modhost
expect 0 list
prints diffmask
prints "$(printf 'scl  ')"
prints raven

# From another place than its source, so that nothing is found by accident.
cp -r "$here/../consumer" source
quiet cmake -S source -B built "-DCMAKE_PREFIX_PATH=$work/prefix" "-DCMAKE_BUILD_TYPE=$build_type"
quiet cmake --build built
plugins=$work/built/lib/modhost/plugins

# A plugin built for another version of the SDK is not configured at all.
sed 's/modhost_sdk 0.1/modhost_sdk 7.3/' -i source/CMakeLists.txt
got=0
cmake -S source -B other "-DCMAKE_PREFIX_PATH=$work/prefix" >out 2>err || got=$?
[ "$got" -ne 0 ] || fail "an SDK of version 7.3 was found"
says "7.3"

expect 0 --plugin-path "$plugins" list
prints "org.example.panel_scorer 1.0.0"
expect 0 --plugin-path "$plugins" info panel_scorer
prints "--model.channels"
prints "panels -> choice"
prints "state     ready"
expect 0 --plugin-path "$plugins" info "$plugins/panel_scorer/panel_scorer.so"
prints "org.example.panel_scorer 1.0.0"

# The network knows nothing of masks; it is trained and masked all the same.
scorer=("${tiny[@]}" --plugin-path "$plugins")
scorer[3]=panel_scorer
expect 0 "${scorer[@]}" --model.features 16 --run.dir run
prints "panels [16, 32, 32] -> choice [8]"
grep -q '"model": "panel_scorer"' run/results.json || fail "another model was run"
grep -q '"status": "finished"' run/results.json || fail "not finished"
grep -q '"masks/square/sparsity"' run/results.json || fail "no mask was made"
grep -q '^features = 16$' run/config.toml || fail "the option did not reach the plugin"

# Without its plugin the run cannot go on, and says why.
rm run/results.json
expect 2 resume run
one_error "unknown model 'panel_scorer'"
expect 0 --plugin-path "$plugins" resume run
expect 2 "${scorer[@]}" --model.chanels 4 --run.dir other_run
one_error "did you mean 'model.channels'?"

# Installed beside modhost's own plugins it is found without a word.
quiet cmake --install built --prefix "$work/prefix"
expect 0 list
prints "org.example.panel_scorer 1.0.0"
