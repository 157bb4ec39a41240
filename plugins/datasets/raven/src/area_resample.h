// Scales panels to another side by area: each output pixel is the mean of the input it covers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "shape_geometry.h"

namespace modhost::raven {

// For panels of 160 x 160; integer arithmetic, rounded to the nearest grey value (halves up), so
// that every machine gives the same pixels. Immutable, hence shareable between threads.
class AreaResampler {
 public:
  // Sides 1 to 1024; Error(config) otherwise.
  explicit AreaResampler(int side);

  int side() const { return side_; }

  // input [panels, 160, 160] -> output [panels, side, side]; the two must not overlap.
  void apply(const uint8_t* input, size_t panels, uint8_t* output) const;

 private:
  struct Taps {
    int first;                      // the first input pixel that is covered
    std::vector<uint16_t> weights;  // sum to 160
  };
  void apply_panel(const uint8_t* input, uint8_t* output) const;

  int side_;
  std::vector<Taps> taps_;
};

}  // namespace modhost::raven
