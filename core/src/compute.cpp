#include "compute.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <torch/cuda.h>
#include <torch/version.h>

#include <algorithm>
#include <thread>

#include "modhost/error.h"

namespace modhost::core {

int thread_count(int requested) {
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  return requested > 0 ? requested : cores;
}

void set_threads(int threads) {
  at::set_num_threads(threads);
  using SetThreads = void (*)(int);
  const auto set_blas =
      reinterpret_cast<SetThreads>(::dlsym(RTLD_DEFAULT, "openblas_set_num_threads"));
  if (set_blas != nullptr) set_blas(threads);
}

c10::Device device_named(const std::string& name) {
  if (name == "cpu") return c10::Device(c10::kCPU);
  check(torch::cuda::is_available(), ErrorCode::config,
        "'run.device' is 'cuda', but this LibTorch finds no CUDA device", "use --run.device cpu");
  return c10::Device(c10::kCUDA, 0);
}

std::string blas_warning() {
  const bool fast = at::hasMKL() || ::dlsym(RTLD_DEFAULT, "openblas_set_num_threads") != nullptr;
  return fast ? "" : "the BLAS of this machine is slow; the package libopenblas0 brings a fast one";
}

std::string libtorch_version() { return TORCH_VERSION; }

}  // namespace modhost::core
