// A place in the graph of a network where weights meet the batch. Under a weight ensemble each part
// of the batch has to meet its own variant of the weights there; the rest of the graph need not
// know.
#pragma once

#include <ATen/core/ivalue.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "kernels.h"
#include "layout.h"
#include "weights.h"

namespace modhost_torchscript {

using Stack = std::vector<c10::IValue>;

// The piece of the graph that computes a site: the operation itself and all that it needs besides
// the batch, so that it can be run on one part of the batch with one variant of the weights.
struct Region {
  std::vector<size_t> parameters;   // positions in Weights; the last inputs
  size_t inputs = 0;                // values from outside, the first inputs
  size_t outputs = 0;               // tensors
  std::function<void(Stack&)> run;  // takes the inputs from the stack, leaves the outputs there
};

// The order in memory of what an operation gives that runs all parts at once. Only code that asks
// for it notices: view(), which PyTorch refuses where the order does not allow it.
enum class MemoryOrder {
  fast,        // as the operation gives it
  as_pytorch,  // as PyTorch's own operation gives it
  other,       // images with the channels last, to see whether the code minds
};

class Site;

// What sites were fed and what they gave, in the order in which they ran.
struct Observation {
  Site* site = nullptr;
  std::vector<Tensor> tensors;  // inputs, then outputs; undefined for what is no tensor
};

// Says that a site was reached in a way that was never observed, so its layouts are unknown.
struct UnknownLayout {
  const Site* site;
};

class Site {
 public:
  Site(std::string name, Call call, Region region, Weights* weights);

  const std::string& name() const { return name_; }  // "encoder.layers.0.norm1"
  const Call& call() const { return call_; }
  void set_rank(int64_t rank) { call_.rank = rank; }
  const std::vector<size_t>& parameters() const { return region_.parameters; }

  // A way to run all parts at once.
  void set_kernel(KernelChoice choice) { choice_ = std::move(choice); }
  void drop_kernel() { choice_.reset(); }
  void set_order(MemoryOrder order) { order_ = order; }
  // Does it run all parts at once?
  bool at_once() const;
  // While comparing, what runs at once runs in parts as well, and the results of the parts are
  // taken.
  void compare() { compared_ = true, difference_ = 0; }
  void stop_comparing() { compared_ = false; }
  // The largest difference seen since then, relative to numbers above 1.
  double difference() const { return difference_; }
  // Has to treat the parts one by one also when they share their weights: a batch norm, dropout.
  void set_separate() { separate_ = true; }

  // Takes the inputs of the region from the stack and leaves its outputs there. Throws
  // UnknownLayout.
  void run(Stack& stack);

  // While set, runs are plain and written down there.
  void observe(std::vector<Observation>* log) { log_ = log; }
  // While set and observed, the outputs are new leaves of the graph of gradients.
  void set_cut(bool on) { cut_ = on; }
  // In one forward pass, as far as it was observed.
  void set_runs(int64_t runs) { runs_ = runs; }
  bool runs() const { return runs_ > 0; }
  bool runs_once() const { return runs_ <= 1; }
  // Takes into account what was observed, inputs, then outputs; nothing for what is no tensor.
  // False when it contradicts what is known: there is no layout then.
  bool learn(const std::vector<std::optional<FoundLayout>>& found);
  // Where the samples lie in that tensor, inputs, then outputs; nothing where that is unknown.
  std::optional<Layout> layout(size_t index) const {
    if (!known_ || index >= layouts_.size() || !layouts_[index]) return std::nullopt;
    return layouts_[index]->layout;
  }
  // Of the same site in another program of the same network.
  void copy_layouts(const Site& other);

 private:
  bool fits(const Layout& layout) const;
  Tensors run_part(const Stack& inputs, int64_t parts, int64_t part);
  void run_plain(Stack& stack);
  Tensors run_kernel(const Stack& inputs);
  Tensors run_parts(const Stack& inputs);

  std::string name_;
  Call call_;
  Region region_;
  Weights* weights_;
  std::optional<KernelChoice> choice_;
  std::vector<std::optional<FoundLayout>> layouts_;  // inputs, then outputs
  MemoryOrder order_ = MemoryOrder::fast;
  bool known_ = false;
  bool separate_ = false;
  bool compared_ = false;
  bool cut_ = false;
  double difference_ = 0;
  int64_t runs_ = 0;
  std::vector<Observation>* log_ = nullptr;
};

}  // namespace modhost_torchscript
