#include "pair_targets.h"

namespace modhost_mnist_pairs {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr int kBits = 3;  // of a digit below 8

const char* side_of(bool right) { return right ? "right" : "left"; }

// The bits that say something of a digit, or of both.
std::vector<TrueModules::Function> outputs(Targets targets) {
  std::vector<TrueModules::Function> out;
  if (targets == Targets::digits) {
    for (const bool right : {false, true}) {
      const std::string digit = side_of(right);
      for (int kind = 0; kind < kDigits; ++kind) {
        out.push_back({digit + "_is_" + std::to_string(kind), {digit}});
      }
    }
    return out;
  }
  for (int bit = kBits - 1; bit >= 0; --bit) {
    out.push_back({"differ_by_" + std::to_string(1 << bit), {"left", "right"}});
  }
  return out;
}

}  // namespace

Targets targets_named(const std::string& name) {
  return name == "xor" ? Targets::exclusive_or : Targets::digits;
}

int kinds_of(Targets targets) { return targets == Targets::digits ? kDigits : 1 << kBits; }

int64_t bits_of(Targets targets) { return targets == Targets::digits ? 2 * kDigits : kBits; }

Tensor target_table(Targets targets) {
  const Tensor out = torch::zeros({kDigits * kDigits, bits_of(targets)});
  auto at = out.accessor<float, 2>();
  for (int left = 0; left < kinds_of(targets); ++left) {
    for (int right = 0; right < kinds_of(targets); ++right) {
      auto row = at[kDigits * left + right];
      if (targets == Targets::digits) {
        row[left] = row[kDigits + right] = 1;
        continue;
      }
      for (int bit = 0; bit < kBits; ++bit) {
        row[bit] = static_cast<float>((left ^ right) >> (kBits - 1 - bit) & 1);
      }
    }
  }
  return out;
}

double chance_of(Targets targets) { return targets == Targets::digits ? 1 - 1.0 / kDigits : 0.5; }

TrueModules true_modules(Targets targets) {
  TrueModules out;
  TrueModules::Function digits[] = {{side_of(false), {}}, {side_of(true), {}}};
  for (int64_t row = 0; row < kDigitSide; ++row) {
    for (int64_t column = 0; column < kPairWidth; ++column) {
      const bool right = column >= kDigitSide;
      out.input_names.push_back("pixel_" + std::to_string(row) + "_" + std::to_string(column));
      out.inputs.push_back(right ? 1 : 0);
      digits[right ? 1 : 0].reads.push_back(out.input_names.back());
    }
  }
  out.functions.assign(std::begin(digits), std::end(digits));
  for (TrueModules::Function& output : outputs(targets)) {
    const auto place = static_cast<int64_t>(out.outputs.size());
    out.outputs.push_back(targets == Targets::digits ? place / kDigits : place);
    out.functions.push_back(std::move(output));
  }
  return out;
}

}  // namespace modhost_mnist_pairs
