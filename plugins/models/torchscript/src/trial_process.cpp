#include "trial_process.h"

#include <ATen/Parallel.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fstream>
#include <new>

namespace modhost_torchscript {

namespace {

constexpr int kOutOfMemory = 3;
#ifdef __SANITIZE_ADDRESS__  // takes far more addresses than memory
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

// The address space that this process takes now.
uint64_t taken_bytes() {
  uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

// At the limit of CPU time comes SIGXCPU, `above` it SIGKILL.
void limit(int resource, rlim_t value, rlim_t above = 0) {
  const rlimit both{value, value + above};
  setrlimit(static_cast<__rlimit_resource_t>(resource), &both);
}

void be_quiet_and_bounded(const Limits& limits) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // nobody waits for it any more then
  for (const int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGALRM, SIGXCPU}) {
    std::signal(signal, SIG_DFL);
  }
  at::set_num_threads(1);  // the threads of a pool do not come along into a child
  const int null = open("/dev/null", O_WRONLY);
  if (null >= 0) {
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
  }
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_CPU, static_cast<rlim_t>(limits.seconds), 1);
  alarm(static_cast<unsigned>(10 * limits.seconds));
  if (!kSanitized) limit(RLIMIT_AS, taken_bytes() + limits.memory);
}

int exit_code_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const std::bad_alloc&) {
    return kOutOfMemory;
  } catch (const std::exception& error) {
    // LibTorch's own words.
    return std::strstr(error.what(), "can't allocate memory") != nullptr ? kOutOfMemory : 0;
  }
  return 0;
}

}  // namespace

std::string breakdown(const std::function<void()>& work, const Limits& limits) {
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) return "";  // then there is nothing to protect
  if (child == 0) {
    be_quiet_and_bounded(limits);
    _exit(exit_code_of(work));
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status)) {
    const bool endless = WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGALRM;
    if (!endless) return "LibTorch breaks down over it";
    return "LibTorch does not come to an end with it in " + std::to_string(limits.seconds) + " s";
  }
  return WEXITSTATUS(status) == kOutOfMemory ? "it claims more memory than it has any use for" : "";
}

}  // namespace modhost_torchscript
