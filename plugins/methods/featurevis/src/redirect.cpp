#include "redirect.h"

#include <torch/autograd.h>

#include <memory>
#include <unordered_set>
#include <vector>

namespace modhost_featurevis {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

using torch::autograd::Node;
using torch::autograd::variable_list;

// A row that gets nothing has no gradient where its units are on, so what is left of the gradient
// behind the ReLU is that of units that are off, and no mask is needed.
class Redirect : public torch::autograd::FunctionPostHook {
 public:
  explicit Redirect(int64_t rows) : rows_(rows) {}

  variable_list operator()(const variable_list& before, const variable_list& behind) override {
    const Tensor &got = before.at(0), &wanted = behind.at(0);
    const bool fits = got.defined() && wanted.defined() && got.dim() > 0 &&
                      got.size(0) % rows_ == 0 && got.numel() > 0;
    if (!fits) return before;
    const torch::NoGradGuard no_grad;
    const Tensor stopped = ~got.reshape({rows_, -1}).ne(0).any(1);
    const Tensor raising = wanted.clamp_max(0).reshape({rows_, -1});  // descent raises these
    const Tensor own = got.reshape({rows_, -1});
    return {torch::where(stopped.unsqueeze(1), raising, own).view(got.sizes())};
  }

 private:
  int64_t rows_;
};

}  // namespace

void redirect_relus(const Tensor& loss, int64_t rows) {
  std::vector<Node*> open{loss.grad_fn().get()};
  std::unordered_set<Node*> seen(open.begin(), open.end());
  while (!open.empty()) {
    Node* node = open.back();
    open.pop_back();
    if (node == nullptr) continue;
    if (node->name() == "ReluBackward0") node->add_post_hook(std::make_unique<Redirect>(rows));
    for (const auto& edge : node->next_edges()) {
      Node* next = edge.function.get();
      if (next != nullptr && seen.insert(next).second) open.push_back(next);
    }
  }
}

}  // namespace modhost_featurevis
