#include "modhost/decode.h"

#include <vector>

namespace modhost {
inline namespace v1 {
namespace decode {

Tensor fed(const Tensor& target, int64_t vocabulary) {
  const Tensor start = torch::full({target.size(0), 1}, vocabulary - 1, target.options());
  return torch::cat({start, target}, 1).narrow(1, 0, target.size(1));
}

Tensor free_running(const Tensor& start, int64_t steps, int64_t vocabulary, const Step& step) {
  if (steps == 0) return torch::zeros({start.size(0), 0, vocabulary}, start.device());
  std::vector<Tensor> logits;
  Tensor token = start;
  for (int64_t place = 0; place < steps; ++place) {
    logits.push_back(step(token, place));
    token = logits.back().detach().argmax(-1);
  }
  return torch::stack(logits, 1);
}

Tensor greedy(const Tensor& start, int64_t steps, int64_t vocabulary, const Step& step) {
  const torch::NoGradGuard no_grad;
  Tensor logits;
  Tensor token = start;
  Tensor running = torch::ones_like(start).to(torch::kBool);
  for (int64_t place = 0; place < steps; ++place) {
    const Tensor next = step(token, place);
    if (!logits.defined()) logits = next.new_zeros({next.size(0), steps, vocabulary});
    logits.select(1, place).copy_(next * running.unsqueeze(1));
    token = next.argmax(-1);
    running = running.logical_and(token != vocabulary - 1);
    if (!running.any().item<bool>()) break;
  }
  return logits.defined() ? logits
                          : torch::zeros({start.size(0), steps, vocabulary}, start.device());
}

}  // namespace decode
}  // namespace v1
}  // namespace modhost
