// LibTorch's global generator for code that draws from it, set to a seed and put back afterwards.
#pragma once

#include <ATen/Context.h>

#include <mutex>

namespace modhost_torchscript {

class GeneratorScope {
 public:
  GeneratorScope(at::Device device, uint64_t seed)
      : generator_(at::globalContext().defaultGenerator(device)) {
    const std::lock_guard<std::mutex> lock(generator_.mutex());
    state_ = generator_.get_state();
    generator_.set_current_seed(seed);
  }
  GeneratorScope(const GeneratorScope&) = delete;
  GeneratorScope& operator=(const GeneratorScope&) = delete;
  ~GeneratorScope() {
    const std::lock_guard<std::mutex> lock(generator_.mutex());
    generator_.set_state(state_);
  }

 private:
  at::Generator generator_;
  at::Tensor state_;
};

}  // namespace modhost_torchscript
