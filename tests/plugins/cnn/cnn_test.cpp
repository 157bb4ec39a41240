// The plain convolutional networks: sizes and layer lists of the papers' networks.
#include <catch2/catch.hpp>

#include "../model_cases/model_cases.h"

using namespace modhost;
using namespace modhost::test;

namespace {

const Signature kCifar = image({3, 32, 32}, 10);

int64_t conv(int64_t in, int64_t out) { return 9 * in * out + out; }
int64_t linear(int64_t in, int64_t out) { return in * out + out; }
int64_t norm(int64_t channels) { return 2 * channels; }

int64_t convs(int64_t in, const std::vector<int64_t>& channels) {
  int64_t sum = 0;
  for (const int64_t out : channels) {
    sum += conv(in, out);
    in = out;
  }
  return sum;
}

std::string kinds(const ModelBase& model) {
  std::string out;
  for (const auto& slot : model.layers()) {
    out += (out.empty() ? "" : " ") + slot.layer->kind();
    if (slot.layer->units_out() > 0) out += std::to_string(slot.layer->units_out());
  }
  return out;
}

// What is not dropped is scaled by 1/(1-p), which tells p.
std::vector<double> dropout_rates(const std::string& preset, const Signature& signature) {
  const auto model = make_model("cnn", signature, {{"preset", preset}});
  model->set_training(true);
  model->set_noise({{1}, 0});
  std::vector<double> out;
  for (const auto& slot : model->layers()) {
    if (slot.layer->kind() != "dropout") continue;
    const Tensor y = slot.layer->forward(torch::ones({1, 1000}));
    out.push_back(1 - 1 / y.max().item<double>());
  }
  return out;
}

}  // namespace

TEST_CASE("cnn has the papers' numbers of parameters", "[cnn]") {
  const auto count = [](const std::string& preset, const Signature& signature) {
    return make_model("cnn", signature, {{"preset", preset}})->parameter_count();
  };
  const auto model = make_model("cnn", kCifar);
  CHECK(model->parameter_count() == 390986);  // Csordas et al. 2021; all have a mask
  CHECK(masked_count(*model) == 390986);
  // Pooled twice, the dense layer reads 7 x 7 positions of 64 channels.
  CHECK(count("cnn", image({1, 28, 28}, 10)) ==
        convs(1, {64, 64, 64}) + linear(64 * 7 * 7, 128) + linear(128, 10));
  CHECK(count("mnist_cnn", image({1, 28, 28}, 10)) ==
        convs(1, {32, 64, 128}) + linear(12800, 256) + linear(256, 10));
  CHECK(count("cifar10_6", kCifar) ==
        convs(3, {64, 128, 128, 256}) + linear(16384, 256) + linear(256, 10));
  CHECK(count("cifar10_6_bn", kCifar) - count("cifar10_6", kCifar) == norm(128) + norm(256));
  const int64_t dense = 2 * linear(512, 512) + linear(512, 10);
  CHECK(count("vgg11", kCifar) == convs(3, {64, 128, 256, 256, 512, 512, 512, 512}) + dense);
  const std::vector<int64_t> vgg16{64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512};
  CHECK(count("vgg16", kCifar) == convs(3, vgg16) + dense);
  int64_t norms = 0;
  for (const int64_t channels : vgg16) norms += norm(channels);
  CHECK(count("vgg16_bn", kCifar) == convs(3, vgg16) + dense + norms);
  CHECK(count("cnn_vgg", kCifar) == convs(3, vgg16) + dense + norms + norm(512));
  CHECK(count("vgg19", kCifar) - count("vgg16", kCifar) == conv(256, 256) + 2 * conv(512, 512));
  CHECK(count("vgg16", kCifar) - count("vgg13", kCifar) == conv(256, 256) + 2 * conv(512, 512));
}

// But that pooling comes before relu: the same network with less to do.
TEST_CASE("cnn lists the layers of the papers' networks in their order", "[cnn]") {
  const auto layers = [](const std::string& preset, const Signature& signature) {
    return kinds(*make_model("cnn", signature, {{"preset", preset}}));
  };
  CHECK(layers("cifar", kCifar) ==
        "conv2d32 max_pool2d relu conv2d64 max_pool2d relu conv2d128 dropout max_pool2d relu "
        "conv2d256 relu dropout global_avg_pool linear10");
  CHECK(layers("cnn", image({1, 28, 28}, 10)) ==
        "conv2d64 relu dropout conv2d64 max_pool2d relu dropout conv2d64 max_pool2d relu dropout "
        "flatten linear128 relu dropout linear10");
  CHECK(layers("mnist_cnn", image({1, 28, 28}, 10)) ==
        "conv2d32 relu conv2d64 max_pool2d relu dropout conv2d128 relu flatten linear256 relu "
        "dropout linear10");
  CHECK(layers("cifar10_6_bn", kCifar) ==
        "conv2d64 relu conv2d128 batch_norm2d128 max_pool2d relu conv2d128 relu conv2d256 "
        "batch_norm2d256 max_pool2d relu flatten linear256 relu dropout linear10");
  CHECK(layers("cnn_vgg", kCifar).substr(0, 115) ==
        "conv2d64 relu batch_norm2d64 dropout conv2d64 max_pool2d relu batch_norm2d64 conv2d128 "
        "relu batch_norm2d128 dropout");
  CHECK(layers("vgg11_bn", kCifar).substr(0, 75) ==
        "conv2d64 batch_norm2d64 max_pool2d relu conv2d128 batch_norm2d128 max_pool2");
}

TEST_CASE("cnn names its parameters as the papers' state dicts", "[cnn]") {
  CHECK(state_names(*make_model("cnn", kCifar)) ==
        std::vector<std::string>{"features.0.weight", "features.0.bias", "features.3.weight",
                                 "features.3.bias", "features.6.weight", "features.6.bias",
                                 "features.10.weight", "features.10.bias", "out_layer.weight",
                                 "out_layer.bias"});
  const auto vgg = state_names(*make_model("cnn", kCifar, {{"preset", "vgg11"}}));
  CHECK(vgg[2] == "features.3.weight");
  CHECK(vgg[vgg.size() - 2] == "classifier.6.weight");
}

TEST_CASE("cnn computes with an ensemble what single passes give", "[cnn]") {
  const Texts options =
      GENERATE(Texts{{"preset", "free"}, {"channels", "4,5"}}, Texts{{"preset", "free"},
                                                                     {"channels", "4,5"},
                                                                     {"batch_norm", "true"},
                                                                     {"head", "flatten"},
                                                                     {"hidden", "6"},
                                                                     {"drop", "0.5"},
                                                                     {"kernel", "5"},
                                                                     {"pool", "2"},
                                                                     {"activation", "tanh"}});
  check_model([&] { return make_model("cnn", image({2, 8, 9}, 3), options); });
}

TEST_CASE("every preset of cnn keeps to the joints of its layers", "[cnn]") {
  const std::string preset = GENERATE("cifar", "cnn", "mnist_cnn", "cifar10_6_bn", "vgg11_bn");
  const auto model = make_model("cnn", kCifar, {{"preset", preset}});
  check_joints(*model);
}

TEST_CASE("units of cnn reach the linear layer at their own positions", "[cnn]") {
  const auto flat = make_model("cnn", image({1, 4, 4}, 2),
                               {{"preset", "free"}, {"channels", "3"}, {"head", "flatten"}});
  const Joint& joint = flat->joints().back();
  CHECK(joint.from == "features.0");
  CHECK(joint.to == "classifier.0");
  CHECK(joint.pairs == joint::flattened(3, 4));  // 2 x 2 positions after the pooling
  const auto mean = make_model("cnn", image({1, 4, 4}, 2), {{"preset", "free"}, {"channels", "3"}});
  CHECK(mean->joints().back().pairs == joint::same(3));
}

TEST_CASE("cnn learns", "[cnn]") {
  const auto model = make_model("cnn", image({2, 8, 8}, 3),
                                {{"preset", "free"}, {"channels", "8,8"}, {"batch_norm", "true"}});
  check_learns(*model, 60, 1e-2, 0.3);
}

TEST_CASE("dropout false leaves training deterministic", "[cnn]") {
  for (const bool on : {true, false}) {
    const auto model = make_model("cnn", kCifar, {{"dropout", on ? "true" : "false"}});
    model->initialize(1);
    model->set_training(true);
    const Tensor x = torch::rand({1, 3, 32, 32});
    model->set_noise({{1}, 0});
    const Tensor one = model->forward({x});
    model->set_noise({{1}, 1});
    CHECK(torch::equal(one, model->forward({x})) == !on);
  }
}

TEST_CASE("cnn drops units at the papers' rates", "[cnn]") {
  const auto check_rates = [](const std::string& preset, const std::vector<double>& wanted) {
    INFO(preset);
    const std::vector<double> rates = dropout_rates(preset, kCifar);
    REQUIRE(rates.size() == wanted.size());
    for (size_t i = 0; i < rates.size(); ++i) CHECK(rates[i] == Approx(wanted[i]).epsilon(1e-6));
  };
  check_rates("cnn", {0.25, 0.25, 0.25, 0.5});  // Hod et al. 2021, in Keras
  check_rates("cnn_vgg", {0.3, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.5, 0.5});
  check_rates("cifar", {0.25, 0.5});  // Csordas et al. 2021
  check_rates("vgg11", {0.5, 0.5});   // Filan et al. 2021, in PyTorch
}

TEST_CASE("cnn refuses options and images that do not fit its preset", "[cnn]") {
  CHECK(refusal("cnn", kCifar, {{"channels", "3"}}) ==
        "option 'model.channels' belongs to the preset 'free', not to 'cifar'; add model.preset = "
        "free, or leave it out");
  CHECK(refusal("cnn", kCifar, {{"preset", "free"}, {"kernel", "4"}}) ==
        "option 'model.kernel': 4 is even; images would not keep their side; take 5");
  const std::string small = refusal("cnn", image({3, 8, 8}, 10), {{"preset", "vgg11"}});
  CHECK(small.find("option 'model.preset': 'vgg11' does not fit images [3, 8, 8]: layer "
                   "'features.14' (max_pool2d)") == 0);
}
