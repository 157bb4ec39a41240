#include "torchscript.h"

#include <modhost/error.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "examination.h"
#include "joint_finder.h"
#include "network.h"
#include "script_file.h"
#include "site_role.h"
#include "trial_process.h"

namespace modhost_torchscript {

Accepts Torchscript::accepts() {
  return {{Input::features, Input::image, Input::sequence, Input::tokens, Input::panels},
          {Output::classes, Output::digits, Output::values, Output::choice, Output::bits}};
}

namespace {

// Several times the file for its tensors and copies of them, and some for the code.
constexpr uint64_t kFileCopies = 8;
constexpr uint64_t kCodeBytes = uint64_t{1} << 30;
constexpr int64_t kLoadSeconds = 600;

ScriptFile load_safely(const std::string& path) {
  check_script(path);
  const uint64_t memory = kFileCopies * std::filesystem::file_size(path) + kCodeBytes;
  const std::string broken =
      breakdown([&] { const Network network(load_script(path)); }, {memory, kLoadSeconds});
  check(broken.empty(), ErrorCode::data, "'" + path + "' is damaged or made to do harm: " + broken);
  return load_script(path);
}

}  // namespace

Torchscript::Torchscript(const Build& build) : Model(build) {
  check(
      !options().file().empty(), ErrorCode::config, "option 'model.file' names no network",
      "save one in Python by torch.jit.script(net).save(\"net.pt\") and give --model.file net.pt");
  network_ = std::make_unique<Network>(load_safely(options().file()));
  check_ends(*network_, signature(), options().time_limit());
  try_signature(*network_, signature());
  network_->make_layers();
  for (const ScriptLayer& layer : network_->layers()) add_layer(layer.name, layer.layer);
  if (options().batching() == "passes") network_->use_passes("as asked by model.batching");
  compare_with_passes(*network_, *this);
  for (Joint& joint : find_joints(*network_, signature())) {
    join(joint.from, joint.to, std::move(joint.pairs));
  }
  take_notes(find_ineffective(*network_, *this));
}

Torchscript::~Torchscript() = default;

Tensor Torchscript::forward(const Batch& batch) {
  Mode mode;
  mode.parts = layers().front().layer->ensemble_size();
  mode.training = layers().front().layer->training();
  mode.noise = noise();
  std::vector<int64_t> shape{batch.input.size(0)};
  shape.insert(shape.end(), signature().output_shape.begin(), signature().output_shape.end());
  // Not all operations of LibTorch can do with no samples.
  if (shape.front() == 0) return network_->parameters().front().tensor().new_zeros(shape);
  if (mode.parts == 1 && !mode.training) show_layers(*network_, batch.input);
  return run(batch.input, mode).reshape(shape);
}

// What goes wrong in the code of the network comes as a trace of many lines, which says at its end
// what LibTorch says elsewhere.
Tensor Torchscript::run(const Tensor& input, const Mode& mode) {
  try {
    return network_->forward(input, mode);
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    throw c10::Error({__func__, __FILE__, __LINE__}, short_reason(error));
  }
}

void Torchscript::take_notes(const std::vector<std::string>& ineffective) {
  const std::vector<std::string> apart = sites_apart();
  if (!network_->why_passes().empty()) {
    notes_.push_back("one pass for each mask sample: " + network_->why_passes());
  } else if (!apart.empty()) {
    notes_.push_back("one pass for each mask sample at " + modhost::join(apart) +
                     ", all at once everywhere else");
  }
  if (network_->why_passes().empty() && !network_->why_training_passes().empty()) {
    notes_.push_back("networks trained together run one by one: " +
                     network_->why_training_passes());
  }
  if (!ineffective.empty()) {
    notes_.push_back("not masked, since the output does not depend on it: " +
                     modhost::join(ineffective));
  }
  if (network_->foreign_devices() > 0) {
    notes_.push_back("devices written into the code are replaced by the run's own");
  }
}

// The places where the parts of a batch run one by one, each once.
std::vector<std::string> Torchscript::sites_apart() const {
  std::vector<std::string> found;
  for (const auto& site : network_->sites()) {
    if (!site->runs() || site->at_once() || site->parameters().empty()) continue;
    const std::string text = site->name() + " (" + site->call().operation + ")";
    if (std::find(found.begin(), found.end(), text) == found.end()) found.push_back(text);
  }
  return found;
}

}  // namespace modhost_torchscript
