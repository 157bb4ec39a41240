// Networks of one architecture as variants of one model's parameters: trained, evaluated and stored
// together.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "modhost/evaluate.h"
#include "modhost/model.h"
#include "modhost/train.h"

namespace modhost {
inline namespace v1 {

// While it lives, the model's statistics are those of the group.
class NetworkGroup {
 public:
  struct Seeds {
    uint64_t initial;  // of the initial parameters
    uint64_t noise;    // of dropout
  };
  // Networks with the parameters that `initialize` gives the model for their seed, or all with
  // those of the model now when that is empty.
  NetworkGroup(ModelBase& model, const std::vector<Seeds>& seeds,
               const std::function<void(uint64_t seed)>& initialize);
  // With these values of parameters and statistics, [networks, *shape], which are copied; `noise`
  // is the seed of each. Error(internal) when one is missing or of another shape.
  NetworkGroup(ModelBase& model, const NamedTensors& values, const std::vector<uint64_t>& noise);
  NetworkGroup(const NetworkGroup&) = delete;
  NetworkGroup& operator=(const NetworkGroup&) = delete;
  ~NetworkGroup();

  // For TrainTask: stacked leaf tensors [networks, *shape] with gradients, and the statistics.
  const NamedTensors& trained() const { return trained_; }
  const NamedTensors& statistics() const { return statistics_; }
  // Both together, for a penalty on the networks.
  NamedTensors values() const;
  void keep(const std::vector<int64_t>& networks);
  // Error(config) when a layer changes a buffer that it does not declare to be a statistic: the
  // networks would share it.
  StepResult step(const Batch& batch, int64_t step);

  // Of the networks that are kept; for what runs the model by itself.
  const Variations& variations() const { return variants_; }
  int64_t size() const { return static_cast<int64_t>(noise_.size()); }

  // One result for each network that is kept, from one forward a batch.
  std::vector<Evaluation> evaluate(const Source& source, const EvaluateOptions& how);
  // The state dict of the network at `position` alone.
  NamedTensors state(int64_t position) const;

 private:
  struct Shared {  // a buffer that no step may change
    std::string name;
    Tensor tensor;
    int64_t version;
    Tensor before;
  };
  void stack_parameters(const std::vector<Seeds>& seeds,
                        const std::function<void(uint64_t seed)>& initialize);
  void stack_buffers(int64_t networks);
  void check_shared();

  ModelBase& model_;
  std::vector<uint64_t> all_noise_, noise_;
  NamedTensors trained_, statistics_;
  Variations variants_;
  std::vector<std::pair<Buffer*, Tensor>> own_;  // the model's own statistics
  std::vector<Shared> shared_;
};

}  // namespace v1
}  // namespace modhost
