#include "mask_group.h"

#include <ATen/Parallel.h>

#include <algorithm>

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

constexpr int64_t kGrain = 8192;  // weights per thread at least

template <typename F>
void for_rows(const MaskLayout& layout, const F& work) {
  const int64_t grain = std::max<int64_t>(1, kGrain / std::max<int64_t>(layout.columns, 1));
  at::parallel_for(0, layout.rows, grain, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) work(row, row * layout.columns);
  });
}

// Where row `at` of each sample's weight begins.
template <typename T>
void rows_of(T* first, int64_t at, const MaskLayout& layout, int64_t group, T** out) {
  for (int j = 0; j < layout.samples_in(group); ++j) out[j] = first + j * layout.count() + at;
}

}  // namespace

MaskGroups::MaskGroups(const Tensor& weight, const Tensor& logits, const MaskSampling& sampling)
    : layout_(logits, sampling.samples),
      sampling_(sampling),
      weight_(weight.data_ptr<float>()),
      logits_(logits.data_ptr<float>()) {}

void MaskGroups::draw(int64_t set, int64_t group, float* masked) const {
  for_rows(layout_, [&](int64_t row, int64_t at) {
    float* to[kGroup];
    rows_of(masked, at, layout_, group, to);
    mask_kernels().sample(layout_.stream(sampling_.noise, set, group, row, 0), weight_ + at,
                          logits_ + set * layout_.count() + at, layout_.columns,
                          layout_.samples_in(group), to, nullptr);
  });
}

void MaskGroups::accumulate(int64_t set, int64_t group, const float* given, bool first,
                            float* gradient, float* masked) const {
  for_rows(layout_, [&](int64_t row, int64_t at) {
    const float* from[kGroup];
    float* to[kGroup];
    rows_of(given, at, layout_, group, from);
    if (masked != nullptr) rows_of(masked, at, layout_, group, to);
    mask_kernels().accumulate(layout_.stream(sampling_.noise, set, group, row, 0), sampling_.tau,
                              weight_ + at, logits_ + set * layout_.count() + at, from,
                              layout_.columns, layout_.samples_in(group), !first, gradient + at,
                              masked == nullptr ? nullptr : to);
  });
}

void MaskGroups::accumulate_mean(int64_t set, const float* given, float* gradient) const {
  for_rows(layout_, [&](int64_t, int64_t at) {
    mask_kernels().accumulate_mean(weight_ + at, logits_ + set * layout_.count() + at, given + at,
                                   layout_.columns, false, gradient + at);
  });
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
