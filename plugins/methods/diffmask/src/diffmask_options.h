// Options of the method `diffmask`.
#pragma once

#include <modhost/option.h>

namespace modhost_diffmask {

struct DiffmaskOptions : modhost::Options {
  template <typename T>
  using Option = modhost::Option<T>;
  using Names = std::vector<std::string>;

  Option<Names> tasks{*this, "tasks", {}, "tasks to mask; none: every task of the dataset"};
  Option<bool> control{*this, "control", true,
                       "also train a mask on all the data: what masking alone costs",
                       modhost::Paper{"Csordas et al. 2021, section 3"}};
  Option<Names> masks{*this,
                      "masks",
                      {},
                      "evaluate these instead of training any: files, NAME=FILE, or the folder "
                      "masks of a run"};
  Option<std::vector<double>> alpha{
      *this,
      "alpha",
      {1e-5},
      "weight of the penalty; several: each is tried, and the largest whose masks all keep their "
      "validation accuracy up to `within` is taken",
      modhost::AtLeast{0},
      modhost::Paper{"Csordas et al. 2021, section 3"}};
  Option<double> within{*this, "within", 0.02,
                        "accuracy that a mask may cost when `alpha` is chosen or `patience` set",
                        modhost::Range{0, 1}};
  Option<std::string> mask{*this, "mask", "gumbel", "family of masks", modhost::NameOf{"mask"}};
  Option<std::string> mask_unit{
      *this, "mask_unit", "weight",
      "what is kept or removed as one: a weight, or a unit with all that feeds it",
      modhost::Choices{{"weight", "unit"}}};
  Option<std::string> penalty{*this, "penalty", "usual",
                              "what alpha weighs: the sum of the logits, which never ends, or of "
                              "the probabilities to keep a weight; usual: what the family's paper "
                              "has, the logits for gumbel, else the probabilities",
                              modhost::Choices{{"usual", "logits", "probabilities"}}};
  Option<double> logit_clamp{
      *this, "logit_clamp", 0,
      "largest absolute value of a logit, so that weights can return; 0: any", modhost::AtLeast{0}};
  Option<bool> together{*this, "together", false,
                        "train the masks of all tasks at once, as one ensemble: the same masks but "
                        "for rounding"};
  Option<int64_t> samples{*this, "samples", 4, "mask samples per step (K); the batch is cut into K",
                          modhost::AtLeast{1}};
  Option<std::string> batching{*this, "batching", "batched",
                               "all samples of a step in one forward, or a pass for each: slower, "
                               "in less memory, with the same result but for rounding",
                               modhost::Choices{{"batched", "passes"}}};
  Option<std::string> estimator{
      *this, "estimator", "gumbel",
      "derivative of a bit of gumbel: of the relaxed sample, or of its mean",
      modhost::Choices{{"gumbel", "mean"}}};
  Option<double> tau{*this, "tau", 1, "temperature of the Gumbel-sigmoid", modhost::Above{0}};
  Option<double> logit_init{*this, "logit_init", 2, "logit of every weight at the start"};
  Option<double> lr{*this, "lr", 0.05, "learning rate of Adam over the logits", modhost::Above{0}};
  Option<int64_t> steps{*this, "steps", 100, "steps per mask; 0: `epochs` decides",
                        modhost::AtLeast{0}};
  Option<int64_t> epochs{*this, "epochs", 1, "passes over a task's training data when steps = 0",
                         modhost::AtLeast{1}};
  Option<int64_t> batch_size{*this, "batch_size", 32, "samples per step, a multiple of `samples`",
                             modhost::AtLeast{1}};
  Option<int64_t> warmup_steps{*this, "warmup_steps", 0, "steps over which the rate rises to lr",
                               modhost::AtLeast{0}};
  Option<int64_t> patience{*this, "patience", 0,
                           "epochs without a sparser mask that is good enough (`within`) before a "
                           "training stops and returns to the best; 0: never",
                           modhost::AtLeast{0}};
  Option<double> clip_norm{*this, "clip_norm", 0, "largest gradient norm of the logits, 0 for none",
                           modhost::AtLeast{0}};
  Option<Names> select{*this, "select", {"*"}, "parameters to mask, by name with * and ?"};
  Option<Names> exclude{*this, "exclude", {}, "parameters to leave whole, by name with * and ?"};
  Option<Names> keep{*this,
                     "keep",
                     {},
                     "parameters that every task masks as the control does, by name with * and ?",
                     modhost::Paper{"Csordas et al. 2021, CIFAR-10: the last layer"}};
  Option<Names> half{*this,
                     "half",
                     {},
                     "parameters masked in one half of the half-mask test of the control, by name "
                     "with * and ?; none: the first half of them"};
  Option<int64_t> random_halves{*this,
                                "random_halves",
                                0,
                                "random halves of the parameters to try in that test besides",
                                modhost::Range{0, 1000},
                                modhost::Paper{"Csordas et al. 2021: 5, for some networks"}};
  Option<int64_t> repeats{*this, "repeats", 1,
                          "trainings of each mask, with another order of the data and other noise: "
                          "how much of a mask is chance",
                          modhost::Range{1, 1000}};
  Option<int64_t> ablations{*this, "ablations", 0,
                            "random sets of weights, as large as the mask in each parameter, to "
                            "remove for comparison; 0: none",
                            modhost::Range{0, 10000}};
  Option<bool> gradients{*this, "gradients", false,
                         "compare the gradient of the loss with that under the mask of the last "
                         "layers, one after the other"};
  Option<std::string> ablation{*this, "ablation", "zero",
                               "what removed weights become in that comparison: 0, or as they were "
                               "when a network is initialised",
                               modhost::Choices{{"zero", "initial"}}};
  Option<Names> inverse_keeps{
      *this,
      "inverse_keeps",
      {},
      "parameters that keep their mask in the inverse test, by name with * and ?"};
  Option<std::string> inverse_as{*this,
                                 "inverse_as",
                                 "own",
                                 "the mask of those parameters in the inverse test: its own, the "
                                 "control's, or none, so that they are whole",
                                 modhost::Choices{{"own", "control", "whole"}},
                                 modhost::Paper{"Csordas et al. 2021: inv_mask_exclude_io"}};
  Option<bool> cross{*this, "cross", false, "judge every mask on the data of every task",
                     modhost::Paper{"Csordas et al. 2021: SCAN"}};
  Option<Names> copy{*this,
                     "copy",
                     {},
                     "weights to copy in the trained network before masks are made: NAME rows A:B "
                     "-> C:D or NAME columns A:B -> C:D, counted from 0, B and D left out",
                     modhost::Paper{"Csordas et al. 2021: copied weights"}};
  Option<int64_t> evaluate_samples{*this, "evaluate_samples", 500,
                                   "test samples per evaluation of a mask, 0 for all",
                                   modhost::AtLeast{0}};

  void validate() const override;
};

}  // namespace modhost_diffmask
