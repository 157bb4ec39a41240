#include "unit_relation.h"

#include <torch/csrc/autograd/autograd.h>

#include <set>

#include "sample_input.h"

namespace modhost_torchscript {

using modhost::joint::Pairs;

namespace {

// A mixing function is taken apart unit by unit up to this width; beyond it each unit is said to
// reach each.
constexpr int64_t kExactWidth = 256;

// [*tensor.shape] the unit of every entry.
Tensor unit_numbers(const UnitView& view) {
  const Tensor& x = view.tensor;
  if (view.axis == UnitView::kEveryEntry) {
    std::vector<int64_t> shape = x.sizes().vec();
    shape[0] = 1;
    return torch::arange(x.numel() / x.size(0)).view(shape).expand_as(x);
  }
  const int64_t axis = view.axis < 0 ? view.axis + x.dim() : view.axis;
  std::vector<int64_t> shape(static_cast<size_t>(x.dim()), 1);
  shape[static_cast<size_t>(axis)] = -1;
  return torch::arange(x.size(axis)).view(shape).expand_as(x);
}

class Relation {
 public:
  Relation(const UnitView& writer, const UnitView& reader, uint64_t seed)
      : writer_(writer),
        reader_(reader),
        from_(unit_numbers(writer)),
        to_(unit_numbers(reader)),
        // Different weights, so that derivatives do not cancel each other.
        weight_(random_normal(reader.tensor.sizes(), seed).abs() + 0.1) {}

  Pairs pairs() const {
    if (!depends(torch::ones_like(to_)).any().item<bool>()) return {};
    // Asks for each bit of the reader's unit number which entries reach one with it, and without.
    Tensor unit = torch::zeros_like(from_), single = torch::ones_like(from_, torch::kBool);
    Tensor any = torch::zeros_like(single);
    for (int64_t bit = 0; (int64_t{1} << bit) < reader_.units || bit == 0; ++bit) {
      const Tensor has = to_.bitwise_and(int64_t{1} << bit).ne(0);
      const Tensor with = depends(has), without = depends(has.logical_not());
      unit = unit + with.to(torch::kLong) * (int64_t{1} << bit);
      single = single.logical_and(with.logical_and(without).logical_not());
      any = any.logical_or(with).logical_or(without);
    }
    if (any.logical_and(single.logical_not()).any().item<bool>()) return mixed();
    std::set<std::pair<int64_t, int64_t>> found;
    insert(found, from_.masked_select(any), unit.masked_select(any));
    return {found.begin(), found.end()};
  }

 private:
  // Entries of the writer that have a part in a marked entry of the reader.
  Tensor depends(const Tensor& marked) const {
    const Tensor direction = weight_ * marked.to(weight_.scalar_type());
    const Tensor gradient = torch::autograd::grad({reader_.tensor}, {writer_.tensor}, {direction},
                                                  true, false, true)[0];
    return gradient.defined() ? gradient.ne(0) : torch::zeros_like(from_, torch::kBool);
  }

  Pairs mixed() const {
    if (reader_.units > kExactWidth) return modhost::joint::every(writer_.units, reader_.units);
    std::set<std::pair<int64_t, int64_t>> found;
    for (int64_t unit = 0; unit < reader_.units; ++unit) {
      const Tensor reached = from_.masked_select(depends(to_.eq(unit)));
      insert(found, reached, torch::full_like(reached, unit));
    }
    return {found.begin(), found.end()};
  }

  static void insert(std::set<std::pair<int64_t, int64_t>>& pairs, const Tensor& from,
                     const Tensor& to) {
    for (int64_t i = 0; i < from.numel(); ++i) {
      pairs.emplace(from.data_ptr<int64_t>()[i], to.data_ptr<int64_t>()[i]);
    }
  }

  const UnitView& writer_;
  const UnitView& reader_;
  Tensor from_, to_, weight_;
};

}  // namespace

Pairs related_units(const UnitView& writer, const UnitView& reader, uint64_t seed) {
  if (!reader.tensor.requires_grad()) return {};
  return Relation(writer, reader, seed).pairs();
}

}  // namespace modhost_torchscript
