#include "settings.h"

#include <charconv>

#include "modhost/error.h"

namespace modhost::bench {
namespace {

const std::vector<std::string> kOptions = {"--only",    "--estimator", "--threads",
                                           "--repeats", "--smoke",     "--here",
                                           "--list",    "--out",       "--help"};

int64_t number(const std::string& option, const std::string& text) {
  int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, failure] = std::from_chars(text.data(), end, value);
  check(failure == std::errc() && stopped == end && value > 0 && value < 1'000'000,
        ErrorCode::usage, "'" + option + "' takes a positive number, not '" + text + "'");
  return value;
}

std::vector<Estimator> estimators(const std::string& text) {
  if (text == "gumbel") return {Estimator::gumbel};
  if (text == "mean") return {Estimator::mean};
  throw Error(ErrorCode::usage, "'--estimator' takes gumbel or mean, not '" + text + "'");
}

void set(Settings& settings, const std::string& option, const std::string& value) {
  if (option == "--only") settings.only.push_back(value);
  if (option == "--estimator") settings.estimators = estimators(value);
  if (option == "--threads") settings.threads = static_cast<int>(number(option, value));
  if (option == "--repeats") settings.repeats = number(option, value);
  if (option == "--out") settings.out = value;
}

bool set_flag(Settings& settings, const std::string& option) {
  if (option == "--smoke") return settings.tiny = true;
  if (option == "--here") return settings.here = true;
  if (option == "--list") return settings.list = true;
  if (option == "--help") return settings.help = true;
  return false;
}

}  // namespace

bool Settings::wants(const std::string& name) const {
  if (only.empty()) return true;
  for (const std::string& pattern : only) {
    if (glob_match(pattern, name)) return true;
  }
  return false;
}

std::string Settings::command_for(const std::string& name) const {
  std::string out = "--here --only " + name + " --threads " + std::to_string(threads);
  if (repeats > 0) out += " --repeats " + std::to_string(repeats);
  if (estimators.size() == 1) {
    out += estimators[0] == Estimator::mean ? " --estimator mean" : " --estimator gumbel";
  }
  return out + (tiny ? " --smoke" : "");
}

Settings parse(const std::vector<std::string>& words) {
  Settings settings;
  settings.out = MODHOST_BENCH_OUT;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& option = words[i];
    check(std::find(kOptions.begin(), kOptions.end(), option) != kOptions.end(), ErrorCode::usage,
          "unknown option '" + option + "'; there are: " + join(kOptions),
          did_you_mean(option, kOptions));
    if (set_flag(settings, option)) continue;
    check(i + 1 < words.size(), ErrorCode::usage, "'" + option + "' needs a value");
    set(settings, option, words[++i]);
  }
  return settings;
}

std::string usage() {
  return R"(Benchmarks of mask steps, layers, sampling, memory and clustering; each in a process of its own.

  --only NAME      only benchmarks of this name, with * and ?; may be given several times
  --estimator E    gumbel or mean; without it both
  --threads N      of LibTorch and of BLAS; default 1
  --repeats N      timed repetitions; without it as many as each benchmark needs
  --out FILE       where the results go; default )" MODHOST_BENCH_OUT R"(
  --list           names of all benchmarks
  --here           in this process, results to the screen as JSON: for a profiler
  --smoke          tiny sizes, to see that everything runs
)";
}

}  // namespace modhost::bench
