// A mask family by itself: what its masks are, and what they depend on.
#include <torch/cuda.h>

#include "cases.h"
#include "device_watch.h"
#include "groups.h"
#include "mask_probe.h"
#include "measure.h"
#include "modhost/conformance/exception_text.h"
#include "modhost/conformance/limits.h"

namespace modhost::conformance {
namespace {

std::string at_progress(double progress) { return ", progress " + number_text(progress); }

// The form that the checks use which do not walk through all of them.
MaskForm several(const MaskFamily& family) { return {3, family.draws() ? 4 : 1, {5, 4}}; }

Outcome factors(const Context& context, const CheckFile::Case& written) {
  const auto family = family_of(context, written);
  const torch::NoGradGuard no_grad;
  const auto forms = mask_forms(*family);
  for (const MaskForm& form : forms) {
    const MaskInput in = mask_input(*family, form, context.seed);
    for (const double progress : kProgress) {
      const std::string fault =
          share_fault(family->factors(in.logits, in.uniforms, progress), form.of(form.samples),
                      form.type, limit(context, "mask-factors"));
      if (!fault.empty())
        return fail(form.text() + at_progress(progress) + ": factors of " + fault);
    }
  }
  return pass(std::to_string(forms.size()) + " forms");
}

// The two that a family computes, of inputs of their own.
std::vector<Tensor> answers(const MaskFamily& family, const MaskInput& in, double progress) {
  return {family.factors(in.logits.clone(), in.uniforms.defined() ? in.uniforms.clone() : Tensor(),
                         progress),
          family.kept(in.logits.clone(), progress)};
}

Outcome deterministic(const Context& context, const CheckFile::Case& written) {
  const char* const names[] = {"factors()", "kept()"};
  const auto family = family_of(context, written), another = family_of(context, written);
  const torch::NoGradGuard no_grad;
  const MaskForm form = several(*family);
  const MaskInput in = mask_input(*family, form, context.seed);
  for (const double progress : kProgress) {
    const auto first = answers(*family, in, progress);
    answers(*family, mask_input(*family, form, context.seed + 1), 1 - progress);
    const auto again = answers(*family, in, progress), elsewhere = answers(*another, in, progress);
    for (size_t i = 0; i < first.size(); ++i) {
      if (!same_bits(first[i], again[i])) {
        return fail(std::string(names[i]) + " gives other values for the same inputs");
      }
      if (!same_bits(first[i], elsewhere[i])) {
        return fail(std::string(names[i]) + " of a second family with the same options differs");
      }
    }
    const MaskInput before = mask_input(*family, form, context.seed);
    family->factors(in.logits, in.uniforms, progress);
    family->kept(in.logits, progress);
    if (!same_bits(in.logits, before.logits)) return fail("the logits are changed in place");
    if (family->draws() && !same_bits(in.uniforms, before.uniforms)) {
      return fail("the uniforms are changed in place");
    }
  }
  return pass();
}

// The factors of every sample computed alone, put together: [S, K, *shape].
Tensor factors_apart(const MaskFamily& family, const MaskInput& in, const MaskForm& form,
                     double progress) {
  std::vector<Tensor> sets;
  for (int64_t set = 0; set < form.sets; ++set) {
    const Tensor logits = in.logits.narrow(0, set, 1);
    std::vector<Tensor> samples;
    for (int64_t k = 0; k < form.samples; ++k) {
      const bool drawn = in.uniforms.defined();
      const Tensor own = drawn ? in.uniforms.narrow(0, set, 1).narrow(1, k, 1) : Tensor();
      samples.push_back(family.factors(logits, own, progress));
    }
    sets.push_back(torch::cat(samples, 1));
  }
  return torch::cat(sets);
}

Outcome alone(const Context& context, const CheckFile::Case& written) {
  const auto family = family_of(context, written);
  const MaskForm form = several(*family);
  const MaskInput in = mask_input(*family, form, context.seed);
  in.logits.set_requires_grad(family->trained());
  Worst worst;
  for (const double progress : kProgress) {
    const Tensor together = family->factors(in.logits, in.uniforms, progress);
    const Tensor apart = factors_apart(*family, in, form, progress);
    worst.see(difference(together, apart), "factors" + at_progress(progress));
    const Tensor gradient = gradient_to(in.logits, together, context.seed);
    if (!gradient.defined()) continue;  // a fault that mask-grad tells
    worst.see(difference(gradient, gradient_to(in.logits, apart, context.seed)),
              "gradient" + at_progress(progress));
  }
  return worst.outcome(limit(context, "mask-alone"), form.text());
}

Outcome draws(const Context& context, const CheckFile::Case& written) {
  const auto family = family_of(context, written);
  const torch::NoGradGuard no_grad;
  const MaskForm form = several(*family);
  const MaskInput in = mask_input(*family, form, context.seed);
  if (!family->draws()) {
    try {
      for (const double progress : kProgress) family->factors(in.logits, Tensor(), progress);
    } catch (...) {
      return fail("draws() is false, but factors() needs uniforms: " + current_exception_text());
    }
    return pass("no chance");
  }
  const MaskInput other = mask_input(*family, form, context.seed + 1);
  if (same_bits(family->factors(in.logits, in.uniforms, 0),
                family->factors(in.logits, other.uniforms, 0))) {
    return warn("other uniforms give the same factors: with draws() false a step takes one sample");
  }
  return pass();
}

// Everything that a family computes.
void compute_all(const MaskFamily& family, const MaskInput& in) {
  family.factors(in.logits, in.uniforms, 0.5);
  family.kept(in.logits, 0.5);
  if (!family.trained()) family.read_off(in.logits.abs());
}

Outcome device(const Context& context, const CheckFile::Case& written) {
  const auto family = family_of(context, written);
  const torch::NoGradGuard no_grad;
  MaskInput in = mask_input(*family, several(*family), context.seed);
  if (!torch::cuda::is_available()) {
    const DeviceWatch watch({in.logits, in.uniforms});
    compute_all(*family, in);
    if (watch.found().empty()) return pass();
    return fail(watch.found() +
                " takes a tensor that would still be on the CPU; make it with the logits' options");
  }
  in.logits = in.logits.to(torch::kCUDA);
  if (in.uniforms.defined()) in.uniforms = in.uniforms.to(torch::kCUDA);
  try {
    compute_all(*family, in);
    return pass();
  } catch (const std::exception&) {
    return fail("on the GPU: " + current_exception_text());
  }
}

// The deepest fall of kept() at one place while the logit there rises; "" when there is none.
std::string fall(const MaskFamily& family, const Tensor& logits, int64_t place, double progress,
                 double slack) {
  const double series[] = {-50, -10, -3, -1, -0.1, 0, 0.1, 1, 3, 10, 50};
  std::string out;
  double before = 0, deepest = slack;
  for (const double value : series) {
    const Tensor risen = logits.clone();
    risen.view({-1})[place] = value;
    const double kept = family.kept(risen, progress).reshape({-1})[place].item<double>();
    if (before - kept > deepest) {
      deepest = before - kept;
      out = "kept() falls by " + number_text(deepest) + " when a logit rises to " +
            number_text(value) + at_progress(progress);
    }
    before = kept;
  }
  return out;
}

Outcome kept(const Context& context, const CheckFile::Case& written) {
  const auto family = family_of(context, written);
  const torch::NoGradGuard no_grad;
  const double slack = limit(context, "mask-kept");
  const std::vector<int64_t> shapes[] = {{7}, {5, 4}, {2, 3, 2, 2}};
  for (const auto& shape : shapes) {
    for (const auto type : {torch::kFloat, torch::kDouble}) {
      const Tensor logits = normal(shape, context.seed, type);
      for (const double progress : kProgress) {
        std::string fault = share_fault(family->kept(logits, progress), shape, type, slack);
        if (!fault.empty()) fault = "kept() of " + fault + at_progress(progress);
        for (int64_t place = 0; fault.empty() && place < logits.numel(); ++place) {
          fault = fall(*family, logits, place, progress, slack);
        }
        if (!fault.empty()) return fail(shape_text(shape) + ": " + fault);
      }
    }
  }
  return pass();
}

// What is wrong with the masks that are read off these sizes; "" when nothing is.
std::string read_off_fault(const MaskFamily& family, const Tensor& sizes) {
  const Tensor before = sizes.clone();
  const Tensor logits = family.read_off(sizes);
  if (!same_bits(sizes, before)) return "the sizes are changed in place";
  if (!logits.defined()) return "no tensor";
  if (logits.sizes() != sizes.sizes()) {
    return "logits of shape " + shape_text(logits) + " instead of " + shape_text(sizes);
  }
  if (!torch::isfinite(logits).all().item<bool>()) return "logits that are not finite";
  return same_bits(logits, family.read_off(sizes)) ? "" : "other logits for the same sizes";
}

Outcome read_off(const Context& context, const CheckFile::Case& written) {
  const auto family = family_of(context, written);
  if (family->trained()) return skip("the masks are trained");
  const torch::NoGradGuard no_grad;
  const std::vector<int64_t> shapes[] = {{1}, {7}, {5, 4}, {4, 3, 2, 2}};
  for (const auto& shape : shapes) {
    for (const auto type : {torch::kFloat, torch::kDouble}) {
      const Tensor random = normal(shape, context.seed, type).abs();
      const Tensor equal = torch::ones_like(random), none = torch::zeros_like(random);
      for (const Tensor& sizes : {random, (random * 2).floor(), equal, none}) {
        const std::string fault = read_off_fault(*family, sizes);
        if (!fault.empty()) return fail("of sizes " + shape_text(shape) + ": " + fault);
      }
    }
  }
  return pass();
}

}  // namespace

void add_mask_checks(Checks& out) {
  const Scope scope = Scope::mask;
  out.push_back({"mask-draws", scope, "uniforms are used if draws() says so, and only then",
                 each_written<draws>});
  out.push_back({"mask-factors", scope,
                 "factors have the shape and type that was asked for and lie in 0 .. 1",
                 each_written<factors>});
  out.push_back({"mask-deterministic", scope,
                 "the same inputs give the same bits, and stay as they are",
                 each_written<deterministic>});
  out.push_back({"mask-alone", scope,
                 "a sample depends on the logits of its set and on its own uniforms, on no others",
                 each_written<alone>});
  out.push_back({"mask-kept", scope, "kept() lies in 0 .. 1 and does not fall when a logit rises",
                 each_written<kept>});
  out.push_back(
      {"mask-device", scope, "no constant of another device takes part", each_written<device>});
  add_mask_gradient_checks(out);
  out.push_back({"mask-read-off", scope,
                 "masks that are not trained have finite logits, whatever the weights",
                 each_written<read_off>});
}

}  // namespace modhost::conformance
