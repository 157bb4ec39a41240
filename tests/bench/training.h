// Steps as a run takes them, one by one: the same code from the forward pass to Adam.
#pragma once

#include <memory>

#include "modhost/mask.h"
#include "modhost/train.h"
#include "networks.h"
#include "optimizer.h"

namespace modhost::bench {

class Training {
 public:
  virtual ~Training() = default;
  // Before each step, when the network was in other hands meanwhile.
  virtual void prepare() = 0;
  void step();

 protected:
  Training(Batch batch, TrainTask task, const TrainPlan& plan);

 private:
  Batch batch_;
  TrainTask task_;
  double lr_;
  detail::NamedOptimizer optimizer_;
  int64_t steps_ = 0;
};

// The network's own training.
class PlainTraining : public Training {
 public:
  PlainTraining(ModelBase& model, const Network& network);
  void prepare() override { model_.require_gradients(true); }

 private:
  ModelBase& model_;
};

// Training of masks over the frozen network.
class MaskTraining : public Training {
 public:
  MaskTraining(ModelBase& model, const Network& network, Estimator estimator);
  void prepare() override { model_.require_gradients(false); }
  int64_t weights() const { return masks_->weights(); }  // with a mask

 private:
  MaskTraining(ModelBase& model, const Network& network, Estimator estimator,
               std::shared_ptr<const Masks> masks);

  ModelBase& model_;
  std::shared_ptr<const Masks> masks_;
};

}  // namespace modhost::bench
