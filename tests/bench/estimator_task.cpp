#include "estimator_task.h"

#include "guard.h"
#include "modhost/random.h"
#include "modhost/training_step.h"
#include "optimizer.h"
#include "plugin_source.h"
#include "update_once.h"

namespace modhost::bench {
namespace {

core::PluginSource& source() {
  static core::PluginSource plugins(core::open_catalog({MODHOST_PLUGIN_DIR}));
  return plugins;
}

std::shared_ptr<Options> options_of(const Component& component, const Words& words) {
  OptionTable table;
  for (const auto& [key, text] : words) table[key] = {text, "benchmark", true};
  std::shared_ptr<Options> options = component.make_options();
  options->assign(to_string(component.kind), component.name, table);
  options->validate();
  return options;
}

// Steps on batches of random samples.
template <typename Step>
void train(const NamedTensors& trained, const TrainPlan& plan, const Source& data, uint64_t seed,
           int64_t steps, const Step& step) {
  TrainTask task;
  task.name = "estimators";
  task.trained = trained;
  task.step = step;
  detail::NamedOptimizer optimizer(trained, plan);
  RandomStream random(derive_seed(seed, "order"));
  for (int64_t number = 0; number < steps; ++number) {
    std::vector<int64_t> indices;
    for (int64_t row = 0; row < plan.batch_size; ++row) {
      indices.push_back(static_cast<int64_t>(random.below(static_cast<uint64_t>(data.size()))));
    }
    detail::update_once(optimizer, task, data.load(indices), number, plan.lr);
  }
}

EstimatorTask mlp() {
  EstimatorTask out;
  out.name = "mlp";
  out.model = "mlp";
  out.model_options = {{"hidden", "100,100"}};
  out.dataset = "add_mul";
  out.dataset_options = {{"digits", "1"}, {"train", "20000"}, {"validation", "0"}};
  out.task = "add";
  out.network_steps = 1500;
  out.mask_steps = 600;
  out.points = {20, 60, 200};
  out.alpha = 1e-4;
  return out;
}

EstimatorTask cnn() {
  EstimatorTask out;
  out.name = "cnn";
  out.model = "cnn";
  out.model_options = {{"preset", "free"}, {"channels", "8,16,32"}, {"hidden", "32"}};
  out.dataset = "glyphs";
  out.dataset_options = {{"side", "16"},   {"channels", "1"}, {"jitter", "0.5"},
                         {"clutter", "2"}, {"train", "8000"}, {"validation", "0"},
                         {"tasks", "ring"}};
  out.task = "without_ring";
  out.network_steps = 1000;
  out.mask_steps = 400;
  out.points = {20, 100};
  out.alpha = 1e-4;
  out.truths = 400;
  out.draws = 2000;
  return out;
}

}  // namespace

std::vector<EstimatorTask> estimator_tasks(bool tiny) {
  std::vector<EstimatorTask> out = {mlp(), cnn()};
  for (EstimatorTask& task : out) {
    if (!tiny) continue;
    task.network_steps = task.mask_steps = 2;
    task.points = {1, 2};
    task.truths = task.draws = 3;
    task.chosen = 8;
    task.rows = 4;
    task.batch = 8;
  }
  return out;
}

Trained train_network(const EstimatorTask& task, uint64_t seed) {
  Trained out;
  const Component& data = source().get(ComponentKind::dataset, task.dataset);
  out.data = static_cast<const DatasetEntry&>(data).make(options_of(data, task.dataset_options));
  const Component& model = source().get(ComponentKind::model, task.model);
  const auto options = options_of(model, task.model_options);
  out.network = core::guarded(model, "building it", [&] {
    return static_cast<const ModelEntry&>(model).make({out.data->signature(), options});
  });
  ModelBase& network = *out.network;
  network.initialize(seed);
  network.require_gradients(true);
  NamedTensors trained;
  for (const Parameter& parameter : network.parameters()) {
    trained.emplace_back(parameter.name(), parameter.tensor());
  }
  TrainPlan plan;
  plan.lr = 2e-3;
  plan.batch_size = task.batch;
  train(trained, plan, *out.data->all(Split::train), seed, task.network_steps,
        [&](const Batch& batch, int64_t step) {
          return network_step(network, batch, {{seed}, static_cast<uint64_t>(step)});
        });
  network.require_gradients(false);
  network.set_training(false);
  return out;
}

void train_masks(const EstimatorTask& task, Trained& trained, const Masks& masks,
                 Estimator estimator, int64_t steps, uint64_t seed) {
  TrainPlan plan;
  plan.lr = 0.05;
  plan.batch_size = task.batch;
  plan.linear_penalty = task.alpha;
  MaskSampling sampling;
  sampling.samples = 4;
  sampling.estimator = estimator;
  sampling.noise.key = derive_seed(seed, "noise");
  train(masks.logits(), plan, *trained.data->task(task.task, Split::train), seed, steps,
        [&](const Batch& batch, int64_t step) {
          sampling.noise.step = static_cast<uint64_t>(step);
          return mask_step(*trained.network, masks, sampling, batch);
        });
}

}  // namespace modhost::bench
