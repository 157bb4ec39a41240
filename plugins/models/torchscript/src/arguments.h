// The arguments of one call by their meaning.
#pragma once

#include <cstdint>
#include <functional>
#include <type_traits>
#include <vector>

#include "kernels.h"

namespace modhost_torchscript {

// Anything unexpected makes ok() false, and what is returned from then on means nothing.
class Arguments {
 public:
  Arguments(const Call& call, const KernelContext& context) : call_(call), context_(context) {}

  bool ok() const { return ok_; }
  void require(bool condition) { ok_ = ok_ && condition; }

  // The place of a tensor of the batch among the inputs of the site.
  size_t batch(size_t position);
  // Of a list of `size` such tensors.
  std::vector<size_t> batch_list(size_t position, size_t size);

  // A parameter as it is when the kernel runs; `optional`: None will do.
  std::function<WeightView()> weight(size_t position, bool optional = false,
                                     Argument::Kind kind = Argument::Kind::parameter);
  // [*shape] of a parameter.
  std::vector<int64_t> shape(size_t position);

  // A number, or for a std::vector<int64_t> a list, that is written in the code.
  template <typename T>
  T constant(size_t position) {
    const bool fits = at(position).kind == Argument::Kind::constant && is<T>(at(position).constant);
    require(fits);
    return fits ? at(position).constant.to<T>() : T{};
  }

 private:
  const Argument& at(size_t position);

  template <typename T>
  static bool is(const c10::IValue& value) {
    if constexpr (std::is_same_v<T, bool>) return value.isBool();
    if constexpr (std::is_same_v<T, int64_t>) return value.isInt();
    if constexpr (std::is_same_v<T, double>) return value.isDouble();
    return value.isIntList();
  }

  const Call& call_;
  const KernelContext& context_;
  bool ok_ = true;
};

}  // namespace modhost_torchscript
