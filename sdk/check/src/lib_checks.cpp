// The file of the plugin, and what loading and unloading it does to the process.
#include <algorithm>
#include <chrono>

#include "cases.h"
#include "demangle.h"
#include "groups.h"
#include "measure.h"
#include "modhost/conformance/limits.h"
#include "modhost/error.h"
#include "modhost/method.h"
#include "modhost/model.h"
#include "process_state.h"

namespace modhost::conformance {
namespace {

// Some linkers export their own marks.
const char* const kLinkerSymbols[] = {"_end", "_edata", "__bss_start", "_init", "_fini"};
const char* const kEntrySymbols[] = {"modhost_plugin_entry_v1", "modhost_build_info"};

std::string code_of(const std::string& problem) { return problem.substr(0, problem.find(':')); }

bool is_one_of(const std::string& word, const std::vector<std::string>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

Outcome check_mark(const Context& context) {
  const PluginFacts& facts = context.subject.facts();
  if (facts.has_mark) return pass();
  return fail(facts.problem.empty() ? "the library holds no build fingerprint" : facts.problem);
}

Outcome check_abi(const Context& context) {
  const PluginFacts& facts = context.subject.facts();
  if (!facts.has_mark) return skip("there is no fingerprint to compare");
  if (is_one_of(code_of(facts.problem), {"E-ABI", "E-CPU"})) return fail(facts.problem);
  return pass();
}

Outcome check_exports(const Context& context) {
  const PluginFacts& facts = context.subject.facts();
  if (!facts.is_shared_library) return skip("there is no whole library to look into");
  std::vector<std::string> wrong;
  for (const char* symbol : kEntrySymbols) {
    if (!is_one_of(symbol, facts.exports)) wrong.push_back("'" + std::string(symbol) + "' is not");
  }
  if (!wrong.empty()) return fail(join(wrong, " and ") + " exported");
  std::vector<std::string> others;
  for (const std::string& symbol : facts.exports) {
    const auto is_it = [&](const char* known) { return symbol == known; };
    const bool known = std::any_of(std::begin(kEntrySymbols), std::end(kEntrySymbols), is_it) ||
                       std::any_of(std::begin(kLinkerSymbols), std::end(kLinkerSymbols), is_it);
    if (!known) others.push_back("'" + demangled(symbol.c_str()) + "'");
  }
  // The author's own names say more than those of the standard library.
  std::stable_partition(others.begin(), others.end(), [](const std::string& name) {
    return name.find("std::") == std::string::npos;
  });
  if (others.empty()) return pass();
  const size_t more = others.size() > 3 ? others.size() - 3 : 0;
  others.resize(std::min<size_t>(others.size(), 3));
  return fail("it also exports " + join(others) +
              (more > 0 ? " and " + std::to_string(more) + " more" : "") +
              "; build it with modhost_add_plugin()");
}

Outcome check_flags(const Context& context) {
  const PluginFacts& facts = context.subject.facts();
  if (!facts.is_shared_library) return skip("there is no whole library to look into");
  std::vector<std::string> wrong;
  if (!facts.stays_mapped) wrong.push_back("it is not linked with '-z nodelete'");
  for (const std::string& folder : facts.run_path) {
    if (folder != "$ORIGIN") wrong.push_back("its run path holds '" + folder + "'");
  }
  if (wrong.empty()) return pass();
  return fail(join(wrong, " and ") + "; build it with modhost_add_plugin()");
}

// What other checks are about is not told here again.
Outcome check_load_now(const Context& context) {
  const PluginFacts& facts = context.subject.facts();
  if (!facts.problem.empty()) return fail(facts.problem);
  try {
    context.subject.load();
  } catch (const Error& error) {
    if (code_of(error.what()) != "E-MANIFESTDIFF") return fail(error.full());
  }
  return pass();
}

Outcome check_load_twice(const Context& context) {
  const PluginFacts& facts = context.subject.facts();
  const auto first = context.subject.load();
  const auto link = context.scratch / facts.folder.filename();
  std::filesystem::create_directory_symlink(facts.folder, link);
  if (context.subject.load_from(link) != first) {
    return fail("through another path it is loaded a second time");
  }
  return pass();
}

Outcome check_scan_time(const Context& context) {
  using Clock = std::chrono::steady_clock;
  double fastest = 1e9;
  for (int i = 0; i < 3; ++i) {
    const auto start = Clock::now();
    context.subject.scan();
    fastest = std::min(fastest, std::chrono::duration<double>(Clock::now() - start).count());
  }
  const std::string text = number_text(fastest * 1000) + " ms";
  return fastest > limit(context, "lib-scan-time") ? warn(text) : pass(text);
}

Outcome check_side_effects(const Context& context) {
  const ProcessState before;
  OutputCatcher catcher;
  context.subject.load();
  const std::string printed = catcher.text();
  std::vector<std::string> changes = before.changes();
  if (!printed.empty()) {
    changes.push_back("it prints '" + printed.substr(0, std::min<size_t>(printed.find('\n'), 60)) +
                      "'");
  }
  return changes.empty() ? pass() : fail("while it is loaded, " + join(changes, " and "));
}

// Makes and destroys one object of every component; what the checks of the component report is
// passed over.
void use(const Context& plugin, const Component& component) {
  Context context = plugin;
  context.component = &component;
  for (const CheckFile::Case& written : written_cases(context)) {
    if (component.kind == ComponentKind::model) {
      const auto& entry = static_cast<const ModelEntry&>(component);
      for (const ModelCase& one : model_cases(context)) {
        entry.make({one.signature, options_of(component, one.written)});
      }
      return;
    }
    const auto options = options_of(component, written);
    if (component.kind == ComponentKind::method) {
      static_cast<const MethodEntry&>(component).make(options);
    } else if (component.kind == ComponentKind::dataset) {
      static_cast<const DatasetEntry&>(component).make(options);
    } else {
      static_cast<const LayerEntry&>(component).make(*options);
    }
  }
}

Outcome check_clean_exit(const Context& context) {
  const ProcessState before;
  for (const Component* component : context.subject.load()) {
    try {
      use(context, *component);
    } catch (const std::exception&) {  // told by opt-defaults
    }
  }
  for (const std::string& change : before.changes()) {
    if (change.find("running") != std::string::npos) return fail(change);
    if (change.find("socket") != std::string::npos) return fail(change);
  }
  return pass();
}

}  // namespace

void add_lib_checks(Checks& out) {
  const Scope scope = Scope::plugin;
  out.push_back({"lib-mark", scope, "the library holds a readable build fingerprint", check_mark});
  out.push_back({"lib-abi", scope, "it was built for this host and this processor", check_abi});
  out.push_back(
      {"lib-exports", scope, "it exports the two symbols of a plugin and no other", check_exports});
  out.push_back(
      {"lib-flags", scope, "it stays mapped and has no run path but its own folder", check_flags});
  out.push_back(
      {"lib-load-now", scope, "every symbol resolves and the plugin starts", check_load_now});
  out.push_back(
      {"lib-load-twice", scope, "one file under two paths is loaded once", check_load_twice});
  out.push_back(
      {"lib-scan-time", scope, "manifest and fingerprint are read at once", check_scan_time});
  out.push_back({"lib-no-side-effects", scope,
                 "loading prints nothing, starts no thread, opens no socket, and leaves LibTorch's "
                 "generator, threads, default type and gradient mode as they are",
                 check_side_effects});
  Check clean{"lib-clean-exit", scope,
              "after all components were made and destroyed the process ends well, with no thread "
              "left",
              check_clean_exit};
  clean.to_the_end = true;
  out.push_back(clean);
}

}  // namespace modhost::conformance
