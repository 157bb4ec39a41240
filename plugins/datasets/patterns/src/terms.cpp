#include "terms.h"

#include <cmath>

namespace modhost_patterns {
namespace {

constexpr int kPowers = 3;       // 0, 1, 2
constexpr double kLift = 5.001;  // keeps the logarithm's argument above 0

double power(double base, int exponent) {
  double out = 1;
  for (int i = 0; i < exponent; ++i) out *= base;
  return out;
}

// "x2y" for x^2 y.
std::string monomial_name(int a, int b) {
  const auto part = [](const std::string& letter, int exponent) {
    return exponent == 0 ? "" : exponent == 1 ? letter : letter + std::to_string(exponent);
  };
  const std::string name = part("x", a) + part("y", b);
  return name.empty() ? "one" : name;
}

struct Formula {
  const char* name;
  const char* help;
  double (*value)(double x);
  double deviation;  // over U(-5, 5), as the study's code has it
};

std::vector<Formula> list_of(Formulas which) {
  if (which == Formulas::fast) {
    return {{"sin5x", "sin 5x", [](double x) { return std::sin(5 * x); }, 1},
            {"cos5x", "cos 5x", [](double x) { return std::cos(5 * x); }, 1}};
  }
  return {{"sin", "sin x", [](double x) { return std::sin(x); }, 0.72605824},
          {"log", "log(x + 5.001)", [](double x) { return std::log(x + kLift); }, 0.996789},
          {"cos", "cos x", [](double x) { return std::cos(x); }, 0.6598921},
          {"exp", "e^x", [](double x) { return std::exp(x); }, 29.747263}};
}

}  // namespace

Terms polynomials() {
  Terms out;
  out.inputs = 2;
  for (int a = 0; a < kPowers; ++a) {
    for (int b = 0; b < kPowers; ++b) {
      const std::string name = monomial_name(a, b);
      out.list.push_back({name, "the monomial " + name + " in every output that has it, alone",
                          [a, b](const double* x) { return power(x[0], a) * power(x[1], b); }});
    }
  }
  const size_t count = out.list.size(), sums = size_t{1} << count;
  for (size_t output = 0; output < sums; ++output) {
    for (size_t k = 0; k < count; ++k) {
      out.coefficient.push_back(static_cast<uint8_t>((output >> (count - 1 - k)) & 1));
    }
  }
  return out;
}

Terms formulas(Formulas which, bool streamed, bool scaled) {
  Terms out;
  const std::vector<Formula> list = list_of(which);
  out.inputs = streamed ? static_cast<int64_t>(list.size()) : 1;
  for (size_t k = 0; k < list.size(); ++k) {
    const Formula& formula = list[k];
    const size_t input = streamed ? k : 0;
    const double unit = scaled ? formula.deviation : 1;
    out.list.push_back(
        {formula.name, std::string(formula.help) + " alone, the other outputs 0",
         [formula, input, unit](const double* x) { return formula.value(x[input]) / unit; }});
    for (size_t other = 0; other < list.size(); ++other) out.coefficient.push_back(other == k);
  }
  return out;
}

}  // namespace modhost_patterns
