// Weights and masks learned together, one task after another: are weights that were learned for one
// task used again for the next? Csordas, van Steenkiste, Schmidhuber 2021 (arXiv:2010.02066), the
// experiments on permuted MNIST.
//
// Each task learns a mask of its own. Weights that the mask of an earlier task keeps stay as they
// are; all others begin anew with each task. A mask may use old weights, new ones, or both.
#pragma once

#include <modhost/experiment.h>
#include <modhost/mask.h>
#include <modhost/method.h>

#include <string>
#include <vector>

#include "transfer_options.h"

namespace modhost_diffmask {

class Transfer : public modhost::Method<TransferOptions> {
 public:
  using Method::Method;

  void run(modhost::Experiment& experiment) override;
  bool trains_network() const override { return true; }

 private:
  struct Learned {  // one task
    std::string task;
    modhost::NamedTensors bits;  // uint8
    modhost::NamedTensors used;  // bool: kept by an earlier mask, and not learned anew
    double at_once = 0;          // accuracy under its mask after it was learned
    double at_end = 0;           // after all tasks
  };

  void check_network(const modhost::ModelBase& network) const;
  std::vector<std::string> chosen_tasks(const modhost::DatasetBase& data) const;
  // What earlier masks keep, without what the task learns anew.
  modhost::NamedTensors used_by(const std::vector<Learned>& earlier,
                                const modhost::Masks& masks) const;
  Learned learn(modhost::Experiment& experiment, modhost::ModelBase& network,
                const std::string& task, const std::vector<Learned>& earlier) const;
  void start_logits(const modhost::Masks& masks, const modhost::NamedTensors& used) const;
  void train(modhost::Experiment& experiment, modhost::ModelBase& network,
             const modhost::Masks& masks, const std::string& task) const;
  double accuracy(modhost::Experiment& experiment, modhost::ModelBase& network,
                  const Learned& learned) const;
  void write(modhost::Experiment& experiment, const std::vector<Learned>& all) const;
  bool is_reset(const std::string& parameter, const std::string& first) const;
};

}  // namespace modhost_diffmask
