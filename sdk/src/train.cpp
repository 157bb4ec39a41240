#include "modhost/train.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "checkpoint.h"
#include "modhost/error.h"
#include "modhost/random.h"
#include "number_text.h"
#include "update_once.h"

namespace modhost {
inline namespace v1 {
namespace {

using detail::Checkpoint;
using Clock = std::chrono::steady_clock;

constexpr int64_t kMetricsLines = 50;  // about so many lines of metrics a training

std::string plan_text(const TrainTask& task, const TrainPlan& plan) {
  std::vector<std::string> parts{plan.optimizer};
  for (const double number : {plan.lr, plan.weight_decay, plan.momentum, plan.clip_norm,
                              plan.linear_penalty, plan.decay}) {
    parts.push_back(detail::shortest_text(number));
  }
  for (const int64_t number :
       {plan.epochs, plan.batch_size, plan.steps, plan.warmup_steps, plan.patience}) {
    parts.push_back(std::to_string(number));
  }
  for (const int64_t epoch : plan.milestones) parts.push_back(std::to_string(epoch));
  parts.push_back("seed " + std::to_string(task.seed));
  parts.push_back("samples " + std::to_string(task.data->size()));
  return join(parts, " ");
}

void copy_into(const NamedTensors& target, const NamedTensors& from,
               const std::filesystem::path& path) {
  const torch::NoGradGuard no_grad;
  for (const auto& [name, tensor] : target) {
    const Tensor* value = find(from, name);
    check(value != nullptr && value->sizes() == tensor.sizes(), ErrorCode::data,
          "the checkpoint '" + path.string() + "' does not hold '" + name + "' of shape " +
              shape_text(tensor),
          "remove the file to train this stage anew");
    Tensor(tensor).copy_(*value);
  }
}

NamedTensors copies(const NamedTensors& tensors) {
  NamedTensors out;
  for (const auto& [name, tensor] : tensors) out.emplace_back(name, tensor.detach().clone());
  return out;
}

void add_numbers(Numbers& sums, const Numbers& numbers) {
  for (const auto& [name, value] : numbers) {
    auto found = std::find_if(sums.begin(), sums.end(),
                              [&, &key = name](const auto& sum) { return sum.first == key; });
    if (found == sums.end()) {
      sums.emplace_back(name, value);
    } else {
      found->second += value;
    }
  }
}

Numbers means(const Numbers& sums, int64_t count) {
  Numbers out = sums;
  for (auto& [name, value] : out) value /= static_cast<double>(std::max<int64_t>(count, 1));
  return out;
}

// One call of Trainer::fit.
class Fit {
 public:
  Fit(const TrainTask& task, const TrainPlan& plan, std::filesystem::path path, RunWriter* writer,
      Progress* progress, const StopSignal* stop, double checkpoint_seconds)
      : task_(task),
        plan_(plan),
        path_(std::move(path)),
        writer_(writer),
        progress_(progress),
        stop_(stop),
        checkpoint_seconds_(checkpoint_seconds),
        optimizer_(task.trained, plan, task.networks) {
    check(task.data->size() >= plan.batch_size, ErrorCode::config,
          "training '" + task.name + "' has " + std::to_string(task.data->size()) + " " +
              task.unit + ", less than one batch of " + std::to_string(plan.batch_size),
          "lower the batch size or take more data");
    steps_per_epoch_ = task.data->size() / plan.batch_size;
    total_steps_ = plan.steps > 0 ? plan.steps : plan.epochs * steps_per_epoch_;
    line_steps_ = std::max<int64_t>(1, (total_steps_ + kMetricsLines - 1) / kMetricsLines);
    state_.plan = plan_text(task, plan);
  }

  TrainSummary run() {
    resume();
    if (!state_.finished) {
      progress_->begin(task_.name, total_steps_ * plan_.batch_size, task_.unit,
                       state_.step * plan_.batch_size);
      train();
      finish();
    }
    return summary();
  }

 private:
  void resume() {
    if (!std::filesystem::exists(path_)) return;
    Checkpoint found = detail::load_checkpoint(path_);
    check(found.plan == state_.plan, ErrorCode::data,
          "the checkpoint '" + path_.string() + "' belongs to another training plan",
          "remove the file to train this stage anew");
    copy_into(task_.trained, found.trained, path_);
    copy_into(task_.also_saved, found.also_saved, path_);
    if (!found.finished) optimizer_.load_state(found.optimizer);
    state_ = std::move(found);
  }

  void train() {
    last_saved_ = Clock::now();
    while (state_.step < total_steps_) {
      const int64_t epoch = state_.step / steps_per_epoch_;
      if (state_.step % steps_per_epoch_ == 0 && epoch > 0 && stop_early(epoch)) return;
      if (stop_->requested()) {
        save();
        progress_->end("");
        throw Error(ErrorCode::interrupted, "interrupted in '" + task_.name + "' after " +
                                                std::to_string(state_.step) + " of " +
                                                std::to_string(total_steps_) + " steps");
      }
      one_step(epoch);
      const std::chrono::duration<double> since = Clock::now() - last_saved_;
      if (since.count() >= checkpoint_seconds_) save();
    }
    if (total_steps_ % steps_per_epoch_ == 0) stop_early(total_steps_ / steps_per_epoch_);
  }

  void one_step(int64_t epoch) {
    const Batch batch = task_.data->load(indices(epoch)).to(task_.device);
    const Numbers numbers = detail::update_once(optimizer_, task_, batch, state_.step, rate(epoch));
    ++state_.step;
    ++state_.summed;
    add_numbers(state_.sums, numbers);
    progress_->update(state_.step * plan_.batch_size, means(state_.sums, state_.summed));
    if (state_.step % line_steps_ == 0 || state_.step == total_steps_) write_line();
  }

  void write_line() {
    state_.last = means(state_.sums, state_.summed);
    writer_->metrics(task_.name, state_.step, state_.last);
    state_.sums.clear();
    state_.summed = 0;
  }

  // The order of an epoch is a function of the seed and the epoch, so a position is all there is to
  // remember.
  std::vector<int64_t> indices(int64_t epoch) {
    if (epoch != ordered_epoch_) {
      order_ =
          permutation(task_.data->size(), derive_seed(task_.seed, static_cast<uint64_t>(epoch)));
      ordered_epoch_ = epoch;
    }
    const auto first = order_.begin() + state_.step % steps_per_epoch_ * plan_.batch_size;
    return {first, first + plan_.batch_size};
  }

  double rate(int64_t epochs_done) const {
    double rate = plan_.lr;
    for (const int64_t milestone : plan_.milestones) {
      if (epochs_done >= milestone) rate *= plan_.decay;
    }
    if (state_.step >= plan_.warmup_steps) return rate;
    return rate * static_cast<double>(state_.step + 1) / static_cast<double>(plan_.warmup_steps);
  }

  // Validates once after each epoch; true when it is time to stop.
  bool stop_early(int64_t epoch) {
    if (!task_.validate) return false;
    if (state_.validated_epoch < epoch) {
      const double score = task_.validate();
      state_.validated_epoch = epoch;
      writer_->metrics(task_.name + "/validation", state_.step, {{"score", score}});
      if (state_.best_epoch == 0 || score > state_.best_score) {
        state_.best_score = score;
        state_.best_epoch = epoch;
        if (plan_.patience > 0) state_.best = copies(everything());
      }
    }
    return plan_.patience > 0 && epoch - state_.best_epoch >= plan_.patience;
  }

  NamedTensors everything() const {
    NamedTensors all = task_.trained;
    all.insert(all.end(), task_.also_saved.begin(), task_.also_saved.end());
    return all;
  }

  void save() {
    state_.trained = task_.trained;
    state_.also_saved = task_.also_saved;
    state_.optimizer = state_.finished ? NamedTensors{} : optimizer_.state();
    detail::save_checkpoint(path_, state_);
    last_saved_ = Clock::now();
  }

  void finish() {
    if (plan_.patience > 0 && state_.best_epoch > 0) copy_into(everything(), state_.best, path_);
    state_.best.clear();
    state_.finished = true;
    save();
    progress_->end("");
  }

  TrainSummary summary() const {
    TrainSummary out;
    out.steps = state_.step;
    out.samples = state_.step * plan_.batch_size;
    out.epochs = (state_.step + steps_per_epoch_ - 1) / steps_per_epoch_;
    out.best_score = state_.best_score;
    out.last = state_.last;
    return out;
  }

  const TrainTask& task_;
  const TrainPlan& plan_;
  std::filesystem::path path_;
  RunWriter* writer_;
  Progress* progress_;
  const StopSignal* stop_;
  double checkpoint_seconds_;
  detail::NamedOptimizer optimizer_;
  int64_t steps_per_epoch_ = 1;
  int64_t total_steps_ = 0;
  int64_t line_steps_ = 1;
  Checkpoint state_;
  std::vector<int64_t> order_;
  int64_t ordered_epoch_ = -1;
  Clock::time_point last_saved_;
};

}  // namespace

TrainPlan TrainOptions::plan() const {
  TrainPlan plan;
  plan.optimizer = optimizer();
  plan.lr = lr();
  plan.weight_decay = weight_decay();
  plan.momentum = momentum();
  plan.clip_norm = clip_norm();
  plan.epochs = epochs();
  plan.batch_size = batch_size();
  plan.warmup_steps = warmup_steps();
  plan.milestones = milestones();
  plan.decay = decay();
  plan.patience = patience();
  return plan;
}

Trainer::Trainer(std::filesystem::path folder, RunWriter* writer, Progress* progress,
                 const StopSignal* stop, double checkpoint_seconds)
    : folder_(std::move(folder)),
      writer_(writer),
      progress_(progress),
      stop_(stop),
      checkpoint_seconds_(checkpoint_seconds) {}

TrainSummary Trainer::fit(const TrainTask& task, const TrainPlan& plan) {
  const std::filesystem::path path = folder_ / "checkpoints" / (task.name + ".safetensors");
  Fit fit(task, plan, path, writer_, progress_, stop_, checkpoint_seconds_);
  return fit.run();
}

}  // namespace v1
}  // namespace modhost
