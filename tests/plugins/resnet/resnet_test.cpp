// Residual networks: the published sizes, torchvision's names, sums of units.
#include <catch2/catch.hpp>
#include <set>

#include "../model_cases/model_cases.h"

using namespace modhost;
using namespace modhost::test;

namespace {

const Signature kCifar = image({3, 32, 32}, 10);
const Signature kImageNet = image({3, 224, 224}, 1000);

Tensor find_or_fail(const NamedTensors& state, const std::string& name) {
  const Tensor* found = find(state, name);
  INFO(name);
  REQUIRE(found != nullptr);
  return *found;
}

}  // namespace

TEST_CASE("resnet has the published numbers of parameters", "[resnet]") {
  struct Row {
    Signature signature;
    std::string depth;
    int64_t parameters;
    size_t tensors;
  };
  // Csordas et al. 2021 (their code) and torchvision.
  const Row row =
      GENERATE(Row{kCifar, "110", 1730714, 335}, Row{kImageNet, "18", 11689512, 62},
               Row{kImageNet, "34", 21797672, 110}, Row{kImageNet, "50", 25557032, 161});
  const auto model = make_model("resnet", row.signature, {{"depth", row.depth}});
  CHECK(model->parameter_count() == row.parameters);
  CHECK(masked_count(*model) == row.parameters);
  CHECK(model->parameters().size() == row.tensors);
}

TEST_CASE("resnet names and orders its state as torchvision", "[resnet]") {
  const auto model = make_model("resnet", kImageNet, {{"depth", "50"}});
  const std::vector<std::string> names = state_names(*model);
  CHECK(std::vector<std::string>(names.begin(), names.begin() + 8) ==
        std::vector<std::string>{"conv1.weight", "bn1.weight", "bn1.bias", "bn1.running_mean",
                                 "bn1.running_var", "bn1.num_batches_tracked",
                                 "layer1.0.conv1.weight", "layer1.0.bn1.weight"});
  const NamedTensors state = model->state();
  CHECK(find_or_fail(state, "conv1.weight").sizes() == torch::IntArrayRef({64, 3, 7, 7}));
  CHECK(find_or_fail(state, "layer1.0.downsample.0.weight").sizes() ==
        torch::IntArrayRef({256, 64, 1, 1}));
  CHECK(find_or_fail(state, "layer4.2.conv3.weight").sizes() ==
        torch::IntArrayRef({2048, 512, 1, 1}));
  CHECK(find_or_fail(state, "layer3.0.downsample.1.running_var").sizes() ==
        torch::IntArrayRef({1024}));
  CHECK(find_or_fail(state, "fc.weight").sizes() == torch::IntArrayRef({1000, 2048}));
  CHECK(names.size() == 320);  // torchvision's resnet50
}

TEST_CASE("resnet computes with an ensemble what single passes give", "[resnet]") {
  const Texts options =
      GENERATE(Texts{{"depth", "20"}, {"width", "2"}}, Texts{{"depth", "18"}, {"width", "2"}},
               Texts{{"depth", "50"}, {"width", "2"}, {"stem", "small"}});
  check_model([&] { return make_model("resnet", image({2, 9, 8}, 3), options); });
}

TEST_CASE("resnet learns", "[resnet]") {
  const auto model = make_model("resnet", image({2, 8, 8}, 3), {{"width", "4"}});
  check_learns(*model, 25, 1e-2, 0.3);
}

TEST_CASE("a reader of a residual sum is joined to all its writers", "[resnet]") {
  const auto model = make_model("resnet", image({2, 8, 8}, 3), {{"width", "4"}});
  const auto writers = [&](const std::string& reader) {
    std::set<std::string> out;
    for (const Joint& joint : model->joints()) {
      if (joint.to == reader) out.insert(joint.from);
    }
    return out;
  };
  using Names = std::set<std::string>;
  CHECK(writers("layer1.0.conv1") == Names{"bn1"});
  CHECK(writers("layer1.2.conv1") == Names{"bn1", "layer1.0.bn2", "layer1.1.bn2"});
  const Names first_group{"bn1", "layer1.0.bn2", "layer1.1.bn2", "layer1.2.bn2"};
  CHECK(writers("layer2.0.conv1") == first_group);
  CHECK(writers("layer2.0.downsample.0") == first_group);
  CHECK(writers("layer2.1.conv1") == Names{"layer2.0.downsample.1", "layer2.0.bn2"});
  CHECK(writers("fc") ==
        Names{"layer3.0.downsample.1", "layer3.0.bn2", "layer3.1.bn2", "layer3.2.bn2"});
}

// With the last scale of every block at 0 only the shortcuts are left.
TEST_CASE("a block of resnet adds its result to its input", "[resnet]") {
  const auto model = make_model("resnet", image({1, 4, 4}, 2), {{"width", "2"}});
  model->initialize(1);
  model->set_training(false);
  const NamedTensors state = model->state();
  for (const auto& [name, tensor] : state) {
    if (name.find("bn2.weight") != std::string::npos) Tensor(tensor).zero_();
  }
  const torch::NoGradGuard no_grad;
  const Tensor input = torch::rand({3, 1, 4, 4});
  const double eps = 1 / std::sqrt(1 + 1e-5);  // running mean 0 and variance 1
  Tensor x = (torch::conv2d(input, find_or_fail(state, "conv1.weight"), {}, 1, 1) * eps).relu();
  for (const std::string group : {"layer2", "layer3"}) {
    const Tensor weight = find_or_fail(state, group + ".0.downsample.0.weight");
    x = (torch::conv2d(x, weight, {}, 2) * eps).relu();
  }
  const Tensor expected = torch::linear(x.mean({2, 3}), find_or_fail(state, "fc.weight"),
                                        find_or_fail(state, "fc.bias"));
  CHECK(torch::allclose(model->forward({input}), expected, 1e-5, 1e-6));
}

TEST_CASE("resnet starts as the paper's networks do", "[resnet]") {
  const auto model = make_model("resnet", kCifar, {{"depth", "20"}});
  model->initialize(1);
  const Tensor weight = find_or_fail(model->state(), "layer3.1.conv1.weight");  // 36,864 entries
  CHECK(weight.std(false).item<double>() == Approx(std::sqrt(2.0 / (9 * 64))).epsilon(0.02));
}

TEST_CASE("resnet refuses depths that do not exist", "[resnet]") {
  CHECK(refusal("resnet", kCifar, {{"depth", "21"}}) ==
        "option 'model.depth': there is no residual network of depth 21; there are 20, 32, 44, 56, "
        "110 and 18, 34, 50");
}
