// Layers with plain weights against LibTorch's own modules, forward and backward to input and
// parameters: who masks nothing should not pay for the ability.
#include <torch/nn/modules/activation.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/modules/rnn.h>

#include "benchmarks.h"
#include "measure.h"
#include "modhost/nn.h"

namespace modhost::bench {
namespace {

using Forward = std::function<Tensor(const Tensor&)>;

struct Contest {
  Tensor x;
  Forward ours, theirs;
  std::vector<Tensor> our_parameters, their_parameters;
  int64_t repeats = 15;
};

// One size for the real thing, one for a toy.
struct Scale {
  bool tiny;
  int64_t operator()(int64_t size) const { return tiny ? std::min<int64_t>(size, 8) : size; }
};

// Both with parameters that want gradients.
template <typename Ours, typename Theirs>
Contest contest(const Tensor& x, const Ours& ours, const Theirs& theirs, Forward call_theirs) {
  Contest out{x, ours, std::move(call_theirs), {}, theirs->parameters()};
  for (Parameter& parameter : ours->parameters()) {
    parameter.initialize(1);
    parameter.tensor().set_requires_grad(true);
    out.our_parameters.push_back(parameter.tensor());
  }
  return out;
}

Contest linear(const Scale& scale) {
  const int64_t width = scale(2000);
  torch::nn::Linear theirs(width, width);
  return contest(torch::randn({scale(256), width}), nn::Linear::make(width, width), theirs,
                 [=](const Tensor& x) mutable { return theirs(x); });
}

Contest conv2d(const Scale& scale) {
  const int64_t in = scale(64), out = scale(128), side = scale(16);
  torch::nn::Conv2d theirs(torch::nn::Conv2dOptions(in, out, 3).padding(1));
  return contest(torch::randn({scale(64), in, side, side}),
                 nn::Conv2d::make(in, out, 3, ops::Conv2dGeometry{1, 1, 1, 1}), theirs,
                 [=](const Tensor& x) mutable { return theirs(x); });
}

Contest lstm(const Scale& scale, int64_t width, int64_t steps) {
  const int64_t in = scale(256), hidden = scale(width);
  torch::nn::LSTM theirs(torch::nn::LSTMOptions(in, hidden).batch_first(true));
  return contest(torch::randn({scale(128), scale(steps), in}), nn::Lstm::make(in, hidden), theirs,
                 [=](const Tensor& x) mutable { return std::get<0>(theirs(x)); });
}

Contest gru(const Scale& scale) {
  const int64_t width = scale(256);
  torch::nn::GRU theirs(torch::nn::GRUOptions(width, width).batch_first(true));
  return contest(torch::randn({scale(128), scale(40), width}), nn::Gru::make(width, width), theirs,
                 [=](const Tensor& x) mutable { return std::get<0>(theirs(x)); });
}

// LibTorch's module takes [steps, batch, features]; it is given its own order.
Contest attention(const Scale& scale) {
  const int64_t width = scale.tiny ? 8 : 100, heads = 4;
  torch::nn::MultiheadAttention theirs(width, heads);
  return contest(torch::randn({scale(256), scale(20), width}),
                 nn::MultiheadAttention::make(width, heads), theirs, [=](const Tensor& x) mutable {
                   const Tensor steps = x.transpose(0, 1);
                   return std::get<0>(theirs->forward(steps, steps, steps, {}, false));
                 });
}

Seconds forward_backward(const Forward& forward, const Tensor& x,
                         const std::vector<Tensor>& parameters) {
  const Tensor leaf = x.detach().set_requires_grad(true);
  for (const Tensor& parameter : parameters) Tensor(parameter).mutable_grad() = Tensor();
  return timed([&] {
    const Tensor y = forward(leaf);
    y.backward(y.detach());
  });
}

Records run(const std::string& name, const Contest& contest, const Settings& settings) {
  Series ours, theirs;
  const int64_t repeats = settings.repeats > 0 ? settings.repeats
                          : settings.tiny      ? 2
                                               : contest.repeats;
  constexpr int64_t kWarmUp = 2;
  for (int64_t round = -kWarmUp; round < repeats; ++round) {
    const Seconds a = forward_backward(contest.ours, contest.x, contest.our_parameters);
    const Seconds b = forward_backward(contest.theirs, contest.x, contest.their_parameters);
    if (round < 0) continue;
    ours.all.push_back(a);
    theirs.all.push_back(b);
  }
  Json out = begin_record(name, settings);
  out["ours_cpu_s"] = ours.cpu();
  out["torch_cpu_s"] = theirs.cpu();
  out["ratio"] = ours.cpu() / theirs.cpu();
  out["pair_ratio"] = pair_ratio(ours, theirs);
  out["ours_cpu_min"] = ours.cpu_min();
  out["torch_cpu_min"] = theirs.cpu_min();
  out["repeats"] = repeats;
  return {out};
}

}  // namespace

std::vector<Benchmark> layer_benchmarks() {
  const std::vector<std::pair<std::string, std::function<Contest(const Scale&)>>> contests = {
      {"layer/linear-2000", linear},
      {"layer/conv2d-64-128", conv2d},
      {"layer/lstm-256x6", [](const Scale& scale) { return lstm(scale, 256, 6); }},
      {"layer/lstm-512x40", [](const Scale& scale) { return lstm(scale, 512, 40); }},
      {"layer/gru-256x40", gru},
      {"layer/attention-100", attention}};
  std::vector<Benchmark> out;
  for (const auto& contest : contests) {
    out.push_back({contest.first, [contest](const Settings& settings) {
                     const auto& [name, make] = contest;
                     return run(name, make(Scale{settings.tiny}), settings);
                   }});
  }
  return out;
}

}  // namespace modhost::bench
