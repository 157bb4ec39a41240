#include "process_state.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <cstdio>
#include <filesystem>
#include <iostream>

#include "measure.h"
#include "modhost/error.h"

namespace modhost::conformance {
namespace {

namespace fs = std::filesystem;

std::string plural(int count, const std::string& word) {
  return std::to_string(count) + " " + word + (count == 1 ? "" : "s");
}

std::string locale_text() {
  const char* text = std::setlocale(LC_ALL, nullptr);
  return text == nullptr ? "" : text;
}

std::string default_type_text() {
  return std::string(torch::typeMetaToScalarType(torch::get_default_dtype()) == torch::kFloat
                         ? "float"
                         : "another type");
}

void flush_all() {
  std::cout.flush();
  std::cerr.flush();
  std::fflush(nullptr);
}

}  // namespace

int thread_count() {
  int count = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator("/proc/self/task")) ++count;
  return count;
}

int socket_count() {
  int count = 0;
  for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
    struct stat status {};
    if (::stat(entry.path().c_str(), &status) == 0 && S_ISSOCK(status.st_mode)) ++count;
  }
  return count;
}

Tensor global_generator_state() {
  auto generator = at::globalContext().defaultGenerator(c10::kCPU);
  return generator.get_state().clone();
}

ProcessState::ProcessState()
    : threads_(thread_count()),
      sockets_(socket_count()),
      torch_threads_(at::get_num_threads()),
      gradients_(torch::GradMode::is_enabled()),
      default_type_(default_type_text()),
      folder_(fs::current_path().string()),
      locale_(locale_text()),
      generator_(global_generator_state()) {}

std::vector<std::string> ProcessState::changes() const {
  std::vector<std::string> out;
  const int threads = thread_count() - threads_, sockets = socket_count() - sockets_;
  if (threads > 0) out.push_back("it leaves " + plural(threads, "thread") + " running");
  if (sockets > 0) out.push_back("it leaves " + plural(sockets, "socket") + " open");
  if (at::get_num_threads() != torch_threads_) out.push_back("it sets LibTorch's threads");
  if (torch::GradMode::is_enabled() != gradients_) out.push_back("it switches gradients");
  if (default_type_text() != default_type_) out.push_back("it sets LibTorch's default type");
  if (fs::current_path().string() != folder_) out.push_back("it changes the working folder");
  if (locale_text() != locale_) out.push_back("it sets the locale");
  if (!same_bits(global_generator_state(), generator_)) {
    out.push_back("it draws from or seeds LibTorch's global generator");
  }
  return out;
}

OutputCatcher::OutputCatcher() {
  flush_all();
  file_ = ::memfd_create("modhost-check", MFD_CLOEXEC);
  check(file_ >= 0, ErrorCode::io, "no memory file can be made");
  out_ = ::dup(STDOUT_FILENO);
  err_ = ::dup(STDERR_FILENO);
  ::dup2(file_, STDOUT_FILENO);
  ::dup2(file_, STDERR_FILENO);
}

OutputCatcher::~OutputCatcher() {
  restore();
  ::close(file_);
}

void OutputCatcher::restore() {
  if (out_ < 0) return;
  flush_all();
  ::dup2(out_, STDOUT_FILENO);
  ::dup2(err_, STDERR_FILENO);
  ::close(out_);
  ::close(err_);
  out_ = err_ = -1;
}

std::string OutputCatcher::text() {
  restore();
  std::string out(static_cast<size_t>(std::max<off_t>(0, ::lseek(file_, 0, SEEK_END))), '\0');
  const ssize_t read = ::pread(file_, out.data(), out.size(), 0);
  out.resize(static_cast<size_t>(std::max<ssize_t>(0, read)));
  return out;
}

}  // namespace modhost::conformance
