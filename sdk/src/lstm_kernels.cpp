#include "lstm_kernels.h"

#include "cpu_features.h"

namespace modhost {
inline namespace v1 {
namespace detail {

std::vector<const LstmKernels*> usable_lstm_kernels() {
  std::vector<const LstmKernels*> out{&lstm_kernels_generic()};
  if (runs_avx2()) out.push_back(&lstm_kernels_avx2());
  if (runs_avx512()) out.push_back(&lstm_kernels_avx512());
  return out;
}

const LstmKernels& lstm_kernels() {
  static const LstmKernels* const best = usable_lstm_kernels().back();
  return *best;
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
