// What of the test samples is needed in memory.
#pragma once

#include <modhost/dataset.h>
#include <modhost/progress.h>

#include <cstdint>

namespace modhost_featurevis {

// The first `count` samples of `source`, in batches. Error(interrupted) when stopped.
struct TestSamples {
  const modhost::Source& source;
  int64_t count = 0;
  int64_t batch_size = 100;
  const modhost::StopSignal* stop = nullptr;
};

// [count] int64.
modhost::Tensor classes_of(const TestSamples& samples);
// [count, entries] float.
modhost::Tensor flat_inputs_of(const TestSamples& samples);

// Smallest and largest value of inputs, for each channel of an image [channels, 1, 1] or each
// feature [features]; double.
struct InputRange {
  modhost::Tensor low, high;
};
InputRange range_of(const TestSamples& samples, bool images);

}  // namespace modhost_featurevis
