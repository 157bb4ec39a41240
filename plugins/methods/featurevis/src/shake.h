// Small random changes of images between steps, against patterns that only one exact image has
// (Olah, Mordvintsev, Schubert 2017, "transformation robustness").
#pragma once

#include <modhost/tensor.h>

#include <cstdint>
#include <vector>

namespace modhost_featurevis {

struct Shake {
  int64_t jitter = 0;   // moved by -jitter .. jitter pixels, down and across
  double zoom = 0;      // scaled by 1 - zoom .. 1 + zoom
  double rotation = 0;  // degrees either way

  bool any() const { return jitter > 0 || zoom > 0 || rotation > 0; }
};

// images [n, channels, height, width], each changed by the numbers of its own seed and the step;
// bilinear, the edge goes on outside. Differentiable.
modhost::Tensor shaken(const modhost::Tensor& images, const Shake& shake,
                       const std::vector<uint64_t>& seeds, int64_t step);

}  // namespace modhost_featurevis
