// The pointwise part of an LSTM step, for one row of the batch.
#pragma once

#include <cstdint>
#include <vector>

namespace modhost {
inline namespace v1 {
namespace detail {

struct LstmKernels {
  const char* name;

  // sums [4 * units] -> gates: sigmoid(i), sigmoid(f), tanh(g), sigmoid(o).
  //   c = f * c_before + i * g,  h = o * tanh(c).
  void (*forward)(int64_t units, const float* sums, const float* c_before, float* gates, float* c,
                  float* h);

  // dh: gradient of h. dc: that of c from later steps on entry, of c_before on return. gates as
  // forward() left them. dsums: gradient of the sums.
  void (*backward)(int64_t units, const float* gates, const float* c_before, const float* c,
                   const float* dh, float* dc, float* dsums);
};

const LstmKernels& lstm_kernels();  // the best for this CPU
std::vector<const LstmKernels*> usable_lstm_kernels();

const LstmKernels& lstm_kernels_generic();
const LstmKernels& lstm_kernels_avx2();
const LstmKernels& lstm_kernels_avx512();

}  // namespace detail
}  // namespace v1
}  // namespace modhost
