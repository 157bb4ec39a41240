// VGG networks of ImageNet: names, shapes and numbers as torchvision has them, written down by
// hand.
#include <modhost/error.h>
#include <modhost/weights.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "../model_cases/model_cases.h"

using namespace modhost;
using namespace modhost::test;

namespace {

using Entry = std::pair<std::string, std::vector<int64_t>>;

const Signature kImageNet = image({3, 224, 224}, 1000);

// "configuration D" and "E" of Simonyan and Zisserman 2015; 0 is a pooling.
const std::vector<int64_t> kD{64, 64,  0,   128, 128, 0,   256, 256, 256,
                              0,  512, 512, 512, 0,   512, 512, 512, 0};
const std::vector<int64_t> kE{64,  64,  0,   128, 128, 0,   256, 256, 256, 256, 0,
                              512, 512, 512, 512, 0,   512, 512, 512, 512, 0};

// The state dict of torchvision.models.vgg16 and its relatives: every module of `features` counts.
std::vector<Entry> torchvision_vgg(const std::vector<int64_t>& channels, bool normalised) {
  std::vector<Entry> out;
  int64_t place = 0, in = 3;
  for (const int64_t next : channels) {
    if (next == 0) {
      ++place;
      continue;
    }
    const auto add = [&](int64_t at, const std::string& name, std::vector<int64_t> shape) {
      out.emplace_back("features." + std::to_string(at) + "." + name, std::move(shape));
    };
    add(place, "weight", {next, in, 3, 3});
    add(place, "bias", {next});
    if (normalised) {
      for (const char* name : {"weight", "bias", "running_mean", "running_var"}) {
        add(place + 1, name, {next});
      }
      add(place + 1, "num_batches_tracked", {});
    }
    place += normalised ? 3 : 2;
    in = next;
  }
  for (const auto& [at, shape] : std::vector<std::pair<std::string, std::vector<int64_t>>>{
           {"0", {4096, 25088}}, {"3", {4096, 4096}}, {"6", {1000, 4096}}}) {
    out.emplace_back("classifier." + at + ".weight", shape);
    out.emplace_back("classifier." + at + ".bias", std::vector<int64_t>{shape[0]});
  }
  return out;
}

std::vector<Entry> entries(const NamedTensors& state) {
  std::vector<Entry> out;
  for (const auto& [name, tensor] : state) out.emplace_back(name, tensor.sizes().vec());
  return out;
}

}  // namespace

TEST_CASE("cnn has VGG-16 and VGG-19 as torchvision names and counts them", "[cnn]") {
  struct Row {
    std::string preset;
    const std::vector<int64_t>& channels;
    bool normalised;
    int64_t parameters;
  };
  const Row row = GENERATE(Row{"imagenet_vgg16", kD, false, 138'357'544},
                           Row{"imagenet_vgg16_bn", kD, true, 138'365'992},
                           Row{"imagenet_vgg19", kE, false, 143'667'240},
                           Row{"imagenet_vgg19_bn", kE, true, 143'678'248});
  INFO(row.preset);
  const auto model = make_model("cnn", kImageNet, {{"preset", row.preset}});
  CHECK(model->parameter_count() == row.parameters);
  CHECK(entries(model->state()) == torchvision_vgg(row.channels, row.normalised));
}

TEST_CASE("the last linear layers of VGG read 7 x 7 positions channel by channel", "[cnn]") {
  const auto model = make_model("cnn", kImageNet, {{"preset", "imagenet_vgg11"}});
  CHECK(model->parameter_count() == 132'863'336);
  const auto found = std::find_if(model->joints().begin(), model->joints().end(),
                                  [](const Joint& one) { return one.to == "classifier.0"; });
  REQUIRE(found != model->joints().end());
  CHECK(found->from == "features.18");
  CHECK(found->pairs == joint::flattened(512, 49));
}

// Few classes and small images keep it quick; the convolutions are those of torchvision.
TEST_CASE("weights named as torchvision's are taken over", "[cnn]") {
  const auto model = make_model("cnn", image({3, 32, 32}, 7), {{"preset", "imagenet_vgg11_bn"}});
  WeightsFile file;
  double value = 0;
  for (const auto& [name, tensor] : model->state()) {
    value += 0.001;
    file.tensors.emplace_back(name, torch::full_like(tensor, value));
  }
  std::reverse(file.tensors.begin(), file.tensors.end());
  load_weights(*model, file, "vgg.pth");
  for (const auto& [name, tensor] : model->state()) {
    const auto given = std::find_if(file.tensors.begin(), file.tensors.end(),
                                    [&](const auto& one) { return one.first == name; });
    CHECK(torch::equal(tensor, given->second));
  }
  // The classifier of the real size does not fit images of 32 pixels, and that is told.
  for (auto& [name, tensor] : file.tensors) {
    if (name == "classifier.0.weight") tensor = torch::zeros({1}).expand({4096, 25088});
  }
  CHECK_THROWS_WITH(load_weights(*model, file, "vgg.pth"), Catch::Contains("classifier.0.weight"));
}

TEST_CASE("VGG starts as torchvision starts it", "[cnn]") {
  const auto model = make_model("cnn", image({3, 32, 32}, 7), {{"preset", "imagenet_vgg11"}});
  model->initialize(3);
  const NamedTensors state = model->state();
  const auto of = [&](const std::string& name) {
    return std::find_if(state.begin(), state.end(),
                        [&](const auto& one) { return one.first == name; })
        ->second.to(torch::kDouble);
  };
  // He et al. 2015 by fan out: variance 2 / (9 * 512); 2.4 million draws.
  CHECK(of("features.18.weight").std().item<double>() ==
        Approx(std::sqrt(2.0 / (9 * 512))).epsilon(0.005));
  CHECK(of("classifier.3.weight").std().item<double>() == Approx(0.01).epsilon(0.005));
  CHECK(of("classifier.3.bias").abs().max().item<double>() == 0);
  CHECK(of("features.18.bias").abs().max().item<double>() == 0);
}
