#include "gradient_cosine.h"

#include <modhost/error.h>
#include <modhost/loss.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "mask_evaluation.h"

namespace modhost_diffmask {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr int64_t kBatch = 100;

// Trained copies of the named parameters.
NamedTensors leaves_of(const ModelBase& network, const NamedTensors& names) {
  NamedTensors out;
  for (const Parameter& parameter : network.parameters()) {
    if (find(names, parameter.name()) == nullptr) continue;
    out.emplace_back(parameter.name(), parameter.tensor().detach().clone().set_requires_grad(true));
  }
  return out;
}

Variations under_mask(const NamedTensors& leaves, const NamedTensors& mask) {
  Variations out;
  for (const auto& [name, leaf] : leaves) {
    const Tensor* bits = find(mask, name);
    const Tensor weight = bits == nullptr ? leaf : leaf * bits->to(leaf.device());
    out[name] = given_variants(weight.unsqueeze(0));
  }
  return out;
}

// Parameters of one layer after the other, the last layer first.
std::vector<NamedTensors> layers_from_the_end(const NamedTensors& mask) {
  std::vector<NamedTensors> out;
  for (auto at = mask.rbegin(); at != mask.rend(); ++at) {
    if (out.empty() || layer_of(out.back().front().first) != layer_of(at->first))
      out.emplace_back();
    out.back().push_back(*at);
  }
  return out;
}

struct Sums {
  double product = 0, a = 0, b = 0;

  void add(const Tensor& x, const Tensor& y, const Tensor& kept) {
    const Tensor on = kept.to(torch::kDouble).to(x.device());
    product += (x * y * on).sum().item<double>();
    a += (x * x * on).sum().item<double>();
    b += (y * y * on).sum().item<double>();
  }
  double cosine() const { return a > 0 && b > 0 ? product / std::sqrt(a * b) : 0; }
};

}  // namespace

NamedTensors loss_gradient(ModelBase& network, const Source& source, const NamedTensors& parameters,
                           const NamedTensors& mask, int64_t samples, const StopSignal& stop) {
  const NamedTensors leaves = leaves_of(network, parameters);
  std::vector<Tensor> inputs;
  NamedTensors sums;
  for (const auto& [name, leaf] : leaves) {
    inputs.push_back(leaf);
    sums.emplace_back(name, torch::zeros_like(leaf, torch::kDouble).set_requires_grad(false));
  }
  network.set_training(false);
  const int64_t count = samples > 0 ? std::min(samples, source.size()) : source.size();
  for (int64_t first = 0; first < count; first += kBatch) {
    if (stop.requested()) throw Error(ErrorCode::interrupted, "interrupted");
    std::vector<int64_t> indices(static_cast<size_t>(std::min(kBatch, count - first)));
    std::iota(indices.begin(), indices.end(), first);
    const Batch batch = source.load(indices).to(inputs.front().device());
    const EnsembleScope scope(network, 1, under_mask(leaves, mask));
    const Tensor loss = loss_per_sample(network.signature(), network.forward(batch), batch).sum();
    const auto found = torch::autograd::grad({loss}, inputs, {}, false, false, true);
    for (size_t i = 0; i < found.size(); ++i) {
      if (found[i].defined()) sums[i].second += found[i].to(torch::kDouble) / count;
    }
  }
  return sums;
}

std::vector<GradientCosine> gradient_cosines(ModelBase& network, const Source& source,
                                             const NamedTensors& mask, int64_t samples,
                                             const StopSignal& stop) {
  const NamedTensors whole = loss_gradient(network, source, mask, {}, samples, stop);
  const std::vector<NamedTensors> layers = layers_from_the_end(mask);
  std::vector<GradientCosine> out;
  NamedTensors masked;  // the last layers
  for (size_t count = 0; count <= layers.size(); ++count) {
    if (count > 0) {
      masked.insert(masked.end(), layers[count - 1].begin(), layers[count - 1].end());
    }
    const NamedTensors other = loss_gradient(network, source, mask, masked, samples, stop);
    Sums total;
    for (const auto& [name, bits] : mask) {
      Sums own;
      own.add(*find(whole, name), *find(other, name), bits);
      total.add(*find(whole, name), *find(other, name), bits);
      out.push_back({static_cast<int64_t>(count), name, own.cosine()});
    }
    out.push_back({static_cast<int64_t>(count), "total", total.cosine()});
  }
  return out;
}

}  // namespace modhost_diffmask
