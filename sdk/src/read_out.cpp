#include "modhost/read_out.h"

#include <algorithm>
#include <set>

#include "modhost/error.h"

namespace modhost {
inline namespace v1 {
namespace {

// Sorted; empty when the last step is the only one.
std::vector<int64_t> distinct_steps(const Signature& signature) {
  const std::set<int64_t> steps(signature.read_steps.begin(), signature.read_steps.end());
  return {steps.begin(), steps.end()};
}

std::vector<int64_t> answer_shape(const Signature& signature, int64_t rows) {
  std::vector<int64_t> shape{rows};
  shape.insert(shape.end(), signature.output_shape.begin(), signature.output_shape.end());
  return shape;
}

}  // namespace

Tensor read_states(const Signature& signature, const Tensor& states, const Tensor& length) {
  const std::vector<int64_t> steps = distinct_steps(signature);
  if (!steps.empty()) {
    check(steps.back() < states.size(1), ErrorCode::shape,
          "the answer is read at step " + std::to_string(steps.back()) +
              " (from 0) of a sequence of " + std::to_string(states.size(1)) + " steps");
    const auto last = static_cast<int64_t>(steps.size()) - 1;
    if (steps.back() - steps.front() == last) return states.narrow(1, steps.front(), last + 1);
    return states.index_select(1, torch::tensor(steps, torch::kLong).to(states.device()));
  }
  if (!length.defined()) return states.narrow(1, states.size(1) - 1, 1);
  const Tensor place = (length - 1).view({-1, 1, 1}).expand({-1, 1, states.size(2)});
  return states.gather(1, place);
}

Tensor read_answer(const Signature& signature, const Tensor& outputs) {
  const std::vector<int64_t> steps = distinct_steps(signature);
  if (steps.size() <= 1 && signature.read_places.empty())
    return outputs.reshape(answer_shape(signature, outputs.size(0)));
  const int64_t places = signature.output_shape.at(0);
  check(static_cast<int64_t>(signature.read_steps.size()) == places, ErrorCode::shape,
        "the signature reads " + std::to_string(places) + " places at " +
            std::to_string(signature.read_steps.size()) + " steps");
  std::vector<Tensor> answer;  // [n, base] each
  const int64_t base = signature.output_shape.at(1);
  const Tensor split =
      outputs.view({outputs.size(0), outputs.size(1), outputs.size(2) / base, base});
  for (int64_t place = 0; place < places; ++place) {
    const auto at = std::lower_bound(steps.begin(), steps.end(), signature.read_steps[place]);
    const int64_t from = signature.read_places.empty() ? place : signature.read_places.at(place);
    answer.push_back(split.select(1, at - steps.begin()).select(1, from));
  }
  return torch::stack(answer, 1);
}

}  // namespace v1
}  // namespace modhost
