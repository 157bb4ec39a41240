#include "mask_probe.h"

#include "cases.h"
#include "measure.h"
#include "modhost/error.h"
#include "modhost/random.h"

namespace modhost::conformance {

std::shared_ptr<const MaskFamily> family_of(const Context& context,
                                            const CheckFile::Case& written) {
  const auto& entry = static_cast<const MaskEntry&>(*context.component);
  auto family = entry.make(*options_of(entry, written));
  check(family != nullptr, ErrorCode::plugin, "no family is made");
  return family;
}

std::vector<int64_t> MaskForm::of(int64_t samples_of_it) const {
  std::vector<int64_t> out{sets, samples_of_it};
  out.insert(out.end(), shape.begin(), shape.end());
  return out;
}

std::string MaskForm::text() const {
  return "S " + std::to_string(sets) + ", K " + std::to_string(samples) + ", " + shape_text(shape) +
         (type == torch::kFloat ? ", float" : ", double");
}

std::vector<MaskForm> mask_forms(const MaskFamily& family) {
  std::vector<MaskForm> out;
  const std::vector<int64_t> shapes[] = {{5, 4}, {7}, {4, 3, 2, 2}};
  const std::vector<int64_t> samples =
      family.draws() ? std::vector<int64_t>{1, 4} : std::vector<int64_t>{1};
  for (const auto& shape : shapes) {
    for (const int64_t sets : {1, 3}) {
      for (const int64_t count : samples) {
        for (const auto type : {torch::kFloat, torch::kDouble}) {
          out.push_back({sets, count, shape, type});
        }
      }
    }
  }
  return out;
}

MaskInput mask_input(const MaskFamily& family, const MaskForm& form, uint64_t seed) {
  MaskInput out;
  out.logits = normal(form.of(1), derive_seed(seed, "logits"), form.type);
  if (!family.draws()) return out;
  constexpr double kLeast = 0x1p-17;  // as the SDK's kernels draw them
  out.uniforms =
      uniform(form.of(form.samples), kLeast, 1 - kLeast, derive_seed(seed, "uniforms"), form.type);
  return out;
}

MaskInput mask_input(const MaskFamily& family, const MaskForm& form, double value, uint64_t seed) {
  MaskInput out = mask_input(family, form, seed);
  out.logits.fill_(value);
  return out;
}

std::string share_fault(const Tensor& values, const std::vector<int64_t>& shape,
                        torch::ScalarType type, double slack) {
  if (!values.defined()) return "no tensor";
  if (values.sizes() != torch::IntArrayRef(shape)) {
    return "shape " + shape_text(values) + " instead of " + shape_text(shape);
  }
  if (values.scalar_type() != type) {
    return "type " + std::string(c10::toString(values.scalar_type())) + " instead of " +
           c10::toString(type);
  }
  const Tensor all = values.detach();
  if (!torch::isfinite(all).all().item<bool>()) return "values that are not finite";
  const double low = all.min().item<double>(), high = all.max().item<double>();
  if (low < -slack) return number_text(low) + ", below 0";
  if (high > 1 + slack) return number_text(high) + ", above 1";
  return "";
}

Tensor gradient_to(const Tensor& leaf, const Tensor& values, uint64_t seed) {
  if (!values.requires_grad()) return {};
  const Tensor weights = normal(values.sizes(), derive_seed(seed, "loss"), values.scalar_type());
  return torch::autograd::grad({(values * weights).sum()}, {leaf}, {}, {}, false,
                               /*allow_unused=*/true)[0];
}

}  // namespace modhost::conformance
