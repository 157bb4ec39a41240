// A loaded network that runs: plainly, all parts of a batch at once, or in one pass for each part.
#pragma once

#include <modhost/layer.h>
#include <modhost/signature.h>

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "program.h"
#include "script_layers.h"

namespace modhost_torchscript {

// How a forward pass is meant.
struct Mode {
  int64_t parts = 1;
  bool training = false;
  modhost::Noise noise;
};

class Network {
 public:
  explicit Network(ScriptFile file);

  // What forward computes of an input like `small` and `large`, which differ in their number of
  // samples alone, and of `changed`, which is `small` with another sample `trial.changed`: from
  // these it learns where the samples lie. Then the layers can be made.
  void study(const Tensor& small, const Tensor& changed, const Tensor& large, const Trial& trial);
  void make_layers();
  const std::vector<ScriptLayer>& layers() const { return layers_.layers; }
  const std::vector<modhost::Parameter>& parameters() const { return layers_.parameters; }

  Tensor forward(const Tensor& x, const Mode& mode);
  // One pass for each part, whatever else is possible.
  Tensor forward_in_passes(const Tensor& x, const Mode& mode);

  // Runs evaluation with the variants that are set, and lets sites whose parts at once differ by
  // more than `tolerance` from their parts one by one run one by one.
  void drop_wrong_kernels(const Tensor& x, const Mode& mode, double tolerance);

  // Of the outputs of all sites.
  void set_order(MemoryOrder order);

  // A plain run in evaluation that writes down what all sites see. The outputs of sites that `cut`
  // names are leaves of the graph of gradients.
  std::vector<Observation> trace(const Tensor& x, const std::function<bool(const Site&)>& cut);
  const std::shared_ptr<modhost::Layer>& owner(size_t parameter) const {
    return layers_.owners[parameter];
  }

  // From now on all mask samples take a pass of their own.
  void use_passes(const std::string& why) { why_passes_ = why; }
  const std::string& why_passes() const { return why_passes_; }
  const std::string& why_training_passes() const { return why_training_passes_; }
  // The sites of evaluation.
  const std::vector<std::unique_ptr<Site>>& sites() const;
  size_t foreign_devices() const { return foreign_devices_; }

  // The tensor of the file itself; forward computes with copies of those that it can replace.
  const Tensor& file_tensor(size_t parameter) const {
    return file_.tensors[trained_[parameter]].tensor;
  }

 private:
  struct Programs {
    PreparedGraph prepared;
    std::unique_ptr<PassProgram> passes;
    std::unique_ptr<SiteProgram> sites;
  };
  Programs make_programs(bool training, torch::Device device);
  Programs& programs(bool training, torch::Device device);
  void choose_kernels(SiteProgram& program);
  void make_dropout();
  void move_buffers();
  void take_buffers();

  ScriptFile file_;
  std::vector<size_t> trained_;
  std::vector<std::string> names_;
  Weights weights_;
  ScriptLayers layers_;
  std::vector<std::shared_ptr<modhost::Layer>> dropout_;
  MemoryOrder order_ = MemoryOrder::fast;
  std::set<std::string> wrong_kernels_;  // site_key() of those that differ from single passes
  torch::Device device_ = torch::kCPU;
  Programs evaluation_, training_;
  std::string why_passes_, why_training_passes_;
  size_t foreign_devices_ = 0;
};

}  // namespace modhost_torchscript
