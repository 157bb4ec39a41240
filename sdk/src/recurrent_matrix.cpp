#include "recurrent_matrix.h"

#include <ATen/Parallel.h>

#include <algorithm>

#include "block_product.h"
#include "mask_layout.h"
#include "strips.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

static_assert(kBlock == kStrip, "a word of bits is one strip wide");

// Columns of W as strips: strip s holds W[row, 32 s + c] at [row * 32 + c].
void copy_strips(const float* from, int64_t rows, int64_t columns, float* to) {
  for (int64_t strip = 0; strip < strips_of(columns); ++strip) {
    const int64_t here = std::min(kStrip, columns - strip * kStrip);
    for (int64_t row = 0; row < rows; ++row, to += kStrip) {
      std::copy_n(from + row * columns + strip * kStrip, here, to);
    }
  }
}

// Warren, "Hacker's Delight", 7-3: out bit (c, r) = in bit (r, c), bit 0 the lowest.
void transpose_words(uint32_t (&word)[32]) {
  uint32_t mask = 0x0000ffff;
  for (int width = 16; width != 0; width >>= 1, mask ^= mask << width) {
    for (int k = 0; k < 32; k = (k + width + 1) & ~width) {
      const uint32_t swapped = ((word[k] >> width) ^ word[k + width]) & mask;
      word[k] ^= swapped << width;
      word[k + width] ^= swapped;
    }
  }
}

}  // namespace

int64_t strip_room(int64_t values) { return strips_of(values) * kStrip; }

RecurrentMatrix::RecurrentMatrix(const Tensor& weight)
    : rows_(weight.size(-2)), columns_(weight.size(-1)) {
  parts_ = matrices_ = weight.dim() == 3 ? weight.size(0) : 1;
  lay_out(weight);
}

RecurrentMatrix::RecurrentMatrix(const Tensor& weight, const Tensor& logits,
                                 const MaskSampling& sampling)
    : rows_(weight.size(0)), columns_(weight.size(1)) {
  const MaskLayout layout(logits, sampling.samples);
  parts_ = layout.variants();
  lay_out(weight);
  const int64_t words = blocks_of(columns_);
  bits_.resize(parts_ * rows_ * words);
  at::parallel_for(0, rows_, 16, [&](int64_t begin, int64_t end) {
    std::vector<float> unused(kGroup * columns_);
    float* masked[kGroup];
    uint32_t* bits[kGroup];
    for (int j = 0; j < kGroup; ++j) masked[j] = unused.data() + j * columns_;
    for (int64_t row = begin; row < end; ++row) {
      for (int64_t set = 0; set < layout.sets; ++set) {
        const float* own = logits.data_ptr<float>() + (set * rows_ + row) * columns_;
        for (int64_t group = 0; group < layout.groups(); ++group) {
          const int samples = layout.samples_in(group);
          for (int j = 0; j < samples; ++j) {
            const int64_t part = set * layout.samples + group * kGroup + j;
            bits[j] = bits_.data() + (part * rows_ + row) * words;
          }
          mask_kernels().sample(layout.stream(sampling.noise, set, group, row, 0),
                                weight.data_ptr<float>() + row * columns_, own, columns_, samples,
                                masked, bits);
        }
      }
    }
  });
  transpose_bits();
}

void RecurrentMatrix::lay_out(const Tensor& weight) {
  forward_.resize(matrices_ * strips_of(rows_) * columns_ * kStrip);
  backward_.resize(matrices_ * strips_of(columns_) * rows_ * kStrip);
  const float* from = weight.data_ptr<float>();
  at::parallel_for(0, matrices_, 1, [&](int64_t begin, int64_t end) {
    for (int64_t matrix = begin; matrix < end; ++matrix) {
      const float* own = from + matrix * rows_ * columns_;
      pack_strips(own, rows_, columns_, columns_,
                  forward_.data() + matrix * strips_of(rows_) * columns_ * kStrip);
      copy_strips(own, rows_, columns_,
                  backward_.data() + matrix * strips_of(columns_) * rows_ * kStrip);
    }
  });
}

void RecurrentMatrix::transpose_bits() {
  const int64_t words = blocks_of(columns_), strips = strips_of(rows_);
  transposed_bits_.resize(parts_ * strips * columns_);
  at::parallel_for(0, parts_ * strips, 4, [&](int64_t begin, int64_t end) {
    for (int64_t at = begin; at < end; ++at) {
      const int64_t part = at / strips, first = at % strips * kStrip;
      for (int64_t block = 0; block < words; ++block) {
        uint32_t word[32] = {};
        for (int64_t r = 0; r < std::min(kStrip, rows_ - first); ++r) {
          word[r] = bits_[(part * rows_ + first + r) * words + block];
        }
        transpose_words(word);
        uint32_t* to = transposed_bits_.data() + at * columns_ + block * kStrip;
        std::copy_n(word, std::min(kStrip, columns_ - block * kStrip), to);
      }
    }
  });
}

int64_t RecurrentMatrix::forward_strips() const { return strips_of(rows_); }
int64_t RecurrentMatrix::backward_strips() const { return strips_of(columns_); }

void RecurrentMatrix::add_forward(int64_t part, int64_t strip, int64_t m, const float* from,
                                  int64_t from_row, float* to, int64_t to_row) const {
  const int64_t matrix = matrices_ == 1 ? 0 : part, at = matrix * forward_strips() + strip;
  BlockProduct product{m,
                       kStrip,
                       columns_,
                       from,
                       from_row,
                       1,
                       forward_.data() + at * columns_ * kStrip,
                       kStrip,
                       to + strip * kStrip,
                       to_row,
                       true};
  if (!bits_.empty()) {
    product.bits = transposed_bits_.data() + (part * forward_strips() + strip) * columns_;
  }
  multiply(product);
}

void RecurrentMatrix::add_backward(int64_t part, int64_t strip, int64_t m, const float* from,
                                   int64_t from_row, float* to, int64_t to_row) const {
  const int64_t matrix = matrices_ == 1 ? 0 : part, at = matrix * backward_strips() + strip;
  BlockProduct product{m,
                       kStrip,
                       rows_,
                       from,
                       from_row,
                       1,
                       backward_.data() + at * rows_ * kStrip,
                       kStrip,
                       to + strip * kStrip,
                       to_row,
                       true};
  if (!bits_.empty()) {
    product.bits = bits_.data() + part * rows_ * blocks_of(columns_) + strip;
    product.bits_row = blocks_of(columns_);
  }
  multiply(product);
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
