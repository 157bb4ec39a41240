// A static thread object whose thread was never joined: its destructor ends the process.
#include <thread>

#include "modhost/error.h"
#include "tiny_model.h"

namespace {

std::thread& worker() {
  static std::thread thread;
  return thread;
}

std::unique_ptr<modhost::ModelBase> make(const modhost::Build&) {
  worker() = std::thread([] {});
  throw modhost::Error(modhost::ErrorCode::config, "only here to start a thread");
}

}  // namespace

MODHOST_PLUGIN(registry) {
  registry.model<modhost::Options>("dies_at_exit", "a model for tests",
                                   {{modhost::Input::features}, {modhost::Output::classes}}, make);
}
