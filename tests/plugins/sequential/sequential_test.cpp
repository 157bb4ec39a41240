// Networks written as tables: what is filled in, what is joined, what is refused and in which
// words.
#include <modhost/error.h>
#include <modhost/registry.h>

#include <catch2/catch.hpp>

#include "../model_cases/model_cases.h"

using namespace modhost;
using namespace modhost::test;

namespace {

template <typename T>
OptionValue written(T content) {
  OptionValue value;
  value.value = content;
  value.origin = "net.toml:2:8";
  return value;
}
OptionValue written(const char* text) { return written(std::string(text)); }
OptionValue written(int number) { return written(int64_t{number}); }
OptionValue names(const std::vector<std::string>& texts) {
  OptionValue::List list;
  for (const std::string& text : texts) list.push_back(written(text));
  return written(list);
}

using Layers = std::vector<OptionTable>;

OptionTable net(const Layers& layers) {
  OptionValue::List list;
  for (const OptionTable& layer : layers) list.push_back(written(layer));
  return {{"layers", written(list)}};
}

const Signature kFlags = features(5, Output::classes, {3});
const OptionTable kRelu{{"kind", written("relu")}};
const OptionTable kLinear{{"kind", written("linear")}};

OptionTable linear(int out) { return {{"kind", written("linear")}, {"out", written(out)}}; }

struct Doubled : Layer {
  using OptionsType = nn::NoOptions;
  explicit Doubled(const nn::NoOptions&) : Layer("doubled", 0, 0) {}
  Tensor forward(const Tensor& x) override { return 2 * x; }
};

}  // namespace

TEST_CASE("sequential fills in sizes and names layers as torch.nn.Sequential", "[sequential]") {
  const auto model = make_model("sequential", kFlags, net({linear(7), kRelu, kLinear}));
  CHECK(state_names(*model) ==
        std::vector<std::string>{"0.weight", "0.bias", "2.weight", "2.bias"});
  model->initialize(1);
  const NamedTensors state = model->state();
  const Tensor x = torch::rand({4, 5});
  const Tensor hidden = torch::linear(x, state[0].second, state[1].second).relu();
  CHECK(torch::allclose(model->forward({x}),
                        torch::linear(hidden, state[2].second, state[3].second)));
  check_learns(*model, 100, 1e-2, 0.3);
}

TEST_CASE("sequential without layers of its own is a small network", "[sequential]") {
  check_model([] { return make_model("sequential", image({2, 3, 3}, 4), OptionTable{}); });
}

TEST_CASE("sequential runs every kind of layer under an ensemble", "[sequential]") {
  struct Row {
    Signature signature;
    Layers layers;
  };
  const OptionTable conv{{"kind", written("conv2d")}, {"out", written(4)}, {"padding", written(1)}};
  const OptionTable embedding{
      {"kind", written("embedding")}, {"tokens", written(6)}, {"features", written(4)}};
  const OptionTable lstm{{"kind", written("lstm")}, {"hidden", written(5)}};
  const OptionTable last{{"kind", written("gru")}, {"hidden", written(5)}, {"last", written(true)}};
  const OptionTable attention{{"kind", written("multihead_attention")}, {"heads", written(2)}};
  const Row row = GENERATE_COPY(
      Row{image({2, 6, 5}, 3),
          {conv,
           {{"kind", written("batch_norm2d")}},
           kRelu,
           {{"kind", written("max_pool2d")}},
           {{"kind", written("dropout")}},
           {{"kind", written("flatten")}},
           kLinear}},
      Row{image({2, 6, 5}, 3), {conv, {{"kind", written("global_avg_pool")}}, kLinear}},
      Row{sequence(4, 3, Output::digits, {2, 5}, {3, 1}), {lstm, kLinear}},
      Row{tokens(4, 6, Output::classes, {3}), {embedding, attention, last, kLinear}});
  check_model([&] { return make_model("sequential", row.signature, net(row.layers)); });
}

TEST_CASE("sequential adds up what a layer reads from", "[sequential]") {
  OptionTable first = linear(5), second = linear(5), third = kLinear;
  first["name"] = written("first");
  first["from"] = names({"input"});
  second["name"] = written("second");
  third["from"] = names({"second", "first", "input"});
  const auto model = make_model("sequential", kFlags, net({first, second, third}));
  model->initialize(1);
  const NamedTensors state = model->state();
  const Tensor x = torch::rand({4, 5});
  const Tensor a = torch::linear(x, state[0].second, state[1].second);
  const Tensor b = torch::linear(a, state[2].second, state[3].second);
  CHECK(torch::allclose(model->forward({x}),
                        torch::linear(a + b + x, state[4].second, state[5].second), 1e-5, 1e-6));
  std::vector<std::string> writers;
  for (const Joint& joint : model->joints()) {
    if (joint.to == "2") writers.push_back(joint.from);
  }
  CHECK(writers == std::vector<std::string>{"second", "first", ""});
  check_model([&] { return make_model("sequential", kFlags, net({first, second, third})); });
}

TEST_CASE("joints of sequential follow units through pooling and flattening", "[sequential]") {
  const OptionTable conv{{"kind", written("conv2d")}, {"out", written(4)}};
  const auto model = make_model("sequential", image({2, 6, 5}, 3),
                                net({conv,
                                     kRelu,
                                     {{"kind", written("max_pool2d")}},
                                     {{"kind", written("flatten")}},
                                     kLinear}));
  REQUIRE(model->joints().size() == 2);
  CHECK(model->joints()[0].pairs == joint::same(2));
  CHECK(model->joints()[1].from == "0");
  CHECK(model->joints()[1].pairs == joint::flattened(4, 2));  // 4 x 3, pooled to 2 x 1
  // Features of a sequence lie behind each other, step by step.
  const auto steps = make_model("sequential", sequence(2, 3, Output::classes, {2}),
                                net({linear(2), {{"kind", written("flatten")}}, kLinear}));
  CHECK(steps->joints()[1].pairs == joint::Pairs{{0, 0}, {0, 2}, {1, 1}, {1, 3}});
}

TEST_CASE("sequential takes layer kinds of plugins", "[sequential]") {
  Registry registry("somebody");
  register_builtin_layers(registry);
  registry.layer<Doubled>("doubled", "twice the input");
  const auto kinds = [&](const std::string& kind) -> const LayerEntry& {
    return *registry.find_layer(kind);
  };
  const auto model =
      make_model("sequential", kFlags, net({{{"kind", written("doubled")}}, kLinear}), kinds);
  model->initialize(1);
  const NamedTensors state = model->state();
  const Tensor x = torch::rand({4, 5});
  CHECK(
      torch::allclose(model->forward({x}), torch::linear(2 * x, state[0].second, state[1].second)));
}

TEST_CASE("what cannot be built is refused with the place and the layer", "[sequential]") {
  const auto refused = [](const Layers& layers, const Signature& signature = kFlags) {
    return refusal("sequential", signature, net(layers));
  };
  CHECK(refused({{{"kind", written("linaer")}}})
            .find("net.toml:2:8: layer 0 (linaer): unknown layer 'linaer'; there is ") == 0);
  CHECK(refused({{{"kind", written("linaer")}}}).find("did you mean 'linear'?") !=
        std::string::npos);
  CHECK(refused({{{"kind", written("linear")}, {"outt", written(3)}}}) ==
        "net.toml:2:8: unknown option 'model.layers[0].outt'; linear has: in, out, bias; did you "
        "mean 'model.layers[0].out'?");
  CHECK(refused({{{"out", written(3)}}}) ==
        "net.toml:2:8: layer 0 needs a kind; such as kind = \"linear\"; 'modhost list' shows all");
  CHECK(refused({{{"kind", written("linear")}, {"in", written(4)}, {"name", written("fc1")}}}) ==
        "net.toml:2:8: layer 0 (linear 'fc1') takes [n, ..., 4]; it got [1, 5]");
  CHECK(refused({linear(4), kRelu, {{"kind", written("conv2d")}, {"out", written(2)}}})
            .find("net.toml:2:8: layer 2 (conv2d) takes [n, 4, ") == 0);
  CHECK(refused({kLinear, kLinear}) ==
        "net.toml:2:8: layer 0 (linear): needs the option 'out'; only the last layer takes it from "
        "the dataset");
  CHECK(refused({linear(4)}) ==
        "the layers give [4] in the end; the dataset asks for classes [3]; leave 'out' of the last "
        "layer away, and it is filled in");
  OptionTable named = linear(4), again = kLinear, lost = kLinear;
  named["name"] = again["name"] = written("fc");
  CHECK(refused({named, again}) ==
        "net.toml:2:8: layer 1 (linear 'fc'): there is another layer of that name");
  lost["from"] = names({"fd"});
  CHECK(refused({named, lost}) ==
        "net.toml:2:8: layer 1 (linear): there is no layer 'fd' before it; there are input, fc; "
        "did you mean 'fc'?");
  lost["from"] = names({"input", "fc"});
  CHECK(refused({named, lost}) ==
        "net.toml:2:8: layer 1 (linear): 'input' gives [5] and 'fc' gives [4], which cannot be "
        "added");
  const std::string pooled = refused({{{"kind", written("max_pool2d")}, {"kernel", written(9)}},
                                      {{"kind", written("flatten")}},
                                      kLinear},
                                     image({1, 4, 4}, 2));
  CHECK(pooled.find("net.toml:2:8: layer 0 (max_pool2d)") == 0);
  CHECK(pooled.find('\n') == std::string::npos);
}
