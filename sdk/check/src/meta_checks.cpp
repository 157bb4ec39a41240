// plugin.toml: complete, and true.
#include <algorithm>
#include <sstream>

#include "groups.h"
#include "modhost/error.h"

namespace modhost::conformance {
namespace {

// The licences of the SPDX list that a plugin is likely to have.
const std::vector<std::string>& known_licenses() {
  static const std::vector<std::string> names = {"0BSD",
                                                 "AGPL-3.0-only",
                                                 "AGPL-3.0-or-later",
                                                 "Apache-2.0",
                                                 "Artistic-2.0",
                                                 "BSD-2-Clause",
                                                 "BSD-3-Clause",
                                                 "BSD-3-Clause-Clear",
                                                 "BSL-1.0",
                                                 "CC-BY-4.0",
                                                 "CC-BY-NC-4.0",
                                                 "CC-BY-NC-SA-4.0",
                                                 "CC-BY-SA-4.0",
                                                 "CC0-1.0",
                                                 "CECILL-2.1",
                                                 "CECILL-B",
                                                 "CECILL-C",
                                                 "EPL-2.0",
                                                 "EUPL-1.2",
                                                 "GPL-2.0-only",
                                                 "GPL-2.0-or-later",
                                                 "GPL-3.0-only",
                                                 "GPL-3.0-or-later",
                                                 "ISC",
                                                 "LGPL-2.1-only",
                                                 "LGPL-2.1-or-later",
                                                 "LGPL-3.0-only",
                                                 "LGPL-3.0-or-later",
                                                 "MIT",
                                                 "MIT-0",
                                                 "MPL-2.0",
                                                 "MulanPSL-2.0",
                                                 "NCSA",
                                                 "Unlicense",
                                                 "Zlib"};
  return names;
}

// The first name of an SPDX expression that is unknown; "" when there is none.
std::string unknown_license(const std::string& expression) {
  std::istringstream words(expression);
  const auto& known = known_licenses();
  bool is_exception = false;
  for (std::string word; words >> word;) {
    while (!word.empty() && word.front() == '(') word.erase(0, 1);
    while (!word.empty() && word.back() == ')') word.pop_back();
    const bool operation = word == "AND" || word == "OR" || word == "WITH";
    const bool own = word.rfind("LicenseRef-", 0) == 0;
    const bool named = std::find(known.begin(), known.end(), word) != known.end();
    if (!operation && !own && !named && !is_exception) return word;
    is_exception = word == "WITH";
  }
  return "";
}

std::string sorted_text(Accepts accepts) {
  std::sort(accepts.inputs.begin(), accepts.inputs.end());
  std::sort(accepts.outputs.begin(), accepts.outputs.end());
  return accepts.text();
}

Outcome check_consistent(const Context& context) {
  std::vector<const Component*> components;
  try {
    components = context.subject.load();
  } catch (const Error& error) {
    const std::string text = error.what();
    if (text.rfind("E-MANIFESTDIFF", 0) == 0) return fail(error.full());
    return skip("the plugin cannot be loaded");
  }
  const PluginFacts& facts = context.subject.facts();
  for (const Component* component : components) {
    const auto found = facts.fits.find(component->name);
    if (found == facts.fits.end() || component->kind != ComponentKind::model) continue;
    const Accepts& accepts = static_cast<const ModelEntry*>(component)->accepts;
    if (sorted_text(accepts) != sorted_text(found->second)) {
      return fail("[fits] says '" + found->second.text() + "' of model '" + component->name +
                  "', which accepts '" + accepts.text() + "'");
    }
  }
  return pass();
}

Outcome check_complete(const Context& context) {
  const PluginFacts& facts = context.subject.facts();
  if (facts.license.empty()) return fail(facts.problem);
  const std::string unknown = unknown_license(facts.license);
  if (!unknown.empty()) {
    const std::string near = did_you_mean(unknown, known_licenses());
    return fail("'" + unknown + "' is no licence of the SPDX list" +
                (near.empty() ? "; an own one is written LicenseRef-NAME" : "; " + near));
  }
  if (!facts.left_out.empty()) return warn("plugin.toml does not tell " + join(facts.left_out));
  return pass();
}

}  // namespace

void add_meta_checks(Checks& out) {
  out.push_back({"meta-consistent", Scope::plugin,
                 "plugin.toml is the one built in, and lists what is registered",
                 check_consistent});
  out.push_back(
      {"meta-complete", Scope::plugin,
       "plugin.toml names a licence of the SPDX list, authors and what the components fit",
       check_complete});
}

}  // namespace modhost::conformance
