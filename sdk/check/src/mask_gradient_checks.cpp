// A mask family in a training: gradients to the logits, and where the training ends.
#include "cases.h"
#include "groups.h"
#include "mask_probe.h"
#include "measure.h"
#include "modhost/conformance/limits.h"

namespace modhost::conformance {
namespace {

constexpr double kFar = 50;  // a logit that leaves no doubt

// "" when there is a gradient and it is finite; in masks that are `large` some of it in every set.
std::string gradient_fault(const Tensor& gradient, bool large) {
  if (!gradient.defined()) return "does not reach the logits";
  if (!torch::isfinite(gradient).all().item<bool>()) return "is not finite";
  for (int64_t set = 0; large && set < gradient.size(0); ++set) {
    if (gradient[set].count_nonzero().item<int64_t>() == 0) return "is zero everywhere";
  }
  return "";
}

// Of the factors and, where it is what the penalty sums, of kept().
std::string training_fault(const MaskFamily& family, const MaskForm& form, uint64_t seed) {
  constexpr int64_t kMany = 1000;  // a gate that is closed or open may have no gradient
  const MaskInput in = mask_input(family, form, seed);
  const Tensor leaf = in.logits.set_requires_grad(true);
  const bool large = leaf[0].numel() >= kMany;
  for (const double progress : {0.0, 0.5}) {  // in the end it may vanish
    std::string fault =
        gradient_fault(gradient_to(leaf, family.factors(leaf, in.uniforms, progress), seed), large);
    if (!fault.empty()) return "the gradient of factors() " + fault;
    if (family.penalises_logits()) continue;
    fault = gradient_fault(gradient_to(leaf, family.kept(leaf, progress), seed), large);
    if (!fault.empty()) return "the gradient of kept() " + fault;
  }
  return "";
}

Outcome mask_gradient(const Context& context, const CheckFile::Case& written) {
  const auto family = family_of(context, written);
  if (!family->trained()) return skip("the masks are not trained");
  auto forms = mask_forms(*family);
  forms.push_back({3, family->draws() ? 4 : 1, {40, 25}});
  for (const MaskForm& form : forms) {
    const std::string fault = training_fault(*family, form, context.seed);
    if (!fault.empty()) return fail(form.text() + ": " + fault);
  }
  return pass(family->penalises_logits() ? "of factors()" : "of factors() and kept()");
}

// The largest distance of `values` from `end`, and whether they and their gradient are numbers.
struct Seen {
  double distance;
  bool finite;
};
Seen see(const Tensor& leaf, const Tensor& values, double end, uint64_t seed) {
  const Tensor gradient = leaf.requires_grad() ? gradient_to(leaf, values, seed) : Tensor();
  const bool finite = torch::isfinite(values).all().item<bool>() &&
                      (!gradient.defined() || torch::isfinite(gradient).all().item<bool>());
  return {(values.detach() - end).abs().max().item<double>(), finite};
}

// Logits that are all far above or all far below zero.
std::string end_fault(const Context& context, const MaskFamily& family, const MaskForm& form,
                      double logit) {
  const double end = logit > 0 ? 1 : 0;
  const std::string of = " of logits of " + number_text(logit);
  const MaskInput in = mask_input(family, form, logit, context.seed);
  const Tensor leaf = in.logits.set_requires_grad(family.trained());
  for (const double progress : kProgress) {
    const Seen factors = see(leaf, family.factors(leaf, in.uniforms, progress), end, context.seed);
    const Seen kept = see(leaf, family.kept(leaf, progress), end, context.seed);
    if (!factors.finite) return "the factors" + of + " or their gradient are not finite";
    if (!kept.finite) return "kept()" + of + " or its gradient is not finite";
    if (progress < 1) continue;
    const double slack = limit(context, "mask-ends");
    const std::string far = " away from " + number_text(end);
    if (factors.distance > slack) {
      return "a factor" + of + " is " + number_text(factors.distance) + far;
    }
    if (kept.distance > slack) return "kept()" + of + " is " + number_text(kept.distance) + far;
  }
  return "";
}

Outcome ends(const Context& context, const CheckFile::Case& written) {
  const auto family = family_of(context, written);
  for (const MaskForm& form : mask_forms(*family)) {
    for (const double logit : {kFar, -kFar}) {
      const std::string fault = end_fault(context, *family, form, logit);
      if (!fault.empty()) return fail(form.text() + ": " + fault);
    }
  }
  return pass();
}

}  // namespace

void add_mask_gradient_checks(Checks& out) {
  const Scope scope = Scope::mask;
  out.push_back({"mask-grad", scope,
                 "the gradients of the loss and of the penalty reach the logits of trained masks",
                 each_written<mask_gradient>});
  out.push_back({"mask-ends", scope,
                 "in the end a logit far above zero keeps its weight and one far below removes it, "
                 "with finite gradients all the way",
                 each_written<ends>});
}

}  // namespace modhost::conformance
