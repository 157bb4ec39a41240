// Conformance checks: what `modhost plugin check` asks of a plugin, one function each. The host
// runs every check in a process of its own; a check that crashes costs one line, not the report.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "modhost/conformance/check_file.h"
#include "modhost/conformance/subject.h"

namespace modhost::conformance {

enum class Verdict { pass, warn, fail, skip };
std::string to_string(Verdict verdict);

struct Outcome {
  Verdict verdict = Verdict::pass;
  std::string text;  // what was measured, what is wrong, or why it does not apply; one sentence
};
Outcome pass(std::string text = "");
Outcome warn(std::string text);
Outcome fail(std::string text);
Outcome skip(std::string text);

// What a check is about: the library, any component, or components of one kind.
enum class Scope { plugin, component, model, method, dataset, layer, mask };
std::string to_string(Scope scope);             // "every component", "model"
bool applies(Scope scope, ComponentKind kind);  // false for Scope::plugin

enum class Level { quick, full };

// What a check is given.
struct Context {
  Subject& subject;
  const CheckFile& file;
  const Component* component = nullptr;  // of the scope's kind; nullptr for Scope::plugin
  uint64_t seed = 1;
  Level level = Level::quick;
  std::filesystem::path scratch;  // an empty folder of its own, removed afterwards
};

struct Check {
  const char* id;  // part of the interface: never renamed
  Scope scope;
  const char* sentence;  // what holds when it passes
  Outcome (*run)(const Context&);
  Level level = Level::quick;  // the lowest level that runs it
  bool to_the_end = false;     // its process must also come to a good end by returning from main
};

// All checks in the order in which they run.
const std::vector<Check>& checks();

}  // namespace modhost::conformance
