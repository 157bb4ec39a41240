#include "alpha_choice.h"

#include <modhost/count_text.h>

#include <algorithm>

#include "mask_metrics.h"

namespace modhost_diffmask {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

// The mean over the masks of the other tasks, of the same repeat, of |a and b| / min(|a|, |b|); no
// cell for a single mask.
Cell mean_sharing(const std::vector<NamedTensors>& masks, const std::vector<MaskJob>& jobs,
                  size_t own) {
  std::vector<double> shares;
  for (size_t other = 0; other < masks.size(); ++other) {
    if (other == own || jobs[other].repeat != jobs[own].repeat) continue;
    shares.push_back(overlap(masks[own], masks[other]).io_min());
  }
  return shares.empty() ? Cell{} : Cell{mean(shares)};
}

// Of what the mask keeps, the share that a mask of another task, of the same repeat, keeps too.
Cell shared_with_any(const std::vector<NamedTensors>& masks, const std::vector<MaskJob>& jobs,
                     size_t own) {
  NamedTensors others;
  for (size_t other = 0; other < masks.size(); ++other) {
    if (other == own || jobs[other].control || jobs[other].repeat != jobs[own].repeat) continue;
    others = others.empty() ? masks[other] : joined(others, masks[other]);
  }
  return others.empty() || jobs[own].control ? Cell{}
                                             : Cell{overlap(masks[own], others).share_of_a()};
}

}  // namespace

double choose_alpha(Experiment& experiment, MaskTraining& training,
                    const MaskEvaluation& evaluation, const std::vector<MaskJob>& jobs,
                    const DiffmaskOptions& options) {
  std::vector<double> alphas = options.alpha();
  std::sort(alphas.begin(), alphas.end());
  Table table{{"alpha", "task", "repeat", "unmasked", "masked", "kept", "density", "mean_iomin",
               "shared", "within"},
              {}};
  double chosen = alphas.front();
  bool any = false;
  for (const double alpha : alphas) {
    std::vector<NamedTensors> masks;
    for (const NamedTensors& logits : training.train(jobs, alpha)) masks.push_back(bits_of(logits));
    bool good = true;
    for (size_t i = 0; i < jobs.size(); ++i) {
      const double masked = evaluation.accuracy(masks[i], *jobs[i].validation);
      const bool within = masked >= jobs[i].unmasked - options.within();
      good = good && within;
      table.add({alpha, jobs[i].task, jobs[i].repeat, jobs[i].unmasked, masked, ones(masks[i]),
                 1 - sparsity(masks[i]), mean_sharing(masks, jobs, i),
                 shared_with_any(masks, jobs, i), int64_t{within}});
    }
    if (good) chosen = alpha;
    any = any || good;
  }
  RunWriter& writer = experiment.writer();
  writer.table("alpha", table);
  writer.scalar("masks/alpha", chosen);
  const std::string count = std::to_string(alphas.size());
  writer.say("alpha " + number_text("%g", chosen) +
             (any ? ": the largest of " + count + " whose masks all cost at most "
                  : ", the smallest of " + count + ": under each some mask costs more than ") +
             number_text("%g points of validation accuracy.", 100 * options.within()));
  return chosen;
}

}  // namespace modhost_diffmask
