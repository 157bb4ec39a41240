#include "unit_weights.h"

#include "inner_weights.h"

namespace modhost_lesion {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

void add(std::vector<double>& sums, const Tensor& values) {
  const Tensor plain = values.to(torch::kDouble).contiguous();
  for (size_t i = 0; i < sums.size(); ++i) sums[i] += plain.data_ptr<double>()[i];
}

std::optional<double> ratio(double sum, double count) {
  return count > 0 ? std::optional<double>(sum / count) : std::nullopt;
}

}  // namespace

Tensor tap_counts(const ModelBase& model, const UnitKernel& kernel) {
  const Tensor& parameter = parameter_named(model, kernel.parameter).tensor();
  return taps_of(kernel, torch::ones(parameter.sizes(), torch::kDouble)).sum(2);
}

UnitWeights::UnitWeights(const ModelBase& model, const UnitNetwork& network) {
  for (const UnitGroup& group : network.groups) {
    const std::vector<double> none(static_cast<size_t>(group.units), 0);
    groups_.push_back({none, none, none, none});
  }
  for (const UnitKernel& kernel : network.kernels) {
    const Tensor sums = kernel.weights.to(torch::kDouble).abs().sum(2);  // [to, from]
    const Tensor counts = tap_counts(model, kernel);
    Sums& to = groups_[static_cast<size_t>(kernel.to)];
    Sums& from = groups_[static_cast<size_t>(kernel.from)];
    add(to.in, sums.sum(1));
    add(to.in_count, counts.sum(1));
    add(from.out, sums.sum(0));
    add(from.out_count, counts.sum(0));
  }
}

MeanWeights UnitWeights::operator()(int64_t group, const UnitSet& units) const {
  const Sums& sums = groups_.at(static_cast<size_t>(group));
  double in = 0, in_count = 0, out = 0, out_count = 0;
  for (const int64_t unit : units) {
    const auto at = static_cast<size_t>(unit);
    in += sums.in.at(at);
    in_count += sums.in_count[at];
    out += sums.out[at];
    out_count += sums.out_count[at];
  }
  return {ratio(in, in_count), ratio(out, out_count)};
}

}  // namespace modhost_lesion
