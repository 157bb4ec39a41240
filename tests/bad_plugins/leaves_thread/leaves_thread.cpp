// Every network that is built starts a thread that nobody waits for.
#include <chrono>
#include <thread>

#include "modhost/error.h"
#include "tiny_model.h"

namespace {

std::unique_ptr<modhost::ModelBase> make(const modhost::Build&) {
  std::thread([] { std::this_thread::sleep_for(std::chrono::minutes(5)); }).detach();
  throw modhost::Error(modhost::ErrorCode::config, "only here to start a thread");
}

}  // namespace

MODHOST_PLUGIN(registry) {
  registry.model<modhost::Options>("leaves_thread", "a model for tests",
                                   {{modhost::Input::features}, {modhost::Output::classes}}, make);
}
