// From parameters to the taps of edges.
#include <algorithm>

#include "modhost/error.h"
#include "modhost/unit_network.h"

namespace modhost {
inline namespace v1 {
namespace {

const Tensor* tensor_named(const ModelBase& model, const std::string& name) {
  for (const Parameter& parameter : model.parameters()) {
    if (parameter.name() == name) return &parameter.tensor();
  }
  return nullptr;
}

const Tensor& parameter_named(const ModelBase& model, const std::string& name) {
  const Tensor* found = tensor_named(model, name);
  check(found != nullptr, ErrorCode::internal,
        "the network of units is of another model: it has no parameter '" + name + "'");
  return *found;
}

// [out, in of a part, taps] of a grouped convolution -> [out, in, taps], 0 between parts.
Tensor without_groups(const Tensor& weight, int64_t groups) {
  const int64_t out = weight.size(0), in = weight.size(1), taps = weight.size(2);
  const Tensor parts = weight.view({groups, out / groups, in, taps});
  Tensor full = torch::zeros({groups, out / groups, groups, in, taps}, weight.options());
  full.diagonal(0, 0, 2).copy_(parts.permute({1, 2, 3, 0}));
  return full.view({out, groups * in, taps});
}

bool is_identity(const Tensor& inputs, int64_t units) {
  return inputs.size(1) == 1 && inputs.size(0) == units &&
         inputs.flatten().equal(torch::arange(units));
}

}  // namespace

Tensor taps_of(const UnitKernel& kernel, const Tensor& parameter) {
  const TapMap& map = kernel.map;
  Tensor x = parameter.movedim({map.out_dim, map.in_dim}, {0, 1});
  x = x.reshape({x.size(0), x.size(1), -1});  // [gates * to, gates * inputs, taps]
  if (map.groups > 1) x = without_groups(x, map.groups);
  const int64_t to = map.out_units, from = map.inputs.size(0), places = map.inputs.size(1);
  x = x.reshape({x.size(0) / to, to, x.size(1) / map.in_units, map.in_units, x.size(2)});
  if (!is_identity(map.inputs, map.in_units)) {
    const Tensor inputs = map.inputs.flatten().to(x.device());
    x = x.index_select(3, inputs.clamp_min(0));
    if (inputs.lt(0).any().item<bool>()) x = x * inputs.ge(0).to(x.scalar_type()).unsqueeze(1);
  }
  x = x.reshape({x.size(0), to, x.size(2), from, places, x.size(4)});
  return x.permute({1, 3, 4, 0, 2, 5}).reshape({to, from, -1});
}

UnitNetwork live_network(const UnitNetwork& network, const ModelBase& model) {
  UnitNetwork live = network;
  const NamedTensors buffers = model.buffers();
  for (UnitKernel& kernel : live.kernels) {
    kernel.weights = taps_of(kernel, parameter_named(model, kernel.parameter));
    for (UnitScale& scale : kernel.scales) {
      scale.gamma = parameter_named(model, scale.parameter);
      const Tensor* variance = find(buffers, scale.layer + ".running_var");
      check(variance != nullptr && variance->sizes() == scale.gamma.sizes(), ErrorCode::internal,
            "layer '" + scale.layer + "' has no running variance of one network");
      scale.variance = *variance;
    }
  }
  return live;
}

}  // namespace v1
}  // namespace modhost
