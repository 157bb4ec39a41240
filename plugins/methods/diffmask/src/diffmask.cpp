// Differentiable weight masks: which weights does a trained network need for one task?
// Csordas, van Steenkiste, Schmidhuber 2021, "Are Neural Nets Modular? Inspecting Functional
// Modularity Through Differentiable Weight Masks" (arXiv:2010.02066).
#include <modhost/error.h>
#include <modhost/evaluate.h>
#include <modhost/experiment.h>
#include <modhost/loss.h>
#include <modhost/mask.h>
#include <modhost/method.h>
#include <modhost/plugin.h>
#include <modhost/training_step.h>

#include <algorithm>
#include <set>

#include "diffmask_options.h"
#include "mask_metrics.h"
#include "mask_report.h"
#include "mask_tables.h"

namespace modhost_diffmask {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

void DiffmaskOptions::validate() const {
  check(batch_size() % samples() == 0, ErrorCode::config,
        "option 'method.batch_size': " + std::to_string(batch_size()) + " does not divide into " +
            std::to_string(samples()) + " mask samples",
        "take " + std::to_string(batch_size() / samples() * samples() + samples()));
}

namespace {

constexpr const char* kControl = "control";

class Diffmask : public Method<DiffmaskOptions> {
 public:
  using Method::Method;

  void run(Experiment& experiment) override {
    const std::vector<std::string> tasks = chosen_tasks(experiment.data());
    check_parameters(experiment.architecture());
    check_data(experiment.data(), tasks);
    ModelBase& network = experiment.network();
    Results results;
    if (options().control()) results.push_back(inspect(experiment, network, kControl, true));
    for (const std::string& task : tasks) {
      results.push_back(inspect(experiment, network, task, false));
    }
    write_results(experiment.writer(), results);
    show_results(experiment.writer(), results, experiment.data().chance(),
                 experiment.data().unit());
  }

 private:
  // Names that the dataset does not know are refused before anything is trained.
  std::vector<std::string> chosen_tasks(const DatasetBase& data) const {
    std::vector<std::string> known;
    for (const Task& task : data.tasks()) known.push_back(task.name);
    for (const std::string& name : options().tasks()) {
      check(std::find(known.begin(), known.end(), name) != known.end(), ErrorCode::config,
            "option 'method.tasks': the dataset has no task '" + name +
                "'; it has: " + (known.empty() ? "none" : join(known)),
            did_you_mean(name, known));
    }
    const std::vector<std::string> chosen = options().tasks().empty() ? known : options().tasks();
    check_distinct(chosen);
    return chosen;
  }

  // A task's name is that of its mask's files.
  void check_distinct(const std::vector<std::string>& tasks) const {
    std::set<std::string> names;
    for (const std::string& name : tasks) {
      check(names.insert(name).second, ErrorCode::config, "task '" + name + "' is named twice");
      check(name != kControl || !options().control(), ErrorCode::config,
            "the dataset has a task '" + name + "', the name of the mask on all data",
            "leave one out by 'method.tasks' or 'method.control'");
    }
  }

  // Patterns that match nothing are refused before anything is trained.
  void check_parameters(const ModelBase& model) const {
    const Masks masks(model, options().select(), options().exclude(), options().logit_init());
    for (const std::string& pattern : options().inverse_keeps()) {
      bool found = false;
      for (const std::string& name : masks.names()) found = found || glob_match(pattern, name);
      check(found, ErrorCode::config,
            "option 'method.inverse_keeps': '" + pattern + "' matches no masked parameter",
            did_you_mean(pattern, masks.names()));
    }
  }

  // The same for data that cannot fill a batch or leave nothing to test on.
  void check_data(const DatasetBase& data, const std::vector<std::string>& tasks) const {
    check(has_accuracy(data.signature()), ErrorCode::config,
          "diffmask compares accuracies, and '" + data.signature().text() + "' has none");
    if (options().control()) {
      check_data(kControl, *data.all(Split::train), *data.all(Split::test), data.unit());
    }
    for (const std::string& task : tasks) {
      check_data(task, *data.task(task, Split::train), *data.task(task, Split::test), data.unit());
    }
  }

  void check_data(const std::string& name, const Source& train, const Source& test,
                  const std::string& unit) const {
    check(train.size() >= options().batch_size(), ErrorCode::config,
          "'" + name + "' has " + std::to_string(train.size()) + " training " + unit +
              ", less than one batch of " + std::to_string(options().batch_size()),
          "lower 'method.batch_size', or leave it out by 'method.tasks' or 'method.control'");
    check(test.size() > 0, ErrorCode::config, "'" + name + "' has no test " + unit);
  }

  MaskResult inspect(Experiment& experiment, ModelBase& network, const std::string& task,
                     bool control) {
    const DatasetBase& data = experiment.data();
    const auto source = [&](Split split) {
      return control ? data.all(split) : data.task(task, split);
    };
    Masks masks(network, options().select(), options().exclude(), options().logit_init());
    train(experiment, network, masks, task, source(Split::train));

    MaskResult result;
    result.task = task;
    result.control = control;
    result.bits = masks.bits();
    result.expected_sparsity = expected_sparsity(masks.logits());
    result.histogram = histogram(masks.logits(), kHistogramBins);
    experiment.writer().tensors("masks/" + task, result.bits);
    experiment.writer().tensors("masks/" + task + "_logits", without_sets(masks.logits()));
    result.own = measure(experiment, network, result.bits, *source(Split::test));
    if (!control) {
      result.other = measure(experiment, network, result.bits, *data.other(task, Split::test));
    }
    return result;
  }

  void train(Experiment& experiment, ModelBase& network, const Masks& masks,
             const std::string& task, std::shared_ptr<const Source> data) {
    TrainTask job;
    job.name = "masks/" + task;
    job.trained = masks.logits();
    job.data = std::move(data);
    job.unit = experiment.data().unit();
    job.seeds = {experiment.seed(job.name + "/order")};
    job.device = experiment.device();
    const uint64_t noise = experiment.seed(job.name + "/noise");
    const auto step_of = options().batching() == "passes" ? mask_step_by_passes : mask_step;
    job.step = [&, step_of, noise](const Batch& batch, int64_t step) {
      return step_of(network, masks, sampling(noise, static_cast<uint64_t>(step)), batch);
    };
    experiment.trainer().fit(job, plan());
  }

  MaskSampling sampling(uint64_t noise, uint64_t step) const {
    MaskSampling out;
    out.samples = options().samples();
    out.tau = options().tau();
    out.estimator = options().estimator() == "mean" ? Estimator::mean : Estimator::gumbel;
    out.noise.key = noise;
    out.noise.step = step;
    return out;
  }

  // The penalty, alpha times the sum of all logits, is part of it.
  TrainPlan plan() const {
    TrainPlan plan;
    plan.lr = options().lr();
    plan.steps = options().steps();
    plan.epochs = options().epochs();
    plan.batch_size = options().batch_size();
    plan.warmup_steps = options().warmup_steps();
    plan.clip_norm = options().clip_norm();
    plan.linear_penalty = options().alpha();
    return plan;
  }

  // The whole network, the network under the mask, and under its inverse: one forward for the
  // three.
  MaskResult::On measure(Experiment& experiment, ModelBase& network, const NamedTensors& bits,
                         const Source& source) const {
    NamedTensors inverse;
    for (const auto& [name, tensor] : bits) {
      bool keeps = false;
      for (const std::string& pattern : options().inverse_keeps()) {
        keeps = keeps || glob_match(pattern, name);
      }
      inverse.emplace_back(name, keeps ? tensor : 1 - tensor);
    }
    EvaluateOptions how;
    how.limit = options().evaluate_samples();
    how.device = experiment.device();
    how.stop = &experiment.stop();
    const auto found =
        evaluate(network, source, 3, hard_masks(network, {NamedTensors{}, bits, inverse}), how);
    return {found[0].accuracy, found[1].accuracy, found[2].accuracy};
  }

  static NamedTensors without_sets(const NamedTensors& logits) {
    NamedTensors out;
    for (const auto& [name, tensor] : logits) out.emplace_back(name, tensor.detach()[0]);
    return out;
  }
};

}  // namespace
}  // namespace modhost_diffmask

MODHOST_PLUGIN(registry) {
  registry
      .method<modhost_diffmask::Diffmask>("diffmask",
                                          "a trained binary mask over the weights for each task")
      .paper("Csordas, van Steenkiste, Schmidhuber 2021, arXiv:2010.02066");
}
