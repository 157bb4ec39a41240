#include "benchmarks.h"

#include <dlfcn.h>

#include <iterator>

#include "compute.h"
#include "mask_kernels.h"

namespace modhost::bench {
namespace {

std::string blas_kernels() {
  using CoreName = const char* (*)();
  const auto name = reinterpret_cast<CoreName>(::dlsym(RTLD_DEFAULT, "openblas_get_corename"));
  return name == nullptr ? "unknown" : name();
}

}  // namespace

std::vector<Benchmark> all_benchmarks() {
  std::vector<Benchmark> out;
  for (auto group : {mask_step_benchmarks, memory_benchmarks, layer_benchmarks, sampling_benchmarks,
                     seeds_benchmarks, estimator_benchmarks, cluster_benchmarks, lesion_benchmarks,
                     sculpting_benchmarks, detection_benchmarks}) {
    std::vector<Benchmark> some = group();
    std::move(some.begin(), some.end(), std::back_inserter(out));
  }
  return out;
}

Json begin_record(const std::string& name, const Settings& settings) {
  return {{"name", name},
          {"threads", settings.threads},
          {"isa", detail::mask_kernels().name},
          {"blas", blas_kernels()},
          {"torch", core::libtorch_version()}};
}

}  // namespace modhost::bench
