// Keeps a plain C++ value between the forward and the backward pass of an autograd function.
#pragma once

#include <torch/csrc/autograd/custom_function.h>
#include <torch/custom_class.h>

#include <string>
#include <utility>

namespace modhost {
inline namespace v1 {
namespace detail {

template <typename T>
struct Held : torch::CustomClassHolder {
  explicit Held(T held) : value(std::move(held)) {}
  T value;
};

template <typename T>
void hold(torch::autograd::AutogradContext* context, const std::string& name, T value) {
  context->saved_data[name] =
      c10::IValue::make_capsule(c10::make_intrusive<Held<T>>(std::move(value)));
}

template <typename T>
const T& held(torch::autograd::AutogradContext* context, const char* name) {
  return c10::static_intrusive_pointer_cast<Held<T>>(context->saved_data.at(name).toCapsule())
      ->value;
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
