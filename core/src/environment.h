// With what a run was computed: the builds that its results depend on, and the machine.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace modhost::core {

inline constexpr const char* kThreadsKey = "threads";  // of Environment::machine

struct Environment {
  using Entries = std::vector<std::pair<std::string, std::string>>;

  std::string command;      // as typed
  std::string config_hash;  // of the config
  Entries builds;           // {"modhost", "0.1.0 ..."}, {"plugin 'raven'", "1.0 <file hash>"}, ...
  Entries machine;          // CPU, threads, time of the start: does not count

  // The number of threads in `machine`; 0 when it holds none.
  int threads() const;
  // 16 hexadecimal digits from `builds`.
  std::string fingerprint() const;
};

// environment.json. It also marks a folder as a run of modhost.
std::string to_json(const Environment& environment);

// Error(data) when `text` is no environment.json of modhost.
Environment parse_environment(const std::string& text, const std::string& name);

// "plugin 'raven' was 1.0 (..), is 1.1 (..)": what differs in `builds`.
std::vector<std::string> build_differences(const Environment& there, const Environment& here);

// "AMD EPYC ... (AVX-512), 2 cores"
std::string cpu_text();
// "2026-01-31T12:00:00Z"
std::string time_text();

}  // namespace modhost::core
