#include "start_up.h"

#include <malloc.h>

#include <csignal>
#include <cstdlib>

namespace modhost::core {
namespace {

constexpr int kNever = 0;
constexpr int kNeverTrim = -1;

bool has_avx512() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
         __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
         __builtin_cpu_supports("avx512cd") != 0;
#else
  return false;
#endif
}

}  // namespace

void prepare_process() {
  ::setenv("OMP_WAIT_POLICY", "passive", 0);
  if (has_avx512()) ::setenv("OPENBLAS_CORETYPE", "SKYLAKEX", 0);
  std::signal(SIGXFSZ, SIG_IGN);
  // Activations are larger than the largest threshold that glibc accepts for mapping a block of its
  // own, and a fresh mapping costs a page fault every 4 KB: a third of a training step. So no block
  // is mapped.
  ::mallopt(M_MMAP_MAX, kNever);
  ::mallopt(M_TRIM_THRESHOLD, kNeverTrim);
}

}  // namespace modhost::core
