#include "start_up.h"

#include <malloc.h>

#include <csignal>
#include <cstdlib>

namespace modhost::core {
namespace {

constexpr int kLargestThreshold = 32 << 20;  // what glibc accepts
constexpr int kNeverTrim = -1;

}  // namespace

void prepare_process() {
  ::setenv("OMP_WAIT_POLICY", "passive", 0);
  std::signal(SIGXFSZ, SIG_IGN);
  ::mallopt(M_MMAP_THRESHOLD, kLargestThreshold);
  ::mallopt(M_TRIM_THRESHOLD, kNeverTrim);
}

}  // namespace modhost::core
