#include "success.h"

#include <modhost/error.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "module_graph.h"
#include "truth.h"

namespace modhost_sculpting {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

using Labels = std::vector<std::vector<int64_t>>;

size_t different(const std::vector<int64_t>& labels) {
  return std::set<int64_t>(labels.begin(), labels.end()).size();
}

// Each unit belongs to one group, and modules are the groups up to names.
bool are_groups(const std::vector<int64_t>& modules, const std::vector<std::set<int64_t>>& groups) {
  std::vector<int64_t> own;
  for (const std::set<int64_t>& of : groups) {
    if (of.size() != 1) return false;
    own.push_back(*of.begin());
  }
  return same_groups(modules, own);
}

bool layers_are_groups(const Labels& hidden, const ReachingGroups& groups) {
  for (size_t layer = 0; layer < hidden.size(); ++layer) {
    if (!are_groups(hidden[layer], groups[layer + 1])) return false;
  }
  return true;
}

// Of the inputs that are used: images have borders that no network looks at.
bool live_inputs_are_groups(const Detection& found, const std::vector<int64_t>& inputs) {
  std::vector<int64_t> modules, own;
  for (size_t unit = 0; unit < inputs.size(); ++unit) {
    const int64_t module = found.modules.front()[unit];
    if (module == kNoCluster) continue;
    modules.push_back(module);
    own.push_back(inputs[unit]);
  }
  return !own.empty() && different(own) == different(inputs) && same_groups(modules, own);
}

bool is_one(const std::vector<int64_t>& modules) { return different(modules) == 1; }

}  // namespace

std::optional<Success> success_of(const Detection& found, const TrueModules& truth) {
  const auto score = against_truth(found, truth);
  if (!score) return std::nullopt;
  const Labels modules = live_modules(found);
  const Labels hidden(modules.begin() + 1, modules.end() - 1);
  const bool some_one = std::any_of(hidden.begin(), hidden.end(), is_one);
  const bool as_inputs = !hidden.empty() && different(hidden[0]) == different(truth.inputs);
  Success out{score->inputs.same, score->outputs.same, {}, {}, false};
  if (truth.kind == "separable") {
    out.hidden = layers_are_groups(hidden, reached_by(found, truth.inputs));
  } else if (truth.kind == "overlapping") {
    out.hidden = layers_are_groups(hidden, reaching(found, truth.outputs));
  } else if (truth.kind == "non_modular") {
    out.hidden = std::all_of(hidden.begin(), hidden.end(), is_one);
  } else if (truth.kind == "shared_inputs" || truth.kind == "hierarchical") {
    out.hidden = as_inputs;
    if (truth.kind == "hierarchical") out.middle = some_one;
  } else if (truth.kind == "reused") {
    out.hidden = some_one;
  } else {
    check(truth.kind.empty(), ErrorCode::config,
          "the dataset's true modules are of the kind '" + truth.kind + "', which is not known",
          "separable, overlapping, non_modular, shared_inputs, reused, hierarchical, or none");
    out.inputs = live_inputs_are_groups(found, truth.inputs);
  }
  out.all = out.inputs && out.outputs && out.hidden.value_or(true) && out.middle.value_or(true);
  return out;
}

}  // namespace modhost_sculpting
