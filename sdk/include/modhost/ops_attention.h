// Scaled dot-product attention (Vaswani et al. 2017). It has no weights, so rows of the batch,
// whatever their variant, are treated alike.
#pragma once

#include <functional>

#include "modhost/tensor.h"

namespace modhost {
inline namespace v1 {

// Which keys a query may look at.
struct AttentionMask {
  bool causal = false;   // not at later ones; the last query sees all keys
  Tensor key_lengths{};  // [E*b] int64 in 1 .. keys, or undefined: none at or past this position
};

namespace ops {

// softmax(q k^T / sqrt(D/heads)) v within each head; heads lie side by side in D.
//   q [n, queries, D]; k, v [n, keys, D] -> [n, queries, D]
// `on_weights`, if given, is applied to the attention weights [n*heads, queries, keys] (dropout).
// Error(shape) when sizes disagree.
Tensor attention(const Tensor& q, const Tensor& k, const Tensor& v, int64_t heads,
                 const AttentionMask& mask,
                 const std::function<Tensor(const Tensor&)>& on_weights = {});

}  // namespace ops
}  // namespace v1
}  // namespace modhost
