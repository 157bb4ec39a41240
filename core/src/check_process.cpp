#include "check_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <thread>

#include "modhost/conformance/exception_text.h"
#include "modhost/error.h"

namespace modhost::core {
namespace {

using conformance::Outcome;
using conformance::Verdict;
using Clock = std::chrono::steady_clock;

constexpr size_t kLongestReport = 1 << 16;
constexpr size_t kShownOutput = 300;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

Outcome guarded_outcome(const std::function<Outcome()>& work) {
  try {
    return work();
  } catch (...) {
    return conformance::fail(conformance::current_exception_text());
  }
}

// Verdict and text as one message: a letter, then the text.
std::string packed(const Outcome& outcome) {
  return std::string(1, static_cast<char>('0' + static_cast<int>(outcome.verdict))) + outcome.text;
}

void write_all(int file, const std::string& bytes) {
  for (size_t at = 0; at < bytes.size();) {
    const ssize_t written = ::write(file, bytes.data() + at, bytes.size() - at);
    if (written <= 0) return;
    at += static_cast<size_t>(written);
  }
}

[[noreturn]] void be_the_child(const std::function<Outcome()>& work, int report, int output,
                               bool to_the_end) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  write_all(report, packed(guarded_outcome(work)));
  std::fflush(nullptr);
  std::cout.flush();
  // Exit handlers and static objects are the matter of one check only.
  if (to_the_end) std::exit(0);
  ::_exit(0);
}

struct Child {
  pid_t process;
  int report;
  Clock::time_point start;
  double limit;

  double left() const { return limit - seconds_since(start); }
};

// All that the child reports until it closes its end; false when the time is over.
bool read_report(const Child& child, std::string& report) {
  char buffer[4096];
  for (;;) {
    const double left = child.left();
    if (left <= 0) return false;
    pollfd waiting{child.report, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(left * 1000) + 1);
    if (ready < 0 && errno != EINTR) return false;
    if (ready <= 0) continue;
    const ssize_t count = ::read(child.report, buffer, sizeof buffer);
    if (count <= 0) return true;
    report.append(buffer, static_cast<size_t>(count));
    if (report.size() > kLongestReport) return true;
  }
}

// Its status, or -1 when it had to be killed.
int wait_for(const Child& child) {
  int status = 0;
  for (;;) {
    const pid_t ended = ::waitpid(child.process, &status, WNOHANG);
    if (ended == child.process) return status;
    if (ended < 0 && errno != EINTR) return -1;
    if (child.left() <= 0) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  ::kill(-child.process, SIGKILL);
  ::kill(child.process, SIGKILL);
  ::waitpid(child.process, &status, 0);
  return -1;
}

std::string signal_text(int signal) {
  const char* const name = ::sigabbrev_np(signal);
  const char* const words = ::sigdescr_np(signal);
  return fmt::format("SIG{} ({})", name == nullptr ? std::to_string(signal) : name,
                     words == nullptr ? "unknown" : words);
}

// The end of what the child printed, on one line.
std::string last_words(int output) {
  const off_t size = ::lseek(output, 0, SEEK_END);
  const off_t from = std::max<off_t>(0, size - static_cast<off_t>(kShownOutput));
  std::string text(static_cast<size_t>(std::max<off_t>(0, size - from)), '\0');
  const ssize_t count = ::pread(output, text.data(), text.size(), from);
  text.resize(static_cast<size_t>(std::max<ssize_t>(0, count)));
  while (!text.empty() && text.back() == '\n') text.pop_back();
  const size_t line = text.rfind('\n');
  return line == std::string::npos ? text : text.substr(line + 1);
}

CheckResult judged(bool in_time, int status, const std::string& report, const Child& child,
                   const ProcessLimits& limits, const std::string& words) {
  CheckResult out;
  const std::string printed = words.empty() ? "" : "; it printed '" + words + "'";
  if (!in_time || status == -1) {
    out.result = "fail";
    out.text = fmt::format("{} within {:.0f} s and was killed{}",
                           report.empty() ? "it gave no result" : "it did not come to an end",
                           limits.seconds, printed);
  } else if (WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) != 0)) {
    const std::string how = WIFSIGNALED(status) ? signal_text(WTERMSIG(status))
                                                : fmt::format("exit code {}", WEXITSTATUS(status));
    out.result = "crash";
    out.text =
        (report.empty() ? how : how + " after the check had passed, while the process ended") +
        printed;
  } else if (report.empty()) {
    out.result = "crash";
    out.text = "it ended the process without a result" + printed;
  } else {
    const auto verdict = static_cast<Verdict>(report[0] - '0');
    out.result = to_string(verdict);
    out.text = report.substr(1);
  }
  out.seconds = seconds_since(child.start);
  return out;
}

}  // namespace

CheckResult run_in_child(const std::function<Outcome()>& work, const ProcessLimits& limits) {
  int report[2];
  const int output = ::memfd_create("modhost-check-output", MFD_CLOEXEC);
  check(output >= 0 && ::pipe2(report, O_CLOEXEC) == 0, ErrorCode::io,
        "no pipe for a check can be made: " + std::string(std::strerror(errno)));
  std::fflush(nullptr);
  std::cout.flush();
  const auto start = Clock::now();
  const pid_t process = ::fork();
  if (process == 0) {
    ::close(report[0]);
    be_the_child(work, report[1], output, limits.to_the_end);
  }
  ::close(report[1]);
  check(process > 0, ErrorCode::io,
        "no process for a check can be made: " + std::string(std::strerror(errno)));
  ::setpgid(process, process);
  const Child child{process, report[0], start, limits.seconds};
  std::string text;
  const bool in_time = read_report(child, text);
  const int status = wait_for(child);
  const CheckResult out = judged(in_time, status, text, child, limits, last_words(output));
  ::close(report[0]);
  ::close(output);
  return out;
}

CheckResult run_here(const std::function<Outcome()>& work) {
  const auto start = Clock::now();
  const Outcome outcome = guarded_outcome(work);
  CheckResult out;
  out.result = to_string(outcome.verdict);
  out.text = outcome.text;
  out.seconds = seconds_since(start);
  return out;
}

}  // namespace modhost::core
