// Options of the method `transfer`.
#pragma once

#include <modhost/option.h>

namespace modhost_diffmask {

struct TransferOptions : modhost::Options {
  template <typename T>
  using Option = modhost::Option<T>;
  using Names = std::vector<std::string>;

  Option<Names> tasks{
      *this, "tasks", {}, "tasks to learn, in this order; none: every task of the dataset"};
  Option<double> alpha{*this,
                       "alpha",
                       1e-5,
                       "weight of the penalty on the sum of the logits",
                       modhost::AtLeast{0},
                       modhost::Paper{"Csordas et al. 2021: 1e-5"}};
  Option<int64_t> samples{*this,
                          "samples",
                          8,
                          "mask samples per step (K); the batch is cut into K",
                          modhost::AtLeast{1},
                          modhost::Paper{"Csordas et al. 2021"}};
  Option<std::string> estimator{*this, "estimator", "gumbel",
                                "derivative of a bit: of the relaxed sample, or of its mean",
                                modhost::Choices{{"gumbel", "mean"}}};
  Option<double> logit_init{*this, "logit_init", 2, "logits of the first task at the start"};
  Option<double> used_logit{*this, "used_logit", 2,
                            "logits, at the start of a later task, of weights that an earlier mask "
                            "keeps"};
  Option<double> new_logit{*this, "new_logit", 2,
                           "the same of all other weights; below used_logit old weights are "
                           "preferred",
                           modhost::Paper{"Csordas et al. 2021: 2; prefer old: 0 and -1"}};
  Option<Names> reset{*this,
                      "reset",
                      {},
                      "parameters that each task learns anew, by name with * and ?; none: those of "
                      "the first layer"};
  Option<double> lr{*this, "lr", 0.01, "learning rate of Adam over weights and logits",
                    modhost::Above{0}};
  Option<int64_t> steps{*this,
                        "steps",
                        1000,
                        "steps for each task",
                        modhost::AtLeast{1},
                        modhost::Paper{"Csordas et al. 2021: 30,000"}};
  Option<int64_t> batch_size{*this, "batch_size", 128, "samples per step, a multiple of `samples`",
                             modhost::AtLeast{1}};
  Option<double> clip_norm{*this, "clip_norm", 1,
                           "largest gradient norm of weights and logits, 0 for none",
                           modhost::AtLeast{0}};
  Option<Names> select{*this, "select", {"*"}, "parameters to mask, by name with * and ?"};
  Option<Names> exclude{*this, "exclude", {}, "parameters to leave whole, by name with * and ?"};
  Option<int64_t> evaluate_samples{*this, "evaluate_samples", 500,
                                   "test samples per evaluation, 0 for all", modhost::AtLeast{0}};

  // Error(config) unless the batch divides into samples.
  void validate() const override;
};

}  // namespace modhost_diffmask
