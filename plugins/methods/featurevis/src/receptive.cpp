#include "receptive.h"

#include <modhost/unit_activations.h>

#include <algorithm>

namespace modhost_featurevis {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr int64_t kSweeps = 20;
constexpr int64_t kBlock = 512;  // entries of the input at once

}  // namespace

Tensor input_correlations(const Tensor& units, const Tensor& inputs) {
  const int64_t count = units.size(1), entries = inputs.size(1);
  std::vector<Tensor> out;
  for (int64_t first = 0; first < entries; first += kBlock) {
    const int64_t some = std::min(kBlock, entries - first);
    const Tensor both = torch::cat({units, inputs.narrow(1, first, some).to(torch::kDouble)}, 1);
    const Tensor all = correlations(both, Correlation::spearman);
    out.push_back(all.narrow(0, 0, count).narrow(1, count, some).contiguous());
  }
  return torch::cat(out, 1);
}

std::vector<double> aligned_signs(const Tensor& rows) {
  const Tensor x = rows.to(torch::kDouble);
  const Tensor size = x.square().sum(1, true).sqrt();
  const Tensor unit = torch::where(size > 0, x / size, torch::zeros_like(x));
  const Tensor cosines = torch::matmul(unit, unit.t()).contiguous();
  const auto cosine = cosines.accessor<double, 2>();
  const auto number = static_cast<size_t>(rows.size(0));
  std::vector<double> signs(number, 1);
  for (int64_t sweep = 0; sweep < kSweeps; ++sweep) {
    bool changed = false;
    for (size_t i = 0; i < number; ++i) {
      double agreement = 0;
      for (size_t j = 0; j < number; ++j) {
        if (j == i) continue;
        agreement += cosine[static_cast<int64_t>(i)][static_cast<int64_t>(j)] * signs[i] * signs[j];
      }
      if (agreement >= 0) continue;
      signs[i] = -signs[i];
      changed = true;
    }
    if (!changed) break;
  }
  return signs;
}

Tensor receptive_image(const Tensor& correlations, const UnitSet& units) {
  const Tensor rows = correlations.index_select(0, torch::tensor(units));
  const Tensor signs = torch::tensor(aligned_signs(rows), torch::kDouble).unsqueeze(1);
  const Tensor image = (rows * signs).mean(0);
  return image.mean().item<double>() > 0 ? -image : image;
}

}  // namespace modhost_featurevis
