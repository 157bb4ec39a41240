// The recurrent weights of a layer, laid out for products with the state in every step.
#pragma once

#include <cstdint>
#include <vector>

#include "modhost/mask.h"

namespace modhost {
inline namespace v1 {
namespace detail {

class RecurrentMatrix {
 public:
  // weight [rows, columns], the same for all parts, or [E, rows, columns].
  explicit RecurrentMatrix(const Tensor& weight);
  // E = S*K parts of one weight under sampled masks.
  RecurrentMatrix(const Tensor& weight, const Tensor& logits, const MaskSampling& sampling);

  int64_t parts() const { return parts_; }
  // to [m, strip_room(rows)] += from [m, columns] W_e^T: a step forward.
  void add_forward(int64_t part, int64_t strip, int64_t m, const float* from, int64_t from_row,
                   float* to, int64_t to_row) const;
  // to [m, strip_room(columns)] += from [m, rows] W_e: a step back.
  void add_backward(int64_t part, int64_t strip, int64_t m, const float* from, int64_t from_row,
                    float* to, int64_t to_row) const;
  int64_t forward_strips() const;
  int64_t backward_strips() const;

 private:
  int64_t parts_ = 1, matrices_ = 1, rows_, columns_;
  std::vector<float> forward_;             // strips of W^T: [matrix][rows / 32][columns][32]
  std::vector<float> backward_;            // strips of W: [matrix][columns / 32][rows][32]
  std::vector<uint32_t> bits_;             // [part][row][columns / 32], empty without masks
  std::vector<uint32_t> transposed_bits_;  // [part][rows / 32][column]

  void lay_out(const Tensor& weight);
  void transpose_bits();
};

// Floats that a row of so many values must have room for when strips write to it.
int64_t strip_room(int64_t values);

}  // namespace detail
}  // namespace v1
}  // namespace modhost
