// Training that can be killed at any moment and goes on with the same result.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "modhost/dataset.h"
#include "modhost/option.h"
#include "modhost/progress.h"
#include "modhost/pruning.h"
#include "modhost/tensor.h"
#include "modhost/unit_training.h"
#include "modhost/writer.h"

namespace modhost {
inline namespace v1 {

// How to train, whatever is trained.
struct TrainPlan {
  std::string optimizer = "adam";  // adam, adamw, sgd
  double lr = 1e-3;
  double weight_decay = 0;
  double momentum = 0;  // sgd
  double beta1 = 0.9;   // adam, adamw: decay of the mean gradient and of the mean square
  double beta2 = 0.999;
  double eps = 1e-8;     // adam, adamw: is added to the root of the mean square
  double clip_norm = 0;  // global gradient norm over the trained tensors; 0: none
  // Adds so much times the sum of all trained entries to what is minimised: a constant gradient,
  // which costs nothing and does not show in the loss that is reported.
  double linear_penalty = 0;
  // Add so many times the sum of |w|, and of w^2, over TrainTask::kernels to what is minimised;
  // not shown in the loss either. Their gradients are clipped with the rest.
  double l1 = 0;
  double l2 = 0;
  int64_t epochs = 1;
  int64_t batch_size = 32;  // the last, incomplete batch of an epoch is left out
  // Exactly so many steps, whatever the epoch; 0: `epochs` decides. Milestones and validation still
  // come at the ends of epochs, an epoch that is cut short is not validated, and patience can end
  // the training earlier.
  int64_t steps = 0;
  int64_t warmup_steps = 0;         // the rate rises linearly to lr over these steps
  std::vector<int64_t> milestones;  // epochs (from 1) after which the rate falls by `decay`
  double decay = 0.1;
  double gamma = 1;      // factor of the rate after each epoch
  int64_t patience = 0;  // stop after so many epochs without a better validation score, and return
                         // to the best; 0: train to the end and keep the last
  PrunePlan prune;       // of TrainTask::kernels
  // For whoever makes the task (Experiment): the trainer itself only notes that another init or
  // penalty is another plan.
  ModularInit init;
  ClusterPenalty clusterability;
};

// The section [train]: the plan of the network's own training.
struct TrainOptions : Options {
  Option<std::string> optimizer{*this, "optimizer", "adam", "update rule",
                                Choices{{"adam", "adamw", "sgd"}}};
  Option<double> lr{*this, "lr", 1e-3, "learning rate", Above{0}};
  Option<double> weight_decay{*this, "weight_decay", 0, "decay of the weights", AtLeast{0}};
  Option<double> momentum{*this, "momentum", 0, "momentum of sgd", Range{0, 1}};
  Option<std::vector<double>> betas{
      *this,
      "betas",
      {0.9, 0.999},
      "adam, adamw: decay of the mean gradient and of the mean square",
      Range{0, 1}};
  Option<double> eps{*this, "eps", 1e-8, "adam, adamw: is added to the root of the mean square",
                     Above{0}};
  Option<double> clip_norm{*this, "clip_norm", 0, "largest gradient norm, 0 for none", AtLeast{0}};
  Option<int64_t> epochs{*this, "epochs", 10, "passes over the training split", AtLeast{0}};
  Option<int64_t> steps{*this, "steps", 0,
                        "exactly so many steps, whatever the epoch; 0: epochs decide", AtLeast{0}};
  Option<int64_t> batch_size{*this, "batch_size", 32, "samples per step", AtLeast{1}};
  Option<int64_t> warmup_steps{*this, "warmup_steps", 0, "steps over which the rate rises to lr",
                               AtLeast{0}};
  Option<std::vector<int64_t>> milestones{
      *this, "milestones", {}, "epochs after which the rate falls by decay", AtLeast{1}};
  Option<double> decay{*this, "decay", 0.1, "factor of the rate at a milestone", Range{0, 1}};
  Option<double> gamma{*this, "gamma", 1, "factor of the rate after each epoch", Range{0, 1}};
  Option<int64_t> patience{
      *this, "patience", 0,
      "epochs without a better validation accuracy before stopping, 0 for never", AtLeast{0}};
  Option<int64_t> seeds{*this, "seeds", 1,
                        "networks trained together, each with initial weights, an order of the "
                        "samples and dropout of its own",
                        Range{1, 10000}};
  Option<int64_t> network{*this, "network", 0,
                          "number of the network that the method starts from: one of those trained "
                          "together, counted from 0; with seeds = 1 that one is trained alone",
                          AtLeast{0}};
  Option<bool> every_network{*this, "every_network", false,
                             "run the method on each of the networks trained together"};
  Option<std::string> checkpoints{
      *this, "checkpoints", "",
      "run the method on states of the network during its training: every=2 (epochs), "
      "at=acc:0.5,0.7 (once the validation accuracy reaches these) or at=prune (before the "
      "pruning)"};
  Option<double> l1{*this, "l1", 0,
                    "adds so many times the sum of |w| over all kernels (no biases, no norms) to "
                    "what is minimised; not shown in the loss",
                    AtLeast{0}};
  Option<double> l2{*this, "l2", 0,
                    "the same of the sum of w^2, as in Keras: its gradient is 2 l2 w", AtLeast{0}};
  Option<std::string> prune{
      *this,
      "prune",
      "none",
      "set the smallest weights of each kernel to zero in the last epochs, more and more: over "
      "steps (polynomial, as tfmot) or over prunings (zhu_gupta, as in PyTorch)",
      Choices{{"none", "polynomial", "zhu_gupta"}},
      Paper{"Zhu and Gupta 2018"}};
  Option<double> prune_sparsity{*this, "prune_sparsity", 0.9,
                                "share of each kernel that is zero at the end", Range{0, 1}};
  Option<double> prune_start_sparsity{
      *this, "prune_start_sparsity", -1,
      "share at the first pruning; -1: 0.5 with polynomial, 0 with zhu_gupta", Range{-1, 1}};
  Option<int64_t> prune_epochs{*this, "prune_epochs", 0,
                               "how many of the epochs, the last ones, belong to the pruning; 0: "
                               "half with polynomial, a quarter with zhu_gupta",
                               AtLeast{0}};
  Option<int64_t> prune_every{
      *this, "prune_every", 0,
      "steps from one pruning to the next; 0: 10 with polynomial, 100 with zhu_gupta", AtLeast{0}};
  Option<std::string> prune_optimizer{*this, "prune_optimizer", "auto",
                                      "whether the pruning begins with a fresh optimiser; auto: "
                                      "fresh with polynomial, kept with zhu_gupta",
                                      Choices{{"auto", "fresh", "kept"}}};
  Option<int64_t> init_modules{
      *this,
      "init_modules",
      0,
      "initial weights in so many modules of units: larger within one, smaller between; 0: none",
      AtLeast{0},
      Paper{"Filan et al. 2021"}};
  Option<double> init_down{*this, "init_down", 0.6,
                           "factor of the initial weights between modules; those within get 1 + (1 "
                           "- init_down) (init_modules - 1)",
                           Range{0, 1}};
  Option<bool> init_first{*this, "init_first", false,
                          "also for the weights that read the network's input"};
  Option<double> clusterability{
      *this,
      "clusterability",
      0,
      "adds so many times the mean of the smallest eigenvalues but the first of the normalised "
      "Laplacian of the graph of units to what is minimised; not shown in the loss",
      AtLeast{0},
      Paper{"Filan et al. 2021"}};
  Option<int64_t> clusterability_eigenvalues{*this, "clusterability_eigenvalues", 3,
                                             "how many eigenvalues", AtLeast{1}};
  Option<int64_t> clusterability_every{
      *this, "clusterability_every", 1,
      "every so many steps, with as many times the weight: cheaper", AtLeast{1}};
  Option<bool> clusterability_normalize{
      *this, "clusterability_normalize", false,
      "before that, scale the weights into each hidden unit to norm sqrt(2) and those out of it by "
      "the inverse: the same function where units are ReLU"};
  TrainPlan plan() const;
  void validate() const override;

 private:
  PrunePlan prune_plan() const;
  void check_pruning() const;
};

// What one step reports, for one network as scalars [], for n trained together as [n].
struct StepResult {
  Tensor loss;           // backward is called on its sum
  NamedTensors numbers;  // averaged for the progress line and metrics.jsonl: {"accuracy", 0.5}
  Tensor penalty{};      // is minimised with the loss and does not show in it
};

// Where a training of one network stands: before its first step, at the end of an epoch, before its
// pruning phase, or at its end.
struct TrainPoint {
  int64_t epoch = 0;                  // completed
  int64_t step = 0;                   // done
  bool within_epoch = false;          // the plan's steps end in the middle of the next epoch
  std::optional<double> score;        // of validate(), when there is one
  std::optional<double> best_before;  // of the ends of earlier epochs
  bool last = false;  // the tensors are what fit() leaves: with patience those of the best epoch
  bool unpruned = false;  // the end of all that comes before the pruning phase
};

// What is trained, on what, and how a step is computed.
struct TrainTask {
  std::string name;         // of the stage and of its checkpoint: "network", "masks/square"
  NamedTensors trained;     // leaf tensors that require gradients
  NamedTensors also_saved;  // state that steps change besides: running statistics
  std::vector<std::shared_ptr<const Source>> data;  // of each network, or one for all
  std::string unit = "samples";
  // Order of the samples. More than one: so many networks are trained together, exactly as each
  // would be alone. Dimension 0 of all tensors above counts them, and a batch holds a part of
  // plan.batch_size samples for each, in its own order. With data of different sizes their epochs
  // end at different steps: the plan then must give `steps`, and no milestones, patience or
  // pruning.
  std::vector<uint64_t> seeds{0};
  // What the networks are called in metrics.jsonl, NAME/LABEL; empty: by their numbers.
  std::vector<std::string> labels{};
  // Names of those of `trained` that TrainPlan::l1, l2 and prune are about: weights that connect
  // units with units. kernel_names() of a model.
  std::vector<std::string> kernels{};
  // By the names of `trained`, bool of their shapes: entries that are false are 0, and stay so.
  NamedTensors kept{};
  // One of many short trainings: writes no metrics, shows no progress, and leaves no checkpoint
  // once it has ended.
  bool brief = false;
  torch::Device device = torch::kCPU;
  // `step` counts from 0 and goes on after a resume.
  std::function<StepResult(const Batch& batch, int64_t step)> step;
  // Scores on the validation split, one for each network, higher is better; called after each
  // epoch; may be empty.
  std::function<std::vector<double>()> validate;
  // Of one network alone: called at each point of the training with the tensors as they are then.
  // After a resume points may come a second time, with the same tensors; may be empty.
  std::function<void(const TrainPoint& point)> at_point{};
  // Before the pruning phase, of one network or several: the tensors are not pruned yet. May come
  // a second time like at_point, after which it is called; may be empty.
  std::function<void()> before_pruning{};
  // With several networks and TrainPlan::patience: called when the tensors above have come to hold
  // other networks than before (positions in `seeds`), because some have stopped; at the end once
  // more with all of them.
  std::function<void(const std::vector<int64_t>& networks)> keep;
};

// Of one network.
struct TrainSummary {
  int64_t steps = 0;
  int64_t samples = 0;
  int64_t epochs = 0;     // completed or begun
  double best_score = 0;  // of validate(), when there is one
  Numbers last;           // means over the last epoch
};

class Trainer {
 public:
  // Checkpoints go to `folder`/checkpoints. The pointers outlive the trainer.
  Trainer(std::filesystem::path folder, RunWriter* writer, Progress* progress,
          const StopSignal* stop, double checkpoint_seconds);

  // Trains `task.trained` in place. Continues from the checkpoint of that name when there is one,
  // and returns at once when it is finished. When stopped: writes a checkpoint and throws
  // Error(interrupted). Error(data) when the checkpoint belongs to another plan or is damaged.
  // One summary for each network.
  //
  // Networks trained together take the same number of steps at the same rates; losses, clipping and
  // scores are each network's own. One that stops early leaves the batch, which makes the others
  // faster, and returns to its best.
  std::vector<TrainSummary> fit(const TrainTask& task, const TrainPlan& plan);

 private:
  std::filesystem::path folder_;
  RunWriter* writer_;
  Progress* progress_;
  const StopSignal* stop_;
  double checkpoint_seconds_;
};

}  // namespace v1
}  // namespace modhost
