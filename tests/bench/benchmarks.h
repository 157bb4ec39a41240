// All benchmarks by name.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "settings.h"

namespace modhost::bench {

using Json = nlohmann::ordered_json;  // keys in the order in which they were set
using Records = std::vector<Json>;    // one line of the results each

struct Benchmark {
  std::string name;
  std::function<Records(const Settings&)> run;
};

std::vector<Benchmark> mask_step_benchmarks();
std::vector<Benchmark> memory_benchmarks();
std::vector<Benchmark> layer_benchmarks();
std::vector<Benchmark> sampling_benchmarks();
std::vector<Benchmark> seeds_benchmarks();
std::vector<Benchmark> estimator_benchmarks();
std::vector<Benchmark> cluster_benchmarks();
std::vector<Benchmark> lesion_benchmarks();
std::vector<Benchmark> sculpting_benchmarks();
std::vector<Benchmark> detection_benchmarks();
std::vector<Benchmark> all_benchmarks();

// "name", "threads", and what the machine computes with: instruction set of the mask kernels,
// kernels of OpenBLAS, version of LibTorch.
Json begin_record(const std::string& name, const Settings& settings);

}  // namespace modhost::bench
