// What a method is given: the trained network, the data with its tasks, a trainer, and a writer.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "modhost/dataset.h"
#include "modhost/model.h"
#include "modhost/progress.h"
#include "modhost/snapshot.h"
#include "modhost/train.h"
#include "modhost/writer.h"

namespace modhost {
inline namespace v1 {

struct EvaluateOptions;
class MaskFamily;

// One run: one model on one dataset under one method. Owned by the host.
class Experiment {
 public:
  // What is in the model when the experiment begins.
  enum class Begin {
    nothing,  // its parameters are to be initialised, then trained
    weights,  // weights from a file, to be trained further
    network   // the trained network, from a file
  };
  struct Parts {
    std::unique_ptr<ModelBase> model;  // built for the dataset's signature
    Begin begin = Begin::nothing;
    std::shared_ptr<const DatasetBase> dataset;
    TrainPlan plan;       // how to train the network: the section [train]
    int64_t seeds = 1;    // [train] seeds: so many networks are trained together, 0 .. seeds-1
    int64_t network = 0;  // [train] network: the one that the method is given
    std::shared_ptr<const MaskFamily> mask{};  // what the method's option NameOf{"mask"} names
    bool every_network = false;  // [train] every_network: the method is given each, in other runs
    CheckpointPlan checkpoints;  // [train] checkpoints: states to keep on the way
    // Of a network that comes trained: the samples that it was trained on, where that is known, and
    // whether its files are there already.
    int64_t trained_samples = 0;
    bool network_is_there = false;
    std::filesystem::path folder;        // the run directory
    uint64_t seed = 0;                   // [run] seed
    torch::Device device = torch::kCPU;  // [run] device
    double checkpoint_seconds = 20;      // time between two checkpoints of a training
    Progress* progress = nullptr;        // outlive the experiment
    StopSignal* stop = nullptr;
  };
  // Error(config) when several networks or states of a training are asked for but none is to be
  // trained, and for states that the network cannot come to.
  explicit Experiment(Parts parts);
  ~Experiment();

  // The trained network, in eval mode with all parameters frozen. The first call trains it unless
  // it came from a file, or takes it from this run's own finished or unfinished checkpoint; writes
  // network.safetensors/.npz and the scalars test/accuracy, test/loss and train/samples (no scalars
  // for a network from a file with a dataset without samples).
  // Error(interrupted) when stopped.
  //
  // With several seeds it trains all networks together and writes networks/N.safetensors/.npz and
  // the same scalars for each (networks/N/test/accuracy) beside those of the chosen one, their mean
  // and deviation, and the table `networks`. Network N has the initial weights, the order of the
  // samples and the dropout that it has when it is trained alone (seeds = 1, network = N).
  //
  // With checkpoints it leaves snapshots of its training in the folder over_time (snapshot.h), and
  // with pruning unpruned.safetensors/.npz, with several seeds unpruned/N.safetensors/.npz: the
  // networks before it.
  ModelBase& network();

  // The state dicts of all networks that are trained together, network N at place N, or that of the
  // one; trains them as network() does.
  std::vector<NamedTensors> networks();

  // The network with its initial parameters, for a method that trains it by itself, instead of
  // network(). Error(config) when it came from a file.
  ModelBase& untrained();

  // How the network is trained, for a method that trains it further.
  const TrainPlan& plan() const { return parts_.plan; }

  // The network whether trained or not: for checks of names and shapes before hours of training.
  const ModelBase& architecture() const { return *parts_.model; }

  const DatasetBase& data() const { return *parts_.dataset; }
  RunWriter& writer() { return writer_; }
  Trainer& trainer() { return trainer_; }
  Progress& progress() { return *parts_.progress; }
  const StopSignal& stop() const { return *parts_.stop; }
  // The family of masks that the method's option NameOf{"mask"} names; never nullptr.
  std::shared_ptr<const MaskFamily> mask_family() const;
  torch::Device device() const { return parts_.device; }

  // A seed of its own for each purpose ("masks/square"), derived from the run's seed.
  uint64_t seed(const std::string& purpose) const;
  // The same of the network with this number ([train] network); network 0 has the run's own seeds.
  uint64_t network_seed(int64_t number, const std::string& purpose) const;
  int64_t network_number() const { return parts_.network; }  // of network()

 private:
  TrainTask task(const std::string& name) const;
  void train_alone(const EvaluateOptions& how);
  void train_together(const EvaluateOptions& how);

  Parts parts_;
  RunWriter writer_;
  Trainer trainer_;
  bool trained_ = false;
  std::vector<NamedTensors> together_;  // what networks() gives
};

}  // namespace v1
}  // namespace modhost
