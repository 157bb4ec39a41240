// Training for clusters of units: initial weights in modules, and the penalty as it acts on models.
#include <modhost/eigenvalue_penalty.h>
#include <modhost/error.h>
#include <modhost/model.h>
#include <modhost/spectral.h>
#include <modhost/unit_network.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/utils.h>

#include <catch2/catch.hpp>
#include <functional>
#include <set>

#include "cluster_term.h"
#include "modular_init.h"

using namespace modhost;

namespace {

using modhost::detail::ClusterTerm;
using modhost::detail::scale_modules;

Build build_of(Input input, std::vector<int64_t> shape, int64_t classes) {
  return {{input, std::move(shape), Output::classes, {classes}}, nullptr};
}

struct Mlp : ModelBase {
  nn::Linear first, second, third;
  Mlp() : ModelBase(build_of(Input::features, {6}, 4)) {
    first = add<nn::Linear>("first", 6, 9);
    second = add<nn::Linear>("second", 9, 8);
    third = add<nn::Linear>("third", 8, 4);
    join("", "first", joint::same(6));
    join("first", "second", joint::same(9));
    join("second", "third", joint::same(8));
  }
  Tensor forward(const Batch& batch) override {
    return third(torch::relu(second(torch::relu(first(batch.input)))));
  }
};

// The larger MLP of Filan et al. 2021, as it is initialised.
struct Published : ModelBase {
  Published() : ModelBase(build_of(Input::features, {784}, 10)) {
    const std::vector<int64_t> widths{784, 256, 256, 256, 256, 10};
    std::string before;
    for (size_t i = 0; i + 1 < widths.size(); ++i) {
      const std::string name = "layer" + std::to_string(i);
      const auto layer = add<nn::Linear>(name, widths[i], widths[i + 1]);
      layer->set_init("weight", init::xavier_uniform(widths[i], widths[i + 1]));
      join(before, name, joint::same(widths[i]));
      before = name;
    }
  }
  Tensor forward(const Batch& batch) override { return batch.input; }
};

double ncut_of(const ModelBase& model) {
  SpectralOptions options;
  options.clusters = 12;
  return spectral_clustering(unit_graph(unit_network(model, UnitChoice{}), {}), options).ncut;
}

// Two positions are left of the picture when it is flattened.
struct Cnn : ModelBase {
  nn::Conv2d first, second, last;
  nn::BatchNorm2d norm;
  nn::Linear out;
  Cnn() : ModelBase(build_of(Input::image, {2, 7, 8}, 3)) {
    first = add<nn::Conv2d>("first", 2, 5, 3);
    norm = add<nn::BatchNorm2d>("norm", 5);
    second = add<nn::Conv2d>("second", 5, 6, 3);
    last = add<nn::Conv2d>("last", 6, 7, 3);
    out = add<nn::Linear>("out", 14, 3);
    join("", "first", joint::same(2));
    join("first", "norm", joint::same(5));
    join("norm", "second", joint::same(5));
    join("second", "last", joint::same(6));
    join("last", "out", joint::flattened(7, 2));
  }
  Tensor forward(const Batch& batch) override {
    const Tensor x = torch::relu(second(torch::relu(norm(first(batch.input)))));
    return out(torch::relu(last(x)).flatten(1));
  }
};

// Units u and u + 3 arrive at the same input of the last layer, or all at their own.
template <bool shares>
struct Reader : ModelBase {
  Reader() : ModelBase(build_of(Input::features, {5}, 4)) {
    add<nn::Linear>("first", 5, 6);
    add<nn::Linear>("shared", shares ? 3 : 6, 4);
    join("", "first", joint::same(5));
    join("first", "shared", shares ? joint::chunked(6, 3) : joint::same(6));
  }
  Tensor forward(const Batch& batch) override { return batch.input; }
};
using Sharing = Reader<true>;

template <typename M>
std::unique_ptr<M> model_of(uint64_t seed, torch::ScalarType type = torch::kDouble) {
  auto model = std::make_unique<M>();
  model->to(type);
  model->initialize(seed);
  model->require_gradients(true);
  return model;
}

Tensor value(const ModelBase& model, const std::string& name) {
  const NamedTensors state = model.state();
  return *find(state, name);
}

double gap(const Tensor& a, const Tensor& b) { return (a - b).abs().max().item<double>(); }

ClusterPenalty penalty_of(double weight, int64_t every = 1) {
  ClusterPenalty plan;
  plan.weight = weight;
  plan.every = every;
  return plan;
}

Tensor by_differences(const Tensor& leaf, const std::function<double()>& f) {
  constexpr double kStep = 1e-5;
  const torch::NoGradGuard no_grad;
  const Tensor out = torch::zeros_like(leaf), flat = leaf.view(-1);
  for (int64_t i = 0; i < flat.numel(); ++i) {
    const double here = flat[i].item<double>();
    flat[i].fill_(here + kStep);
    const double above = f();
    flat[i].fill_(here - kStep);
    out.view(-1)[i] = (above - f()) / (2 * kStep);
    flat[i].fill_(here);
  }
  return out;
}

// What the weights were multiplied by.
Tensor factors(const ModelBase& model, const NamedTensors& before, const std::string& name) {
  return value(model, name).detach() / find(before, name)->detach();
}

NamedTensors copied(const ModelBase& model) {
  NamedTensors out;
  for (const auto& [name, tensor] : model.state()) out.emplace_back(name, tensor.detach().clone());
  return out;
}

constexpr double kUp = 1 + (1 - 0.6) * 4;  // of five modules

// The module of each unit that is read: that of the one unit fed by a large weight to it.
std::vector<int64_t> modules_behind(const Tensor& factor, const std::vector<int64_t>& fed) {
  std::vector<int64_t> out(static_cast<size_t>(factor.size(1)), -1);
  for (int64_t o = 0; o < factor.size(0); ++o) {
    for (int64_t i = 0; i < factor.size(1); ++i) {
      const double own = factor[o][i].item<double>();
      const bool within = std::abs(own - kUp) < 1e-9;
      CHECK((within || std::abs(own - 0.6) < 1e-9));
      if (within) out[static_cast<size_t>(i)] = fed[static_cast<size_t>(o)];
    }
  }
  return out;
}

void check_modules(const Tensor& factor, const std::vector<int64_t>& fed,
                   const std::vector<int64_t>& read) {
  for (int64_t o = 0; o < factor.size(0); ++o) {
    for (int64_t i = 0; i < factor.size(1); ++i) {
      const int64_t a = fed[static_cast<size_t>(o)], b = read[static_cast<size_t>(i)];
      if (a < 0 || b < 0) continue;  // of a module that no output is of
      CHECK(factor[o][i].item<double>() == Approx(a == b ? kUp : 0.6));
    }
  }
}

}  // namespace

TEST_CASE("the penalty on a network is that on the sizes of its weights", "[clusters]") {
  const auto model = model_of<Mlp>(3);
  const ClusterTerm term(*model, penalty_of(0.7));
  UnitGraph graph{{{"", 6}, {"", 9}, {"", 8}, {"", 4}}, {}};
  std::vector<Tensor> weights;
  for (const char* name : {"first.weight", "second.weight", "third.weight"}) {
    const auto at = static_cast<int64_t>(graph.blocks.size());
    weights.push_back(value(*model, name));
    graph.blocks.push_back({at, at + 1, weights.back().abs()});
  }
  const Tensor expected = 0.7 * eigenvalue_penalty(graph, 3);
  const Tensor found = term.at(0, model->state());
  CHECK(found.item<double>() == Approx(expected.item<double>()).epsilon(1e-12));
  const auto a = torch::autograd::grad({found}, weights);
  const auto b = torch::autograd::grad({expected}, weights);
  for (size_t i = 0; i < weights.size(); ++i) CHECK(gap(a[i], b[i]) < 1e-13);
}

TEST_CASE("the penalty on channels counts their normalisation, to finite differences",
          "[clusters]") {
  const auto model = model_of<Cnn>(5);
  model->set_training(false);
  {
    const torch::NoGradGuard no_grad;
    value(*model, "norm.weight").copy_(torch::tensor({0.5, 1.5, -0.8, 1.1, 2.0}));
    value(*model, "norm.running_var").copy_(torch::tensor({0.3, 2.0, 1.0, 0.7, 1.4}));
  }
  const ClusterTerm term(*model, penalty_of(1));
  const auto penalty = [&] { return term.at(0, model->state()); };
  for (const char* name : {"second.weight", "last.weight", "norm.weight"}) {
    const Tensor leaf = value(*model, name);
    const auto found =
        torch::autograd::grad({penalty()}, {leaf}, {}, false, false, /*allow_unused=*/true)[0];
    const Tensor expected = by_differences(leaf, [&] { return penalty().item<double>(); });
    const Tensor own = found.defined() ? found : torch::zeros_like(leaf);
    CHECK(gap(own, expected) < 1e-8);
  }
  // The first convolution reads the picture, which has no channels that cluster.
  const auto image = torch::autograd::grad({penalty()}, {value(*model, "first.weight")}, {}, false,
                                           false, true)[0];
  CHECK((!image.defined() || image.abs().max().item<double>() == 0));
}

TEST_CASE("each of several networks has the penalty that it has alone", "[clusters]") {
  const auto one = model_of<Mlp>(3), two = model_of<Mlp>(4);
  const ClusterTerm term(*one, penalty_of(0.2, 5));
  NamedTensors stacked, leaves_of_one = one->state(), leaves_of_two = two->state();
  for (const auto& [name, tensor] : leaves_of_one) {
    const Tensor both = torch::stack({tensor.detach(), find(leaves_of_two, name)->detach()});
    stacked.emplace_back(name, both.set_requires_grad(true));
  }
  CHECK_FALSE(term.at(4, one->state()).defined());
  CHECK_FALSE(term.at_stacked(6, stacked).defined());
  const Tensor found = term.at_stacked(10, stacked);
  const std::vector<Tensor> alone{term.at(5, leaves_of_one), term.at(0, leaves_of_two)};
  CHECK(gap(found, torch::stack(alone)) < 1e-15);
  CHECK(found[0].item<double>() > 0.2 * 5 * 0.1);  // with five times the weight
  const Tensor weight = *find(stacked, "second.weight");
  const Tensor gradient = torch::autograd::grad({found.sum()}, {weight})[0];
  const Tensor expected =
      torch::stack({torch::autograd::grad({alone[0]}, {value(*one, "second.weight")})[0],
                    torch::autograd::grad({alone[1]}, {value(*two, "second.weight")})[0]});
  CHECK(gap(gradient, expected) < 1e-15);
}

TEST_CASE("scaled units compute what they did", "[clusters]") {
  const auto model = model_of<Mlp>(3);
  {
    const torch::NoGradGuard no_grad;
    value(*model, "first.weight").mul_(torch::arange(1, 10, torch::kDouble).unsqueeze(1));
    value(*model, "first.weight")[2].zero_();  // nothing feeds this unit
    value(*model, "first.bias")[2].zero_();
  }
  const Tensor out_of_dead = value(*model, "second.weight").detach().select(1, 2).clone();
  ClusterPenalty plan = penalty_of(0.1, 2);
  plan.normalize = true;
  const ClusterTerm term(*model, plan);
  torch::manual_seed(1);
  const Batch batch{torch::randn({20, 6}, torch::kDouble), {}};
  const Tensor before = model->forward(batch).detach();
  const Tensor weight = value(*model, "first.weight").detach().clone();
  term.normalize(3, model->state());
  CHECK(torch::equal(value(*model, "first.weight"), weight));  // no step of the penalty
  term.normalize(4, model->state());
  CHECK_FALSE(torch::equal(value(*model, "first.weight"), weight));
  CHECK(gap(model->forward(batch), before) < 1e-12);
  for (const std::string layer : {"first", "second"}) {
    const Tensor norms =
        (value(*model, layer + ".weight").square().sum(1) + value(*model, layer + ".bias").square())
            .sqrt();
    for (int64_t unit = 0; unit < norms.size(0); ++unit) {
      if (layer == "first" && unit == 2) continue;
      CHECK(norms[unit].item<double>() == Approx(std::sqrt(2.0)));
    }
  }
  CHECK(value(*model, "second.weight").select(1, 2).abs().sum().item<double>() > 0);
  const Tensor now = value(*model, "second.weight").detach().select(1, 2);
  CHECK(gap(now / now.norm(), out_of_dead / out_of_dead.norm()) > 1e-3);  // its rows were scaled

  const auto normalised = model_of<Cnn>(1);
  CHECK_THROWS_WITH(ClusterTerm(*normalised, plan),
                    "option 'train.clusterability_normalize': units cannot be scaled where layer "
                    "'norm' normalises them");
  const auto sharing = model_of<Sharing>(1);
  CHECK_THROWS_WITH(ClusterTerm(*sharing, plan),
                    "option 'train.clusterability_normalize': units cannot be scaled where layer "
                    "'shared' reads several of them with the same weights");
}

TEST_CASE("initial weights that units of several modules share stay as they are", "[clusters]") {
  ModularInit init;
  init.modules = 4;
  const auto model = model_of<Sharing>(3);
  const auto plain = model_of<Reader<false>>(3);
  const NamedTensors before = copied(*model), plain_before = copied(*plain);
  scale_modules(*model, init, 5);
  scale_modules(*plain, init, 5);  // units are of the same modules, outputs are modules 0 to 3
  const Tensor alone = factors(*plain, plain_before, "shared.weight");  // [4, 6]
  const Tensor found = factors(*model, before, "shared.weight");        // [4, 3]
  const double up = 1 + (1 - 0.6) * 3;
  std::set<double> seen;
  for (int64_t out = 0; out < 4; ++out) {
    for (int64_t input = 0; input < 3; ++input) {
      const double one = alone[out][input].item<double>();
      const double other = alone[out][input + 3].item<double>();
      const bool same = std::abs(one - other) < 1e-9;
      CHECK(found[out][input].item<double>() == Approx(same ? one : 1.0));
      seen.insert(!same ? 1.0 : one > 1 ? up : 0.6);
    }
  }
  CHECK(seen == std::set<double>{0.6, 1.0, up});
}

TEST_CASE("initial weights are larger within modules and smaller between", "[clusters]") {
  const auto model = model_of<Mlp>(3);
  const NamedTensors before = copied(*model);
  ModularInit init;
  scale_modules(*model, init, 17);
  CHECK(torch::equal(value(*model, "second.weight"), *find(before, "second.weight")));
  init.modules = 5;
  scale_modules(*model, init, 17);
  CHECK(torch::equal(value(*model, "first.weight"), *find(before, "first.weight")));
  CHECK(torch::equal(value(*model, "second.bias"), *find(before, "second.bias")));
  const std::vector<int64_t> outputs{0, 1, 2, 3};
  const auto hidden = modules_behind(factors(*model, before, "third.weight"), outputs);
  check_modules(factors(*model, before, "third.weight"), outputs, hidden);
  const auto read = modules_behind(factors(*model, before, "second.weight"), hidden);
  check_modules(factors(*model, before, "second.weight"), hidden, read);
  CHECK(std::set<int64_t>(hidden.begin(), hidden.end()).size() > 2);

  const auto again = model_of<Mlp>(3), other = model_of<Mlp>(3);
  scale_modules(*again, init, 17);
  scale_modules(*other, init, 18);
  CHECK(torch::equal(value(*again, "second.weight"), value(*model, "second.weight")));
  CHECK_FALSE(torch::equal(value(*other, "second.weight"), value(*model, "second.weight")));
  init.first = true;
  const auto all = model_of<Mlp>(3);
  scale_modules(*all, init, 17);
  check_modules(factors(*all, before, "first.weight"), read,
                modules_behind(factors(*all, before, "first.weight"), read));
  CHECK(torch::equal(value(*all, "second.weight"), value(*model, "second.weight")));
}

TEST_CASE("a channel is of one module with all its taps and places", "[clusters]") {
  const auto model = model_of<Cnn>(3);
  const NamedTensors before = copied(*model);
  ModularInit init;
  init.modules = 5;
  scale_modules(*model, init, 4);
  CHECK(torch::equal(value(*model, "first.weight"), *find(before, "first.weight")));
  CHECK(torch::equal(value(*model, "norm.weight"), *find(before, "norm.weight")));
  const Tensor out = factors(*model, before, "out.weight").view({3, 7, 2});
  CHECK(gap(out.select(2, 0), out.select(2, 1)) < 1e-12);
  const auto last = modules_behind(out.select(2, 0), {0, 1, 2});
  const Tensor taps = factors(*model, before, "last.weight").flatten(2);
  CHECK(gap(taps, taps.narrow(2, 0, 1).expand_as(taps)) < 1e-12);
  const auto second = modules_behind(taps.select(2, 0), last);
  check_modules(taps.select(2, 0), last, second);
  const Tensor ahead = factors(*model, before, "second.weight").flatten(2).select(2, 0);
  check_modules(ahead, second, modules_behind(ahead, second));
}

TEST_CASE("random networks have the published n-cuts, with modules and without", "[clusters]") {
  ModularInit init;
  init.modules = 10;
  init.first = true;
  for (uint64_t seed = 0; seed < 2; ++seed) {
    Published model;
    model.initialize(seed);
    CHECK(ncut_of(model) == Approx(10.295).margin(0.1));  // of 100 networks 10.224 .. 10.366
    scale_modules(model, init, seed);
    CHECK(ncut_of(model) == Approx(6.799).margin(0.2));  // 6.708 .. 6.911
  }
}

TEST_CASE("gradient descent on the penalty lets a network fall apart", "[clusters]") {
  const auto model = model_of<Mlp>(3);
  const ClusterTerm term(*model, penalty_of(1));
  const double before = term.at(0, model->state()).item<double>();
  for (int step = 0; step < 200; ++step) {
    for (const char* name : {"first.weight", "second.weight", "third.weight"}) {
      const Tensor weight = value(*model, name);
      const Tensor gradient = torch::autograd::grad({term.at(step, model->state())}, {weight})[0];
      const torch::NoGradGuard no_grad;
      weight.sub_(gradient, 0.3);
    }
  }
  CHECK(term.at(0, model->state()).item<double>() < 0.5 * before);
}
