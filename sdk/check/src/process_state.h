// What loading or using a plugin may not change or leave behind in the process.
#pragma once

#include <string>
#include <vector>

#include "modhost/tensor.h"

namespace modhost::conformance {

// Numbers of this process's threads.
int thread_count();
// Open sockets.
int socket_count();
// The state of LibTorch's global generator.
Tensor global_generator_state();

// A picture of the process taken at construction.
class ProcessState {
 public:
  ProcessState();
  // What is different now, in words: "it starts 1 thread"; {} when nothing is.
  std::vector<std::string> changes() const;

 private:
  int threads_, sockets_, torch_threads_;
  bool gradients_;
  std::string default_type_, folder_, locale_;
  Tensor generator_;
};

// Everything that is written to stdout and stderr while it lives, by whomever.
class OutputCatcher {
 public:
  OutputCatcher();
  OutputCatcher(const OutputCatcher&) = delete;
  OutputCatcher& operator=(const OutputCatcher&) = delete;
  ~OutputCatcher();
  // Ends the catching.
  std::string text();

 private:
  void restore();
  int file_ = -1, out_ = -1, err_ = -1;
};

}  // namespace modhost::conformance
