// A network by itself: shapes, repeatability, number types.
#include <ATen/record_function.h>
#include <torch/cuda.h>

#include "cases.h"
#include "device_watch.h"
#include "groups.h"
#include "measure.h"
#include "modhost/conformance/exception_text.h"
#include "modhost/conformance/limits.h"
#include "modhost/error.h"
#include "modhost/random.h"
#include "network.h"
#include "process_state.h"

namespace modhost::conformance {
namespace {

std::vector<int64_t> expected_shape(const Signature& signature, const Batch& batch, int64_t rows) {
  std::vector<int64_t> shape{rows};
  if (signature.output == Output::tokens) {
    shape.push_back(batch.target.defined() ? batch.target.size(1) : batch.steps);
    shape.push_back(signature.output_shape[1]);
    return shape;
  }
  shape.insert(shape.end(), signature.output_shape.begin(), signature.output_shape.end());
  return shape;
}

// "" when the shape of the output is the declared one.
std::string shape_fault(ModelBase& net, const Batch& batch, const std::string& what) {
  const Tensor output = evaluated(net, batch);
  const auto expected = expected_shape(net.signature(), batch, batch.size());
  if (output.sizes() == torch::IntArrayRef(expected)) return "";
  return what + ": the output is " + shape_text(output) + ", declared is " + shape_text(expected);
}

Batch rows_of(const Batch& batch, int64_t first, int64_t count) {
  const auto cut = [&](const Tensor& tensor) {
    return tensor.defined() ? tensor.narrow(0, first, count) : tensor;
  };
  Batch out = batch;
  out.input = cut(batch.input);
  out.target = cut(batch.target);
  out.input_length = cut(batch.input_length);
  out.target_length = cut(batch.target_length);
  return out;
}

// The same numbers at every second place of the memory.
Tensor strided(const Tensor& tensor) {
  if (!tensor.defined() || tensor.dim() == 0) return tensor;
  return torch::stack({tensor, tensor}, -1).select(-1, 0);
}

// An empty batch gives an empty output, or is refused cleanly.
std::string empty_batch_fault(ModelBase& net, const Batch& batch) {
  try {
    return shape_fault(net, batch, "no rows");
  } catch (...) {
    if (current_exception_is_clean()) return "";
    return "no rows: " + current_exception_text();
  }
}

std::string other_length_fault(ModelBase& net, const Signature& signature, int64_t length,
                               uint64_t seed) {
  Signature other = signature;
  const bool input_varies = signature.input == Input::tokens ||
                            (signature.input == Input::sequence && signature.read_steps.empty());
  if (input_varies) other.input_shape[0] = length;
  if (signature.output == Output::tokens) other.output_shape[0] = length;
  const std::string what = "length " + std::to_string(length);
  try {
    return shape_fault(net, random_batch(other, 2, seed), what);
  } catch (...) {
    return current_exception_is_clean() ? "" : what + ": " + current_exception_text();
  }
}

bool has_length(const Signature& signature) {
  return signature.input == Input::tokens || signature.input == Input::sequence ||
         signature.output == Output::tokens;
}

Outcome shapes(const Context& context, const ModelCase& one) {
  const auto net = network(context, one);
  for (const int64_t rows : {1, 2, 5}) {
    const Batch batch = random_batch(one.signature, rows, context.seed);
    std::string fault = shape_fault(*net, batch, std::to_string(rows) + " rows");
    if (!fault.empty()) return fail(fault);
    if (one.signature.output != Output::tokens) continue;
    Batch free = batch.without_target();
    free.steps = one.signature.output_shape[0];
    fault = shape_fault(*net, free, "without a target");
    if (!fault.empty()) return fail(fault);
  }
  std::string fault = empty_batch_fault(*net, random_batch(one.signature, 0, context.seed));
  if (!fault.empty()) return fail(fault);
  if (has_length(one.signature)) {
    for (const int64_t length : {1, 17}) {
      fault = other_length_fault(*net, one.signature, length, context.seed);
      if (!fault.empty()) return fail(fault);
    }
  }
  const Batch batch = random_batch(one.signature, 5, context.seed);
  const Tensor together = evaluated(*net, batch);
  Batch spread = batch;
  spread.input = strided(batch.input);
  Worst worst;
  worst.see(difference(evaluated(*net, spread), together), "an input that is not contiguous");
  for (int64_t row = 0; row < batch.size(); ++row) {
    const Tensor alone = evaluated(*net, rows_of(batch, row, 1));
    worst.see(difference(alone, together.narrow(0, row, 1)),
              "a row alone is not what it is in a batch");
  }
  return worst.outcome(limit(context, "model-shapes"), "rows 0, 1, 2, 5");
}

// The output in training under given noise; buffers and noise are put back.
Tensor trained_output(ModelBase& net, const Batch& batch) {
  const torch::NoGradGuard no_grad;
  const BufferKeeper keeper(net);
  net.set_training(true);
  net.set_noise(noise_of_parts(1));
  Tensor output = net.forward(batch);
  net.set_training(false);
  net.set_noise({});
  return output;
}

Outcome deterministic(const Context& context, const ModelCase& one) {
  const ProcessState before;
  const auto first = fresh_network(context, one, context.seed);
  const Batch batch = random_batch(one.signature, 3, context.seed, torch::kFloat);
  const Tensor output = evaluated(*first, batch);
  const Tensor trained = trained_output(*first, batch);
  for (const std::string& change : before.changes()) {
    if (change.find("generator") != std::string::npos) return fail(change);
  }
  torch::manual_seed(20260101);  // must not matter
  const auto second = fresh_network(context, one, context.seed);
  const std::string other = first_difference(second->state(), first->state());
  if (!other.empty()) return fail("built twice from one seed, " + other);
  if (!same_bits(evaluated(*second, batch), output)) {
    return fail("built twice from one seed, the outputs differ");
  }
  if (!same_bits(evaluated(*first, batch), output)) {
    return fail("two evaluations of one batch differ");
  }
  if (!same_bits(trained_output(*first, batch), trained)) {
    return fail("two training passes with the same noise differ");
  }
  return pass();
}

// Records operations in which a float32 tensor meets a float64 one.
class TypeWatch {
 public:
  TypeWatch() {
    current_ = this;
    handle_ = at::addThreadLocalCallback(at::RecordFunctionCallback(&TypeWatch::see)
                                             .needsInputs(true)
                                             .scopes({at::RecordScope::FUNCTION}));
  }
  TypeWatch(const TypeWatch&) = delete;
  TypeWatch& operator=(const TypeWatch&) = delete;
  ~TypeWatch() {
    at::removeCallback(handle_);
    current_ = nullptr;
  }
  const std::string& found() const { return found_; }

 private:
  static bool converts(const std::string& name) {
    for (const char* one : {"aten::to", "aten::_to_copy", "aten::copy_", "aten::type_as"}) {
      if (name == one) return true;
    }
    return name.find("_like") != std::string::npos;
  }

  static std::unique_ptr<at::ObserverContext> see(const at::RecordFunction& call) {
    bool has_double = false, has_other = false;
    for (const c10::IValue& value : call.inputs()) {
      if (!value.isTensor() || !value.toTensor().defined()) continue;
      const Tensor tensor = value.toTensor();
      if (!tensor.is_floating_point() || tensor.unsafeGetTensorImpl()->is_wrapped_number())
        continue;
      (tensor.scalar_type() == torch::kDouble ? has_double : has_other) = true;
    }
    if (has_double && has_other && current_->found_.empty() && !converts(call.name())) {
      current_->found_ = call.name();
    }
    return nullptr;
  }

  static thread_local TypeWatch* current_;
  at::CallbackHandle handle_;
  std::string found_;
};
thread_local TypeWatch* TypeWatch::current_ = nullptr;

// "" when a forward works on the GPU or, where there is none, would work on another device.
std::string device_fault(const Context& context, const ModelCase& one) {
  const torch::NoGradGuard no_grad;
  const auto net = network(context, one);
  Batch batch = random_batch(one.signature, 3, context.seed);
  if (!torch::cuda::is_available()) {
    const DeviceWatch watch(*net, batch);
    net->forward(batch);
    return watch.found().empty() ? ""
                                 : watch.found() +
                                       " takes a tensor that would still be on the CPU; make it a "
                                       "buffer, or use it by to(x.options())";
  }
  try {
    net->to(torch::kCUDA);
    net->forward(batch.to(torch::kCUDA));
    return "";
  } catch (const std::exception&) {
    return current_exception_text();
  }
}

Outcome dtype(const Context& context, const ModelCase& one) {
  const auto net = network(context, one);
  const Batch batch = random_batch(one.signature, 3, context.seed);
  for (const Mode mode : kModes) {
    const torch::NoGradGuard no_grad;
    const BufferKeeper keeper(*net);
    const TypeWatch watch;
    net->set_training(mode.training);
    const Tensor output = net->forward(batch);
    if (!watch.found().empty()) {
      return fail("after to(float64) a float32 tensor meets a float64 one in " + watch.found() +
                  "; make constants with x.options()");
    }
    if (output.scalar_type() != torch::kDouble) {
      return fail("after to(float64) the output is " +
                  std::string(c10::toString(output.scalar_type())));
    }
  }
  const std::string fault = device_fault(context, one);
  if (!fault.empty()) return fail("moved to another device: " + fault);
  return pass(torch::cuda::is_available() ? "float64, cuda" : "float64, no cuda here");
}

}  // namespace

void add_model_checks(Checks& out) {
  const Scope scope = Scope::model;
  out.push_back({"model-shapes", scope,
                 "outputs have the declared shape for 0, 1, 2 and 5 rows, lengths 1 and 17 and "
                 "strided input, and a row does not depend on its batch",
                 each_case<shapes>});
  out.push_back({"model-deterministic", scope,
                 "one seed gives the same network and the same outputs, to the bit",
                 each_case<deterministic>});
  out.push_back({"model-dtype-device", scope,
                 "no constant of another number type or device takes part in the forward",
                 each_case<dtype>});
}

}  // namespace modhost::conformance
