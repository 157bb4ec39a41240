// The inner loops of mask sampling, compiled once for each instruction set and chosen at run time.
// All of them give the same bits: no fused multiply-add, one polynomial for exp, and random words
// that depend on the position of a weight alone.
#pragma once

#include <cstdint>
#include <vector>

namespace modhost {
inline namespace v1 {
namespace detail {

constexpr int kGroup = 4;       // samples that share one block of random words
constexpr int kBlock = 32;      // consecutive weights that do so, two and two
constexpr int kMaskRounds = 7;  // of Philox4x32; Crush-resistant (Salmon et al. 2011, table 2)

// Largest |logit| that makes a difference: beyond it a bit is as good as certain.
constexpr float kLogitBound = 20;

// Which random bits a run of weights gets: 16 for each sample of each weight. A weight tensor is a
// matrix [rows, columns], its rows cut into blocks of kBlock columns; block n of all (row by row)
// owns the counters 16n .. 16n+15. Column c of a block and sample 4*group + j use word j of
// {16n + c%16, group, step}, the lower half for c < 16, else the upper.
struct MaskStream {
  uint64_t key = 0;
  uint64_t step = 0;
  uint32_t group = 0;    // of the samples, counted over all sets
  uint32_t counter = 0;  // of the run's first weight, the first one of a block
};

// Blocks of a row of so many columns.
constexpr int64_t blocks_of(int64_t columns) { return (columns + kBlock - 1) / kBlock; }
// The first counter of a block.
constexpr uint32_t counter_of(int64_t row, int64_t column, int64_t columns) {
  return static_cast<uint32_t>((row * blocks_of(columns) + column / kBlock) * (kBlock / 2));
}

struct MaskKernels {
  const char* name;  // "sse2", "avx2", "avx512", "generic"

  // out[j][i] = weight[i] where sample j keeps weight i, else 0; j < samples <= kGroup. If `bits`
  // is not null, bit c of bits[j][block] says whether column c of that block is kept.
  void (*sample)(const MaskStream& stream, const float* weight, const float* logits, int64_t count,
                 int samples, float* const* out, uint32_t* const* bits);
  // The same from bits that were written before.
  void (*apply)(const float* weight, const uint32_t* const* bits, int64_t count, int samples,
                float* const* out);

  // With add: gradient[i] += weight[i] * sum over j of output_gradient[j][i] * d bit / d logit of
  // sample j, the slope of the relaxed bit at temperature tau, one of 1, 2/3, 1/2. If `masked` is
  // not null, also what sample() writes. Without add: gradient[i] = the same.
  void (*accumulate)(const MaskStream& stream, double tau, const float* weight, const float* logits,
                     const float* const* output_gradient, int64_t count, int samples, bool add,
                     float* gradient, float* const* masked);

  // gradient[i] (+)= weight[i] * output_gradient[i] * sigmoid'(logit[i]).
  void (*accumulate_mean)(const float* weight, const float* logits, const float* output_gradient,
                          int64_t count, bool add, float* gradient);
};

// The best one for this CPU.
const MaskKernels& mask_kernels();
// All that this CPU can run, for tests that compare them.
std::vector<const MaskKernels*> usable_mask_kernels();

const MaskKernels& mask_kernels_generic();
const MaskKernels& mask_kernels_avx2();
const MaskKernels& mask_kernels_avx512();

}  // namespace detail
}  // namespace v1
}  // namespace modhost
