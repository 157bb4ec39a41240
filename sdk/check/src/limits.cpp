#include "modhost/conformance/limits.h"

#include "modhost/conformance/check.h"
#include "modhost/error.h"

namespace modhost::conformance {

// An error is max|a - b| / (1 + max|b|) in float64 unless said otherwise. Two orders of the same
// float64 arithmetic differ by about 1e-16 times the number of terms in a sum; 1e-11 leaves room
// for deep networks and is still five orders below what float32 would give.
const std::vector<Limit>& limits() {
  static const std::vector<Limit> table = {
      {"lib-scan-time", 0.05, "seconds to read the manifest and the fingerprint (warns)"},
      {"model-shapes", 1e-11, "a row alone against the same row in a batch"},
      {"model-grad", 1e-6, "gradient against central differences, relative"},
      {"port-ones", 1e-12, "all-ones masks against the plain network"},
      {"port-oracle", 1e-11, "masked network against a plain one with multiplied weights"},
      {"port-oracle-float32", 1e-7, "sampled masks in float32, squared error over squared size"},
      {"port-zero-site", 1e-11, "one parameter zeroed, against a plain network with zeros"},
      {"port-batch", 1e-11, "K variants at once against K passes of one"},
      {"port-batch-float32", 1e-7, "the same in float32, squared error over squared size"},
      {"port-batch-float32-warn", 1e-10, "the same; above it a warning"},
      {"port-batch-float32-rounding", 10,
       "the same; allowed in any case: in squared errors of passes of one in float32 against "
       "float64"},
      {"port-permute", 1e-11, "permuted variants against permuted outputs"},
      {"port-grad", 1e-6, "gradient to the masks against central differences, relative"},
      {"port-grad-batch", 1e-11, "gradients of K variants at once against K passes of one"},
      {"port-buffers", 1e-11, "buffers after K variants against the mean over K passes"},
      {"port-speed", 1.0, "time of 16 variants at once, in times of 16 passes (warns)"},
      {"port-memory", 1.2, "memory of 16 variants at once, in memories of 16 passes (warns)"},
      {"layer-batch", 1e-11, "E variants at once against E passes of one"},
      {"layer-grad", 1e-6, "gradient against central differences, relative"},
      {"layer-wiring", 1e-11, "change of an output unit that should not feel a lesion"},
      {"mask-factors", 1e-6, "how far a factor may lie outside 0 .. 1"},
      {"mask-alone", 1e-11, "factors and gradients of samples together against each alone"},
      {"mask-kept", 1e-6, "how far kept() may lie outside 0 .. 1, or fall when a logit rises"},
      {"mask-ends", 1e-3, "factors of logits of 50 and -50 against 1 and 0 at progress 1"},
  };
  return table;
}

double limit(const Context& context, const std::string& name) {
  const auto loosened = context.file.limits.find(name);
  if (loosened != context.file.limits.end()) return loosened->second.value;
  for (const Limit& one : limits()) {
    if (name == one.name) return one.value;
  }
  throw Error(ErrorCode::internal, "no limit is called '" + name + "'");
}

}  // namespace modhost::conformance
