// Networks for the checks: built as a run builds them, then moved off their initial values.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cases.h"
#include "modhost/model.h"

namespace modhost::conformance {

// As a run makes it: built for the case's signature and initialised by `seed`; float32.
std::unique_ptr<ModelBase> fresh_network(const Context& context, const ModelCase& one,
                                         uint64_t seed);

// In float64 and evaluation mode, with every entry of parameters and buffers moved a little, so
// that nothing is zero or one by accident.
std::unique_ptr<ModelBase> network(const Context& context, const ModelCase& one,
                                   torch::ScalarType type = torch::kDouble);

// Another object with the same state.
std::unique_ptr<ModelBase> twin(const Context& context, const ModelCase& one,
                                const ModelBase& network);

// A forward pass without gradients that leaves the buffers as they were.
Tensor evaluated(ModelBase& network, const Batch& batch);

// Puts the buffers back to what they were at construction.
class BufferKeeper {
 public:
  explicit BufferKeeper(ModelBase& network);
  BufferKeeper(const BufferKeeper&) = delete;
  BufferKeeper& operator=(const BufferKeeper&) = delete;
  ~BufferKeeper() { restore(); }
  void restore();

 private:
  ModelBase& network_;
  NamedTensors kept_;
};

// The K parts of a batch's output, one for each variant.
std::vector<Tensor> parts(const Tensor& output, int64_t count);

// K variants of every maskable parameter, [K, *shape] each.
struct Variants {
  int64_t count = 0;
  NamedTensors weights;

  Variations given() const;              // all at once
  Variants only(int64_t variant) const;  // one of them, count = 1
  Variants permuted(const std::vector<int64_t>& order) const;
};

// weight * bits, bits 0 or 1 at random; or weight * a number in 0.2 .. 1.8.
enum class MaskKind { hard, soft };
Variants random_variants(const ModelBase& network, int64_t count, MaskKind kind, uint64_t seed);

// Writes one variant into the parameters of a plain network, as by hand.
void write_into(ModelBase& plain, const Variants& variants, int64_t variant);

// One seed for each part of the batch, so that a part draws what it would draw alone.
Noise noise_of_parts(int64_t count, int64_t first = 0);

// The forward of K variants at once on a batch of K equal parts.
Tensor forward_all(ModelBase& network, const Variants& variants, const Batch& repeated_batch);

// A check of one case as a check of the component: the worst verdict over all cases.
template <Outcome (*run)(const Context&, const ModelCase&)>
Outcome each_case(const Context& context) {
  return worst_of<ModelCase>(model_cases(context),
                             [&](const ModelCase& one) { return run(context, one); });
}

// Both modes, with their names for messages.
struct Mode {
  bool training;
  const char* name;
};
inline constexpr Mode kModes[] = {{false, "eval"}, {true, "train"}};

}  // namespace modhost::conformance
