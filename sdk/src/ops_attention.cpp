#include "modhost/ops_attention.h"

#include <cmath>
#include <limits>
#include <string>

#include "lengths.h"
#include "modhost/error.h"

namespace modhost {
inline namespace v1 {
namespace ops {
namespace {

// [n, t, D] -> [n*heads, t, D/heads]
Tensor split_heads(const Tensor& x, int64_t heads) {
  const int64_t rows = x.size(0), steps = x.size(1), width = x.size(2) / heads;
  return x.reshape({rows, steps, heads, width})
      .transpose(1, 2)
      .reshape({rows * heads, steps, width});
}

// [n*heads, t, D/heads] -> [n, t, D]
Tensor merge_heads(const Tensor& x, int64_t heads) {
  const int64_t rows = x.size(0) / heads, steps = x.size(1), width = x.size(2);
  return x.view({rows, heads, steps, width}).transpose(1, 2).reshape({rows, steps, heads * width});
}

// 0 where a query may look, minus infinity elsewhere; undefined when it may look everywhere.
// [1 or n*heads, 1 or queries, keys]
Tensor added_to_scores(const AttentionMask& mask, const Tensor& q, int64_t keys, int64_t heads) {
  constexpr double kNever = -std::numeric_limits<double>::infinity();
  Tensor added;
  if (mask.causal) {
    const int64_t queries = q.size(1);
    added = torch::full({queries, keys}, kNever, q.options().requires_grad(false))
                .triu(1 + keys - queries)
                .unsqueeze(0);
  }
  if (!mask.key_lengths.defined()) return added;
  detail::check_lengths(mask.key_lengths, q.size(0), 1, keys);
  const Tensor hidden = detail::within_length(mask.key_lengths, keys).logical_not();  // [n, keys]
  const Tensor padding = torch::zeros(hidden.sizes(), q.options().requires_grad(false))
                             .masked_fill_(hidden, kNever)
                             .repeat_interleave(heads, 0)
                             .unsqueeze(1);
  return added.defined() ? added + padding : padding;
}

void check_sizes(const Tensor& q, const Tensor& k, const Tensor& v, int64_t heads, bool causal) {
  const bool fits = q.dim() == 3 && k.dim() == 3 && v.sizes() == k.sizes() &&
                    q.size(0) == k.size(0) && q.size(2) == k.size(2) && q.size(2) % heads == 0 &&
                    k.size(1) > 0;
  if (!fits) {
    throw Error(ErrorCode::shape, "attention of " + std::to_string(heads) + " heads with queries " +
                                      shape_text(q) + ", keys " + shape_text(k) + " and values " +
                                      shape_text(v) + "; expected [n, t, D], [n, s, D], [n, s, D]");
  }
  if (causal && q.size(1) > k.size(1)) {
    throw Error(ErrorCode::shape, "causal attention of " + std::to_string(q.size(1)) +
                                      " queries to " + std::to_string(k.size(1)) +
                                      " keys; there must be a key for each query");
  }
}

}  // namespace

Tensor attention(const Tensor& q, const Tensor& k, const Tensor& v, int64_t heads,
                 const AttentionMask& mask,
                 const std::function<Tensor(const Tensor&)>& on_weights) {
  check_sizes(q, k, v, heads, mask.causal);
  const double scale = 1 / std::sqrt(static_cast<double>(q.size(2) / heads));
  const Tensor queries = split_heads(q * scale, heads);
  const Tensor keys = split_heads(k, heads).transpose(1, 2);
  const Tensor added = added_to_scores(mask, q, k.size(1), heads);
  const Tensor scores =
      added.defined() ? torch::baddbmm(added, queries, keys) : torch::bmm(queries, keys);
  Tensor weights = torch::softmax(scores, -1);
  if (on_weights) weights = on_weights(weights);
  return merge_heads(torch::bmm(weights, split_heads(v, heads)), heads);
}

}  // namespace ops
}  // namespace v1
}  // namespace modhost
