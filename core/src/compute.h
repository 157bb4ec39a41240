// Threads, device and the libraries that compute.
#pragma once

#include <c10/core/Device.h>

#include <string>

namespace modhost::core {

// Sets the threads of LibTorch and of OpenBLAS, whose pool LibTorch does not know. 0: all cores.
// Returns the number in use.
int set_threads(int requested);

// "cpu" or "cuda". Error(config) when this machine cannot.
c10::Device device_named(const std::string& name);

// "" or a sentence about a BLAS that makes everything slow.
std::string blas_warning();

// "1.13.1"
std::string libtorch_version();

}  // namespace modhost::core
