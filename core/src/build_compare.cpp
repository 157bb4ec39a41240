#include "build_compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "contains.h"
#include "modhost/error.h"

namespace modhost::core {
namespace {

// Receives two values that differ and returns what that means.
using Judge = BuildDifference (*)(const BuildDifference& both);

// Version numbers as far as they are numbers: "1.13.0+cpu" -> 1, 13, 0.
std::array<int, 3> numbers(std::string_view version) {
  std::array<int, 3> out{};
  for (int& number : out) {
    const auto result = std::from_chars(version.data(), version.data() + version.size(), number);
    version.remove_prefix(static_cast<size_t>(result.ptr - version.data()));
    if (version.empty() || version.front() != '.') break;
    version.remove_prefix(1);
  }
  return out;
}

BuildDifference with(BuildDifference difference, Severity severity) {
  difference.severity = severity;
  return difference;
}

BuildDifference must_equal(const BuildDifference& both) { return with(both, Severity::exact); }
BuildDifference should_equal(const BuildDifference& both) { return with(both, Severity::warn); }
BuildDifference for_information(const BuildDifference& both) { return with(both, Severity::info); }

// A plugin may be older than the host: functions are only ever added within one ABI.
BuildDifference sdk_version(const BuildDifference& both) {
  const std::array<int, 3> plugin = numbers(both.plugin), host = numbers(both.host);
  const bool newer = plugin[0] > host[0] || (plugin[0] == host[0] && plugin[1] > host[1]);
  return with(both, newer ? Severity::exact : Severity::info);
}

// X.Y.Z must be equal. A plugin made for CUDA needs it here; one for the CPU may do without.
BuildDifference torch(const BuildDifference& both) {
  const auto version = [](const std::string& text) { return text.substr(0, text.find('+')); };
  const auto flavour = [](const std::string& text) { return text.substr(text.find('+') + 1); };
  if (version(both.plugin) != version(both.host)) return with(both, Severity::exact);
  const bool needs_more = flavour(both.plugin) != "cpu" && flavour(both.host) == "cpu";
  return with(both, needs_more ? Severity::exact : Severity::warn);
}

BuildDifference string_abi(const BuildDifference& both) {
  const auto words = [](const std::string& value) {
    if (value != "0" && value != "1") return value;
    return (value == "1" ? "new (cxx11abi=" : "old (cxx11abi=") + value + ")";
  };
  BuildDifference difference = both;
  difference.plugin = words(both.plugin);
  difference.host = words(both.host);
  return with(difference, Severity::exact);
}

BuildDifference compiler(const BuildDifference& both) {
  const auto family = [](const std::string& text) { return text.substr(0, text.find('.')); };
  return with(both, family(both.plugin) == family(both.host) ? Severity::info : Severity::warn);
}

// OpenMP code in a plugin must share the threads of LibTorch; without OpenMP there is no conflict.
BuildDifference openmp(const BuildDifference& both) {
  const bool none = both.plugin == "none" || both.host == "none";
  return with(both, none ? Severity::info : Severity::warn);
}

struct Policy {
  const char* key;
  const char* words;
  Judge judge;  // nullptr: never compared
};

// The one table of what has to agree between a plugin and its host.
constexpr Policy kPolicy[] = {
    {"sdk_abi", "SDK ABI", must_equal},
    {"sdk_version", "SDK version", sdk_version},
    {"sdk_headers", "SDK headers", must_equal},
    {"torch", "LibTorch", torch},
    {"cxx11abi", "std::string", string_abi},
    {"stdlib", "standard library", must_equal},
    {"debug_stl", "_GLIBCXX_DEBUG", must_equal},
    {"sanitizers", "sanitizers", must_equal},
    {"rtti", "RTTI", must_equal},
    {"exceptions", "exceptions", must_equal},
    {"arch", "processor", must_equal},
    {"os", "system", must_equal},
    {"libc", "C library", must_equal},
    {"isa", "instructions", nullptr},
    {"compiler", "compiler", compiler},
    {"cxxstd", "C++ standard", should_equal},
    {"openmp", "OpenMP", openmp},
    {"build_type", "build type", for_information},
    {"ndebug", "NDEBUG", for_information},
    {"source", "built from", nullptr},
};

}  // namespace

std::vector<BuildDifference> compare_builds(const BuildInfo& plugin, const BuildInfo& host) {
  // Of different versions the number of the ABI decides.
  const bool same_version = plugin.get("sdk_version") == host.get("sdk_version");
  std::vector<BuildDifference> out;
  for (const Policy& policy : kPolicy) {
    if (policy.judge == nullptr) continue;
    if (std::string(policy.key) == "sdk_headers" && !same_version) continue;
    BuildDifference both{policy.key, policy.words, plugin.get(policy.key), host.get(policy.key)};
    if (both.plugin == both.host) continue;
    for (std::string* value : {&both.plugin, &both.host}) {
      if (value->empty()) *value = "unknown";
    }
    out.push_back(policy.judge(both));
  }
  return out;
}

bool is_compatible(const std::vector<BuildDifference>& differences) {
  return std::none_of(differences.begin(), differences.end(),
                      [](const BuildDifference& one) { return one.severity == Severity::exact; });
}

std::string difference_lines(const std::vector<BuildDifference>& differences, Severity severity) {
  size_t words_width = 12, value_width = 0;
  for (const BuildDifference& one : differences) {
    if (one.severity != severity) continue;
    words_width = std::max(words_width, one.words.size());
    value_width = std::max(value_width, one.plugin.size());
  }
  std::string text;
  for (const BuildDifference& one : differences) {
    if (one.severity != severity) continue;
    text += fmt::format("  {:<{}}  plugin {:<{}}  this host {}\n", one.words, words_width,
                        one.plugin, value_width, one.host);
  }
  return text;
}

std::string incompatible_fields(const std::vector<BuildDifference>& differences) {
  std::vector<std::string> words;
  for (const BuildDifference& one : differences) {
    if (one.severity == Severity::exact) words.push_back(one.words);
  }
  return join(words);
}

std::string field_words(std::string_view key) {
  for (const Policy& policy : kPolicy) {
    if (policy.key == key) return policy.words;
  }
  return std::string(key);
}

std::vector<std::string> missing_instructions(const BuildInfo& plugin,
                                              const std::vector<std::string>& available) {
  std::vector<std::string> missing;
  const std::string needed = plugin.get("isa");
  for (size_t start = 0; start < needed.size();) {
    const size_t end = std::min(needed.find(',', start), needed.size());
    const std::string name = needed.substr(start, end - start);
    if (name != "base" && !contains(available, name)) missing.push_back(name);
    start = end + 1;
  }
  return missing;
}

std::vector<std::string> processor_instructions() {
  std::vector<std::string> out;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("sse4.2")) out.push_back("sse4.2");
  if (__builtin_cpu_supports("avx")) out.push_back("avx");
  if (__builtin_cpu_supports("fma")) out.push_back("fma");
  if (__builtin_cpu_supports("bmi2")) out.push_back("bmi2");
  if (__builtin_cpu_supports("avx2")) out.push_back("avx2");
  if (__builtin_cpu_supports("avx512f")) out.push_back("avx512f");
#endif
  return out;
}

}  // namespace modhost::core
