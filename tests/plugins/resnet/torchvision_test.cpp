// Every name and shape of torchvision's residual networks, written down from their description.
#include <modhost/weights.h>

#include <catch2/catch.hpp>

#include "../model_cases/model_cases.h"

using namespace modhost;
using namespace modhost::test;

namespace {

using Entry = std::pair<std::string, std::vector<int64_t>>;
using Entries = std::vector<Entry>;

void add_norm(Entries& out, const std::string& name, int64_t channels) {
  for (const char* part : {".weight", ".bias", ".running_mean", ".running_var"}) {
    out.emplace_back(name + part, std::vector<int64_t>{channels});
  }
  out.emplace_back(name + ".num_batches_tracked", std::vector<int64_t>{});
}

void add_conv(Entries& out, const std::string& name, const std::string& norm,
              const std::vector<int64_t>& shape) {
  out.emplace_back(name + ".weight", shape);
  add_norm(out, norm, shape[0]);
}

// blocks: of layer1 .. layer4.
Entries torchvision_resnet(const std::vector<int64_t>& blocks, bool bottleneck) {
  Entries out;
  add_conv(out, "conv1", "bn1", {64, 3, 7, 7});
  int64_t in = 64;
  for (int64_t group = 1; group <= 4; ++group) {
    const int64_t inner = 32 << group, wide = bottleneck ? 4 * inner : inner;
    for (int64_t block = 0; block < blocks[static_cast<size_t>(group - 1)]; ++block) {
      const std::string name = "layer" + std::to_string(group) + "." + std::to_string(block) + ".";
      if (bottleneck) {
        add_conv(out, name + "conv1", name + "bn1", {inner, in, 1, 1});
        add_conv(out, name + "conv2", name + "bn2", {inner, inner, 3, 3});
        add_conv(out, name + "conv3", name + "bn3", {wide, inner, 1, 1});
      } else {
        add_conv(out, name + "conv1", name + "bn1", {inner, in, 3, 3});
        add_conv(out, name + "conv2", name + "bn2", {inner, inner, 3, 3});
      }
      // A basic first group keeps 64 channels and needs no other shortcut.
      if (block == 0 && in != wide) {
        add_conv(out, name + "downsample.0", name + "downsample.1", {wide, in, 1, 1});
      }
      in = wide;
    }
  }
  out.emplace_back("fc.weight", std::vector<int64_t>{1000, in});
  out.emplace_back("fc.bias", std::vector<int64_t>{1000});
  return out;
}

}  // namespace

TEST_CASE("resnet has all names and shapes of torchvision, and takes such weights", "[resnet]") {
  struct Row {
    std::string depth;
    std::vector<int64_t> blocks;
    bool bottleneck;
  };
  const Row row = GENERATE(Row{"18", {2, 2, 2, 2}, false}, Row{"34", {3, 4, 6, 3}, false},
                           Row{"50", {3, 4, 6, 3}, true});
  INFO(row.depth);
  const auto model = make_model("resnet", image({3, 224, 224}, 1000), {{"depth", row.depth}});
  const Entries known = torchvision_resnet(row.blocks, row.bottleneck);
  Entries own;
  for (const auto& [name, tensor] : model->state()) own.emplace_back(name, tensor.sizes().vec());
  CHECK(own == known);

  WeightsFile file;
  for (const auto& [name, shape] : known) {
    const bool count = name.find("num_batches_tracked") != std::string::npos;
    file.tensors.emplace_back(
        name, count ? torch::tensor(int64_t{7}) : torch::rand(shape, torch::kFloat));
  }
  load_weights(*model, file, "resnet.pth");
  const NamedTensors state = model->state();
  for (size_t i = 0; i < state.size(); ++i) {
    CHECK(torch::equal(state[i].second, file.tensors[i].second));
  }
}
