// Parameters, and the weight ensemble: a parameter can be presented to its layer in E variants.
//
// A layer asks its parameter for a view. Usually the view is plain: the one tensor [*shape]. Inside
// an EnsembleScope (model.h) it is varied: E tensors at once, [E, *shape], and the batch (dimension
// 0 of every activation) holds E equal consecutive parts, part e to be computed with variant e.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "modhost/tensor.h"

namespace modhost {
inline namespace v1 {

// Makes the variants of one parameter: mask samples, lesions, seeds, pruning candidates.
class Variation {
 public:
  virtual ~Variation();
  virtual int64_t size() const = 0;  // E
  // [E, *weight.shape]; differentiable in whatever the variation trains. Equal bits in every call.
  virtual Tensor apply(const Tensor& weight) const = 0;
};

// Variants that are simply given: `tensor` is [E, *shape].
std::shared_ptr<const Variation> given_variants(Tensor tensor);

// What an operation sees of a parameter. An operation with a kernel for a certain variation can use
// variation() and weight(); every other asks for tensor().
class WeightView {
 public:
  explicit WeightView(Tensor weight, std::shared_ptr<const Variation> variation = nullptr);

  bool defined() const { return weight_.defined(); }  // false for an absent bias
  bool plain() const { return variation_ == nullptr; }
  const Tensor& weight() const { return weight_; }  // [*shape]
  const std::shared_ptr<const Variation>& variation() const { return variation_; }
  // Plain: [*shape]. Varied: [E, *shape].
  Tensor tensor() const { return plain() ? weight_ : variation_->apply(weight_); }

 private:
  Tensor weight_;
  std::shared_ptr<const Variation> variation_;
};

// How a tensor is filled at the start. The numbers depend on the seed and the parameter's full name
// only, so adding a layer leaves the others as they were.
struct Init {
  enum class Kind { constant, uniform, normal, orthogonal, blocks, given };
  Kind kind = Kind::constant;
  double value = 0;  // the constant, the bound of +-, the standard deviation, or the gain
  std::vector<std::pair<int64_t, Init>> rows{};  // blocks: so many rows each way
  Tensor values{};                               // given: these, whatever the seed
};

namespace init {
Init constant(double value);
Init uniform(double bound);  // +- bound
Init normal(double deviation);
// He et al. 2015; a = sqrt(5) is PyTorch's default for linear and convolution: +- 1/sqrt(fan_in).
Init kaiming_uniform(int64_t fan_in, double a = 2.23606797749979);
Init xavier_normal(int64_t fan_in, int64_t fan_out, double gain = 1);  // Glorot, Bengio 2010
Init xavier_uniform(int64_t fan_in, int64_t fan_out, double gain = 1);
// Rows or columns, whichever are fewer, are orthogonal with norm `gain` (Saxe et al. 2014).
Init orthogonal(double gain = 1);
// Different rows differently: the gates of an LSTM, the parts of a packed projection.
Init blocks(std::vector<std::pair<int64_t, Init>> rows);
// Of a network that comes with its weights.
Init given(const Tensor& values);
}  // namespace init

// A trained tensor of a layer. Copies refer to the same parameter.
class Parameter {
 public:
  Parameter() = default;  // absent, e.g. no bias
  Parameter(std::string name, std::vector<int64_t> shape, Init init, bool maskable);

  bool defined() const { return data_ != nullptr; }
  bool same_as(const Parameter& other) const { return data_ == other.data_; }
  const std::string& name() const;  // within its layer at first, later the full name in the model
  bool maskable() const;
  WeightView get() const;  // an undefined view when the parameter is absent

  Tensor& tensor() const;          // the plain tensor [*shape]
  void set_init(Init init) const;  // instead of the layer kind's own
  void set_maskable(bool on) const;
  void initialize(uint64_t seed) const;
  void rename(std::string name) const;
  void vary(std::shared_ptr<const Variation> variation) const;  // nullptr: plain again

 private:
  struct Data;
  std::shared_ptr<Data> data_;
};

}  // namespace v1
}  // namespace modhost
