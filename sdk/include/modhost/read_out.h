// Where the answer of a network that computes step by step is read.
//
//   Tensor states = read_states(signature(), hidden, batch.input_length);  // [n, s, h]
//   return read_answer(signature(), out(states));                          // as the signature says
#pragma once

#include "modhost/signature.h"
#include "modhost/tensor.h"

namespace modhost {
inline namespace v1 {

// The steps that are read, in order and each once: those of Signature::read_steps for digits, else
// the last one of each sample. states: [n, steps, h]; length: [n] int64 or undefined when all
// samples have all steps. Returns [n, s, h]. Error(shape) when a step is beyond the last.
Tensor read_states(const Signature& signature, const Tensor& states, const Tensor& length);

// Takes each place of the answer from its own step (and from the place that Signature::read_places
// names). outputs: [n, s, step_size], of the steps that read_states() gave. Returns
// [n, *output_shape].
Tensor read_answer(const Signature& signature, const Tensor& outputs);

}  // namespace v1
}  // namespace modhost
