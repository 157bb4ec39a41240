// Threads, device and the libraries that compute.
#pragma once

#include <c10/core/Device.h>

#include <string>

namespace modhost::core {

// The number of threads that is meant; 0: all cores.
int thread_count(int requested);

// Sets the threads of LibTorch and of OpenBLAS, whose pool LibTorch does not know.
void set_threads(int threads);

// "cpu" or "cuda". Error(config) when this machine cannot.
c10::Device device_named(const std::string& name);

// "" or a sentence about a BLAS that makes everything slow.
std::string blas_warning();

// "1.13.1"
std::string libtorch_version();

}  // namespace modhost::core
