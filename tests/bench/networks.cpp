#include "networks.h"

#include "cases.h"
#include "guard.h"
#include "modhost/error.h"
#include "plugin_source.h"

namespace modhost::bench {
namespace {

constexpr uint64_t kSeed = 1;

Signature sequence(int64_t steps, int64_t in, std::vector<int64_t> read_steps) {
  return {Input::sequence, {steps, in}, Output::digits, {4, 10}, 0, std::move(read_steps)};
}

// Csordas et al. 2021, tuple arithmetic: two passes, each answering one of two sums.
Network fnn(const std::string& width) {
  Network out;
  out.name = "fnn-" + width + "x4";
  out.model = "mlp";
  out.options = {{"hidden", width + "," + width + "," + width + "," + width}};
  out.signature = sequence(2, 80, {0, 0, 1, 1});
  out.exclude = {"*bias*"};
  out.penalty = 4e-4 / 128;
  return out;
}

// The same task read step by step: the answer to both sums stands at the last step.
Network lstm(bool tiny) {
  Network out;
  out.name = "lstm-256";
  out.model = "rnn";
  out.options = {{"hidden", tiny ? "8" : "256"}};
  out.signature = sequence(6, 80, {5, 5, 5, 5});
  out.exclude = {"*bias*"};
  out.penalty = 1e-4 / 128;
  return out;
}

// One layer, many steps, few samples a mask: the recurrent products decide.
Network long_lstm(bool tiny) {
  Network out;
  out.name = "lstm-512x40";
  out.model = "rnn";
  out.options = {{"hidden", tiny ? "8" : "512"}, {"layers", "1"}};
  const int64_t steps = tiny ? 5 : 40, last = steps - 1;
  out.signature = sequence(steps, 256, {last, last, last, last});
  out.exclude = {"*bias*"};
  out.samples = 8;
  out.penalty = 1e-4 / 128;
  out.repeats = 10;
  return out;
}

// The Transformer of the same paper on SCAN: 14 words in, 7 actions out, the lengths of the data.
Network transformer(bool tiny) {
  Network out;
  out.name = "transformer";
  out.model = "transformer";
  if (tiny) out.options = {{"features", "8"}, {"feedforward", "8"}, {"heads", "2"}};
  out.signature = {Input::tokens, {tiny ? 4 : 10}, Output::tokens, {tiny ? 5 : 49, 7}, 14};
  out.batch = 256;
  out.exclude = {"*embedding*", "*linear?.bias", "output_projection.bias"};
  out.plain_clip = 5;
  out.mask_clip = 5;
  out.penalty = 6e-4 / 256;
  out.repeats = 8;
  return out;
}

// The CNN of the same paper on images as those of CIFAR-10.
Network cnn(bool tiny) {
  Network out;
  out.name = "cnn";
  out.model = "cnn";
  out.options = {{"preset", "cifar"}};
  const int64_t side = tiny ? 8 : 32;
  out.signature = {Input::image, {3, side, side}, Output::classes, {10}};
  out.penalty = 3e-4 / 128;
  return out;
}

// The Scattering Compositional Learner on 16 panels (Wu et al. 2020).
Network scl(bool tiny) {
  Network out;
  out.name = "scl-160";
  out.model = "scl";
  out.options = {{"conv_channels", "16,16,32,32,32"}, {"conv_activation", "none"}};
  const int64_t side = tiny ? 32 : 160;
  out.signature = {Input::panels, {16, side, side}, Output::choice, {8}};
  out.batch = 32;
  out.plain_clip = 0.5;
  out.mask_clip = 0;
  out.penalty = 2.2e-6;
  out.repeats = 5;
  return out;
}

OptionTable table(const Network& network) {
  OptionTable out;
  for (const auto& [key, text] : network.options) out[key] = {text, "benchmark", true};
  return out;
}

}  // namespace

std::vector<Network> networks(bool tiny) {
  std::vector<Network> out = {fnn("2000"), fnn("800"), lstm(tiny),       long_lstm(tiny),
                              cnn(tiny),   scl(tiny),  transformer(tiny)};
  out[0].repeats = 7;
  for (Network& network : out) {
    if (!tiny) continue;
    if (network.model == "mlp") network.options = {{"hidden", "8,8,8,8"}};
    network.batch = 8;
    network.repeats = 2;
  }
  return out;
}

const Network& named(const std::vector<Network>& networks, const std::string& name) {
  for (const Network& network : networks) {
    if (network.name == name) return network;
  }
  throw Error(ErrorCode::internal, "no network '" + name + "'");
}

std::unique_ptr<ModelBase> make(const Network& network) {
  static core::PluginSource source(core::open_catalog({MODHOST_PLUGIN_DIR}));
  const auto& entry =
      static_cast<const ModelEntry&>(source.get(ComponentKind::model, network.model));
  const std::shared_ptr<Options> options = entry.make_options();
  options->assign("model", entry.name, table(network));
  options->validate();
  auto model = core::guarded(entry, "building it", [&] {
    return entry.make({network.signature, options});
  });
  model->initialize(kSeed);
  return model;
}

Batch some_batch(const Network& network) {
  return conformance::random_batch(network.signature, network.batch, kSeed, torch::kFloat);
}

}  // namespace modhost::bench
