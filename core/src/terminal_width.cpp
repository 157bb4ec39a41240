#include "terminal_width.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

namespace modhost::core {
namespace {

constexpr size_t kUsual = 80;
constexpr size_t kNarrowest = 40;
constexpr size_t kWidest = 100;

}  // namespace

std::optional<size_t> terminal_width(int descriptor) {
  winsize size{};
  const bool known = ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? std::optional<size_t>(size.ws_col) : std::nullopt;
}

size_t reading_width() {
  return std::clamp(terminal_width(STDOUT_FILENO).value_or(kUsual), kNarrowest, kWidest);
}

}  // namespace modhost::core
