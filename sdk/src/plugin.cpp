#include "modhost/plugin.h"

#include <algorithm>
#include <cstring>
#include <exception>
#include <string>

#include "modhost/error.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

void report(modhost_error_v1* error, const std::string& message) noexcept {
  if (error == nullptr) return;
  const size_t room = sizeof error->message - 1;
  const size_t length = std::min(room, message.size());
  std::memcpy(error->message, message.data(), length);
  error->message[length] = '\0';
}

}  // namespace

int load_plugin(void (*registrar)(Registry&), const modhost_host_v1* host,
                modhost_error_v1* error) noexcept {
  try {
    registrar(*static_cast<Registry*>(host->registry));
    return 0;
  } catch (const Error& failure) {
    report(error, failure.full());
  } catch (const std::exception& failure) {
    report(error, failure.what());
  } catch (...) {
    report(error, "the plugin threw something that is no std::exception");
  }
  return 1;
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
