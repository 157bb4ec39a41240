#include <update_kernels.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <vector>

using namespace modhost::detail;

namespace {

template <typename T>
struct State {
  std::vector<T> parameter, gradient, mean, square;
  explicit State(size_t count) {
    std::mt19937 random(7);
    std::normal_distribution<double> normal;
    for (std::vector<T>* all : {&parameter, &gradient, &mean, &square}) {
      for (size_t i = 0; i < count; ++i) all->push_back(static_cast<T>(normal(random)));
    }
    for (T& value : square) value *= value;
  }
  bool operator==(const State& other) const {
    return parameter == other.parameter && mean == other.mean && square == other.square;
  }
};

template <typename T>
State<T> updated(const UpdateKernels& kernels, size_t count) {
  State<T> s(count);
  const auto& loops = kernels.loops(T());
  const Prepared<T> how{T(0.01), T(0.7), T(0.001)};
  const AdamNumbers<T> adam{T(0.02), T(1.3), T(0.9), T(0.99), T(0.1), T(0.01), T(1e-8), T(0.999)};
  const auto entries = static_cast<int64_t>(count);
  loops.adam(s.parameter.data(), s.gradient.data(), s.mean.data(), s.square.data(), entries, how,
             adam);
  loops.sgd(s.parameter.data(), s.gradient.data(), s.mean.data(), entries, how, T(0.1), T(0.9));
  loops.sgd(s.parameter.data(), s.gradient.data(), nullptr, entries, how, T(0.1), T(0.9));
  return s;
}

}  // namespace

TEST_CASE("every instruction set updates to the same bits", "[optimizer]") {
  for (const size_t count : {0, 1, 7, 16, 100, 1027}) {
    const State<float> single = updated<float>(update_kernels_generic(), count);
    const State<double> wide = updated<double>(update_kernels_generic(), count);
    for (const UpdateKernels* kernels : usable_update_kernels()) {
      INFO(kernels->name << ", " << count << " entries");
      CHECK(updated<float>(*kernels, count) == single);
      CHECK(updated<double>(*kernels, count) == wide);
    }
    for (size_t i = 0; i < count; ++i) {
      CHECK(static_cast<double>(single.parameter[i]) == Approx(wide.parameter[i]).margin(1e-5));
    }
  }
}
