// Differentiable weight masks: which weights does a trained network need for one task?
// Csordas, van Steenkiste, Schmidhuber 2021, "Are Neural Nets Modular? Inspecting Functional
// Modularity Through Differentiable Weight Masks" (arXiv:2010.02066).
#include <modhost/error.h>
#include <modhost/experiment.h>
#include <modhost/mask.h>
#include <modhost/method.h>
#include <modhost/plugin.h>
#include <modhost/random.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "alpha_choice.h"
#include "diffmask_options.h"
#include "mask_evaluation.h"
#include "mask_jobs.h"
#include "mask_metrics.h"
#include "mask_report.h"
#include "mask_tables.h"
#include "mask_training.h"
#include "stability.h"
#include "stored_masks.h"
#include "transfer.h"

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
    if (first.size() < results.size()) write_repeats(experiment.writer(), results);
    show_results(experiment.writer(), first, experiment.data().chance(), experiment.data().unit());
  }

 private:
  Results trained(Experiment& experiment) const {
    std::vector<MaskJob> jobs = chosen_jobs(experiment.data(), options());
    check_parameters(experiment.architecture());
    ModelBase& network = experiment.network();
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
    ModelBase& network = experiment.network();
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
    const Masks masks(model, options().select(), options().exclude(), options().logit_init());
    check_patterns("inverse_keeps", options().inverse_keeps(), masks.names());
    check_patterns("keep", options().keep(), masks.names());
    check_patterns("half", options().half(), masks.names());
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
    const NamedTensors inverse = inverse_of(result.bits, control);
    const auto on = [&](const Source& source) {
      const std::vector<double> found = evaluation.accuracies({{}, result.bits, inverse}, source);
      return MaskResult::On{found[0], found[1], found[2]};
    };
    result.own = on(*job.test);
    if (job.other != nullptr) result.other = on(*job.other);
    if (job.repeat == 0) look_closer(experiment, evaluation, job, logits, result);
    return result;
  }

  void look_closer(Experiment& experiment, const MaskEvaluation& evaluation, const MaskJob& job,
                   const NamedTensors& logits, MaskResult& result) const {
    result.expected_sparsity = expected_sparsity(logits);
    result.histogram = histogram(logits, kHistogramBins);
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

  // All weights that the mask does not keep; parameters of `inverse_keeps` as the options say.
  NamedTensors inverse_of(const NamedTensors& bits, const MaskResult* control) const {
    NamedTensors out;
    for (const auto& [name, tensor] : bits) {
      Tensor inverse = 1 - tensor;
      if (matches(options().inverse_keeps(), name)) {
        inverse = tensor;
        if (options().inverse_as() == "whole") inverse = torch::ones_like(tensor);
        if (options().inverse_as() == "control" && control != nullptr) {
          inverse = *find(control->bits, name);
        }
      }
      out.emplace_back(name, inverse);
    }
    return out;
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
