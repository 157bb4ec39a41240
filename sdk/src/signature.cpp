#include "modhost/signature.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "modhost/error.h"

namespace modhost {
inline namespace v1 {
namespace {

int64_t product(const std::vector<int64_t>& sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), int64_t{1}, std::multiplies<>());
}

std::string shape_text(const std::vector<int64_t>& sizes) {
  std::vector<std::string> parts;
  for (const int64_t size : sizes) parts.push_back(std::to_string(size));
  return "[" + join(parts) + "]";
}

template <typename T>
std::string list_text(const std::vector<T>& kinds) {
  std::vector<std::string> parts;
  for (const T kind : kinds) parts.push_back(to_string(kind));
  return join(parts);
}

template <typename T>
bool contains(const std::vector<T>& list, T value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

std::string to_string(Input input) {
  switch (input) {
    case Input::features:
      return "features";
    case Input::sequence:
      return "sequence";
    case Input::image:
      return "image";
    case Input::tokens:
      return "tokens";
    case Input::panels:
      return "panels";
  }
  return "?";
}

std::string to_string(Output output) {
  switch (output) {
    case Output::classes:
      return "classes";
    case Output::digits:
      return "digits";
    case Output::tokens:
      return "tokens";
    case Output::choice:
      return "choice";
    case Output::values:
      return "values";
    case Output::bits:
      return "bits";
  }
  return "?";
}

int64_t Signature::input_size() const { return product(input_shape); }
int64_t Signature::output_size() const { return product(output_shape); }

int64_t Signature::step_size() const {
  if (read_places.empty()) return output_size();
  return (*std::max_element(read_places.begin(), read_places.end()) + 1) * output_shape.at(1);
}

std::string Signature::text() const {
  return to_string(input) + " " + shape_text(input_shape) + " -> " + to_string(output) + " " +
         shape_text(output_shape);
}

bool Accepts::fits(const Signature& signature) const {
  return contains(inputs, signature.input) && contains(outputs, signature.output);
}

std::string Accepts::text() const { return list_text(inputs) + " -> " + list_text(outputs); }

}  // namespace v1
}  // namespace modhost
