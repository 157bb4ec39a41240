#include "term_source.h"

#include <algorithm>

namespace modhost_patterns {

using namespace modhost;

TermSource::TermSource(std::shared_ptr<const Terms> terms,
                       std::shared_ptr<const std::vector<float>> inputs, std::vector<bool> active)
    : terms_(std::move(terms)), inputs_(std::move(inputs)), active_(std::move(active)) {}

int64_t TermSource::size() const { return static_cast<int64_t>(inputs_->size()) / terms_->inputs; }

void TermSource::targets(const float* input, float* out) const {
  const std::vector<double> x(input, input + terms_->inputs);
  const size_t count = terms_->list.size();
  std::vector<double> value(count);
  for (size_t k = 0; k < count; ++k) value[k] = active_[k] ? terms_->list[k].value(x.data()) : 0;
  const uint8_t* coefficient = terms_->coefficient.data();
  for (int64_t output = 0; output < terms_->outputs(); ++output) {
    double sum = 0;
    for (size_t k = 0; k < count; ++k) sum += coefficient[k] != 0 ? value[k] : 0;
    coefficient += count;
    *out++ = static_cast<float>(sum);
  }
}

bool TermSource::shares_terms() const {
  const auto& coefficient = terms_->coefficient;
  return std::count(coefficient.begin(), coefficient.end(), 1) > terms_->outputs();
}

std::vector<std::string> TermSource::output_groups() const {
  std::vector<std::string> out;
  if (!shares_terms()) return out;
  for (const Term& term : terms_->list) out.push_back(term.name);
  return out;
}

Tensor TermSource::outputs_of_groups() const {
  if (!shares_terms()) return {};
  const auto terms = static_cast<int64_t>(terms_->list.size());
  return torch::tensor(terms_->coefficient, torch::kByte).view({-1, terms}).t().to(torch::kBool);
}

Batch TermSource::load(const std::vector<int64_t>& indices) const {
  const auto count = static_cast<int64_t>(indices.size());
  const Tensor input = torch::empty({count, terms_->inputs});
  const Tensor target = torch::empty({count, terms_->outputs()});
  auto* row = input.data_ptr<float>();
  auto* out = target.data_ptr<float>();
  for (const int64_t index : indices) {
    const float* from = inputs_->data() + index * terms_->inputs;
    row = std::copy_n(from, terms_->inputs, row);
    targets(from, out);
    out += terms_->outputs();
  }
  return {input, target};
}

}  // namespace modhost_patterns
