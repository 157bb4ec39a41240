// A method on a small trained network: it leaves it as it was, stops, goes on, and tells sense.
#include <algorithm>
#include <cmath>
#include <set>

#include "groups.h"
#include "measure.h"
#include "method_run.h"
#include "modhost/conformance/exception_text.h"
#include "modhost/error.h"
#include "modhost/state_file.h"

namespace modhost::conformance {
namespace {

namespace fs = std::filesystem;

// "" when the network is as a training leaves it.
std::string state_fault(const ModelBase& net) {
  for (const auto& slot : net.layers()) {
    if (slot.layer->training()) return "layer '" + slot.name + "' is left in training mode";
    if (slot.layer->ensemble_size() != 1) {
      return "layer '" + slot.name + "' is left with variants";
    }
  }
  for (const Parameter& parameter : net.parameters()) {
    if (!parameter.get().plain()) return "'" + parameter.name() + "' is left with variants";
    if (parameter.tensor().requires_grad()) return "'" + parameter.name() + "' is left unfrozen";
  }
  return "";
}

Outcome untouched(const Context& context, const CheckFile::Case& written) {
  MethodRun run(context, written, context.scratch / "run");
  const ModelBase& net = run.network();
  const NamedTensors before = copies(net.state());
  if (!run.run()) return fail("it says that it was interrupted, but nobody did");
  std::string fault = run.trains_network() ? "" : first_difference(net.state(), before);
  if (fault.empty()) fault = state_fault(net);
  return fault.empty() ? pass() : fail("after the method, " + fault);
}

Outcome stops(const Context& context, const CheckFile::Case& written) {
  MethodRun run(context, written, context.scratch / "run");
  run.network();
  run.stop().request();
  if (!run.run()) return pass();
  return fail(
      "told to stop before it began, it ran to its end; look at experiment.stop() "
      "between two steps and throw Error(interrupted)");
}

Outcome resumes(const Context& context, const CheckFile::Case& written) {
  const fs::path straight_folder = context.scratch / "straight";
  MethodRun straight(context, written, straight_folder);
  straight.network();
  const int64_t before = straight.reports();
  if (!straight.run()) return fail("it says that it was interrupted, but nobody did");
  const Leftovers whole = leftovers(straight_folder, straight.results());
  const int64_t reports = straight.reports() - before;
  int interruptions = 0;
  for (const int64_t share : {3, 2}) {
    const fs::path folder = context.scratch / ("stopped" + std::to_string(share));
    {
      MethodRun stopped(context, written, folder, before + std::max<int64_t>(1, reports / share));
      stopped.network();
      if (stopped.run()) continue;  // the request came after its last look
      ++interruptions;
    }
    MethodRun resumed(context, written, folder);
    if (!resumed.run()) return fail("after an interruption it does not come to an end");
    const std::string other = first_difference(leftovers(folder, resumed.results()), whole);
    if (!other.empty()) return fail("interrupted and resumed, " + other + " than in one go");
  }
  if (interruptions == 0) return skip("it reports no progress at which it could be interrupted");
  return pass(std::to_string(interruptions) + " interruptions");
}

// What is wrong with a file of tensors that lies below masks/; "" for nothing.
std::string mask_fault(const NamedTensors& mask, const NamedTensors& state) {
  bool empty = true;
  for (const auto& [name, bits] : mask) {
    const Tensor* weight = find(state, name);
    if (weight == nullptr) return "'" + name + "' is no parameter of the network";
    if (weight->sizes() != bits.sizes()) {
      return "'" + name + "' has shape " + shape_text(bits) + ", its weight " + shape_text(*weight);
    }
    if (bits.numel() == 0) continue;
    const Tensor values = bits.to(torch::kDouble);
    if (!(values.min().item<double>() >= 0) || !(values.max().item<double>() <= 1)) {
      return "'" + name + "' leaves 0 .. 1";
    }
    empty = empty && values.sum().item<double>() == 0;
  }
  return empty && !mask.empty() ? "keeps nothing at all" : "";
}

Outcome range(const Context& context, const CheckFile::Case& written) {
  const fs::path folder = context.scratch / "run";
  MethodRun run(context, written, folder);
  const NamedTensors state = copies(run.network().state());
  run.run();
  int files = 0;
  const Leftovers left = leftovers(folder, run.results());
  for (const auto& [name, bytes] : left.files) {
    const fs::path path = name;
    const bool is_mask = name.rfind("masks/", 0) == 0 && path.extension() == ".safetensors" &&
                         path.stem().string().find("logits") == std::string::npos;
    if (!is_mask) continue;
    const std::string fault = mask_fault(load_safetensors(folder / path), state);
    if (fault == "keeps nothing at all") return warn("the mask '" + name + "' " + fault);
    if (!fault.empty()) return fail("the mask '" + name + "': " + fault);
    ++files;
  }
  if (left.scalars.empty()) return warn("it reports no numbers");
  return pass(std::to_string(left.scalars.size()) + " numbers, " + std::to_string(files) +
              " masks");
}

template <Outcome (*run)(const Context&, const CheckFile::Case&)>
Outcome each_case(const Context& context) {
  int number = 0;
  return worst_of<NumberedCase>(numbered_cases(context), [&](const NumberedCase& one) {
    Context own = context;
    own.scratch = context.scratch / std::to_string(++number);
    fs::create_directory(own.scratch);
    return run(own, one.written);
  });
}

}  // namespace

void add_method_checks(Checks& out) {
  const Scope scope = Scope::method;
  out.push_back({"method-null", scope,
                 "the trained network is the same after the method, unless it trains it; frozen "
                 "and in evaluation "
                 "mode",
                 each_case<untouched>});
  out.push_back({"method-stop", scope, "told to stop, it stops", each_case<stops>});
  out.push_back({"method-resume", scope,
                 "interrupted and resumed, it leaves the same bytes as in one go",
                 each_case<resumes>});
  out.push_back({"method-range", scope,
                 "its masks are 0 .. 1, fit their weights and keep something; it reports numbers",
                 each_case<range>});
}

}  // namespace modhost::conformance
