// How token sequences are put out: by teacher forcing, or from one's own choices.
//
// The last token of the vocabulary ends a sequence and is what decoding starts from (signature.h).
#pragma once

#include <cstdint>
#include <functional>

#include "modhost/tensor.h"

namespace modhost {
inline namespace v1 {
namespace decode {

// What a decoder is fed under teacher forcing: the end token, then all of the target but its last.
// target: [n, length] int64 -> the same shape.
Tensor fed(const Tensor& target, int64_t vocabulary);

// The logits [n, vocabulary] of the token at `place` when the one before it is `token` [n] int64.
using Step = std::function<Tensor(const Tensor& token, int64_t place)>;

// `steps` tokens, each fed the most likely one before it: logits [n, steps, vocabulary], with
// gradients through everything but the choice. start: [n] end tokens.
Tensor free_running(const Tensor& start, int64_t steps, int64_t vocabulary, const Step& step);

// The same without gradients, and only until every row has ended: the logits of a row past its end
// token are 0, whatever the other rows of the batch are.
Tensor greedy(const Tensor& start, int64_t steps, int64_t vocabulary, const Step& step);

}  // namespace decode
}  // namespace v1
}  // namespace modhost
