// The configurations of a component that are checked, and random data for them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "modhost/conformance/check.h"
#include "modhost/dataset.h"
#include "modhost/signature.h"

namespace modhost::conformance {

// The cases of modhost-check.toml that name the component; one with nothing set when none does.
std::vector<CheckFile::Case> written_cases(const Context& context);

// The same with words for messages: "case 2".
struct NumberedCase {
  CheckFile::Case written;
  std::string text;
};
std::vector<NumberedCase> numbered_cases(const Context& context);

// The component's options with those of the case; Error(config) when they do not fit.
std::shared_ptr<Options> options_of(const Component& component, const CheckFile::Case& written);

struct ModelCase {
  Signature signature;
  CheckFile::Case written;
  std::string text;  // "features [7] -> classes [3]"
};

// Small signatures so that each accepted input and each accepted output occurs; with Level::full
// all pairs.
std::vector<ModelCase> model_cases(const Context& context);

// The worst verdict over all cases; its text names the case when there are several.
template <typename Case>
Outcome worst_of(const std::vector<Case>& cases, const std::function<Outcome(const Case&)>& run) {
  Outcome worst = skip("nothing to check");
  const auto rank = [](Verdict verdict) {
    switch (verdict) {
      case Verdict::fail:
        return 3;
      case Verdict::warn:
        return 2;
      case Verdict::pass:
        return 1;
      default:
        return 0;
    }
  };
  bool first = true;
  for (const Case& one : cases) {
    Outcome outcome = run(one);
    if (!first && rank(outcome.verdict) <= rank(worst.verdict)) continue;
    worst = std::move(outcome);
    const bool is_fault = worst.verdict == Verdict::fail || worst.verdict == Verdict::warn;
    if (cases.size() > 1 && is_fault) worst.text = one.text + ": " + worst.text;
    first = false;
  }
  if (worst.verdict == Verdict::pass && cases.size() > 1) {
    worst.text += (worst.text.empty() ? "" : "; ") + std::to_string(cases.size()) + " cases";
  }
  return worst;
}

// A check of one written case as a check of the component: the worst verdict over all of them.
template <Outcome (*run)(const Context&, const CheckFile::Case&)>
Outcome each_written(const Context& context) {
  return worst_of<NumberedCase>(numbered_cases(context),
                                [&](const NumberedCase& one) { return run(context, one.written); });
}

// `rows` random samples. Floating-point entries are of `type`; sequences differ in length, the
// first is as long as possible.
Batch random_batch(const Signature& signature, int64_t rows, uint64_t seed,
                   torch::ScalarType type = torch::kDouble);

}  // namespace modhost::conformance
