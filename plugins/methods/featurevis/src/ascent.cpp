#include "ascent.h"

#include <modhost/error.h>
#include <torch/autograd.h>

#include <algorithm>
#include <cmath>

#include "redirect.h"

namespace modhost_featurevis {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr int64_t kBytes = int64_t{1} << 30;  // of what layers put out and its gradients
constexpr int64_t kStep = 4;                  // rows of a batch are a multiple of it
constexpr int64_t kRedirected = 17;           // steps, as lucid counts them

// What all layers together put out for one input.
class OutputBytes : public LayerObserver {
 public:
  void saw(const Layer&, const std::string& group, const Tensor& value) override {
    if (group == "out") bytes_ += static_cast<int64_t>(value.nbytes());
  }
  int64_t bytes() const { return bytes_; }

 private:
  int64_t bytes_ = 0;
};

// [rows, units], 1 for the units of each wish.
Tensor chosen_units(const std::vector<Wish>& wishes, int64_t units) {
  Tensor out = torch::zeros({static_cast<int64_t>(wishes.size()), units}, torch::kFloat);
  auto* row = out.data_ptr<float>();
  for (const Wish& wish : wishes) {
    for (const int64_t unit : wish.units) {
      check(unit >= 0 && unit < units, ErrorCode::internal,
            "an input for a unit that is not there");
      row[unit] = 1;
    }
    row += units;
  }
  return out;
}

std::vector<uint64_t> seeds_of(const std::vector<Wish>& wishes) {
  std::vector<uint64_t> out;
  for (const Wish& wish : wishes) out.push_back(wish.seed);
  return out;
}

// Upwards along `gradient`, entry by entry.
class Adam {
 public:
  Adam(const Tensor& parameters, double lr)
      : lr_(lr), mean_(torch::zeros_like(parameters)), square_(torch::zeros_like(parameters)) {}

  void step(Tensor& parameters, const Tensor& gradient) {
    ++count_;
    mean_.mul_(kFirst).add_(gradient, 1 - kFirst);
    square_.mul_(kSecond).addcmul_(gradient, gradient, 1 - kSecond);
    const double rate = lr_ / (1 - std::pow(kFirst, count_));
    const Tensor size = (square_ / (1 - std::pow(kSecond, count_))).sqrt_().add_(kEps);
    parameters.addcdiv_(mean_, size, rate);
  }

 private:
  static constexpr double kFirst = 0.9, kSecond = 0.999, kEps = 1e-8;
  double lr_;
  int64_t count_ = 0;
  Tensor mean_, square_;
};

bool has_classes(const Signature& signature) {
  return signature.output == Output::classes || signature.output == Output::choice ||
         signature.output == Output::digits;
}

}  // namespace

Tensor objective_of(Objective objective, const Tensor& values, const Tensor& chosen) {
  return ((objective == Objective::magnitude ? values.abs() : values) * chosen).sum(1);
}

Tensor prediction_entropy(const Tensor& logits) {
  const Tensor logs = torch::log_softmax(logits.to(torch::kCPU, torch::kDouble), -1);
  // exp(-inf) * -inf is no number, and means nothing.
  const Tensor own =
      -torch::where(logs.isinf(), torch::zeros_like(logs), logs.exp() * logs).sum(-1);
  return own.dim() > 1 ? own.flatten(1).mean(1) : own;
}

Tensor dispersion_of(const Tensor& values, const Tensor& chosen) {
  const Tensor x = values.to(torch::kCPU, torch::kDouble);
  const Tensor there = chosen.to(torch::kCPU, torch::kDouble);
  const Tensor count = there.sum(1, true).clamp_min(1);
  const Tensor mean = (x * there).sum(1, true) / count;
  return ((x - mean).square() * there).sum(1, true).div(count).sqrt().squeeze(1);
}

Ascent::Ascent(ModelBase& model, const UnitNetwork& network, InputBasis basis, AscentPlan plan)
    : model_(model), network_(network), basis_(std::move(basis)), plan_(plan) {}

UnitPlace Ascent::place(int64_t group) const {
  const bool before = plan_.objective == Objective::magnitude;
  return place_of(model_, network_, group, before ? Moment::before : Moment::after);
}

int64_t Ascent::batch_rows() const {
  const torch::NoGradGuard no_grad;
  const Tensor one = basis_.inputs(basis_.drawn(0).unsqueeze(0).to(plan_.device));
  OutputBytes seen;
  model_.forward({one});
  // Each of it about four times: activations, their pooled or normalised versions, two gradients.
  const int64_t most = std::max<int64_t>(1, kBytes / std::max<int64_t>(1, 4 * seen.bytes()));
  if (!plan_.full || most < kStep) return std::min(plan_.at_once, most);
  return std::min((plan_.at_once + kStep - 1) / kStep, most / kStep) * kStep;
}

std::pair<Tensor, Tensor> Ascent::gradient(int64_t group, const std::vector<Wish>& wishes,
                                           const Tensor& parameters, int64_t step) const {
  const torch::AutoGradMode with_gradients(true);
  const auto rows = static_cast<int64_t>(wishes.size());
  const Tensor free = parameters.detach().requires_grad_(true);
  Tensor inputs = basis_.inputs(free);
  if (plan_.shake.any()) inputs = shaken(inputs, plan_.shake, seeds_of(wishes), step);
  UnitSight sight({place(group)}, rows);
  model_.forward({inputs});
  const Tensor values = sight.values(0);
  const Tensor chosen = chosen_units(wishes, values.size(1)).to(values.options());
  const Tensor objectives = objective_of(plan_.objective, values, chosen);
  const Tensor loss = -objectives.sum();
  if (plan_.redirect && step < kRedirected) redirect_relus(loss, rows);
  const Tensor slope = torch::autograd::grad({loss}, {free}).front();
  return {objectives.detach(), -slope};
}

std::vector<Vision> Ascent::chunk(int64_t group, const std::vector<Wish>& wishes, int64_t count,
                                  const std::function<void(int64_t)>& done) const {
  std::vector<Tensor> drawn;
  for (const Wish& wish : wishes) drawn.push_back(basis_.drawn(wish.seed));
  Tensor parameters = torch::stack(drawn).to(plan_.device);
  Adam adam(parameters, plan_.lr);
  for (int64_t step = 0; step < plan_.steps; ++step) {
    check(plan_.stop == nullptr || !plan_.stop->requested(), ErrorCode::interrupted,
          "stopped while inputs were optimised");
    adam.step(parameters, gradient(group, wishes, parameters, step).second);
    done(count);
  }
  const torch::NoGradGuard no_grad;
  return judged(group, wishes, count, basis_.inputs(parameters));
}

std::vector<Vision> Ascent::judged(int64_t group, const std::vector<Wish>& wishes, int64_t count,
                                   const Tensor& inputs) const {
  UnitSight sight({place(group), place_of(model_, network_, group, Moment::before)},
                  static_cast<int64_t>(wishes.size()));
  const Tensor output = model_.forward({inputs});
  const Tensor values = sight.values(0), raw = sight.values(1);
  const Tensor chosen = chosen_units(wishes, values.size(1)).to(values.options());
  const Tensor score =
      objective_of(plan_.objective, values, chosen).to(torch::kCPU, torch::kDouble);
  const Tensor spread = dispersion_of(torch::relu(raw), chosen);
  const Signature& signature = model_.signature();
  const Tensor entropy = has_classes(signature) ? prediction_entropy(output) : Tensor();
  const bool one = signature.output == Output::classes || signature.output == Output::choice;
  const Tensor likeliest = one ? output.argmax(1).cpu() : Tensor();
  std::vector<Vision> out;
  for (int64_t row = 0; row < count; ++row) {
    Vision own;
    own.input = inputs[row].cpu().clone();
    own.score = score[row].item<double>();
    own.dispersion = spread[row].item<double>();
    if (entropy.defined()) own.entropy = entropy[row].item<double>();
    if (one) own.predicted = likeliest[row].item<int64_t>();
    out.push_back(std::move(own));
  }
  return out;
}

std::vector<Vision> Ascent::operator()(int64_t group, const std::vector<Wish>& wishes,
                                       const std::function<void(int64_t)>& done) const {
  const int64_t rows = batch_rows();
  std::vector<Vision> out;
  for (auto first = wishes.begin(); first != wishes.end();) {
    const int64_t count = std::min<int64_t>(rows, wishes.end() - first);
    std::vector<Wish> some(first, first + count);
    if (plan_.full) some.resize(static_cast<size_t>(rows), some.front());
    for (Vision& own : chunk(group, some, count, done)) out.push_back(std::move(own));
    first += count;
  }
  return out;
}

}  // namespace modhost_featurevis
