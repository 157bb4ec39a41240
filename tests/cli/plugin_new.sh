#!/bin/bash
# modhost plugin new: what it writes builds and passes its test before any edit, for every kind.
# walk.sh goes on with a network as a newcomer would.
. "$(dirname "$0")/helpers.bash"
prefix=$(dirname "$(dirname "$modhost")")

# Wrong names and places: one line, and nothing is written.
for name in My_Net 'my net' 'a/b' '' ../x .x "$(printf 'x%.0s' {1..65})" ä; do
  expect 2 plugin new model -- "$name"
  one_error "must consist of a-z, 0-9, '-' and '_'"
done
mkdir there
expect 2 plugin new model there
one_error "'there' is there already"
ln -s nowhere link
expect 2 plugin new model x --dir link
one_error "'link' is there already"
expect 2 plugin new modle x
one_error "unknown kind of plugin 'modle'; there are model, method, dataset, layer, mask; did you mean 'model'?"
expect 2 plugin nwe model x
one_error "did you mean 'new'?"
expect 2 plugin new model
one_error "'modhost plugin' needs a name"
expect 1 plugin new model x --dir /proc/x
one_error "/proc/x"
[ "$(ls)" = "$(printf 'err\nlink\nout\nthere')" ] || fail "something was left behind: $(ls)"

# What is written: every file of a project, the source under 80 lines, no word of the template.
for kind in model method dataset layer mask; do
  expect 0 plugin new "$kind" "my_$kind" --dir "made/$kind"
  prints "ctest --test-dir build"
  for file in CMakeLists.txt plugin.toml "src/my_$kind.cpp" tests/CMakeLists.txt tests/runs.sh \
    README.md LICENSE .clang-format .gitignore .github/workflows/check.yml; do
    [ -s "made/$kind/$file" ] || fail "the project of a $kind has no $file"
  done
  [ "$(wc -l <"made/$kind/src/my_$kind.cpp")" -lt 80 ] || fail "the source of a $kind is too long"
  ! grep -rnE 'my_plugin|MyPlugin|SDK_|THIS_YEAR' "made/$kind" || fail "a word of the template is left"
done
if command -v clang-format >/dev/null; then
  quiet clang-format --dry-run --Werror made/*/src/*.cpp
fi

# Names that are awkward in C++.
for name in 3-way_2 class layer double-; do
  expect 0 plugin new model "$name" --dir "awkward/$name"
done
grep -q 'class Model3Way2 : public Model<Model3Way2Options>' awkward/3-way_2/src/3-way_2.cpp ||
  fail "the class of 3-way_2"
grep -q 'class LayerModel : public' awkward/layer/src/layer.cpp || fail "the class of layer"

# One build for all against an installed modhost, which is found by PATH: a project of each kind as it
# was written, that of the network with the awkward name.
quiet cmake --install "$prefix" --prefix "$work/prefix"
PATH=$work/prefix/bin:$PATH
rm -r made/model
mv awkward/3-way_2 made/model
cat >made/CMakeLists.txt <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(all_kinds LANGUAGES CXX)
enable_testing()
foreach(kind model method dataset layer mask)
  add_subdirectory(${kind})
endforeach()
CMAKE
for kind in model method dataset layer mask; do # one test of that name in one build
  sed -i "s/NAME runs/NAME runs_$kind/" "made/$kind/tests/CMakeLists.txt"
done
build_type=$(sed -n 's/^CMAKE_BUILD_TYPE:[A-Z]*=//p' "$prefix/CMakeCache.txt")
quiet cmake -S made -B built "-DCMAKE_BUILD_TYPE=$build_type"
quiet cmake --build built -j 2
quiet ctest --test-dir built --output-on-failure
[ "$(grep -c Passed out)" -eq 10 ] || fail "not all tests were run: $(cat out)"

# Nothing to complain about in a check of any of them.
for name in 3-way_2 my_method my_dataset my_layer my_mask; do
  expect 0 plugin check "built/lib/modhost/plugins/$name"
  ! grep -qE '^  (warn|fail|crash)' out || fail "the template of $name is not without fault"
done

# The family of masks stands beside those that are built in, and its command is the one that was told.
expect 0 --plugin-path built/lib/modhost/plugins list
grep -q '^my_mask .*org.example.my_mask' out || fail "the family is not listed"
masked() {
  expect 0 --plugin-path built/lib/modhost/plugins --method diffmask --method.mask my_mask \
    --method.logit_init 0.1 --method.control false --method.tasks add --method.steps 20 \
    --model mlp --model.hidden 16 --dataset add_mul --dataset.digits 1 --dataset.train 256 \
    --dataset.validation 0 --dataset.test 64 --train.epochs 1 --run.dir "$@"
}
masked free
grep -q 'mask = "my_mask"' free/config.toml || fail "the family is not told in the run's config"
! grep -q '"masks/add/sparsity": 0.0,' free/results.json || fail "the masks are not trained"
masked held --mask.window 0.05 # no gradient reaches a logit, so that all stay as they began
grep -q '"masks/add/sparsity": 0.0,' held/results.json || fail "the family's option has no effect"
expect 2 --plugin-path built/lib/modhost/plugins --method diffmask --method.mask my_mask \
  --mask.windwo 1 --model mlp --dataset add_mul
one_error "did you mean 'mask.window'?"
expect 2 --plugin-path built/lib/modhost/plugins --method diffmask --method.mask my_maks --model mlp
one_error "my_mask"
