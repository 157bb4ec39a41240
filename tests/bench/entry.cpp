// The entry of the benchmark, called once the process is prepared as that of a run is. It calls
// itself for each benchmark, so that none sees what another left in the allocator.
#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <iostream>

#include "benchmarks.h"
#include "compute.h"
#include "modhost/error.h"
#include "modhost/files.h"

namespace modhost::bench {
namespace {

// The outcome of a benchmark's own process: lines of JSON.
std::vector<std::string> lines_of_process(const std::string& arguments) {
  static const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
  std::FILE* pipe = ::popen(("'" + program + "' " + arguments).c_str(), "r");
  check(pipe != nullptr, ErrorCode::internal, "no process can be started");
  std::string text;
  std::array<char, 4096> buffer{};
  while (const size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    text.append(buffer.data(), count);
  }
  check(::pclose(pipe) == 0, ErrorCode::internal, "failed: modhost_bench " + arguments);
  std::vector<std::string> lines;
  for (size_t start = 0, end = 0; (end = text.find('\n', start)) != text.npos; start = end + 1) {
    lines.push_back(text.substr(start, end - start));
  }
  return lines;
}

// For the screen: the name, then the numbers that matter.
std::string summary(const Json& record) {
  std::string out = fmt::format("{:<24}", record["name"].get<std::string>());
  for (const char* word : {"estimator", "pass"}) {
    if (record.contains(word)) out += fmt::format(" {:<8}", record[word].get<std::string>());
  }
  const std::vector<std::pair<const char*, const char*>> shown = {
      {"plain_cpu_s", "plain {:.4f} s"},
      {"mask_cpu_s", "mask {:.4f} s"},
      {"ours_cpu_s", "ours {:.4f} s"},
      {"torch_cpu_s", "LibTorch {:.4f} s"},
      {"one_mb", "E=1 {:.1f} MB"},
      {"many_mb", "E=64 {:.1f} MB"},
      {"single_cpu_s", "one by one {:.4f} s"},
      {"together_cpu_s", "together {:.4f} s"},
      {"bias", "bias {:.3f}"},
      {"bias_cosine", "cosine {:.4f}"},
      {"variance", "variance {:.2f}"},
      {"accuracy", "accuracy {:.3f}"},
      {"kept", "kept {:.3f}"},
      {"cpu_s", "{:.4f} s"},
      {"ns_per_bit", "{:.3f} ns a bit"},
      {"ratio", "ratio {:.2f}"}};
  for (const auto& [key, format] : shown) {
    if (record.contains(key)) {
      out += "  " + fmt::format(fmt::runtime(format), record[key].get<double>());
    }
  }
  return out;
}

void run_here(const Settings& settings) {
  core::set_threads(settings.threads);
  for (const Benchmark& benchmark : all_benchmarks()) {
    if (!settings.wants(benchmark.name)) continue;
    for (const Json& record : benchmark.run(settings)) std::cout << record.dump() << "\n";
  }
}

int run_each(const Settings& settings) {
  std::string results;
  int failures = 0;
  for (const Benchmark& benchmark : all_benchmarks()) {
    if (!settings.wants(benchmark.name)) continue;
    try {
      for (const std::string& line : lines_of_process(settings.command_for(benchmark.name))) {
        results += line + "\n";
        std::cout << summary(Json::parse(line)) << std::endl;
      }
    } catch (const Error& error) {
      std::cerr << error.full() << std::endl;
      ++failures;
    }
  }
  check(!results.empty() || failures > 0, ErrorCode::usage, "no benchmark has such a name",
        "see --list");
  write_file_atomically(settings.out, results);
  std::cout << "Results, one JSON object a line: " << settings.out << "\n";
  return failures == 0 ? 0 : 1;
}

int run(const std::vector<std::string>& words) {
  const Settings settings = parse(words);
  if (settings.help) {
    std::cout << usage();
    return 0;
  }
  if (settings.list) {
    for (const Benchmark& benchmark : all_benchmarks()) std::cout << benchmark.name << "\n";
    return 0;
  }
  if (!settings.here) return run_each(settings);
  run_here(settings);
  return 0;
}

}  // namespace
}  // namespace modhost::bench

extern "C" __attribute__((visibility("default"))) int modhost_main(int argc, char** argv) {
  try {
    return modhost::bench::run({argv + 1, argv + argc});
  } catch (const modhost::Error& error) {
    std::cerr << "modhost_bench: " << error.full() << "\n";
    return error.code() == modhost::ErrorCode::usage ? 2 : 1;
  } catch (const std::exception& error) {
    std::cerr << "modhost_bench: " << error.what() << "\n";
    return 1;
  }
}
