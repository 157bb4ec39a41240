#include "signals.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <string_view>

#include "exit_code.h"

namespace modhost::core {
namespace {

std::atomic<modhost::StopSignal*> g_stop{nullptr};
std::atomic<bool> g_announce{false};

// Only async-signal-safe calls here.
void on_signal(int) {
  modhost::StopSignal* stop = g_stop.load();
  if (stop == nullptr || stop->requested()) ::_exit(kExitInterrupted);
  stop->request();
  if (!g_announce.load()) return;
  constexpr std::string_view kText =
      "\nmodhost: stopping at the next checkpoint; once more ends at once\n";
  const int saved = errno;
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, kText.data(), kText.size());
  errno = saved;
}

void install(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

SignalScope::SignalScope(modhost::StopSignal& stop, bool announce) {
  g_stop.store(&stop);
  g_announce.store(announce);
  install(on_signal);
}

SignalScope::~SignalScope() {
  install(SIG_DFL);
  g_stop.store(nullptr);
}

}  // namespace modhost::core
