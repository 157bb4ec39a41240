// Differentiable weight masks: which weights does a trained network need for one task?
// Csordas, van Steenkiste, Schmidhuber 2021, "Are Neural Nets Modular? Inspecting Functional
// Modularity Through Differentiable Weight Masks" (arXiv:2010.02066).
#include <modhost/error.h>
#include <modhost/experiment.h>
#include <modhost/mask.h>
#include <modhost/method.h>
#include <modhost/plugin.h>
#include <modhost/random.h>
#include <modhost/stored_masks.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "alpha_choice.h"
#include "cross.h"
#include "diffmask_options.h"
#include "inverse_masks.h"
#include "mask_evaluation.h"
#include "mask_jobs.h"
#include "mask_metrics.h"
#include "mask_report.h"
#include "mask_tables.h"
#include "mask_training.h"
#include "operations.h"
#include "stability.h"
#include "transfer.h"
#include "unit_counts.h"
#include "weight_copies.h"

namespace modhost_diffmask {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

void DiffmaskOptions::validate() const {
  check_batch(batch_size(), samples());
  check(keep().empty() || control(), ErrorCode::config,
        "option 'method.keep' takes masks from the control, which 'method.control' leaves out");
  check(inverse_as() != "control" || control() || !masks().empty(), ErrorCode::config,
        "option 'method.inverse_as' is control, which 'method.control' leaves out");
  check(!alpha().empty(), ErrorCode::config, "option 'method.alpha' is empty",
        "give one number, or several to choose from");
}

namespace {

class Diffmask : public Method<DiffmaskOptions> {
 public:
  using Method::Method;

  void run(Experiment& experiment) override {
    const Results results = options().masks().empty() ? trained(experiment) : stored(experiment);
    Results first;  // of several repeats
    std::copy_if(results.begin(), results.end(), std::back_inserter(first),
                 [](const MaskResult& result) { return result.repeat == 0; });
    write_results(experiment.writer(), first, class_names(experiment.data()));
    write_units(experiment.writer(), experiment.architecture(), first);
    write_operations(
        experiment.writer(), first,
        answer_kinds(*experiment.data().all(Split::test), options().evaluate_samples()));
    if (options().cross()) judge_everywhere(experiment, first);
    if (first.size() < results.size()) write_repeats(experiment.writer(), results);
    show_results(experiment.writer(), first, experiment.data().chance(), experiment.data().unit());
  }

 private:
  // The trained network with weights copied as the options say: what all masks are of.
  ModelBase& network_of(Experiment& experiment) const {
    const auto copies = weight_copies(options().copy(), experiment.architecture());
    ModelBase& network = experiment.network();
    copy_weights(copies, network);
    if (!copies.empty()) experiment.writer().tensors("network_copied", network.state());
    return network;
  }

  Results trained(Experiment& experiment) const {
    std::vector<MaskJob> jobs = chosen_jobs(experiment.data(), options());
    check_parameters(experiment.architecture());
    ModelBase& network = network_of(experiment);
    const MaskEvaluation evaluation(experiment, network, options());
    if (needs_validation(options())) {
      for (MaskJob& job : jobs) job.unmasked = evaluation.accuracy({}, *job.validation);
    }
    MaskTraining training(experiment, network, evaluation, options());
    const double alpha = options().alpha().size() == 1
                             ? options().alpha().front()
                             : choose_alpha(experiment, training, evaluation, jobs, options());
    const std::vector<NamedTensors> logits = training.train(jobs, alpha);
    Results results;
    for (size_t i = 0; i < jobs.size(); ++i) {
      const MaskResult* control = control_of(results);
      results.push_back(inspect(experiment, evaluation, jobs[i], logits[i], control));
      if (ones(results.back().bits) == 0) {
        experiment.writer().say("The mask of " + jobs[i].name() +
                                " keeps nothing: " + training.why_empty(alpha) + ".");
      }
    }
    return results;
  }

  Results stored(Experiment& experiment) const {
    std::vector<StoredMask> masks = read_masks(options().masks(), experiment.architecture());
    std::stable_partition(masks.begin(), masks.end(),
                          [](const StoredMask& mask) { return mask.name == kControl; });
    check(options().inverse_as() != "control" || masks.front().name == kControl, ErrorCode::config,
          "option 'method.inverse_as' is control, and none of the stored masks is called so",
          "give one as control=FILE");
    ModelBase& network = network_of(experiment);
    const MaskEvaluation evaluation(experiment, network, options());
    Results results;
    for (const StoredMask& mask : masks) {
      const MaskJob job = stored_job(experiment.data(), mask.name);
      const MaskResult* control = control_of(results);
      results.push_back(inspect(experiment, evaluation, job, mask.logits, control));
    }
    return results;
  }

  // Patterns that match nothing are refused before anything is trained.
  void check_parameters(const ModelBase& model) const {
    const Masks masks(model, mask_choice(options(), nullptr));
    check_patterns("inverse_keeps", options().inverse_keeps(), masks.names());
    check_patterns("keep", options().keep(), masks.names());
    check_patterns("half", options().half(), masks.names());
    kept_logits(masks, options().keep());
  }

  // `control` is the result of the control, nullptr when there is none.
  MaskResult inspect(Experiment& experiment, const MaskEvaluation& evaluation, const MaskJob& job,
                     const NamedTensors& logits, const MaskResult* control) const {
    MaskResult result;
    result.task = job.task;
    result.control = job.control;
    result.repeat = job.repeat;
    result.bits = bits_of(logits);
    experiment.writer().tensors("masks/" + job.name(), result.bits);
    experiment.writer().tensors("masks/" + job.name() + "_logits", logits);
    const NamedTensors inverse = inverse_of(result.bits, bits_or_null(control), inverse_rule());
    const auto on = [&](const Source& source) {
      const std::vector<double> found = evaluation.accuracies({{}, result.bits, inverse}, source);
      return MaskResult::On{found[0], found[1], found[2]};
    };
    result.own = on(*job.test);
    if (job.other != nullptr) result.other = on(*job.other);
    const auto all = experiment.data().all(Split::test);
    if (job.repeat == 0 && !all->alternatives().empty()) {
      const auto found = evaluation.answers({{}, result.bits, inverse}, *all);
      result.answers = MaskResult::Answers{found[0], found[1], found[2]};
    }
    if (job.repeat == 0) look_closer(experiment, evaluation, job, logits, result);
    return result;
  }

  void look_closer(Experiment& experiment, const MaskEvaluation& evaluation, const MaskJob& job,
                   const NamedTensors& logits, MaskResult& result) const {
    const NamedTensors kept = probabilities(*experiment.mask_family(), logits);
    result.expected_sparsity = expected_sparsity(kept);
    result.histogram = histogram(kept, kHistogramBins);
    if (job.control) {
      result.halves = measure_halves(experiment, evaluation, result.bits, *job.test);
    }
    if (experiment.data().signature().output == Output::classes) {
      result.confusion = evaluation.confusion(result.bits, *experiment.data().all(Split::test));
      result.left_out = groups_without_samples(*job.test);
    }
    if (options().gradients()) {
      result.cosines =
          gradient_cosines(experiment.network(), *experiment.data().all(Split::test), result.bits,
                           options().evaluate_samples(), experiment.stop());
    }
    if (options().ablations() > 0) compare_with_random(experiment, evaluation, job, result);
  }

  void compare_with_random(Experiment& experiment, const MaskEvaluation& evaluation,
                           const MaskJob& job, MaskResult& result) const {
    const uint64_t seed = experiment.seed("ablation/" + job.task);
    const NamedTensors fill = options().ablation() == "initial"
                                  ? initial_weights(experiment.network(), seed, result.bits)
                                  : NamedTensors{};
    const auto on = [&](const Source& source) {
      return ablate(evaluation, result.bits, options().ablations(), fill, source, seed);
    };
    result.ablation = on(*job.test);
    if (job.other != nullptr) result.other_ablation = on(*job.other);
  }

  // Csordas et al. 2021, the half masks: does the work of early layers need the mask of late ones?
  std::vector<MaskResult::Halves> measure_halves(const Experiment& experiment,
                                                 const MaskEvaluation& evaluation,
                                                 const NamedTensors& bits,
                                                 const Source& source) const {
    std::vector<MaskResult::Halves> out;
    const auto measure = [&](const std::string& name, const auto& in_half) {
      NamedTensors half, rest;
      for (size_t i = 0; i < bits.size(); ++i) (in_half(i) ? half : rest).push_back(bits[i]);
      const std::vector<double> found = evaluation.accuracies({half, rest}, source);
      out.push_back({name, found[0], found[1]});
    };
    const auto& globs = options().half();
    measure(globs.empty() ? "first" : "given", [&](size_t i) {
      return globs.empty() ? i < bits.size() / 2 : matches(globs, bits[i].first);
    });
    for (int64_t draw = 1; draw <= options().random_halves(); ++draw) {
      const std::string name = "random_" + std::to_string(draw);
      const auto order =
          permutation(static_cast<int64_t>(bits.size()), experiment.seed("halves/" + name));
      const std::set<int64_t> drawn(
          order.begin(), order.begin() + static_cast<std::ptrdiff_t>((bits.size() + 1) / 2));
      measure(name, [&](size_t i) { return drawn.count(static_cast<int64_t>(i)) == 1; });
    }
    return out;
  }

  void judge_everywhere(Experiment& experiment, const Results& results) const {
    ModelBase& network = experiment.network();
    const NamedTensors* control = bits_or_null(control_of(results));
    const auto inverse = [&](const NamedTensors& bits) {
      return inverse_of(bits, control, inverse_rule());
    };
    const MaskEvaluation evaluation(experiment, network, options());
    write_cross(experiment.writer(), results,
                judge(network, results, inverse, test_data(experiment.data()), evaluation.how()));
  }

  InverseRule inverse_rule() const { return {options().inverse_keeps(), options().inverse_as()}; }

  static const NamedTensors* bits_or_null(const MaskResult* result) {
    return result == nullptr ? nullptr : &result->bits;
  }
};

}  // namespace
}  // namespace modhost_diffmask

MODHOST_PLUGIN(registry) {
  using namespace modhost_diffmask;
  const std::string paper = "Csordas, van Steenkiste, Schmidhuber 2021, arXiv:2010.02066";
  registry.method<Diffmask>("diffmask", "a trained binary mask over the weights for each task")
      .paper(paper);
  registry
      .method<Transfer>("transfer",
                        "weights and masks learned together, task after task: is what was learned "
                        "used again?")
      .paper(paper);
}
