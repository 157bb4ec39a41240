#include "test_data.h"

#include <modhost/error.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <vector>

namespace modhost_featurevis {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

void each_batch(const TestSamples& samples, const std::function<void(const Batch&)>& look) {
  for (int64_t first = 0; first < samples.count; first += samples.batch_size) {
    check(samples.stop == nullptr || !samples.stop->requested(), ErrorCode::interrupted,
          "stopped while test samples were read");
    const int64_t some = std::min(samples.batch_size, samples.count - first);
    std::vector<int64_t> indices(static_cast<size_t>(some));
    std::iota(indices.begin(), indices.end(), first);
    look(samples.source.load(indices));
  }
}

}  // namespace

Tensor classes_of(const TestSamples& samples) {
  std::vector<Tensor> parts;
  each_batch(samples, [&](const Batch& batch) { parts.push_back(batch.target); });
  return torch::cat(parts);
}

Tensor flat_inputs_of(const TestSamples& samples) {
  std::vector<Tensor> parts;
  each_batch(samples, [&](const Batch& batch) { parts.push_back(batch.input.flatten(1)); });
  return torch::cat(parts);
}

InputRange range_of(const TestSamples& samples, bool images) {
  InputRange out;
  each_batch(samples, [&](const Batch& batch) {
    Tensor rows = batch.input.to(torch::kDouble);
    if (images) rows = rows.transpose(0, 1).flatten(1).t();  // [n * pixels, channels]
    const Tensor low = rows.amin(0), high = rows.amax(0);
    out.low = out.low.defined() ? torch::minimum(out.low, low) : low;
    out.high = out.high.defined() ? torch::maximum(out.high, high) : high;
  });
  if (images) out = {out.low.view({-1, 1, 1}), out.high.view({-1, 1, 1})};
  return out;
}

}  // namespace modhost_featurevis
