#!/bin/bash
# modhost plugin check: what it says, and that every broken plugin is caught by the check meant for it.
. "$(dirname "$0")/helpers.bash"
bad=$(dirname "$(dirname "$modhost")")/tests/bad_plugins
mkdir scratch
export TMPDIR=$work/scratch # no other check that runs at the same time leaves a folder here
[ -d "$bad/good" ] || fail "the broken plugins are not built: $bad"

# caught CODE FOLDER SUBJECT CHECK RESULT WORDS: the whole check ends with CODE, and CHECK has RESULT.
caught() {
  expect "$1" --plugin-path "$bad/$2" plugin check "$3" --json
  grep -F "\"check\":\"$4\"" out | grep -F "\"result\":\"$5\"" | grep -qF -- "$6" ||
    fail "$3: $4 does not say $5 with '$6'"
  [ -z "$(ls scratch)" ] || fail "a folder is left behind"
}
model() { caught 1 broken_models "$1" "$2" fail "$3"; }

# Plugins as files, and what loading them does.
caught 1 plain_library "$bad/plain_library" lib-mark fail "E-NOMARK"
caught 1 no_entry "$bad/no_entry" lib-exports fail "'modhost_plugin_entry_v1' is not exported"
caught 1 foreign_entry "$bad/foreign_entry" lib-exports fail "'modhost_plugin_entry_v1' is not"
caught 1 exports_all "$bad/exports_all" lib-exports fail "modhost_test_exports_all"
caught 1 exports_all "$bad/exports_all" lib-flags fail "nodelete"
caught 1 undefined_symbol "$bad/undefined_symbol" lib-load-now fail "E-DLOPEN"
caught 1 throws_exception "$bad/throws_exception" lib-load-now fail "the lookup table is not there"
caught 1 throws_number "$bad/throws_number" lib-load-now fail "E-INIT"
caught 1 duplicate_component "$bad/duplicate_component" lib-load-now fail "E-INIT"
caught 1 prints_on_load "$bad/prints_on_load" lib-no-side-effects fail "thank you for using"
caught 1 leaves_thread "$bad/leaves_thread" lib-clean-exit fail "it leaves 1 thread running"
caught 5 dies_at_exit "$bad/dies_at_exit" lib-clean-exit crash "SIGABRT"
caught 1 other_manifest "$bad/other_manifest" meta-consistent fail "E-MANIFESTDIFF"
caught 1 unlisted_component "$bad/unlisted_component" meta-consistent fail "surprise"
caught 1 no_license "$bad/no_license" meta-complete fail "license"
caught 1 unknown_license "$bad/unknown_license" meta-complete fail "'My-Own-1.0' is no licence"

# Networks.
model bad_default opt-defaults "the heads do not divide the hidden layer"
model batch_size model-shapes "a row alone is not what it is in a batch"
model random_start model-deterministic "global generator"
model float_constant model-dtype-device "aten::add"
model cpu_constant model-dtype-device "moved to another device"
model hidden_state model-state-roundtrip "neither parameter nor buffer"
model wrong_gradient model-grad "central differences"
model wrong_gradient port-grad "central differences"
model mask_ignored port-oracle "error"
model bias_left_out port-oracle "error"
model dead_site port-zero-site "the forward does not use 'unused.weight', 'unused.bias'"
model cross_talk port-batch "train, "
model cross_talk port-isolation "train: the output of one part depends on the variant of another"
caught 5 broken_models crashes model-shapes crash "SIGSEGV (Segmentation fault)"

# Datasets, methods, layers, masks.
caught 1 broken_datasets impure dataset-contract fail "loaded twice"
caught 1 broken_datasets overlapping dataset-splits fail "is also train sample"
caught 1 broken_datasets unstable dataset-stable fail "made twice with the same options"
caught 1 broken_datasets undeclared dataset-contract fail "the target leaves 0 .. 1"
caught 1 broken_datasets throws_on_names name-garbage fail "std::out_of_range"
caught 1 broken_methods deaf method-stop fail "it ran to its end"
caught 1 broken_methods careless method-null fail "'first.weight' has other values"
caught 1 broken_methods forgetful method-resume fail "the number 'steps' is another"
caught 1 broken_layers false_wiring layer-wiring fail "without the entries that feed unit 0"
caught 1 broken_layers shared_mean layer-batch fail "variants"
mask() { caught 1 broken_masks "$1" "$2" fail "$3"; }
mask one_sample mask-factors "shape [1, 1, 5, 4] instead of [1, 4, 5, 4]"
mask stretched mask-factors "below 0"
mask single_precision mask-factors "type Float instead of Double"
mask own_noise mask-deterministic "factors() gives other values for the same inputs"
mask in_place mask-deterministic "the logits are changed in place"
mask on_cpu mask-device "aten::mul takes a tensor that would still be on the CPU"
mask shared_mean mask-alone "progress"
mask shared_gradient mask-alone "gradient, progress"
mask neighbour mask-alone "progress"
mask unsaid_noise mask-draws "draws() is false, but factors() needs uniforms"
caught 0 broken_masks deaf mask-draws warn "with draws() false a step takes one sample"
mask falling mask-kept "when a logit rises to"
mask detached mask-grad "the gradient of factors() does not reach the logits"
mask free_of_charge mask-grad "the gradient of kept() does not reach the logits"
mask other_branch mask-ends "the factors of logits of 50 or their gradient are not finite"
mask top_share mask-ends "a factor of logits of 50 is 1 away from 1"
mask logarithm mask-read-off "logits that are not finite"
