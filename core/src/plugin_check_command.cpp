#include "plugin_check_command.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <chrono>

#include "check_file.h"
#include "check_report.h"
#include "check_subject.h"
#include "compute.h"
#include "exit_code.h"
#include "named_plugin.h"

namespace modhost::core {
namespace {

namespace fs = std::filesystem;
using conformance::Check;
using conformance::Context;
using conformance::Level;
using conformance::Outcome;
using conformance::Scope;

// * stands for any run of characters, ? for one.
bool matches(const char* pattern, const char* text) {
  if (*pattern == '\0') return *text == '\0';
  if (*pattern == '*')
    return matches(pattern + 1, text) || (*text != '\0' && matches(pattern, text + 1));
  return *text != '\0' && (*pattern == '?' || *pattern == *text) && matches(pattern + 1, text + 1);
}

bool is_chosen(const std::string& id, const std::vector<std::string>& only) {
  return only.empty() || std::any_of(only.begin(), only.end(), [&](const std::string& pattern) {
           return matches(pattern.c_str(), id.c_str());
         });
}

void check_patterns(const std::vector<std::string>& only) {
  std::vector<std::string> known;
  for (const Check& one : conformance::checks()) known.emplace_back(one.id);
  for (const std::string& pattern : only) {
    const bool found = std::any_of(known.begin(), known.end(), [&](const std::string& id) {
      return matches(pattern.c_str(), id.c_str());
    });
    const std::string near = did_you_mean(pattern, known);
    check(found, ErrorCode::usage, fmt::format("no check is called '{}'", pattern),
          near.empty() ? "'modhost plugin check --list' tells them all" : near);
  }
}

// A folder that is removed in the end.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = (fs::temp_directory_path() / "modhost-check-XXXXXX").string();
    check(::mkdtemp(name.data()) != nullptr, ErrorCode::io,
          "no folder can be made in '" + fs::temp_directory_path().string() + "'");
    path_ = name;
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

struct Target {
  ComponentKind kind;
  std::string name;
};

class Checker {
 public:
  Checker(const CheckRequest& request, const NamedPlugin& named, PluginSource& source,
          CheckReport& report)
      : request_(request),
        subject_(named.candidate, source),
        file_(read_check_file(named.candidate.folder)),
        report_(report) {
    if (!named.candidate.manifest) return;
    for (const auto& [kind, names] : named.candidate.manifest->provides) {
      for (const std::string& name : names) {
        if (named.component.empty() || named.component == name) targets_.push_back({kind, name});
      }
    }
  }

  void run() {
    const auto start = std::chrono::steady_clock::now();
    report_.begin(subject_.facts(), request_.seed, request_.full ? "full" : "quick");
    for (const Check& one : conformance::checks()) {
      if (one.scope == Scope::plugin) run_one(one, nullptr);
    }
    for (const Target& target : targets_) {
      for (const Check& one : conformance::checks()) {
        if (conformance::applies(one.scope, target.kind)) run_one(one, &target);
      }
    }
    for (const ComponentKind kind : component_kinds()) {
      const bool there = std::any_of(targets_.begin(), targets_.end(),
                                     [&](const Target& target) { return target.kind == kind; });
      if (!there && request_.only.empty()) report_.add_absent(to_string(kind));
    }
    report_.end(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }

 private:
  // Why the check is not run; "" when it is.
  std::string obstacle(const Check& one) const {
    const auto off = file_.off.find(one.id);
    if (off != file_.off.end()) {
      return fmt::format("off by {}: {}", conformance::kCheckFileName, off->second);
    }
    if (one.level == Level::full && !request_.full && request_.only.empty()) {
      return "only with --level full";
    }
    const std::string id = one.id;
    const bool needs_load = one.scope != Scope::plugin || id == "lib-load-twice" ||
                            id == "lib-no-side-effects" || id == "lib-clean-exit";
    const bool unusable = !subject_.facts().problem.empty() || load_failed_;
    return needs_load && unusable ? "the plugin cannot be loaded" : "";
  }

  Outcome work(const Check& one, const Target* target, const fs::path& scratch) {
    set_threads(1);
    fs::current_path(subject_.facts().folder);  // for relative paths in modhost-check.toml
    Context context{
        subject_, file_, nullptr, request_.seed, request_.full ? Level::full : Level::quick,
        scratch};
    if (target == nullptr) return one.run(context);
    for (const Component* component : subject_.load()) {
      if (component->kind != target->kind || component->name != target->name) continue;
      context.component = component;
      return one.run(context);
    }
    throw Error(ErrorCode::internal, "the plugin does not register '" + target->name + "'");
  }

  CheckResult result_of(const Check& one, const Target* target) {
    const std::string why_not = obstacle(one);
    if (!why_not.empty()) return {"", "", "skip", why_not, 0};
    const ScratchFolder scratch;
    const auto task = [&] { return work(one, target, scratch.path()); };
    if (request_.in_process) return run_here(task);
    ProcessLimits limits;
    limits.to_the_end = one.to_the_end;
    return run_in_child(task, limits);
  }

  void run_one(const Check& one, const Target* target) {
    if (!is_chosen(one.id, request_.only)) return;
    CheckResult result = result_of(one, target);
    result.check = one.id;
    if (target != nullptr) {
      result.component = fmt::format("{} '{}'", to_string(target->kind), target->name);
    }
    const bool bad = result.result == "fail" || result.result == "crash";
    if (result.check == "lib-load-now" && bad) load_failed_ = true;
    report_.add(result);
  }

  const CheckRequest& request_;
  CheckSubject subject_;
  conformance::CheckFile file_;
  CheckReport& report_;
  std::vector<Target> targets_;
  bool load_failed_ = false;
};

// As a shell takes it.
std::string quoted(const std::string& word) {
  const std::string plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+=:,@";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

int verdict(const Candidate& candidate, const CheckReport& report) {
  if (candidate.state == PluginState::incompatible) return kExitIncompatible;
  if (report.count("crash") > 0) return kExitCrashed;
  return report.count("fail") > 0 ? kExitFailed : kExitDone;
}

}  // namespace

int plugin_check_command(const CheckRequest& request, bool json, PluginSource& source,
                         std::ostream& out) {
  check_patterns(request.only);
  if (request.list) {
    out << (json ? list_of_checks_json() : list_of_checks());
    return kExitDone;
  }
  NamedPlugin named;
  try {
    named = find_named_plugin(source.catalog(), request.subject);
  } catch (const Error& error) {
    const Component* built_in = source.built_in(request.subject);
    report(built_in == nullptr ? error.full()
                               : fmt::format("{} '{}' is built in; what is checked are plugins",
                                             to_string(built_in->kind), built_in->name));
    return kExitNotFound;
  }
  const fs::path& file =
      named.candidate.library.empty() ? named.candidate.folder : named.candidate.library;
  CheckReport shown(out, json,
                    fmt::format("modhost plugin check {} --seed {} --in-process --only ",
                                quoted(file.string()), request.seed));
  Checker(request, named, source, shown).run();
  return verdict(named.candidate, shown);
}

}  // namespace modhost::core
