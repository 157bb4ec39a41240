// Layers with plain weights against LibTorch's own modules, forward and backward to input and
// parameters: who masks nothing should not pay for the ability.
#include <torch/nn/functional/normalization.h>
#include <torch/nn/modules/activation.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/container/sequential.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/dropout.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/modules/pooling.h>
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
  bool images = false;  // the input wants no gradient
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

template <typename Ours, typename Theirs>
Contest batch_norm(const Scale& scale, std::vector<int64_t> shape, torch::MemoryFormat order) {
  for (int64_t& size : shape) size = scale(size);
  Theirs theirs(shape[1]);
  const auto ours = Ours::make(shape[1]);
  ours->set_training(true);
  return contest(torch::randn(shape).contiguous(order), ours, theirs,
                 [=](const Tensor& x) mutable { return theirs(x); });
}

// A scale and a shift for each of `parts`, against the function with one of each: the same work.
struct PartNorm {
  Tensor x, scale, shift, their_scale, their_shift;

  PartNorm(const Tensor& x, int64_t parts, int64_t channels)
      : x(x),
        scale(ones({parts, channels})),
        shift(ones({parts, channels})),
        their_scale(ones({channels})),
        their_shift(ones({channels})) {}
  static Tensor ones(const std::vector<int64_t>& shape) {
    return torch::ones(shape).set_requires_grad(true);
  }
  static WeightView view(const Tensor& parts) {
    return WeightView(parts.detach()[0], given_variants(parts));
  }
  Contest against(Forward ours, Forward theirs) const {
    return {x, std::move(ours), std::move(theirs), {scale, shift}, {their_scale, their_shift}, 40};
  }
};

Contest layer_norm(const Scale& scale, int64_t width, ops::LayerNormVariant variant) {
  const int64_t features = scale(width);
  const PartNorm norm(torch::randn({scale(256), scale(20), features}), 4, features);
  return norm.against(
      [=](const Tensor& x) {
        return ops::layer_norm(x, norm.view(norm.scale), norm.view(norm.shift), 1e-5, variant);
      },
      [=](const Tensor& x) {
        return torch::layer_norm(x, {features}, norm.their_scale, norm.their_shift, 1e-5);
      });
}

Contest group_norm(const Scale& scale, torch::MemoryFormat order) {
  const int64_t channels = scale(64), groups = scale(8), side = scale(16);
  const PartNorm norm(torch::randn({scale(128), channels, side, side}).contiguous(order), 4,
                      channels);
  return norm.against(
      [=](const Tensor& x) {
        return ops::group_norm(x, norm.view(norm.scale), norm.view(norm.shift), groups, 1e-5);
      },
      [=](const Tensor& x) {
        return torch::group_norm(x, groups, norm.their_scale, norm.their_shift, 1e-5);
      });
}

// The CIFAR network of Csordas et al. 2021 with modules of either side, in training.
Contest cnn(const Scale& scale) {
  torch::nn::Sequential theirs;
  auto layers = std::make_shared<std::vector<std::shared_ptr<Layer>>>();
  int64_t in = 3;
  for (const int64_t out : {32, 64, 128, 256}) {
    theirs->push_back(torch::nn::Conv2d(torch::nn::Conv2dOptions(in, out, 3).padding(1)));
    layers->push_back(std::make_shared<nn::Conv2dLayer>(in, out, 3, ops::Conv2dGeometry{1, 1}));
    if (out == 128) {
      theirs->push_back(torch::nn::Dropout(0.25));
      layers->push_back(std::make_shared<nn::DropoutLayer>(0.25));
    }
    theirs->push_back(torch::nn::ReLU());
    layers->push_back(std::make_shared<nn::ActivationLayer>("relu"));
    if (out < 256) {
      theirs->push_back(torch::nn::MaxPool2d(2));
      layers->push_back(std::make_shared<nn::MaxPool2dLayer>(2));
    }
    in = out;
  }
  theirs->push_back(torch::nn::Dropout(0.5));
  layers->push_back(std::make_shared<nn::DropoutLayer>(0.5));
  layers->push_back(std::make_shared<nn::GlobalAvgPoolLayer>());
  layers->push_back(std::make_shared<nn::LinearLayer>(256, 10));
  torch::nn::Linear last(256, 10);
  Contest out{torch::randn({scale(128), 3, 32, 32}),
              [layers](Tensor x) {
                for (const auto& layer : *layers) x = layer->forward(x);
                return x;
              },
              [=](const Tensor& x) mutable {
                return last(theirs->forward(x).mean({2, 3}));
              },
              {},
              theirs->parameters()};
  out.images = true;
  for (const Tensor& parameter : last->parameters()) out.their_parameters.push_back(parameter);
  for (const auto& layer : *layers) {
    layer->set_training(true);
    for (Parameter& parameter : layer->parameters()) {
      parameter.initialize(1);
      parameter.tensor().set_requires_grad(true);
      out.our_parameters.push_back(parameter.tensor());
    }
  }
  return out;
}

Seconds forward_backward(const Forward& forward, const Tensor& x,
                         const std::vector<Tensor>& parameters, bool images) {
  const Tensor leaf = x.detach().set_requires_grad(!images);
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
    const Seconds a =
        forward_backward(contest.ours, contest.x, contest.our_parameters, contest.images);
    const Seconds b =
        forward_backward(contest.theirs, contest.x, contest.their_parameters, contest.images);
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
  constexpr auto kPlanes = torch::MemoryFormat::Contiguous;
  constexpr auto kPixels = torch::MemoryFormat::ChannelsLast;
  using Variant = ops::LayerNormVariant;
  const std::vector<std::pair<std::string, std::function<Contest(const Scale&)>>> contests = {
      {"layer/linear-2000", linear},
      {"layer/conv2d-64-128", conv2d},
      {"layer/lstm-256x6", [](const Scale& scale) { return lstm(scale, 256, 6); }},
      {"layer/lstm-512x40", [](const Scale& scale) { return lstm(scale, 512, 40); }},
      {"layer/gru-256x40", gru},
      {"layer/attention-100", attention},
      {"layer/batch-norm1d-512",
       [=](const Scale& scale) {
         return batch_norm<nn::BatchNorm1d, torch::nn::BatchNorm1d>(scale, {128, 512}, kPlanes);
       }},
      {"layer/batch-norm2d-64",
       [=](const Scale& scale) {
         return batch_norm<nn::BatchNorm2d, torch::nn::BatchNorm2d>(scale, {128, 64, 16, 16},
                                                                    kPlanes);
       }},
      {"layer/batch-norm2d-64-last",
       [=](const Scale& scale) {
         return batch_norm<nn::BatchNorm2d, torch::nn::BatchNorm2d>(scale, {128, 64, 16, 16},
                                                                    kPixels);
       }},
      {"layer/layer-norm-100",
       [](const Scale& scale) { return layer_norm(scale, 100, Variant::standard); }},
      {"layer/layer-norm-512",
       [](const Scale& scale) { return layer_norm(scale, 512, Variant::standard); }},
      {"layer/layer-norm-100-unbiased",
       [](const Scale& scale) { return layer_norm(scale, 100, Variant::unbiased_std); }},
      {"layer/group-norm-64", [=](const Scale& scale) { return group_norm(scale, kPlanes); }},
      {"layer/group-norm-64-last", [=](const Scale& scale) { return group_norm(scale, kPixels); }},
      {"layer/cnn-cifar", cnn}};
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
