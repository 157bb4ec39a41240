#include "start_up.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

namespace {

using modhost::core::prepare_process;

constexpr const char* kCoreType = "OPENBLAS_CORETYPE";

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Of the first CPU, as the kernel tells them; empty where it tells none.
std::set<std::string> cpu_flags() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("flags", 0) != 0) continue;
    std::istringstream words(line.substr(line.find(':') + 1));
    std::set<std::string> flags;
    for (std::string word; words >> word;) flags.insert(word);
    return flags;
  }
  return {};
}

bool has_avx512() {
  const std::set<std::string> flags = cpu_flags();
  for (const char* needed : {"avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512cd"}) {
    if (flags.count(needed) == 0) return false;
  }
  return true;
}

class KeptVariable {
 public:
  explicit KeptVariable(const char* name) : name_(name), value_(variable(name)) {}
  ~KeptVariable() { value_.empty() ? ::unsetenv(name_) : ::setenv(name_, value_.c_str(), 1); }

 private:
  const char* name_;
  std::string value_;
};

}  // namespace

TEST_CASE("OpenBLAS is told of AVX-512 where there is all of it", "[start_up]") {
  const KeptVariable kept(kCoreType);
  ::unsetenv(kCoreType);
  prepare_process();
  CHECK(variable(kCoreType) == (has_avx512() ? "SKYLAKEX" : ""));
}

TEST_CASE("what the user has set for BLAS and OpenMP stays", "[start_up]") {
  const KeptVariable kept(kCoreType), policy("OMP_WAIT_POLICY");
  ::setenv(kCoreType, "HASWELL", 1);
  ::setenv("OMP_WAIT_POLICY", "active", 1);
  prepare_process();
  CHECK(variable(kCoreType) == "HASWELL");
  CHECK(variable("OMP_WAIT_POLICY") == "active");
}
